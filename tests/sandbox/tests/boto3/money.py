"""Tags of all resources, VPC endpoints and bills of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

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


# A hundred resources a page; those that have all of the tags that are asked for.
tagging = client("resourcegroupstaggingapi")
paginator = tagging.get_paginator("get_resources")
types = ["sagemaker:user-profile", "sagemaker:space"]
pages = list(paginator.paginate(ResourceTypeFilters=types, TagFilters=[{"Key": "Team"}], ResourcesPerPage=100))
assert [len(page["ResourceTagMappingList"]) for page in pages] == [100, 21], pages
resources = [resource for page in pages for resource in page["ResourceTagMappingList"]]
arns = {resource["ResourceARN"] for resource in resources}
assert len(arns) == 121 and "arn:aws:sagemaker:us-east-1:111122223333:user-profile/d-one/ada" in arns, arns
assert {"Key": "Team", "Value": "search"} in resources[0]["Tags"], resources[0]
both = tagging.get_resources(TagFilters=[{"Key": "Team"}, {"Key": "Stage", "Values": ["dev", "test"]}])
assert [r["ResourceARN"].rsplit("/")[-1] for r in both["ResourceTagMappingList"]] == ["ada"], both
assert both["PaginationToken"] == ""
assert len(tagging.get_resources(ResourceTypeFilters=["sagemaker:domain"])["ResourceTagMappingList"]) == 0
error = refused("InvalidParameterException", tagging.get_resources, ResourcesPerPage=101)
assert isinstance(error, tagging.exceptions.InvalidParameterException)
refused("InvalidParameterException", tagging.get_resources, ResourceARNList=sorted(arns)[:1], TagFilters=[{"Key": "Team"}])
found = tagging.get_resources(ResourceARNList=sorted(arns)[:1])["ResourceTagMappingList"]
assert [resource["ResourceARN"] for resource in found] == sorted(arns)[:1]

# VPC endpoints.
ec2 = client("ec2")
service = "com.amazonaws.us-east-1.sagemaker.api"
for vpc in ["vpc-1", "vpc-2"]:
    for n in range(3):
        made = ec2.create_vpc_endpoint(
            VpcId=vpc, ServiceName=service, VpcEndpointType="Interface", SubnetIds=["subnet-1", "subnet-2"]
        )["VpcEndpoint"]
        assert made["State"] == "available" and isinstance(made["CreationTimestamp"], datetime), made
ec2.create_vpc_endpoint(VpcId="vpc-1", ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=["rtb-1"])
interface = {"Name": "vpc-endpoint-type", "Values": ["Interface"]}
asked = ec2.get_paginator("describe_vpc_endpoints").paginate(
    Filters=[interface, {"Name": "vpc-id", "Values": ["vpc-1", "vpc-0"]}], PaginationConfig={"PageSize": 2}
)
pages = [page["VpcEndpoints"] for page in asked]
assert [len(page) for page in pages] == [2, 1], pages
assert pages[0][0]["SubnetIds"] == ["subnet-1", "subnet-2"] and pages[0][0]["RequesterManaged"] is False, pages
assert len(ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 7
refused("InvalidParameterValue", ec2.describe_vpc_endpoints, Filters=[{"Name": "colour", "Values": ["red"]}])
refused("InvalidVpcEndpointId.NotFound", ec2.describe_vpc_endpoints, VpcEndpointIds=["vpce-none"])
refused("MissingParameter", ec2.create_vpc_endpoint, VpcId="vpc-1", ServiceName=service, VpcEndpointType="Interface")
gone = ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"], "vpce-none"])["Unsuccessful"]
assert [one["ResourceId"] for one in gone] == ["vpce-none"], gone
assert len(ec2.describe_vpc_endpoints()["VpcEndpoints"]) == 6

# Bills: a day that a page's end cuts comes again on the next.
costs = client("ce")
sagemaker = {"Dimensions": {"Key": "SERVICE", "Values": ["Amazon SageMaker"]}}
credits = {"Not": {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Credit", "Refund", "Tax"]}}}
request = {
    "TimePeriod": {"Start": "2026-11-01", "End": "2026-11-04"},
    "Granularity": "DAILY",
    "Metrics": ["AmortizedCost"],
    "GroupBy": [{"Type": "DIMENSION", "Key": "USAGE_TYPE"}],
}
seen, token, count = {}, {}, 0
while True:
    page = costs.get_cost_and_usage(**request, Filter={"And": [sagemaker, credits]}, **token)
    count += 1
    for day in page["ResultsByTime"]:
        for group in day["Groups"]:
            key = (day["TimePeriod"]["Start"], *group["Keys"])
            assert key not in seen, key
            seen[key] = group["Metrics"]["AmortizedCost"]
    if "NextPageToken" not in page:
        break
    token = {"NextPageToken": page["NextPageToken"]}
assert count == 2 and len(seen) == 31, (count, len(seen))
assert seen["2026-11-01", "USE1-Studio:JupyterLab-ml.g5.xlarge"] == {"Amount": "33.8400000001", "Unit": "USD"}, seen
everything = costs.get_cost_and_usage(**request, Filter={"Dimensions": {"Key": "SERVICE", "Values": ["Amazon EC2"]}})
assert [len(day["Groups"]) for day in everything["ResultsByTime"]] == [0, 1, 0], everything
refused("ValidationException", costs.get_cost_and_usage, **{**request, "TimePeriod": {"Start": "2026-11-02", "End": "2026-11-02"}})
period = request["TimePeriod"]
coverage = costs.get_savings_plans_coverage(TimePeriod=period, Filter=sagemaker)["SavingsPlansCoverages"][0]["Coverage"]
assert coverage["CoveragePercentage"] == "75.0000000000", coverage
utilization = costs.get_savings_plans_utilization(TimePeriod=period)["Total"]["Utilization"]
assert (utilization["UtilizationPercentage"], utilization["UnusedCommitment"]) == ("90.0000000000", "10.0000000000"), utilization
keys = {"aws_access_key_id": "AKIA444455556666AAAA", "aws_secret_access_key": "not-a-secret"}
stranger = client("ce", **keys)
error = refused("DataUnavailableException", stranger.get_savings_plans_coverage, TimePeriod=period)
assert isinstance(error, stranger.exceptions.DataUnavailableException)
refused("DataUnavailableException", stranger.get_savings_plans_utilization, TimePeriod=period)

assert len(used) == 7, sorted(used)
print("all 7 operations answered as boto3 expects")
