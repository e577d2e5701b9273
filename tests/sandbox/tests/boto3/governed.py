"""IAM's roles and CloudTrail's event history, asked by boto3. Exits non-zero at the first surprise."""

import json
import time
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
once = Config(retries={"total_max_attempts": 1})
iam = boto3.client("iam", config=once)
trail = boto3.client("cloudtrail", config=once)
sagemaker = boto3.client("sagemaker", config=once)


def refused(code, call, **request):
    try:
        call(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{request} was not refused with {code}")


def lookup(**request):
    # Two a second: whoever asks more often waits.
    time.sleep(0.6)
    return trail.lookup_events(**request)


assert iam.get_role(RoleName="Studio")["Role"]["Arn"] == "arn:aws:iam::111122223333:role/Studio"
pages = iam.get_paginator("list_attached_role_policies").paginate(
    RoleName="Studio", PaginationConfig={"PageSize": 2}
)
pages = list(pages)
names = [policy["PolicyName"] for page in pages for policy in page["AttachedPolicies"]]
assert (len(pages), names) == (2, ["AmazonSageMakerFullAccess", "One", "Two"]), pages
refused("NoSuchEntity", iam.get_role, RoleName="nobody")
refused("NoSuchEntity", iam.list_attached_role_policies, RoleName="nobody")

sagemaker.create_domain(DomainName="one", AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["s"], VpcId="vpc-1")
domain = sagemaker.list_domains()["Domains"][0]["DomainId"]
for _ in range(60):
    sagemaker.add_tags(
        ResourceArn=f"arn:aws:sagemaker:us-east-1:111122223333:domain/{domain}", Tags=[{"Key": "a", "Value": "b"}]
    )
refused("ResourceNotFound", sagemaker.delete_domain, DomainId="d-none")
by_name = [{"AttributeKey": "EventName", "AttributeValue": "AddTags"}]
first = lookup(LookupAttributes=by_name)
second = lookup(LookupAttributes=by_name, NextToken=first["NextToken"])
assert (len(first["Events"]), len(second["Events"]), "NextToken" in second) == (50, 10, False)
event = first["Events"][0]
record = json.loads(event["CloudTrailEvent"])
assert event["EventSource"] == "sagemaker.amazonaws.com" and event["EventTime"].tzinfo, event
assert record["requestParameters"]["resourceArn"].endswith(domain), record
assert record["userIdentity"]["arn"].startswith("arn:aws:sts::111122223333:"), record
everything = lookup()
assert everything["Events"][0]["EventName"] == "DeleteDomain", everything
assert json.loads(everything["Events"][0]["CloudTrailEvent"])["errorCode"] == "ResourceNotFound"
assert not any(event["EventName"].startswith("List") for event in everything["Events"])
past = datetime.now(timezone.utc) - timedelta(hours=1)
assert lookup(StartTime=past - timedelta(hours=1), EndTime=past)["Events"] == []
time.sleep(1)
two = by_name + [{"AttributeKey": "ReadOnly", "AttributeValue": "false"}]
refused("InvalidLookupAttributesException", trail.lookup_events, LookupAttributes=two)
time.sleep(1)
refused("InvalidTimeRangeException", trail.lookup_events, StartTime=past, EndTime=past - timedelta(hours=1))
time.sleep(1)
for _ in range(2):
    trail.lookup_events(MaxResults=1)
refused("ThrottlingException", trail.lookup_events, MaxResults=1)
print("all 3 operations answered")
