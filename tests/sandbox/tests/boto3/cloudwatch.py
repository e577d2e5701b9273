"""CloudWatch of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

# An error is to be seen as it comes, not after botocore's retries.
once = Config(retries={"total_max_attempts": 1})
cloudwatch = boto3.client("cloudwatch", config=once)
packed = []
cloudwatch.meta.events.register("before-send.cloudwatch.*", lambda request, **_: packed.append(request.headers.get("Content-Encoding")))


def refused(code, operation, **request):
    try:
        getattr(cloudwatch, operation)(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (operation, error.response["Error"])
        assert error.response["ResponseMetadata"]["RequestId"]
        return error
    raise AssertionError(f"{operation} was not refused with {code}")


now = datetime.now(timezone.utc).replace(second=0, microsecond=0)
dimensions = [{"Name": "Domain", "Value": "d-1"}, {"Name": "AppType", "Value": "JupyterLab"}]
ages = {"MetricName": "IdleSeconds", "Dimensions": dimensions, "Unit": "Seconds"}

# More than 10 KB is sent compressed.
many = [{"MetricName": f"Metric{n}", "Dimensions": dimensions, "Value": n} for n in range(600)]
cloudwatch.put_metric_data(Namespace="IdleAgent", MetricData=many)
assert packed == [b"gzip"] or packed == ["gzip"], packed
for minute in range(5):
    at = now - timedelta(minutes=minute + 1)
    cloudwatch.put_metric_data(Namespace="IdleAgent", MetricData=[{**ages, "Timestamp": at, "Values": [1.5, 4.0], "Counts": [2, 1]}])
cloudwatch.put_metric_data(
    Namespace="IdleAgent",
    EntityMetricData=[{"Entity": {"KeyAttributes": {"Name": "agent"}}, "MetricData": [{"MetricName": "OfEntity", "Value": 1}]}],
)
assert packed[1:] == [None] * 6, packed

stat = {"Metric": {"Namespace": "IdleAgent", "MetricName": "IdleSeconds", "Dimensions": dimensions}, "Period": 60}
query = {
    "MetricDataQueries": [
        {"Id": "sums", "MetricStat": {**stat, "Stat": "Sum"}},
        {"Id": "means", "MetricStat": {**stat, "Stat": "Average"}, "Label": "mean"},
        {"Id": "hidden", "MetricStat": {**stat, "Stat": "Maximum"}, "ReturnData": False},
    ],
    "StartTime": now - timedelta(minutes=10),
    "EndTime": now,
}
results = {}
pages = 0
for page in cloudwatch.get_paginator("get_metric_data").paginate(**query, MaxDatapoints=3, ScanBy="TimestampAscending"):
    pages += 1
    for result in page["MetricDataResults"]:
        points = results.setdefault(result["Id"], [])
        points += zip(result["Timestamps"], result["Values"], strict=True)
        assert result["Label"] == {"sums": "IdleSeconds", "means": "mean"}[result["Id"]]
        assert result["StatusCode"] in ("Complete", "PartialData")
assert pages == 4 and sorted(results) == ["means", "sums"], (pages, results)
times = [now - timedelta(minutes=minute) for minute in (5, 4, 3, 2, 1)]
assert results["sums"] == [(time, 7.0) for time in times], results["sums"]
assert [value for _, value in results["means"]] == [7 / 3] * 5
newest = cloudwatch.get_metric_data(**query)["MetricDataResults"][0]["Timestamps"]
assert newest == times[::-1], "newest first unless asked"
refused("InvalidNextToken", "get_metric_data", **query, NextToken="x")
expression = {**query, "MetricDataQueries": [{"Id": "e", "Expression": "SUM(METRICS())"}]}
refused("ValidationError", "get_metric_data", **expression)

listed = [page["Metrics"] for page in cloudwatch.get_paginator("list_metrics").paginate(Namespace="IdleAgent")]
assert [len(metrics) for metrics in listed] == [500, 102]
found = cloudwatch.list_metrics(MetricName="IdleSeconds", Dimensions=[{"Name": "Domain", "Value": "d-1"}])["Metrics"]
assert [(m["Namespace"], sorted(d["Name"] for d in m["Dimensions"])) for m in found] == [("IdleAgent", ["AppType", "Domain"])]

error = refused("InvalidParameterValue", "put_metric_data", Namespace="AWS/SageMaker", MetricData=[{"MetricName": "m", "Value": 1}])
assert isinstance(error, cloudwatch.exceptions.InvalidParameterValueException)
error = refused("InvalidParameterCombination", "put_metric_data", Namespace="IdleAgent", MetricData=[{"MetricName": "m"}])
assert isinstance(error, cloudwatch.exceptions.InvalidParameterCombinationException)
error = refused("MissingParameter", "put_metric_data", Namespace="IdleAgent", MetricData=[])
assert isinstance(error, cloudwatch.exceptions.MissingRequiredParameterException)
for value in (float("nan"), float("inf")):
    refused("InvalidParameterValue", "put_metric_data", Namespace="IdleAgent", MetricData=[{"MetricName": "m", "Value": value}])

print("all 3 operations answered as boto3 expects")
