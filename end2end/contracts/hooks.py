"""What schemathesis does here besides its own: good requests, nobody banned by chance, and a list of answers.

It runs in schemathesis' own process (`SCHEMATHESIS_HOOKS`), which is told by the environment what to use.
"""

import json
import os
import uuid

import schemathesis

with open(os.environ["CONTRACT_REQUESTS"], encoding="utf-8") as file:
    REQUESTS = json.load(file)
ANSWERS = os.environ["CONTRACT_ANSWERS"]


@schemathesis.check
def no_fault_of_ours(ctx, response, case):
    """No answer of 500 and above, except one that says when to ask again."""
    if response.status_code >= 500 and not (response.status_code == 503 and "retry-after" in response.headers):
        raise AssertionError(f"answered with {response.status_code}")


@schemathesis.hook
def before_add_examples(context, examples):
    """Adds the request that must succeed."""
    operation = context.operation
    request = REQUESTS.get(operation.label)
    if request is not None:
        headers = {"Idempotency-Key": str(uuid.uuid4()), **request.get("headers", {})}
        parts = {key: value for key, value in request.items() if key not in ("headers", "media_type")}
        media_type = request.get("media_type", "application/json") if "body" in parts else None
        examples.append(operation.Case(headers=headers, media_type=media_type, **parts))


@schemathesis.hook
def before_call(context, case, kwargs):
    """Schemathesis takes ids from lists that it was given; nobody is to be banned who does not expect it."""
    if case.operation.path.endswith("/ban") and _is_id(case.path_parameters.get("id")):
        expecting = REQUESTS.get(case.operation.label, {}).get("path_parameters", {}).get("id")
        if case.path_parameters["id"] != expecting:
            case.path_parameters["id"] = str(uuid.uuid4())


def _is_id(text):
    try:
        return bool(uuid.UUID(str(text)))
    except ValueError:
        return False


@schemathesis.hook
def after_call(context, case, response):
    """Notes how each operation was answered."""
    try:
        code = response.json().get("code")
    except (ValueError, AttributeError):
        code = None
    answer = {"operation": case.operation.label, "status": response.status_code, "code": code}
    with open(ANSWERS, "a", encoding="utf-8") as file:
        file.write(json.dumps(answer) + "\n")
