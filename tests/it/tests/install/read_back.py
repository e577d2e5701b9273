"""Prints every domain and user profile as boto3 reads it, as one JSON object, without times."""

import json

import boto3

client = boto3.client("sagemaker")
found = {}


def keep(name, answer):
    for member in ("ResponseMetadata", "CreationTime", "LastModifiedTime"):
        answer.pop(member, None)
    found[name] = answer


for page in client.get_paginator("list_domains").paginate():
    for domain in page["Domains"]:
        domain_id = domain["DomainId"]
        keep(domain_id, client.describe_domain(DomainId=domain_id))
        for profiles in client.get_paginator("list_user_profiles").paginate(DomainIdEquals=domain_id):
            for profile in profiles["UserProfiles"]:
                name = profile["UserProfileName"]
                keep(f"{domain_id}/{name}", client.describe_user_profile(DomainId=domain_id, UserProfileName=name))
print(json.dumps(found))
