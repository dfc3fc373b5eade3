"""What schemathesis does here besides its own: good requests, sample people out of danger, and a list of answers.

It runs in schemathesis' own process (`SCHEMATHESIS_HOOKS`), which is told by the environment what to use.
"""

import json
import os
import uuid

import schemathesis

with open(os.environ["CONTRACT_REQUESTS"], encoding="utf-8") as file:
    REQUESTS = json.load(file)
ANSWERS = os.environ["CONTRACT_ANSWERS"]
PROTECTED = set(os.environ["CONTRACT_PROTECTED"].split(","))


@schemathesis.hook
def before_add_examples(context, examples):
    """Adds the request that must succeed."""
    operation = context.operation
    request = REQUESTS.get(operation.label)
    if request is not None:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **request.get("headers", {})}
        parts = {key: value for key, value in request.items() if key != "headers"}
        media_type = "application/json" if "body" in parts else None
        examples.append(operation.Case(headers=headers, media_type=media_type, **parts))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Sample people stay as they are: the other checks sign in as them."""
    if case.path_parameters and str(case.path_parameters.get("id")) in PROTECTED and case.method.upper() != "GET":
        case.path_parameters["id"] = str(uuid.uuid4())


@schemathesis.hook
def after_call(context, case, response):
    """Notes how each operation was answered."""
    with open(ANSWERS, "a", encoding="utf-8") as file:
        file.write(json.dumps({"operation": case.operation.label, "status": response.status_code}) + "\n")
