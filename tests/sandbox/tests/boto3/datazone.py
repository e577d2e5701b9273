"""DataZone of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

from datetime import datetime

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
once = Config(retries={"total_max_attempts": 1})
used = set()


def client(service, **more):
    client = boto3.client(service, config=once, **more)
    client.meta.events.register("before-call.*", lambda model, **_: used.add(model.name))
    return client


def refused(code, call, **request):
    try:
        call(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error
    raise AssertionError(f"{request} was not refused with {code}")


datazone = client("datazone")
corp = "dzd-corp1"

# Domains come 25 a page, everything else 50.
pages = list(datazone.get_paginator("list_domains").paginate())
assert [len(page["items"]) for page in pages] == [25, 6], pages
domain = pages[0]["items"][0]
assert (domain["id"], domain["status"], domain["managedAccountId"]) == (corp, "AVAILABLE", "111122223333"), domain
assert isinstance(domain["createdAt"], datetime) and domain["arn"].startswith("arn:aws:datazone:us-east-1:"), domain
assert len(datazone.list_domains(status="DELETING")["items"]) == 1
assert datazone.get_domain(identifier=corp)["domainExecutionRole"].startswith("arn:aws:iam::111122223333:role/")
assert isinstance(refused("ValidationException", datazone.list_domains, maxResults=26), datazone.exceptions.ValidationException)
pages = list(datazone.get_paginator("list_projects").paginate(domainIdentifier=corp))
assert [len(page["items"]) for page in pages] == [50, 50, 20], pages
project = pages[0]["items"][0]
assert (project["name"], project["projectStatus"]) == ("Project 0", "ACTIVE") and isinstance(project["createdAt"], datetime), project
assert "projectProfileId" not in project, "a summary is no whole"
assert datazone.get_project(domainIdentifier=corp, identifier="p000")["projectProfileId"] == "pp1"
assert [p["id"] for p in datazone.list_projects(domainIdentifier=corp, name="Project 7")["items"]] == ["p007"]
refused("ResourceNotFoundException", datazone.get_project, domainIdentifier=corp, identifier="none")
refused("AccessDeniedException", datazone.list_projects, domainIdentifier="dzd-others")

# Environments of one project and blueprint.
of = {"domainIdentifier": corp, "projectIdentifier": "p000"}
assert len(datazone.list_environments(**of)["items"]) == 2
tooling = datazone.list_environments(**of, environmentBlueprintIdentifier="bp1")["items"]
assert [environment["id"] for environment in tooling] == ["env1"] and "userParameters" not in tooling[0], tooling
assert datazone.list_environments(**of, awsAccountId="444455556666")["items"] == []
environment = datazone.get_environment(domainIdentifier=corp, identifier="env1")
assert environment["userParameters"][0] == {"keyName": "idleTimeoutInMinutes", "fieldType": "Number", "defaultValue": "60"}, environment
assert environment["provisionedResources"][0]["value"] == "d-1" and environment["status"] == "ACTIVE", environment

# Blueprints, how they are set up, and profiles.
managed = datazone.list_environment_blueprints(domainIdentifier=corp, managed=True)["items"]
assert [(blueprint["name"], blueprint["blueprintCategory"]) for blueprint in managed] == [("Tooling", "TOOLING")], managed
assert [b["name"] for b in datazone.list_environment_blueprints(domainIdentifier=corp, managed=False)["items"]] == ["Own"]
configuration = datazone.list_environment_blueprint_configurations(domainIdentifier=corp)["items"][0]
assert configuration["regionalParameters"]["us-east-1"] == {"maxEbsVolumeSize": "100"}, configuration
one = datazone.get_environment_blueprint_configuration(domainIdentifier=corp, environmentBlueprintIdentifier="bp1")
assert one["enabledRegions"] == ["us-east-1"], one
assert datazone.get_environment_blueprint(domainIdentifier=corp, identifier="bp1")["name"] == "Tooling"
profile = datazone.list_project_profiles(domainIdentifier=corp)["items"][0]
assert "environmentConfigurations" not in profile and profile["status"] == "ENABLED", profile
profile = datazone.get_project_profile(domainIdentifier=corp, identifier="pp1")
override = profile["environmentConfigurations"][0]["configurationParameters"]["parameterOverrides"][0]
assert override == {"name": "idleTimeoutInMinutes", "value": "60", "isEditable": False}, profile

# People.
sso = datazone.search_user_profiles(domainIdentifier=corp, userType="DATAZONE_SSO_USER")["items"]
assert [user["details"]["sso"]["username"] for user in sso] == ["ada@example.com"], sso
iam = datazone.search_user_profiles(domainIdentifier=corp, userType="DATAZONE_IAM_USER", maxResults=1)
assert iam["items"][0]["type"] == "IAM" and "nextToken" in iam, iam
rest = datazone.search_user_profiles(domainIdentifier=corp, userType="DATAZONE_IAM_USER", nextToken=iam["nextToken"])
assert len(rest["items"]) == 1 and "nextToken" not in rest, rest
user = datazone.get_user_profile(domainIdentifier=corp, userIdentifier=sso[0]["id"])
assert user["status"] == "ACTIVATED", user

# Elsewhere there is nothing, and what is not built is said.
assert client("datazone", region_name="eu-west-1").list_domains()["items"] == []
refused("UnknownOperationException", datazone.list_domain_units_for_parent, domainIdentifier=corp, parentDomainUnitIdentifier="u")
used.discard("ListDomainUnitsForParent")

# The quota of projects is among DataZone's, and not among SageMaker's.
quotas = client("service-quotas")
assert [quota["Value"] for quota in quotas.list_service_quotas(ServiceCode="datazone")["Quotas"]] == [500.0]
assert quotas.list_service_quotas(ServiceCode="sagemaker")["Quotas"] == []
used.discard("ListServiceQuotas")

assert len(used) == 14, sorted(used)
print("all 14 operations answered as boto3 expects")
