"""Organizations, quotas, scaling, parameters and topics of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

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
        assert error.response["ResponseMetadata"]["RequestId"]
        return error
    raise AssertionError(f"{request} was not refused with {code}")


# Twenty accounts a page, and only to the management account.
organizations = client("organizations")
pages = list(organizations.get_paginator("list_accounts").paginate())
assert [len(page["Accounts"]) for page in pages] == [20, 20, 6], pages
accounts = [account for page in pages for account in page["Accounts"]]
assert accounts[-1]["Status"] == "SUSPENDED" and accounts[0]["Status"] == "ACTIVE"
assert isinstance(accounts[0]["JoinedTimestamp"], datetime)
organization = organizations.describe_organization()["Organization"]
assert organization["MasterAccountId"] == "111122223333", organization
keys = {"aws_access_key_id": "AKIA444455556601AAAA", "aws_secret_access_key": "not-a-secret"}
refused("AccessDeniedException", client("organizations", **keys).list_accounts)
assert client("organizations", **keys).describe_organization()["Organization"] == organization
stranger = {**keys, "aws_access_key_id": "AKIA123456789012AAAA"}
refused("AWSOrganizationsNotInUseException", client("organizations", **stranger).describe_organization)
sts = client("sts")
role = {"RoleArn": "arn:aws:iam::999900001111:role/costctl-reader", "RoleSessionName": "sweep"}
refused("AccessDenied", sts.assume_role, **role)

# A hundred quotas a page; an absent one is no zero.
quotas = client("service-quotas")
pages = list(quotas.get_paginator("list_service_quotas").paginate(ServiceCode="sagemaker", PaginationConfig={"PageSize": 100}))
assert [len(page["Quotas"]) for page in pages] == [100, 100, 50]
quota = quotas.get_service_quota(ServiceCode="sagemaker", QuotaCode="L-00000007")["Quota"]
assert quota["Value"] == 7.0 and quota["GlobalQuota"] is False and quota["QuotaName"].endswith("running on 7"), quota
error = refused("NoSuchResourceException", quotas.get_service_quota, ServiceCode="sagemaker", QuotaCode="L-FFFFFFFF")
assert isinstance(error, quotas.exceptions.NoSuchResourceException)
refused("NoSuchResourceException", quotas.list_service_quotas, ServiceCode="ec2")

# Scalable targets, fifty a page.
scaling = client("application-autoscaling")
count = "sagemaker:variant:DesiredInstanceCount"
for n in range(60):
    target = {"ServiceNamespace": "sagemaker", "ResourceId": f"endpoint/e-{n:02}/variant/v", "ScalableDimension": count}
    arn = scaling.register_scalable_target(**target, MinCapacity=1, MaxCapacity=4)["ScalableTargetARN"]
    assert arn.startswith("arn:aws:application-autoscaling:us-east-1:111122223333:scalable-target/"), arn
paginator = scaling.get_paginator("describe_scalable_targets")
pages = list(paginator.paginate(ServiceNamespace="sagemaker"))
assert [len(page["ScalableTargets"]) for page in pages] == [50, 10]
scaling.register_scalable_target(**target, MinCapacity=0)
found = scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ResourceIds=[target["ResourceId"], "endpoint/none/variant/v"])
assert [(t["MinCapacity"], t["MaxCapacity"]) for t in found["ScalableTargets"]] == [(0, 4)], found
assert isinstance(found["ScalableTargets"][0]["CreationTime"], datetime)
other = "sagemaker:inference-component:DesiredCopyCount"
assert scaling.describe_scalable_targets(ServiceNamespace="sagemaker", ScalableDimension=other)["ScalableTargets"] == []
refused("ValidationException", scaling.register_scalable_target, **{**target, "ResourceId": "endpoint/new/variant/v"}, MinCapacity=1)

# Parameters.
ssm = client("ssm")
error = refused("ParameterNotFound", ssm.get_parameter, Name="/costctl/policy")
assert isinstance(error, ssm.exceptions.ParameterNotFound)
assert ssm.put_parameter(Name="/costctl/policy", Value="v1", Type="String")["Version"] == 1
refused("ParameterAlreadyExists", ssm.put_parameter, Name="/costctl/policy", Value="v2", Type="String")
assert ssm.put_parameter(Name="/costctl/policy", Value="v2", Overwrite=True)["Version"] == 2
parameter = ssm.get_parameter(Name="/costctl/policy")["Parameter"]
assert (parameter["Value"], parameter["Type"]) == ("v2", "String") and isinstance(parameter["LastModifiedDate"], datetime)
assert parameter["ARN"].endswith(":parameter/costctl/policy")
refused("ValidationException", ssm.put_parameter, Name="large", Value="x" * 4097, Type="String")

# Messages.
sns = client("sns")
topic = sns.create_topic(Name="costctl")["TopicArn"]
assert topic == sns.create_topic(Name="costctl")["TopicArn"] == "arn:aws:sns:us-east-1:111122223333:costctl"
assert sns.publish(TopicArn=topic, Subject="Sweep", Message="3 apps & 1 endpoint: 100 % done\n")["MessageId"]
assert sns.publish(TopicArn=topic, Message="x" * 262144)["MessageId"]
error = refused("InvalidParameter", sns.publish, TopicArn=topic, Message="x" * 262145)
assert isinstance(error, sns.exceptions.InvalidParameterException)
refused("InvalidParameter", sns.publish, TopicArn=topic, Subject="two\nlines", Message="x")
error = refused("NotFound", sns.publish, TopicArn=topic + "-none", Message="x")
assert isinstance(error, sns.exceptions.NotFoundException)

used.discard("AssumeRole")
assert len(used) == 10, sorted(used)
print("all 10 operations answered as boto3 expects")
