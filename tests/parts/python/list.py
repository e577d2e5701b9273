"""Counts what one account has in one region, as plain scripts do: list.py KIND …

Kinds: domains, user-profiles, spaces, apps, endpoints, notebook-instances. Prints one JSON object.
"""

import json
import sys

import boto3

KINDS = {
    "domains": ("list_domains", "Domains"),
    "user-profiles": ("list_user_profiles", "UserProfiles"),
    "apps": ("list_apps", "Apps"),
    "spaces": ("list_spaces", "Spaces"),
    "endpoints": ("list_endpoints", "Endpoints"),
    "notebook-instances": ("list_notebook_instances", "NotebookInstances"),
}

client = boto3.client("sagemaker")
counts = {}
for kind in sys.argv[1:]:
    operation, member = KINDS[kind]
    pages = client.get_paginator(operation).paginate(PaginationConfig={"PageSize": 100})
    # All of them, as a script that goes on to look at them has them.
    counts[kind] = len([item for page in pages for item in page[member]])
print(json.dumps(counts))
