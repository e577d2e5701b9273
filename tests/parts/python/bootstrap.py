"""A Lambda function that speaks the runtime API by itself, for tests of what runs it.

The event names a step: plan (the item and the run), merge (writes the plans to S3), apply,
environment. The item's region may be `fail` or `hang`.
"""

import json
import os
import time
import urllib.error
import urllib.request

API = f"http://{os.environ['AWS_LAMBDA_RUNTIME_API']}/2018-06-01/runtime"
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Refused(Exception):
    """What the function does not do."""


def send(url, value, method="POST", headers=()):
    data = json.dumps(value).encode()
    OPENER.open(urllib.request.Request(url, data, dict(headers), method=method)).read()


def plan(event):
    region = event["item"]["region"]
    if region == "hang":
        time.sleep(600)
    if region == "fail":
        raise Refused("no such region")
    return {"region": region, "run": event.get("run", "")}


def merge(event):
    url = f"{os.environ['S3_URL']}/sweeps/{event['to']}"
    credential = f"Credential={os.environ['AWS_ACCESS_KEY_ID']}/20260101/us-east-1/s3/aws4_request"
    headers = {"authorization": f"AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=0"}
    send(url, {"actions": event["plans"]}, "PUT", headers)
    return {"actions": len(event["plans"])}


STEPS = {
    "plan": plan,
    "merge": merge,
    "apply": lambda event: {"applied": event["item"]["region"]},
    "environment": lambda event: {name: os.environ[name] for name in os.environ if name.startswith("AWS_")},
}

while True:
    answer = OPENER.open(f"{API}/invocation/next")
    request, event = answer.headers["Lambda-Runtime-Aws-Request-Id"], json.load(answer)
    try:
        send(f"{API}/invocation/{request}/response", STEPS[event["step"]](event))
    except Refused as error:
        problem = {"errorType": type(error).__name__, "errorMessage": str(error)}
        send(f"{API}/invocation/{request}/error", problem)
