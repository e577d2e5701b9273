"""Dashboards and alarms, put and read by boto3: of the sandbox, or of another server with
the word "elsewhere", for which what the sandbox alone checks is left out. Exits non-zero at
the first surprise."""

import json
import sys

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

is_sandbox = "elsewhere" not in sys.argv
once = Config(retries={"total_max_attempts": 1})
cloudwatch = boto3.client("cloudwatch", config=once)


def refused(code, operation, **request):
    try:
        getattr(cloudwatch, operation)(**request)
    except ClientError as error:
        assert error.response["Error"]["Code"] == code, (operation, error.response["Error"])
        return error
    raise AssertionError(f"{operation} was not refused with {code}")


def body(*metrics, **properties):
    properties = {"metrics": list(metrics), "region": "us-east-1", "period": 300, "stat": "Average", **properties}
    return {"widgets": [{"type": "metric", "x": 0, "y": 0, "width": 8, "height": 6, "properties": properties}]}


def put(body, name="costs"):
    return cloudwatch.put_dashboard(DashboardName=name, DashboardBody=json.dumps(body)).get("DashboardValidationMessages", [])


good = body(["CostControl", "RunRate", "DomainId", "d-1", {"label": "one"}], [{"expression": "m * 2", "id": "e1"}])
assert put(good) == []
found = cloudwatch.get_dashboard(DashboardName="costs")
assert json.loads(found["DashboardBody"]) == good
assert found["DashboardArn"].endswith(":dashboard/costs") and "::" in found["DashboardArn"], found["DashboardArn"]
assert put(good, "costs-2") == [] and put(good, "other") == []
listed = cloudwatch.list_dashboards(DashboardNamePrefix="costs")["DashboardEntries"]
assert [entry["DashboardName"] for entry in listed] == ["costs", "costs-2"], listed
assert listed[0]["Size"] == len(json.dumps(good)) and listed[0]["LastModified"].year > 2000
refused("ResourceNotFound", "get_dashboard", DashboardName="none")
refused("ResourceNotFound", "delete_dashboards", DashboardNames=["costs", "none"])
cloudwatch.delete_dashboards(DashboardNames=["costs-2", "other"])
assert len(cloudwatch.list_dashboards()["DashboardEntries"]) == 1

if is_sandbox:
    elsewhere = boto3.client("cloudwatch", region_name="eu-west-1")
    assert elsewhere.get_dashboard(DashboardName="costs")["DashboardBody"], "dashboards are of the account"
    warnings = put(body(["CostControl", "RunRate"], colour="red"))
    assert [sorted(warning) for warning in warnings] == [["DataPath", "Message"]], warnings
    series = ["CostControl", "RunRate", "DomainId"]
    text = {"type": "text", "x": 0, "y": 0, "width": 8, "height": 2, "properties": {}}
    for wrong in (
        [],
        {},
        {"widgets": [{"type": "metric"}]},
        {"widgets": [text]},
        {"widgets": [{**text, "type": "words", "properties": {"markdown": "m"}}]},
        {"widgets": [{**text, "x": 24, "properties": {"markdown": "m"}}]},
        {"widgets": [{**text, "width": 25, "properties": {"markdown": "m"}}]},
        {"widgets": [{**text, "width": 0, "properties": {"markdown": "m"}}]},
        {"widgets": good["widgets"] * 501},
        {"end": "-PT1H", "widgets": []},
        body("CostControl"),
        body(series),
        body(["CostControl"]),
        body(["CostControl", 7]),
        body(["CostControl", "RunRate", {"id": "Upper"}]),
        body(["CostControl", "RunRate", {"id": "a"}], ["CostControl", "RunRate", {"id": "a"}]),
        body(*[["CostControl", "RunRate"]] * 501),
        {"widgets": body(*[["CostControl", "RunRate"]] * 500)["widgets"] * 6},
        body(["CostControl", "RunRate"], period=90),
        body(["CostControl", "RunRate"], view="lines"),
        body(["CostControl", "RunRate"], region=""),
    ):
        refused("InvalidParameterInput", "put_dashboard", DashboardName="wrong", DashboardBody=json.dumps(wrong))
    refused("InvalidParameterInput", "put_dashboard", DashboardName="wrong", DashboardBody="{")
    refused("InvalidParameterValue", "put_dashboard", DashboardName="a b", DashboardBody='{"widgets":[]}')
    assert len(cloudwatch.list_dashboards()["DashboardEntries"]) == 1, "nothing that is wrong is stored"


