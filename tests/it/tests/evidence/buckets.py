"""Moto with buckets that keep what is in them in three ways.

Usage: buckets.py    Ends when its stdin is closed.
Its first line is JSON: the endpoint, and the buckets `locked`, `plain` and `versioned`. For every key
of the locked bucket on stdin it deletes that object, as anybody may, and prints one line of JSON: how
its versions are kept, and whether one of them could be destroyed.
"""

import json
import sys

import boto3
from botocore.exceptions import ClientError
from moto.server import DomainDispatcherApplication, ThreadedMotoServer

REGION = "us-east-1"
RETENTION = {"Mode": "COMPLIANCE", "Days": 400}


def as_s3(application, environ, start_response, serve=DomainDispatcherApplication.__call__):
    """What S3 itself takes: "Content-MD5 OR x-amz-checksum- HTTP header is required"; moto knows the SDKs' header only."""
    if "HTTP_X_AMZ_CHECKSUM_SHA256" in environ:
        environ.setdefault("HTTP_X_AMZ_SDK_CHECKSUM_ALGORITHM", "SHA256")
    return serve(application, environ, start_response)


def main():
    DomainDispatcherApplication.__call__ = as_s3
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    endpoint = "http://%s:%s" % moto.get_host_and_port()
    keys = {"aws_access_key_id": "setting-up", "aws_secret_access_key": "setting-up"}
    s3 = boto3.client("s3", endpoint_url=endpoint, region_name=REGION, **keys)
    s3.create_bucket(Bucket="locked", ObjectLockEnabledForBucket=True)
    rule = {"ObjectLockEnabled": "Enabled", "Rule": {"DefaultRetention": RETENTION}}
    s3.put_object_lock_configuration(Bucket="locked", ObjectLockConfiguration=rule)
    s3.create_bucket(Bucket="plain")
    s3.create_bucket(Bucket="versioned")
    s3.put_bucket_versioning(Bucket="versioned", VersioningConfiguration={"Status": "Enabled"})
    print(json.dumps({"endpoint": endpoint}), flush=True)
    for line in sys.stdin:
        key = line.strip()
        head = s3.head_object(Bucket="locked", Key=key, ChecksumMode="ENABLED")
        try:
            s3.delete_object(Bucket="locked", Key=key, VersionId=head["VersionId"])
            destroyed = True
        except ClientError as error:
            destroyed = error.response["Error"]["Code"]
        s3.delete_object(Bucket="locked", Key=key)
        told = {"mode": head.get("ObjectLockMode"), "checksum": head.get("ChecksumSHA256"), "destroyed": destroyed}
        print(json.dumps({"key": key, **told}), flush=True)
    moto.stop()


if __name__ == "__main__":
    main()
