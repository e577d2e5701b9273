"""The sandbox's Price List API, called and parsed by boto3. Exits non-zero at the first surprise."""

import json

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
once = Config(retries={"total_max_attempts": 1})
pricing = boto3.client("pricing", config=once)


def refused(code, call, **request):
    try:
        call(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, error.response
        return
    raise AssertionError(f"{request} was not refused with {code}")


def match(field, value, kind="TERM_MATCH"):
    return {"Type": kind, "Field": field, "Value": value}


def products(*filters, service="AmazonSageMaker"):
    pages = pricing.get_paginator("get_products").paginate(ServiceCode=service, Filters=filters, PaginationConfig={"PageSize": 2})
    pages = list(pages)
    assert all(page["FormatVersion"] == "aws_v1" and len(page["PriceList"]) <= 2 for page in pages), pages
    return [json.loads(product) for page in pages for product in page["PriceList"]]


# Beside each price of an instance stand a line of the free tier and one of Outposts.
ireland = products(match("regionCode", "eu-west-1"))
assert len(ireland) == 7, [product["product"]["attributes"] for product in ireland]
real = [p for p in ireland if p["product"]["attributes"]["locationType"] == "AWS Region" and not p["product"]["attributes"].get("platoinstancetype", "").startswith("Free")]
usage = {p["product"]["attributes"]["usagetype"]: p for p in real}
assert set(usage) == {"EU-Host:ml.m5.xlarge", "EU-Studio:JupyterLab-ml.m5.xlarge", "EU-Host:VolumeUsage.gp2"}, usage
host = usage["EU-Host:ml.m5.xlarge"]
assert host["product"]["attributes"]["instanceType"] == "ml.m5.xlarge-Hosting", "not to be trusted"
[(code, term)] = host["terms"]["OnDemand"].items()
[dimension] = term["priceDimensions"].values()
assert dimension["pricePerUnit"] == {"USD": "0.2570000000"} and dimension["unit"] == "Hrs", dimension
assert code == f"{host['product']['sku']}.{term['offerTermCode']}" and host["publicationDate"] == "2026-11-20T00:00:00Z"
free = [d["pricePerUnit"]["USD"] for p in ireland if p["product"]["attributes"].get("platoinstancetype") == "FreeHosting" for t in p["terms"]["OnDemand"].values() for d in t["priceDimensions"].values()]
assert "0.0000000000" in free, free

# Each kind of filter.
assert len(products(match("usagetype", "VolumeUsage", "CONTAINS"))) == 1
assert len(products(match("regionCode", "eu-west-1,us-east-1", "ANY_OF"))) == 10
assert len(products(match("regionCode", "eu-west-1", "NONE_OF"))) == 3
assert products(match("regionCode", "eu-west-1", "EQUALS"), match("productFamily", "Storage"))[0]["product"]["attributes"]["operation"] == "CreateVolume-Gp2"
vpc = products(match("usagetype", "VpcEndpoint-Hours", "CONTAINS"), service="AmazonVPC")
assert [p["product"]["attributes"]["usagetype"] for p in vpc] == ["USE1-VpcEndpoint-Hours"], vpc

values = pricing.get_attribute_values(ServiceCode="AmazonSageMaker", AttributeName="regionCode")["AttributeValues"]
assert values == [{"Value": "eu-west-1"}, {"Value": "us-east-1"}], values
services = pricing.describe_services()["Services"]
assert [service["ServiceCode"] for service in services] == ["AmazonSageMaker", "AmazonVPC"], services
assert "usagetype" in pricing.describe_services(ServiceCode="AmazonVPC")["Services"][0]["AttributeNames"]

refused("InvalidParameterException", pricing.get_products, ServiceCode="AmazonSageMaker", MaxResults=101)
refused("InvalidParameterException", pricing.get_products, ServiceCode="AmazonSageMaker", NextToken="x")
refused("InvalidSignatureException", boto3.client("pricing", region_name="eu-west-1", config=once).get_products, ServiceCode="AmazonSageMaker")
assert boto3.client("pricing", region_name="ap-south-1", config=once).get_products(ServiceCode="AmazonVPC")["PriceList"]
china = boto3.client("pricing", region_name="cn-northwest-1", config=once).get_products(ServiceCode="AmazonSageMaker")
assert china["PriceList"] == [], "another partition's prices are not told"

print("all 3 operations answered as boto3 expects")
