"""What IAM policies say to requests, by Ministack's evaluator.

Stdin is a JSON list of {"policies", "action", "resource", "context"}; stdout is a JSON list of
Allow, Deny or ImplicitDeny. With the lists "actions" and "resources" in a request its answer is the
list of those pairs that are allowed. Ends with one line on stderr and status 1 where the evaluator would
answer without having understood.

Policy variables are not the evaluator's: they are replaced here, before it is asked, by what the
context says of their key. One without a value stands for what nothing is like, as in IAM.
"""

import functools
import json
import re
import sys

from ministack.core import iam_evaluator as engine

KNOWN = {"Sid", "Effect", "Action", "NotAction", "Resource", "NotResource", "Condition"}


VARIABLE = re.compile(r"\$\{([^}]*)\}")

# What no key, ARN or value holds.
NOTHING = "\x00"


def as_list(value):
    return value if isinstance(value, list) else [value]


def check(statement, context):
    """Refuses what the evaluator passes over: it would take a deny of that kind for no deny."""
    if unknown := set(statement) - KNOWN:
        raise ValueError(f"a statement with {sorted(unknown)} is not evaluated")
    for operator, keys in statement.get("Condition", {}).items():
        name = operator.lower()
        of_set = name.startswith(("foranyvalue:", "forallvalues:"))
        plain = name.partition(":")[2] if of_set else name
        if plain != "null" and plain.removesuffix("ifexists") not in engine._CONDITION_OPS:
            raise ValueError(f"the operator {operator} is unknown")
        if "not" in plain and any(NOTHING in str(value) for values in keys.values() for value in as_list(values)):
            raise ValueError(f"a policy variable without a value under {operator}")
        for key in keys:
            if not of_set and isinstance(context.get(key.lower()), list) and plain != "null":
                raise ValueError(f"{key} has many values and {operator} is for one")


def resolved(element, context):
    """The element with its policy variables replaced."""
    if isinstance(element, dict):
        return {key: resolved(value, context) for key, value in element.items()}
    if isinstance(element, list):
        return [resolved(value, context) for value in element]
    if not isinstance(element, str):
        return element

    def value_of(match):
        if "," in match[1] or match[1] in ("*", "?", "$"):
            raise ValueError(f"the policy variable {match[0]} is not evaluated")
        value = context.get(match[1].lower())
        if value is None:
            return NOTHING
        # In IAM these are letters like others; the evaluator would take them for patterns.
        if not isinstance(value, str) or any(c in value for c in "*?$"):
            raise ValueError(f"the policy variable {match[0]} is not evaluated with {value!r}")
        return value

    if "${" in VARIABLE.sub("", element):
        raise ValueError(f"the policy variable in {element!r} is not evaluated")
    return VARIABLE.sub(value_of, element)


@functools.lru_cache(maxsize=64)
def checked_document(text):
    policy = json.loads(text)
    if problem := engine.validate_policy_document(policy):
        raise ValueError(problem)
    return policy


@functools.lru_cache(maxsize=64)
def parsed(text):
    return engine.parse_policy_document(json.loads(text))


def plain_value(value):
    return str(value).lower() if isinstance(value, bool) else value


def answer(request):
    policies, context = prepared(request)
    if "actions" not in request:
        return decision(policies, context, request["action"], request["resource"])
    pairs = [[action, resource] for action in request["actions"] for resource in request["resources"]]
    return [pair for pair in pairs if decision(policies, context, *pair) == "Allow"]


def prepared(request):
    """The policies of a request as the evaluator takes them, and its context."""
    # Key names know no case, and a key without a value is a key that is not there.
    context = {key.lower(): plain_value(value) for key, value in request["context"].items() if value not in ([], None)}
    texts = []
    for policy in request["policies"]:
        policy = dict(checked_document(json.dumps(policy)))
        policy["Statement"] = [resolved(statement, context) for statement in as_list(policy["Statement"])]
        for statement in policy["Statement"]:
            check(statement, context)
        texts.append(json.dumps(policy))
    return [parsed(text) for text in texts], context


def decision(policies, context, action, resource):
    asked = engine.EvalContext(
        principal_arn="",
        principal_type="AssumedRole",
        principal_account="",
        action=action,
        resource_arn=resource,
        region="",
        service_context=context,
    )
    return engine.evaluate(asked, policies).decision


# A request has the keys that it names: the evaluator would make up a time, an address, a principal.
engine._resolve_condition_key = lambda key, context: context.service_context.get(key.lower())
try:
    print(json.dumps([answer(request) for request in json.load(sys.stdin)]))
except ValueError as error:
    sys.exit(f"error: {error}")
