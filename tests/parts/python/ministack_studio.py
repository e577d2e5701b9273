"""Ministack, whose CloudFormation also knows Studio and alarms, and keeps what no emulator makes.

CloudFormation's own handlers of AWS::SageMaker types send the properties under their names to the operations of
SageMaker and poll until the resource is there or gone; so do these, by AWS's own client, which holds them against
AWS's model, to the sandbox. Alarms and dashboards go there, too: Ministack's CloudFormation takes no metric math.
Types of KEPT are written to a folder, a file each, with their properties resolved, and are removed with the stack:
that they could be made is not shown.

Environment: STUDIO_SANDBOX (its endpoint), STUDIO_KEPT (the folder).
"""

import functools
import json
import os
import pathlib
import sys
import time

from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import get_session
from ministack.app import main
from ministack.services.cloudformation import provisioners

FOLDER = pathlib.Path(os.environ["STUDIO_KEPT"])
KEPT = [
    "CloudFormationProduct",
    "LaunchRoleConstraint",
    "LaunchTemplateConstraint",
    "Portfolio",
    "PortfolioPrincipalAssociation",
    "PortfolioProductAssociation",
    "ResourceUpdateConstraint",
    "TagOption",
    "TagOptionAssociation",
]


@functools.cache
def client(service):
    keys = {"aws_access_key_id": "111122223333", "aws_secret_access_key": "not-a-secret"}
    config = Config(retries={"total_max_attempts": 1}, proxies={})
    return get_session().create_client(service, "us-east-1", endpoint_url=os.environ["STUDIO_SANDBOX"], config=config, **keys)


def typed(value, shape):
    """The value as the model has it: parameters of templates are texts."""
    if shape.type_name == "structure":
        return {key: typed(inner, shape.members[key]) if key in shape.members else inner for key, inner in value.items()}
    if shape.type_name == "list":
        return [typed(inner, shape.member) for inner in value]
    kinds = {"integer": int, "double": float, "boolean": lambda text: str(text).lower() == "true"}
    return kinds.get(shape.type_name, str)(value)


def call(service, operation, request):
    model = client(service).meta.service_model.operation_model(operation)
    # CloudFormation's own tags are set by CloudFormation, not by a call with these keys.
    if "Tags" in request:
        request = request | {"Tags": [tag for tag in request["Tags"] if not tag["Key"].startswith("aws:")]}
    return client(service)._make_api_call(operation, typed(request, model.input_shape))


def studio(operation, request):
    return call("sagemaker", operation, request)


def settled(describe, keys):
    """What stands there once nothing moves; None where it is gone."""
    for _ in range(300):
        try:
            seen = studio(describe, keys)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFound":
                return None
            raise
        if seen["Status"] not in ("Pending", "Updating", "Deleting"):
            return seen
        time.sleep(0.1)
    raise TimeoutError(f"{describe}: still {seen['Status']}")


def config_create(logical_id, props, stack_name):
    arn = studio("CreateStudioLifecycleConfig", props)["StudioLifecycleConfigArn"]
    return props["StudioLifecycleConfigName"], {"StudioLifecycleConfigArn": arn}


def config_delete(physical_id, props):
    studio("DeleteStudioLifecycleConfig", {"StudioLifecycleConfigName": physical_id})


def domain_create(logical_id, props, stack_name):
    domain = studio("CreateDomain", props)["DomainArn"].rsplit("/", 1)[1]
    seen = settled("DescribeDomain", {"DomainId": domain})
    if seen["Status"] != "InService":
        raise ValueError(f"CreateDomain: {seen['Status']}")
    return domain, {name: seen.get(name, "") for name in ("DomainId", "DomainArn", "Url")}


def domain_delete(physical_id, props):
    studio("DeleteDomain", {"DomainId": physical_id, "RetentionPolicy": {"HomeEfsFileSystem": "Retain"}})
    settled("DescribeDomain", {"DomainId": physical_id})


def profile_create(logical_id, props, stack_name):
    arn = studio("CreateUserProfile", props)["UserProfileArn"]
    keys = {name: props[name] for name in ("DomainId", "UserProfileName")}
    settled("DescribeUserProfile", keys)
    return props["UserProfileName"], {"UserProfileArn": arn}


def profile_delete(physical_id, props):
    keys = {name: props[name] for name in ("DomainId", "UserProfileName")}
    studio("DeleteUserProfile", keys)
    settled("DescribeUserProfile", keys)


def alarm_create(logical_id, props, stack_name):
    call("cloudwatch", "PutMetricAlarm", props)
    return props["AlarmName"], {}


def alarm_delete(physical_id, props):
    call("cloudwatch", "DeleteAlarms", {"AlarmNames": [physical_id]})


def dashboard_create(logical_id, props, stack_name):
    said = call("cloudwatch", "PutDashboard", props)
    if said.get("DashboardValidationMessages"):
        raise ValueError(f"PutDashboard: {said['DashboardValidationMessages']}")
    return props["DashboardName"], {}


def dashboard_delete(physical_id, props):
    call("cloudwatch", "DeleteDashboards", {"DashboardNames": [physical_id]})


def keep(kind):
    def create(logical_id, props, stack_name):
        (FOLDER / f"{stack_name}.{logical_id}.json").write_text(json.dumps({"Type": kind, "Properties": props}))
        return f"kept-{logical_id.lower()}", {}

    def delete(physical_id, props, logical_id=None):
        for path in FOLDER.glob(f"*.{logical_id}.json"):
            path.unlink()

    return {"create": create, "delete": delete, "delete_with_logical_id": True}


HANDLERS = provisioners._RESOURCE_HANDLERS
HANDLERS |= {
    "AWS::SageMaker::StudioLifecycleConfig": {"create": config_create, "delete": config_delete},
    "AWS::SageMaker::Domain": {"create": domain_create, "delete": domain_delete},
    "AWS::SageMaker::UserProfile": {"create": profile_create, "delete": profile_delete},
    "AWS::CloudWatch::Alarm": {"create": alarm_create, "delete": alarm_delete},
    "AWS::CloudWatch::Dashboard": {"create": dashboard_create, "delete": dashboard_delete},
}
HANDLERS |= {f"AWS::ServiceCatalog::{kind}": keep(f"AWS::ServiceCatalog::{kind}") for kind in KEPT}
for name in ("StudioLifecycleConfig", "Domain", "UserProfile"):
    provisioners._STACK_TAG_PROPERTY[f"AWS::SageMaker::{name}"] = ("Tags", "list")

if __name__ == "__main__":
    sys.exit(main())
