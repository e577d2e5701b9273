"""Notebook instances of the sandbox, called and parsed by boto3. Exits non-zero at the first surprise."""

import base64
from datetime import datetime

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


def wait(status, name):
    sagemaker.get_waiter(f"notebook_instance_{status}").wait(NotebookInstanceName=name, WaiterConfig={"Delay": 0.05, "MaxAttempts": 200})


def pages(operation, member, **request):
    used.add(operation)
    return [item for page in sagemaker.get_paginator(operation).paginate(**request) for item in page[member]]


def hook(script):
    return [{"Content": base64.b64encode(script).decode()}]


config = {"NotebookInstanceLifecycleConfigName": "stop-when-idle"}
arn = call("create_notebook_instance_lifecycle_config", **config, OnStart=hook(b"#!/bin/sh\n"))["NotebookInstanceLifecycleConfigArn"]
assert arn.endswith(":notebook-instance-lifecycle-config/stop-when-idle"), arn
call("update_notebook_instance_lifecycle_config", **config, OnStart=hook(b"#!/bin/sh\nexit 0\n"))
described = call("describe_notebook_instance_lifecycle_config", **config)
assert described["OnStart"] == hook(b"#!/bin/sh\nexit 0\n") and isinstance(described["CreationTime"], datetime)
for n in range(11):
    call("create_notebook_instance_lifecycle_config", NotebookInstanceLifecycleConfigName=f"other-{n}")
listed = pages("list_notebook_instance_lifecycle_configs", "NotebookInstanceLifecycleConfigs")
assert len({config["NotebookInstanceLifecycleConfigArn"] for config in listed}) == 12

role = "arn:aws:iam::111122223333:role/notebooks"
for n in range(12):
    call("create_notebook_instance", NotebookInstanceName=f"nb-{n}", InstanceType="ml.t3.medium", RoleArn=role)
    wait("in_service", f"nb-{n}")
name = {"NotebookInstanceName": "nb-0"}
instance = call("describe_notebook_instance", **name)
assert instance["NotebookInstanceStatus"] == "InService" and instance["RoleArn"] == role
assert instance["InstanceType"] in sagemaker.meta.service_model.shape_for("InstanceType").enum
assert isinstance(instance["LastModifiedTime"], datetime)
refused("update_notebook_instance", **name, LifecycleConfigName="stop-when-idle")
call("stop_notebook_instance", **name)
assert call("describe_notebook_instance", **name)["NotebookInstanceStatus"] == "Stopping"
refused("stop_notebook_instance", **name)
wait("stopped", "nb-0")
call("update_notebook_instance", **name, LifecycleConfigName="stop-when-idle")
assert call("describe_notebook_instance", **name)["NotebookInstanceLifecycleConfigName"] == "stop-when-idle"
assert [nb["NotebookInstanceName"] for nb in pages("list_notebook_instances", "NotebookInstances", StatusEquals="Stopped")] == ["nb-0"]
running = pages("list_notebook_instances", "NotebookInstances", StatusEquals="InService", NameContains="nb")
assert len(running) == 11 and all(nb["InstanceType"] == "ml.t3.medium" for nb in running)
call("start_notebook_instance", **name)
wait("in_service", "nb-0")
call("stop_notebook_instance", **name)
wait("stopped", "nb-0")
call("delete_notebook_instance", **name)
wait("deleted", "nb-0")
assert refused("describe_notebook_instance", **name) == "RecordNotFound"
call("delete_notebook_instance_lifecycle_config", **config)
refused("describe_notebook_instance_lifecycle_config", **config)

assert len(used) == 12, sorted(used)
print("all 12 operations answered as boto3 expects")
