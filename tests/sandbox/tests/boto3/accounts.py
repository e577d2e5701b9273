"""Roles in other accounts, assumed and used by boto3. Exits non-zero at the first surprise."""

from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
once = Config(retries={"total_max_attempts": 1})
sts = boto3.client("sts", config=once)
READER = "arn:aws:iam::444455556666:role/costctl-reader"


def refused(code, **request):
    try:
        sts.assume_role(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return error.response["Error"]["Message"]
    raise AssertionError(f"{request} was not refused with {code}")


def client(service, credentials):
    return boto3.client(
        service,
        config=once,
        aws_access_key_id=credentials["AccessKeyId"],
        aws_secret_access_key=credentials["SecretAccessKey"],
        aws_session_token=credentials["SessionToken"],
    )


answer = sts.assume_role(RoleArn=READER, RoleSessionName="sweep-1", SourceIdentity="ada", DurationSeconds=900)
session = "arn:aws:sts::444455556666:assumed-role/costctl-reader/sweep-1"
assert answer["AssumedRoleUser"]["Arn"] == session and answer["SourceIdentity"] == "ada", answer
left = answer["Credentials"]["Expiration"] - datetime.now(timezone.utc)
assert timedelta(minutes=10) < left <= timedelta(minutes=15), left
identity = client("sts", answer["Credentials"]).get_caller_identity()
assert (identity["Account"], identity["Arn"]) == ("444455556666", session), identity
assert identity["UserId"].endswith(":sweep-1"), identity

# The account is another, and so is what stands in it.
there = client("sagemaker", answer["Credentials"])
there.create_domain(DomainName="theirs", AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["subnet-1"], VpcId="vpc-1")
assert [domain["DomainArn"].split(":")[4] for domain in there.list_domains()["Domains"]] == ["444455556666"]
assert boto3.client("sagemaker").list_domains()["Domains"] == []

external = {"RoleArn": "arn:aws:iam::444455556666:role/team/reader-external-s3cr3t", "RoleSessionName": "s1"}
message = refused("AccessDenied", **external)
assert "sts:AssumeRole on resource: " + external["RoleArn"] in message, message
refused("AccessDenied", **external, ExternalId="guess")
assert "/reader-external-s3cr3t/s1" in sts.assume_role(**external, ExternalId="s3cr3t")["AssumedRoleUser"]["Arn"]
refused("ValidationError", RoleArn="arn:aws:iam::4444:role/costctl-reader", RoleSessionName="s1")
refused("ValidationError", RoleArn=READER, RoleSessionName="a b")
refused("ValidationError", RoleArn=READER, RoleSessionName="s1", DurationSeconds=60000)
assert "MaxSessionDuration" in refused("ValidationError", RoleArn=READER, RoleSessionName="s1", DurationSeconds=3601)
for service, operation, code in (("sts", "get_caller_identity", "InvalidClientTokenId"), ("sagemaker", "list_apps", "UnrecognizedClientException")):
    try:
        getattr(client(service, {**answer["Credentials"], "SessionToken": None}), operation)()
        raise AssertionError(f"{service} accepted half of a session's credentials")
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response

print("the accounts answered as boto3 expects")