def measured(id, name, returned=False):
    stat = {"Metric": {"Namespace": "CostControl", "MetricName": name}, "Period": 3600, "Stat": "Average"}
    return {"Id": id, "MetricStat": stat, "ReturnData": returned}


compared = {"Threshold": 90.5, "ComparisonOperator": "LessThanThreshold", "EvaluationPeriods": 2, "DatapointsToAlarm": 2}
topic = "arn:aws:sns:us-east-1:111122223333:costs"
result = {"Id": "result", "Expression": "100 * a / (a + b)", "Label": "percent", "ReturnData": True}
math = [measured("a", "AppsCovered"), measured("b", "AppsUncovered"), result]
plain = {"Namespace": "CostControl", "MetricName": "SweepCompleted", "Statistic": "Sum", "Period": 3600}
told = {"AlarmDescription": "told", "AlarmActions": [topic], "OKActions": [topic]}
cloudwatch.put_metric_alarm(AlarmName="costs-math", Metrics=math, TreatMissingData="missing", **told, **compared)
cloudwatch.put_metric_alarm(AlarmName="costs-plain", TreatMissingData="breaching", **plain, **compared)
found = cloudwatch.describe_alarms(AlarmNames=["costs-math", "costs-plain", "none"])["MetricAlarms"]
by_name = {alarm["AlarmName"]: alarm for alarm in found}
assert sorted(by_name) == ["costs-math", "costs-plain"]
alarm = by_name["costs-math"]
assert [query["Id"] for query in alarm["Metrics"]] == ["a", "b", "result"], alarm["Metrics"]
assert alarm["Metrics"][0]["MetricStat"]["Metric"]["MetricName"] == "AppsCovered"
assert (alarm["Threshold"], alarm["EvaluationPeriods"], alarm["DatapointsToAlarm"]) == (90.5, 2, 2)
assert (alarm["AlarmActions"], alarm["OKActions"], alarm["TreatMissingData"]) == ([topic], [topic], "missing")
assert alarm["AlarmArn"].endswith(":alarm:costs-math") and alarm["ActionsEnabled"] is True
assert by_name["costs-plain"]["TreatMissingData"] == "breaching"
assert len(cloudwatch.describe_alarms(AlarmNamePrefix="costs-")["MetricAlarms"]) == 2
cloudwatch.put_metric_alarm(AlarmName="costs-plain", **plain, **{**compared, "Threshold": 1})
assert cloudwatch.describe_alarms(AlarmNames=["costs-plain"])["MetricAlarms"][0]["Threshold"] == 1

if is_sandbox:
    first = cloudwatch.describe_alarms(MaxRecords=1)
    assert len(first["MetricAlarms"]) == 1 and first["NextToken"]
    assert alarm["AlarmConfigurationUpdatedTimestamp"].year > 2000 and alarm["StateValue"] == "INSUFFICIENT_DATA"
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["MetricAlarms"] == []
    for code, wrong in (
        ("MissingParameter", {}),
        ("InvalidParameterCombination", {**plain, "Metrics": math}),
        ("ValidationError", {**plain, "Period": 90}),
        ("ValidationError", {**plain, "EvaluationPeriods": 169}),
        ("ValidationError", {**plain, "DatapointsToAlarm": 3}),
        ("ValidationError", {**plain, "TreatMissingData": "never"}),
        ("ValidationError", {**plain, "AlarmActions": ["topic"]}),
        ("ValidationError", {"Metrics": [measured("a", "A", True), measured("b", "B", True)]}),
        ("ValidationError", {"Metrics": [measured("a", "A"), measured("a", "B", True)]}),
        ("ValidationError", {"Metrics": [measured(f"a{n}", "A") for n in range(10)] + [measured("z", "B", True)]}),
        ("ValidationError", {"Metrics": [measured("a", "A"), {"Id": "s", "Expression": "SEARCH('x', 'Sum')"}]}),
    ):
        refused(code, "put_metric_alarm", AlarmName="wrong", **{**compared, **wrong})
    refused("ResourceNotFound", "delete_alarms", AlarmNames=["costs-math", "none"])
cloudwatch.delete_alarms(AlarmNames=["costs-math", "costs-plain"])
assert cloudwatch.describe_alarms()["MetricAlarms"] == []

print("all 7 operations answered as boto3 expects")
