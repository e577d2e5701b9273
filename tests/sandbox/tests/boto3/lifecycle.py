"""Every operation of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

import base64
import time
from datetime import datetime, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
sagemaker = boto3.client("sagemaker", config=Config(retries={"total_max_attempts": 1}))
used = set()


def call(operation, **request):
    used.add(operation)
    return getattr(sagemaker, operation)(**request)


def refused(code, operation, **request):
    used.add(operation)
    try:
        getattr(sagemaker, operation)(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (operation, error.response["Error"])
        assert error.response["ResponseMetadata"]["RequestId"]
        return error.response["Error"]["Message"]
    raise AssertionError(f"{operation} was not refused with {code}")


def wait(describe, status, **request):
    for _ in range(100):
        if call(describe, **request)["Status"] == status:
            return
        time.sleep(0.05)
    raise AssertionError(f"{describe} {request} never became {status}")


def wait_gone(describe, **request):
    for _ in range(100):
        try:
            call(describe, **request)
        except ClientError as error:
            assert error.response["Error"]["Code"] == "ResourceNotFound"
            return
        time.sleep(0.05)
    raise AssertionError(f"{describe} {request} never went away")


def of_enum(shape, value):
    allowed = sagemaker.meta.service_model.shape_for(shape).enum
    assert value in allowed, f"{value} is no {shape}"


def pages(operation, member, **request):
    used.add(operation)
    return [item for page in sagemaker.get_paginator(operation).paginate(**request) for item in page[member]]


identity = boto3.client("sts").get_caller_identity()
assert identity["Account"] == "111122223333", identity
assert identity["Arn"].endswith(":assumed-role/StudioExecutionRole/SageMaker"), identity
for service, operation, code in (("sts", "get_caller_identity", "ExpiredToken"), ("sagemaker", "list_domains", "ExpiredTokenException")):
    late = boto3.client(service, aws_access_key_id="ASIAIOSFODNN7EXAMPLE", aws_secret_access_key="not-a-secret", aws_session_token="expired")
    try:
        getattr(late, operation)()
        raise AssertionError(f"{service} accepted an expired token")
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response

# Lifecycle configurations: immutable, their names taken once.
content = base64.b64encode(b"#!/bin/sh\nexit 0\n").decode()
lcc = {"StudioLifecycleConfigName": "agent-v1", "StudioLifecycleConfigContent": content, "StudioLifecycleConfigAppType": "JupyterLab"}
lcc_arn = call("create_studio_lifecycle_config", **lcc)["StudioLifecycleConfigArn"]
refused("ResourceInUse", "create_studio_lifecycle_config", **lcc)
refused("ValidationException", "create_studio_lifecycle_config", **{**lcc, "StudioLifecycleConfigName": "large", "StudioLifecycleConfigContent": "A" * 16388})
described = call("describe_studio_lifecycle_config", StudioLifecycleConfigName="agent-v1")
assert described["StudioLifecycleConfigContent"] == content and isinstance(described["CreationTime"], datetime)
listed = pages("list_studio_lifecycle_configs", "StudioLifecycleConfigs", AppTypeEquals="JupyterLab")
assert [c["StudioLifecycleConfigName"] for c in listed] == ["agent-v1"] and "StudioLifecycleConfigContent" not in listed[0]

for n in range(104):
    call("create_studio_lifecycle_config", **{**lcc, "StudioLifecycleConfigName": f"many-{n}"})
assert len(pages("list_studio_lifecycle_configs", "StudioLifecycleConfigs", NameContains="many-")) == 104
for n in range(104):
    call("delete_studio_lifecycle_config", StudioLifecycleConfigName=f"many-{n}")

# A domain.
settings = {"ExecutionRole": "arn:aws:iam::111122223333:role/StudioExecutionRole", "SecurityGroups": ["sg-1", "sg-2"]}
domain = call("create_domain", DomainName="data-science", AuthMode="IAM", DefaultUserSettings=settings, SubnetIds=["subnet-1"], VpcId="vpc-1",
              Tags=[{"Key": "Team", "Value": "ml"}])
domain_id = domain["DomainArn"].rsplit("/", 1)[1]
wait("describe_domain", "InService", DomainId=domain_id)
described = call("describe_domain", DomainId=domain_id)
assert isinstance(described["CreationTime"], datetime) and isinstance(described["LastModifiedTime"], datetime)
assert described["DefaultUserSettings"] == settings and described["SubnetIds"] == ["subnet-1"]
of_enum("DomainStatus", described["Status"])
of_enum("AppNetworkAccessType", described["AppNetworkAccessType"])
jupyter_lab = {"JupyterLabAppSettings": {"BuiltInLifecycleConfigArn": lcc_arn, "LifecycleConfigArns": [lcc_arn]}}
call("update_domain", DomainId=domain_id, DefaultUserSettings=jupyter_lab)
after = call("describe_domain", DomainId=domain_id)["DefaultUserSettings"]
assert after["SecurityGroups"] == ["sg-1", "sg-2"], "what an update leaves out is kept"
assert after["JupyterLabAppSettings"]["BuiltInLifecycleConfigArn"] == lcc_arn
call("update_domain", DomainId=domain_id, DefaultUserSettings={"JupyterLabAppSettings": {"LifecycleConfigArns": []}})
after = call("describe_domain", DomainId=domain_id)["DefaultUserSettings"]["JupyterLabAppSettings"]
assert after["LifecycleConfigArns"] == [] and after["BuiltInLifecycleConfigArn"] == lcc_arn, "lists are replaced whole"
refused("ResourceInUse", "delete_studio_lifecycle_config", StudioLifecycleConfigName="agent-v1")
refused("ValidationException", "update_domain", DomainId=domain_id, AppNetworkAccessType="VpcOnly")
idle = {"JupyterLabAppSettings": {"AppLifecycleManagement": {"IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 60}}}}
call("update_domain", DomainId=domain_id, DefaultUserSettings=idle)
assert [d["DomainId"] for d in pages("list_domains", "Domains")] == [domain_id]

# User profiles, more than one page of the largest size.
for n in range(105):
    call("create_user_profile", DomainId=domain_id, UserProfileName=f"data-scientist-{n}")
refused("ResourceInUse", "create_user_profile", DomainId=domain_id, UserProfileName="data-scientist-0")
refused("ValidationException", "create_user_profile", DomainId=domain_id, UserProfileName="-bad-")
assert len(call("list_user_profiles", DomainIdEquals=domain_id)["UserProfiles"]) == 10, "ten unless asked"
assert len(call("list_user_profiles", DomainIdEquals=domain_id, MaxResults=100)["UserProfiles"]) == 100
names = [p["UserProfileName"] for p in pages("list_user_profiles", "UserProfiles", DomainIdEquals=domain_id)]
assert len(set(names)) == len(names) == 105
call("update_user_profile", DomainId=domain_id, UserProfileName="data-scientist-1", UserSettings={"StudioWebPortal": "ENABLED"})
assert call("describe_user_profile", DomainId=domain_id, UserProfileName="data-scientist-1")["UserSettings"] == {"StudioWebPortal": "ENABLED"}

of_enum("UserProfileStatus", call("list_user_profiles")["UserProfiles"][0]["Status"])

# Spaces: one with an owner, one without.
space = call("create_space", DomainId=domain_id, SpaceName="space-1", SpaceSettings={"AppType": "JupyterLab"},
             OwnershipSettings={"OwnerUserProfileName": "data-scientist-1"}, SpaceSharingSettings={"SharingType": "Private"})
call("create_space", DomainId=domain_id, SpaceName="space-2")
spaces = {s["SpaceName"]: s for s in pages("list_spaces", "Spaces", DomainIdEquals=domain_id)}
assert spaces["space-1"]["OwnershipSettingsSummary"] == {"OwnerUserProfileName": "data-scientist-1"}
assert "OwnershipSettingsSummary" not in spaces["space-2"]
assert isinstance(spaces["space-1"]["LastModifiedTime"], datetime)
of_enum("SpaceStatus", spaces["space-1"]["Status"])
of_enum("SharingType", spaces["space-1"]["SpaceSharingSettingsSummary"]["SharingType"])
of_enum("AppType", spaces["space-1"]["SpaceSettingsSummary"]["AppType"])
for n in range(101):
    call("create_space", DomainId=domain_id, SpaceName=f"many-{n}")
many = [s["SpaceName"] for s in pages("list_spaces", "Spaces", SpaceNameContains="many-")]
assert len(set(many)) == len(many) == 101
assert "not supported" in refused("ValidationException", "update_space", DomainId=domain_id, SpaceName="space-1", SpaceSettings={"AppType": "JupyterLab"})
call("update_space", DomainId=domain_id, SpaceName="space-1", SpaceDisplayName="one")
assert call("describe_space", DomainId=domain_id, SpaceName="space-1")["SpaceSettings"]["AppType"] == "JupyterLab"

# Apps: no user profile name in a space, deleted in their own time, their names used again.
key = {"DomainId": domain_id, "SpaceName": "space-1", "AppType": "JupyterLab", "AppName": "default"}
app_arn = call("create_app", **key, ResourceSpec={"InstanceType": "ml.t3.medium"})["AppArn"]
assert app_arn == f"arn:aws:sagemaker:us-east-1:111122223333:app/{domain_id}/space-1/JupyterLab/default", app_arn
wait("describe_app", "InService", **key)
app = call("describe_app", **key)
assert "UserProfileName" not in app and app["BuiltInLifecycleConfigArn"] == lcc_arn
assert abs((datetime.now(timezone.utc) - app["CreationTime"]).total_seconds()) < 300
assert isinstance(app["LastUserActivityTimestamp"], datetime) and app["RecoveryMode"] is False
of_enum("AppStatus", app["Status"])
of_enum("AppInstanceType", app["ResourceSpec"]["InstanceType"])
refused("ResourceInUse", "create_app", **key)
refused("ResourceInUse", "delete_space", DomainId=domain_id, SpaceName="space-1")
refused("ValidationException", "list_apps", UserProfileNameEquals="a", SpaceNameEquals="b")
assert pages("list_apps", "Apps", DomainIdEquals=domain_id, UserProfileNameEquals="data-scientist-1") == []
assert pages("list_apps", "Apps", DomainIdEquals=domain_id)[0]["ResourceSpec"]["InstanceType"] == "ml.t3.medium"
call("delete_app", **key)
assert call("describe_app", **key)["Status"] == "Deleting"
wait("describe_app", "Deleted", **key)
assert pages("list_apps", "Apps")[0]["Status"] == "Deleted", "a deleted app stays listed"
refused("ResourceNotFound", "delete_app", **key)
call("create_app", **key)
assert call("describe_app", **key)["CreationTime"] > app["CreationTime"], "a new app under the same name"
call("delete_app", **key)
wait("describe_app", "Deleted", **key)
for name in many:
    call("create_app", **{**key, "SpaceName": name})
apps = pages("list_apps", "Apps", DomainIdEquals=domain_id)
assert len(apps) == 102 and all("UserProfileName" not in app for app in apps)
for name in many:
    call("delete_app", **{**key, "SpaceName": name})
for name in many:
    wait("describe_app", "Deleted", **{**key, "SpaceName": name})

# Tags.
call("add_tags", ResourceArn=lcc_arn, Tags=[{"Key": f"t{n}", "Value": ""} for n in range(50)])
refused("ValidationException", "add_tags", ResourceArn=lcc_arn, Tags=[{"Key": "one-more", "Value": ""}])
assert len(pages("list_tags", "Tags", ResourceArn=lcc_arn)) == 50
for n in range(3):
    call("add_tags", ResourceArn=space["SpaceArn"], Tags=[{"Key": f"k{n}", "Value": "v"}])
call("delete_tags", ResourceArn=space["SpaceArn"], TagKeys=["k1"])
assert sorted(t["Key"] for t in pages("list_tags", "Tags", ResourceArn=space["SpaceArn"])) == ["k0", "k2"]
assert call("list_tags", ResourceArn=domain["DomainArn"])["Tags"] == [{"Key": "Team", "Value": "ml"}]

# Everything goes, children first.
refused("ResourceInUse", "delete_domain", DomainId=domain_id)
refused("ResourceInUse", "delete_user_profile", DomainId=domain_id, UserProfileName="data-scientist-1")
for name in [*spaces, *many]:
    call("delete_space", DomainId=domain_id, SpaceName=name)
for name in [*spaces, *many]:
    wait_gone("describe_space", DomainId=domain_id, SpaceName=name)
for name in names:
    call("delete_user_profile", DomainId=domain_id, UserProfileName=name)
for name in names:
    wait_gone("describe_user_profile", DomainId=domain_id, UserProfileName=name)
call("delete_domain", DomainId=domain_id)
wait_gone("describe_domain", DomainId=domain_id)
call("delete_studio_lifecycle_config", StudioLifecycleConfigName="agent-v1")
refused("ResourceNotFound", "describe_studio_lifecycle_config", StudioLifecycleConfigName="agent-v1")

assert len(used) == 26, sorted(used)
print("all 26 operations answered as boto3 expects")
