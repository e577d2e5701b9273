"""A local S3 that checks signatures and policies, and the endpoint of a container's credentials.

Usage: s3.py KEY=FILE ...    Ends when its stdin is closed.
Its first line is JSON: the endpoint, the bucket with these keys, the URLs of the credentials
of a role that may read it and of one that may not.
"""

import json
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import boto3
from moto import settings
from moto.core.responses import ActionAuthenticatorMixin
from moto.server import ThreadedMotoServer

REGION, BUCKET = "us-east-1", "tools-111122223333"
TRUST = {"Version": "2012-10-17", "Statement": []}
# HeadObject is no action of IAM's, but moto asks for it.
READ = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:GetObject", "s3:HeadObject"], "Resource": f"arn:aws:s3:::{BUCKET}/*"}
    ],
}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def client(service, endpoint):
    return boto3.client(
        service,
        endpoint_url=endpoint,
        region_name=REGION,
        aws_access_key_id="setting-up",
        aws_secret_access_key="setting-up",
    )


def role(endpoint, name, policy):
    iam, sts = client("iam", endpoint), client("sts", endpoint)
    arn = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName=name, PolicyName="it", PolicyDocument=json.dumps(policy))
    given = sts.assume_role(RoleArn=arn, RoleSessionName="SageMaker")["Credentials"]
    return {
        "RoleArn": arn,
        "AccessKeyId": given["AccessKeyId"],
        "SecretAccessKey": given["SecretAccessKey"],
        "Token": given["SessionToken"],
        "Expiration": given["Expiration"].strftime("%Y-%m-%dT%H:%M:%SZ"),
    }


def serve(answers):
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            found = self.path in answers
            body = json.dumps(answers.get(self.path, {})).encode()
            self.send_response(200 if found else 404)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def main():
    moto = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    moto.start()
    endpoint = "http://%s:%s" % moto.get_host_and_port()
    s3 = client("s3", endpoint)
    s3.create_bucket(Bucket=BUCKET)
    for key, file in (argument.split("=", 1) for argument in sys.argv[1:]):
        s3.upload_file(file, BUCKET, key)
    answers = {"/allowed": role(endpoint, "allowed", READ), "/denied": role(endpoint, "denied", NOTHING)}
    # From here on nobody gets anything without a signature and a policy.
    settings.INITIAL_NO_AUTH_ACTION_COUNT = 0
    ActionAuthenticatorMixin.request_count = 0
    at = serve(answers)
    ready = {"endpoint": endpoint, "bucket": BUCKET, "allowed": f"{at}/allowed", "denied": f"{at}/denied"}
    ready["secrets"] = [a[member] for a in answers.values() for member in ("SecretAccessKey", "Token")]
    print(json.dumps(ready), flush=True)
    sys.stdin.read()


main()
