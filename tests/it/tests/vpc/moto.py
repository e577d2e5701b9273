import json

import boto3

ec2 = boto3.client("ec2")
vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
subnets = [
    ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{n}.0/24", AvailabilityZone=f"us-east-1{zone}")["Subnet"]["SubnetId"]
    for n, zone in enumerate("ab")
]
table = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"][0]["RouteTableId"]
nat = ec2.create_nat_gateway(SubnetId=subnets[0], ConnectivityType="private")["NatGateway"]["NatGatewayId"]
ec2.create_route(RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat)
apps, endpoints = (
    ec2.create_security_group(GroupName=name, Description=name, VpcId=vpc)["GroupId"] for name in ["apps", "endpoints"]
)
https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": [{"GroupId": apps}]}
ec2.authorize_security_group_ingress(GroupId=endpoints, IpPermissions=[https])
ec2.create_vpc_endpoint(VpcId=vpc, ServiceName="com.amazonaws.us-east-1.s3", RouteTableIds=[table], VpcEndpointType="Gateway")
reads = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "cloudwatch:Get*", "Resource": "*"}]}
ec2.create_vpc_endpoint(
    VpcId=vpc,
    ServiceName="com.amazonaws.us-east-1.monitoring",
    VpcEndpointType="Interface",
    SubnetIds=subnets[:1],
    SecurityGroupIds=[endpoints],
    PrivateDnsEnabled=True,
    PolicyDocument=json.dumps(reads),
)
print(json.dumps({"vpc": vpc, "subnets": subnets, "apps": apps}))
