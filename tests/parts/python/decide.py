"""What IAM policies say to requests, by Ministack's evaluator.

Stdin is a JSON list of {"policies", "action", "resource", "context"}; stdout is a JSON list of
Allow, Deny or ImplicitDeny. Ends with one line on stderr and status 1 where the evaluator would
answer without having understood.
"""

import json
import sys

from ministack.core import iam_evaluator as engine

KNOWN = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


def as_list(value):
    return value if isinstance(value, list) else [value]


def check(statement, context):
    """Refuses what the evaluator passes over: it would take a deny of that kind for no deny."""
    if unknown := set(statement) - KNOWN:
        raise ValueError(f"a statement with {sorted(unknown)} is not evaluated")
    if "${" in json.dumps(statement):
        raise ValueError("policy variables are not evaluated")
    for operator, keys in statement.get("Condition", {}).items():
        name = operator.lower()
        of_set = name.startswith(("foranyvalue:", "forallvalues:"))
        plain = name.partition(":")[2] if of_set else name
        if plain != "null" and plain.removesuffix("ifexists") not in engine._CONDITION_OPS:
            raise ValueError(f"the operator {operator} is unknown")
        for key in keys:
            if not of_set and isinstance(context.get(key.lower()), list) and plain != "null":
                raise ValueError(f"{key} has many values and {operator} is for one")


def plain_value(value):
    return str(value).lower() if isinstance(value, bool) else value


def decide(request):
    # Key names know no case, and a key without a value is a key that is not there.
    context = {key.lower(): plain_value(value) for key, value in request["context"].items() if value not in ([], None)}
    for policy in request["policies"]:
        if problem := engine.validate_policy_document(policy):
            raise ValueError(problem)
        for statement in as_list(policy["Statement"]):
            check(statement, context)
    asked = engine.EvalContext(
        principal_arn="",
        principal_type="AssumedRole",
        principal_account="",
        action=request["action"],
        resource_arn=request["resource"],
        region="",
        service_context=context,
    )
    policies = [engine.parse_policy_document(policy) for policy in request["policies"]]
    return engine.evaluate(asked, policies).decision


# A request has the keys that it names: the evaluator would make up a time, an address, a principal.
engine._resolve_condition_key = lambda key, context: context.service_context.get(key.lower())
try:
    print(json.dumps([decide(request) for request in json.load(sys.stdin)]))
except ValueError as error:
    sys.exit(f"error: {error}")
