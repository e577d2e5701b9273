"""Endpoints, their configurations and inference components, called and parsed by boto3. Exits non-zero at the first surprise."""

from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
sagemaker = boto3.client("sagemaker", config=Config(retries={"total_max_attempts": 1}))
used = set()


def call(operation, **request):
    used.add(operation)
    return getattr(sagemaker, operation)(**request)


def refused(operation, **request):
    try:
        call(operation, **request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == "ValidationException", (operation, error.response["Error"])
        return error.response["Error"]["Message"]
    raise AssertionError(f"{operation} was not refused")


def wait(waiter, **request):
    sagemaker.get_waiter(waiter).wait(**request, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def pages(operation, member, **request):
    used.add(operation)
    return [item for page in sagemaker.get_paginator(operation).paginate(**request) for item in page[member]]


def of_enum(shape, value):
    assert value in sagemaker.meta.service_model.shape_for(shape).enum, f"{value} is no {shape}"


scaling = {"Status": "ENABLED", "MinInstanceCount": 0, "MaxInstanceCount": 4}
blue = {"VariantName": "blue", "ModelName": "m", "InstanceType": "ml.g5.xlarge", "InitialInstanceCount": 2, "InitialVariantWeight": 1.0}
call("create_endpoint_config", EndpointConfigName="real-time", ProductionVariants=[blue], ShadowProductionVariants=[{**blue, "VariantName": "shadow"}])
call("create_endpoint_config", EndpointConfigName="async", ProductionVariants=[blue],
     AsyncInferenceConfig={"OutputConfig": {"S3OutputPath": "s3://bucket/out"}})
serverless = {"MemorySizeInMB": 2048, "MaxConcurrency": 5, "ProvisionedConcurrency": 2}
call("create_endpoint_config", EndpointConfigName="serverless",
     ProductionVariants=[{"VariantName": "only", "ModelName": "m", "ServerlessConfig": serverless}])
call("create_endpoint_config", EndpointConfigName="components", ExecutionRoleArn="arn:aws:iam::111122223333:role/hosting",
     ProductionVariants=[{**{k: v for k, v in blue.items() if k != "ModelName"}, "ManagedInstanceScaling": scaling}])
refused("create_endpoint_config", EndpointConfigName="async", ProductionVariants=[blue])
config = call("describe_endpoint_config", EndpointConfigName="real-time")
assert config["ProductionVariants"] == [blue] and config["ShadowProductionVariants"][0]["VariantName"] == "shadow"
assert isinstance(config["CreationTime"], datetime)
assert {c["EndpointConfigName"] for c in pages("list_endpoint_configs", "EndpointConfigs")} == {"real-time", "async", "serverless", "components"}

for name in ("real-time", "async", "serverless", "components"):
    arn = call("create_endpoint", EndpointName=name, EndpointConfigName=name, Tags=[{"Key": "Team", "Value": name}])["EndpointArn"]
    assert arn == f"arn:aws:sagemaker:us-east-1:111122223333:endpoint/{name}", arn
    wait("endpoint_in_service", EndpointName=name)
    assert sagemaker.list_tags(ResourceArn=arn)["Tags"] == [{"Key": "Team", "Value": name}]
    sagemaker.add_tags(ResourceArn=arn, Tags=[{"Key": "Owner", "Value": "ada"}])
    assert len(sagemaker.list_tags(ResourceArn=arn)["Tags"]) == 2
for n in range(103):
    call("create_endpoint", EndpointName=f"many-{n}", EndpointConfigName="real-time")
refused("create_endpoint", EndpointName="async", EndpointConfigName="async")
refused("create_endpoint", EndpointName="new", EndpointConfigName="none")
many = [e["EndpointName"] for e in pages("list_endpoints", "Endpoints", NameContains="many", StatusEquals="InService")]
assert many == [f"many-{n}" for n in reversed(range(103))], "newest first unless asked"
assert pages("list_endpoints", "Endpoints", StatusEquals="Failed") == []
yesterday = datetime.now(timezone.utc) - timedelta(days=1)
assert pages("list_endpoints", "Endpoints", CreationTimeBefore=yesterday) == []
assert len(pages("list_endpoints", "Endpoints", CreationTimeAfter=yesterday, SortBy="Name", SortOrder="Ascending")) == 107
of_enum("EndpointStatus", sagemaker.list_endpoints()["Endpoints"][0]["EndpointStatus"])

described = call("describe_endpoint", EndpointName="real-time")
variant = described["ProductionVariants"][0]
assert (variant["CurrentInstanceCount"], variant["DesiredInstanceCount"], variant["CurrentWeight"]) == (2, 2, 1.0)
assert "InstanceType" not in str(described), "the type is only in the configuration"
assert described["EndpointConfigName"] == "real-time" and described["ShadowProductionVariants"][0]["CurrentInstanceCount"] == 2
assert call("describe_endpoint", EndpointName="async")["AsyncInferenceConfig"]["OutputConfig"]["S3OutputPath"]
variant = call("describe_endpoint", EndpointName="serverless")["ProductionVariants"][0]
assert variant["CurrentServerlessConfig"] == serverless and "CurrentInstanceCount" not in variant


def scale(name, **change):
    return {"EndpointName": name, "DesiredWeightsAndCapacities": [{"VariantName": "blue", **change}]}


rescale = "update_endpoint_weights_and_capacities"
call(rescale, **scale("real-time", DesiredInstanceCount=1))
wait("endpoint_in_service", EndpointName="real-time")
assert call("describe_endpoint", EndpointName="real-time")["ProductionVariants"][0]["CurrentInstanceCount"] == 1
refused(rescale, **scale("real-time", DesiredInstanceCount=0))
call(rescale, **scale("async", DesiredInstanceCount=0))
wait("endpoint_in_service", EndpointName="async")
assert call("describe_endpoint", EndpointName="async")["ProductionVariants"][0]["CurrentInstanceCount"] == 0
refused(rescale, EndpointName="async", DesiredWeightsAndCapacities=[{"VariantName": "none", "DesiredWeight": 1.0}])

component = {"EndpointName": "components", "VariantName": "blue", "Specification": {"ModelName": "m", "ComputeResourceRequirements": {"MinMemoryRequiredInMb": 1024}}}
for n in range(12):
    call("create_inference_component", InferenceComponentName=f"ic-{n}", RuntimeConfig={"CopyCount": 2}, **component)
described = call("describe_inference_component", InferenceComponentName="ic-0")
assert described["RuntimeConfig"] == {"DesiredCopyCount": 2, "CurrentCopyCount": 2}
assert described["EndpointName"] == "components" and isinstance(described["LastModifiedTime"], datetime)
of_enum("InferenceComponentStatus", described["InferenceComponentStatus"])
listed = pages("list_inference_components", "InferenceComponents", EndpointNameEquals="components", VariantNameEquals="blue")
assert len(listed) == 12 and pages("list_inference_components", "InferenceComponents", EndpointNameEquals="async") == []
call("update_inference_component_runtime_config", InferenceComponentName="ic-0", DesiredRuntimeConfig={"CopyCount": 0})
assert call("describe_inference_component", InferenceComponentName="ic-0")["RuntimeConfig"]["CurrentCopyCount"] == 0
refused("delete_endpoint", EndpointName="components")
for n in range(12):
    call("delete_inference_component", InferenceComponentName=f"ic-{n}")
while pages("list_inference_components", "InferenceComponents", NameContains="ic-"):
    pass
assert "Could not find" in refused("describe_inference_component", InferenceComponentName="ic-0")

# A configuration goes under a live endpoint, and stays when its endpoint goes.
call("delete_endpoint_config", EndpointConfigName="real-time")
assert call("describe_endpoint", EndpointName="real-time")["EndpointConfigName"] == "real-time"
assert "Could not find" in refused("describe_endpoint_config", EndpointConfigName="real-time")
call("delete_endpoint", EndpointName="components")
assert call("describe_endpoint", EndpointName="components")["EndpointStatus"] == "Deleting"
refused("delete_endpoint", EndpointName="components")
wait("endpoint_deleted", EndpointName="components")
assert call("describe_endpoint_config", EndpointConfigName="components")["ProductionVariants"][0]["ManagedInstanceScaling"] == scaling

assert len(used) == 14, sorted(used)
print("all 14 operations answered as boto3 expects")
