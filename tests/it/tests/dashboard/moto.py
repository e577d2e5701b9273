"""Puts on another server what costctl put on the sandbox, and reads it back. On stdin: the
requests, as the log of calls has them. Exits non-zero at the first surprise."""

import json
import sys

import boto3

cloudwatch = boto3.client("cloudwatch")
requests = json.load(sys.stdin)
for request in requests["PutDashboard"]:
    assert not cloudwatch.put_dashboard(**request).get("DashboardValidationMessages"), request
    found = cloudwatch.get_dashboard(DashboardName=request["DashboardName"])["DashboardBody"]
    assert json.loads(found) == json.loads(request["DashboardBody"])
for request in requests["PutMetricAlarm"]:
    cloudwatch.put_metric_alarm(**request)
    (found,) = cloudwatch.describe_alarms(AlarmNames=[request["AlarmName"]])["MetricAlarms"]
    for member, value in request.items():
        if member != "Metrics":
            assert found[member] == value, (member, found[member], value)
    assert [query["Id"] for query in found["Metrics"]] == [query["Id"] for query in request["Metrics"]]
print(f"{len(requests['PutDashboard'])} dashboards and {len(requests['PutMetricAlarm'])} alarms")
