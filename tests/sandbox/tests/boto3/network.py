"""VPCs of the sandbox as boto3 parses them. Exits non-zero at the first surprise."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

ec2 = boto3.client("ec2", config=Config(retries={"total_max_attempts": 1}))
used = set()
ec2.meta.events.register("before-call.*", lambda model, **_: used.add(model.name))


def refused(code, call, **request):
    try:
        call(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{request} was not refused with {code}")


in_vpc = [{"Name": "vpc-id", "Values": ["vpc-1"]}]

# Pages, and nothing of another VPC.
pages = list(ec2.get_paginator("describe_subnets").paginate(Filters=in_vpc, PaginationConfig={"PageSize": 5}))
assert [len(page["Subnets"]) for page in pages] == [5, 2], pages
subnet = pages[0]["Subnets"][0]
assert (subnet["SubnetId"], subnet["AvailabilityZone"], subnet["CidrBlock"]) == ("subnet-0", "us-east-1a", "10.0.0.0/24"), subnet
assert subnet["OwnerId"] == "111122223333", subnet
assert [s["SubnetId"] for s in ec2.describe_subnets(SubnetIds=["subnet-other"])["Subnets"]] == ["subnet-other"]
refused("InvalidSubnetID.NotFound", ec2.describe_subnets, SubnetIds=["subnet-none"])

tables = ec2.describe_route_tables(Filters=[*in_vpc, {"Name": "association.subnet-id", "Values": ["subnet-1"]}])["RouteTables"]
assert [table["RouteTableId"] for table in tables] == ["rtb-1"], tables
assert tables[0]["Associations"][0]["Main"] is False, tables
assert tables[0]["Routes"][0] == {"DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": "nat-1", "State": "active"}, tables
main = ec2.describe_route_tables(Filters=[{"Name": "association.main", "Values": ["true"]}])["RouteTables"]
assert [table["RouteTableId"] for table in main] == ["rtb-main"], main
refused("InvalidParameterValue", ec2.describe_route_tables, Filters=[{"Name": "colour", "Values": ["red"]}])

groups = ec2.describe_security_groups(GroupIds=["sg-1"])["SecurityGroups"]
rule = groups[0]["IpPermissions"][0]
assert (rule["FromPort"], rule["IpRanges"], rule["UserIdGroupPairs"]) == (443, [{"CidrIp": "10.0.0.0/16"}], [{"GroupId": "sg-2"}]), rule
refused("InvalidGroup.NotFound", ec2.describe_security_groups, GroupIds=["sg-none"])

# Endpoints with all that decides whether they do.
policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}]}
service = "com.amazonaws.us-east-1.sts"
made = ec2.create_vpc_endpoint(
    VpcId="vpc-1",
    ServiceName=service,
    VpcEndpointType="Interface",
    SubnetIds=["subnet-0"],
    SecurityGroupIds=["sg-1"],
    PrivateDnsEnabled=False,
    PolicyDocument=json.dumps(policy),
)["VpcEndpoint"]
seen = ec2.describe_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])["VpcEndpoints"][0]
assert seen["PrivateDnsEnabled"] is False and seen["Groups"][0]["GroupId"] == "sg-1", seen
assert json.loads(seen["PolicyDocument"]) == policy, seen
gateway = ec2.create_vpc_endpoint(VpcId="vpc-1", ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=["rtb-1"])["VpcEndpoint"]
assert gateway["PrivateDnsEnabled"] is False and gateway["RouteTableIds"] == ["rtb-1"], gateway
assert json.loads(gateway["PolicyDocument"])["Statement"][0]["Effect"] == "Allow", gateway
given = ec2.describe_vpc_endpoints(Filters=[{"Name": "service-name", "Values": ["aws.sagemaker.us-east-1.studio"]}])["VpcEndpoints"]
assert [(one["VpcEndpointId"], one["State"], one["VpcEndpointType"]) for one in given] == [("vpce-1", "available", "Interface")], given
refused("InvalidPolicyDocument", ec2.create_vpc_endpoint, VpcId="vpc-1", ServiceName=service, SubnetIds=["subnet-0"], PolicyDocument="{")

assert len(used) == 5, sorted(used)
print("all 5 operations answered as boto3 expects")
