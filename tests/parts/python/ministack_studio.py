"""Ministack, whose CloudFormation also knows Studio (by the sandbox) and keeps what no emulator makes.

CloudFormation's own handlers of AWS::SageMaker types send the properties under their names to the operations of
SageMaker and poll until the resource is there or gone; so do these. Types of KEPT are written to a folder, a file
each, with their properties resolved, and are removed with the stack: that they could be made is not shown.

Environment: STUDIO_SANDBOX (its endpoint), STUDIO_KEPT (the folder).
"""

import json
import os
import pathlib
import sys
import time
import urllib.error
import urllib.request

from ministack.app import main
from ministack.services.cloudformation import provisioners

SANDBOX, FOLDER = os.environ["STUDIO_SANDBOX"], pathlib.Path(os.environ["STUDIO_KEPT"])
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
SIGNED = "AWS4-HMAC-SHA256 Credential=111122223333/20260101/us-east-1/sagemaker/aws4_request, SignedHeaders=host, Signature=0"
NUMBERS = ("InMinutes", "InGb")
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


class Refused(ValueError):
    """What SageMaker did not take."""


def call(operation, request):
    headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": f"SageMaker.{operation}"}
    headers |= {"authorization": SIGNED, "x-amz-date": "20260101T000000Z"}
    asked = urllib.request.Request(SANDBOX, json.dumps(request).encode(), headers, method="POST")
    try:
        return json.load(OPENER.open(asked, timeout=30))
    except urllib.error.HTTPError as error:
        raise Refused(f"{operation}: {error.read().decode()}") from None


def typed(value, name=""):
    """Numbers where the schema of the resource has numbers: parameters are texts."""
    if isinstance(value, dict):
        return {key: typed(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed(inner) for inner in value]
    return int(value) if name.endswith(NUMBERS) else value


def settled(describe, keys):
    """What stands there once nothing moves; None where it is gone."""
    for _ in range(300):
        try:
            seen = call(describe, keys)
        except Refused as refused:
            if "ResourceNotFound" in str(refused):
                return None
            raise
        if seen["Status"] not in ("Pending", "Updating", "Deleting"):
            return seen
        time.sleep(0.1)
    raise Refused(f"{describe}: still {seen['Status']}")


def config_create(logical_id, props, stack_name):
    arn = call("CreateStudioLifecycleConfig", typed(props))["StudioLifecycleConfigArn"]
    return props["StudioLifecycleConfigName"], {"StudioLifecycleConfigArn": arn}


def config_delete(physical_id, props):
    call("DeleteStudioLifecycleConfig", {"StudioLifecycleConfigName": physical_id})


def domain_create(logical_id, props, stack_name):
    domain = call("CreateDomain", typed(props))["DomainArn"].rsplit("/", 1)[1]
    seen = settled("DescribeDomain", {"DomainId": domain})
    if seen["Status"] != "InService":
        raise Refused(f"CreateDomain: {seen['Status']}")
    return domain, {name: seen.get(name, "") for name in ("DomainId", "DomainArn", "Url")}


def domain_delete(physical_id, props):
    call("DeleteDomain", {"DomainId": physical_id, "RetentionPolicy": {"HomeEfsFileSystem": "Retain"}})
    settled("DescribeDomain", {"DomainId": physical_id})


def profile_create(logical_id, props, stack_name):
    arn = call("CreateUserProfile", typed(props))["UserProfileArn"]
    keys = {name: props[name] for name in ("DomainId", "UserProfileName")}
    settled("DescribeUserProfile", keys)
    return props["UserProfileName"], {"UserProfileArn": arn}


def profile_delete(physical_id, props):
    keys = {name: props[name] for name in ("DomainId", "UserProfileName")}
    call("DeleteUserProfile", keys)
    settled("DescribeUserProfile", keys)


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
}
HANDLERS |= {f"AWS::ServiceCatalog::{kind}": keep(f"AWS::ServiceCatalog::{kind}") for kind in KEPT}
for studio in ("StudioLifecycleConfig", "Domain", "UserProfile"):
    provisioners._STACK_TAG_PROPERTY[f"AWS::SageMaker::{studio}"] = ("Tags", "list")

if __name__ == "__main__":
    sys.exit(main())
