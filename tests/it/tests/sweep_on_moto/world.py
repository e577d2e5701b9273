"""Moto with two accounts of an organization, old enough to be swept, and what stands in it.

Usage: world.py    Ends when its stdin is closed.
Its first line is JSON: the endpoint, both accounts, the bucket and the topic. For every word
on stdin it prints what stands there now, as boto3 sees it, as one line of JSON; `go` takes back the
kill switch first.
"""

import json
import sys
from datetime import timedelta

import boto3
from moto.backends import get_backend
from moto.core import DEFAULT_ACCOUNT_ID as OWN
from moto.core.utils import utcnow
from moto.server import ThreadedMotoServer

REGION = "us-east-1"
BUCKET, TOPIC = f"evidence-{OWN}", f"arn:aws:sns:{REGION}:{OWN}:costctl"


def keys_of(endpoint, account):
    """Credentials of a role in another account; in the own one none is needed."""
    if account == OWN:
        return {"aws_access_key_id": "setting-up", "aws_secret_access_key": "setting-up"}
    sts = client(endpoint, "sts")
    arn = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
    given = sts.assume_role(RoleArn=arn, RoleSessionName="setting-up")["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretAccessKey"],
        "aws_session_token": given["SessionToken"],
    }


def client(endpoint, service, account=OWN):
    return boto3.client(service, endpoint_url=endpoint, region_name=REGION, **keys_of(endpoint, account))


def make(endpoint, account, notebook_instances, endpoints):
    sagemaker, role = client(endpoint, "sagemaker", account), f"arn:aws:iam::{account}:role/Role"
    for name in notebook_instances:
        sagemaker.create_notebook_instance(NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=role)
    for name in endpoints:
        image = {"Image": f"{account}.dkr.ecr.{REGION}.amazonaws.com/image:1"}
        sagemaker.create_model(ModelName=name, ExecutionRoleArn=role, PrimaryContainer=image)
        variant = {"VariantName": "all", "ModelName": name, "InstanceType": "ml.m5.large"}
        variant.update(InitialInstanceCount=1, InitialVariantWeight=1)
        sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
        sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    # Nothing that was made just now is ever swept, and AWS gives no way to make something old.
    backend = get_backend("sagemaker")[account][REGION]
    for made in [*backend.notebook_instances.values(), *backend.endpoints.values()]:
        made.creation_time = made.last_modified_time = utcnow() - timedelta(days=60)


def standing(endpoint, account):
    sagemaker = client(endpoint, "sagemaker", account)
    found = sagemaker.list_notebook_instances()["NotebookInstances"]
    return {
        "notebook_instances": {one["NotebookInstanceName"]: one["NotebookInstanceStatus"] for one in found},
        "endpoints": sorted(one["EndpointName"] for one in sagemaker.list_endpoints()["Endpoints"]),
        "endpoint_configs": sorted(
            one["EndpointConfigName"] for one in sagemaker.list_endpoint_configs()["EndpointConfigs"]
        ),
    }


def evidence(endpoint):
    s3 = client(endpoint, "s3")
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]
    lines = [s3.get_object(Bucket=BUCKET, Key=key)["Body"].read() for key in keys if key.endswith(".jsonl")]
    return {"keys": keys, "lines": [json.loads(line) for text in lines for line in text.splitlines()]}


def main():
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    endpoint = "http://%s:%s" % moto.get_host_and_port()
    organizations = client(endpoint, "organizations")
    organizations.create_organization(FeatureSet="ALL")
    created = organizations.create_account(AccountName="second", Email="second@example.com")
    second = created["CreateAccountStatus"]["AccountId"]
    make(endpoint, OWN, ["old-research", "nightly-etl"], ["trial-idle", "trial-busy", "production"])
    make(endpoint, second, ["their-research"], [])
    client(endpoint, "s3").create_bucket(Bucket=BUCKET)
    client(endpoint, "sns").create_topic(Name="costctl")
    client(endpoint, "ssm").put_parameter(Name="/costctl/stop", Type="String", Value="on")
    ready = {"endpoint": endpoint, "own": OWN, "second": second, "bucket": BUCKET, "topic": TOPIC}
    print(json.dumps(ready), flush=True)
    for line in sys.stdin:
        word = line.strip()
        if word == "go":
            client(endpoint, "ssm").put_parameter(Name="/costctl/stop", Type="String", Value="off", Overwrite=True)
        told = [sent[1] for sent in get_backend("sns")[OWN][REGION].topics[TOPIC].sent_notifications]
        now = {"own": standing(endpoint, OWN), "second": standing(endpoint, second)}
        print(json.dumps({"after": word, **now, "evidence": evidence(endpoint), "told": told}), flush=True)


main()
