"""Every answer of the running services against their OpenAPI documents, with schemathesis.

`cargo dev test --only contract` starts the system and sets BASE_URL, SAMPLE_ACCOUNTS and SCHEMATHESIS_HOME. Each document
is checked once by nobody and once each by a seller, a buyer and the sample admin. An operation passes when no answer
contradicted the document, everybody asked it, and at least one answer was a success. Arguments: only operations whose
name, such as `POST /api/orders`, contains one of them. Operations that would sign out whoever asks are skipped.
"""

import concurrent.futures
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

import api
import world

SERVICES = ("auth", "tickets", "orders", "payments", "expiration", "notifications")
ROLES = ("anonymous", "buyer", "seller", "admin")
METHODS = ("get", "put", "post", "patch", "delete")
AT_ONCE = 2
# They would sign out whoever asks.
LEFT_OUT = (
    "POST /api/auth/signout", "DELETE /api/auth/sessions", "DELETE /api/auth/sessions/{id}", "PUT /api/auth/password",
)
# Must be answered as declared, but a success needs the provider's signature, the code that an app shows at that moment,
# or a device with a passkey.
NO_SUCCESS = (
    "POST /api/payments/webhooks/{provider}", "GET /api/auth/totp", "PUT /api/auth/totp", "POST /api/auth/passkeys",
    "DELETE /api/auth/passkeys/{id}", "POST /api/auth/signin/passkey", "POST /api/auth/reauthenticate/passkey",
)
CHECKS = (
    "no_fault_of_ours", "status_code_conformance", "content_type_conformance", "response_headers_conformance",
    "response_schema_conformance",
)


class Check:
    """One document, as one role sees it."""

    def __init__(self, service, role, folder):
        self.service, self.role, self.succeeded = service, role, False
        self.report, self.answers, self.requests = (
            folder / f"{service}-{role}.{end}" for end in ("xml", "answers", "requests")
        )

    def run(self, operations):
        """Runs schemathesis; gives its words when it failed."""
        base_url = os.environ["BASE_URL"]
        caller, requests = world.prepare(base_url, accounts()["admin"], self.service, self.role)
        self.requests.write_text(json.dumps(requests), encoding="utf-8")
        command = [
            sys.executable, "-m", "schemathesis.cli", "run", f"{base_url}/api/{self.service}/openapi.json",
            "--url", base_url, "--phases", "examples,coverage,fuzzing", "--mode", "all", "--max-examples", "20",
            "--workers", "1", "--checks", ",".join(CHECKS), "--suppress-health-check", "all",
            "--generation-deterministic", "--request-timeout", "20", "--no-color", "--continue-on-failure",
            "--report", "junit", "--report-junit-path", str(self.report),
        ]
        for operation in operations:
            command += ["--include-name", operation]
        if caller is not None:
            command += ["-H", f"Authorization: Bearer {caller.token}"]
        # It leaves files where it is run.
        done = subprocess.run(
            command, env=self.environment(), cwd=self.report.parent, capture_output=True, text=True, check=False
        )
        self.succeeded = done.returncode == 0
        return "" if self.succeeded else done.stdout + done.stderr

    def environment(self):
        here = str(pathlib.Path(__file__).resolve().parent)
        return {
            **os.environ, "CONTRACT_REQUESTS": str(self.requests), "CONTRACT_ANSWERS": str(self.answers),
            "SCHEMATHESIS_HOOKS": "hooks", "PYTHONPATH": os.pathsep.join([os.environ["SCHEMATHESIS_HOME"], here]),
        }

    def failures(self):
        """Operations of which an answer was not as the document says."""
        if not self.report.is_file():
            return {"no report"}
        cases = xml.etree.ElementTree.parse(self.report).iter("testcase")
        return {case.get("name") for case in cases if case.find("failure") is not None or case.find("error") is not None}

    def answered(self):
        """Each operation with what it was answered."""
        if not self.answers.is_file():
            return []
        answers = map(json.loads, self.answers.read_text(encoding="utf-8").splitlines())
        return [(answer["operation"], answer["status"], answer["code"]) for answer in answers]


def accounts():
    return json.loads(pathlib.Path(os.environ["SAMPLE_ACCOUNTS"]).read_text(encoding="utf-8"))


def documented(service):
    """The operations of a service's document."""
    status, _, document = api.send(os.environ["BASE_URL"], "GET", f"/api/{service}/openapi.json")
    if status != 200:
        raise RuntimeError(f"the document of {service} was answered with {status}")
    paths = document["paths"].items()
    return [f"{method.upper()} {path}" for path, methods in paths for method in methods if method in METHODS]


def unasked(check, operations):
    """Operations that a check should have asked and did not."""
    asked = {operation for operation, _, _ in check.answered()}
    return {f"{operation}, which was not asked," for operation in operations if operation not in asked}


def judge(wanted, skipped, done):
    """Prints what failed, and how many operations passed."""
    failed = set()
    for check in done:
        failures = check.failures() | unasked(check, wanted[check.service])
        if not check.succeeded and not failures:
            failures = {f"the check of {check.service}, whose words are above,"}
        for operation in sorted(failures):
            print(f"FAILED {operation} as {check.role}")
            failed.add(operation)
    answered = [answer for check in done for answer in check.answered()]
    successful = {operation for operation, status, _ in answered if 200 <= status < 300}
    everything = {operation for operations in wanted.values() for operation in operations}
    for operation in sorted(everything - successful - failed - set(NO_SUCCESS)):
        answers = sorted({f"{status} {code}" for other, status, code in answered if other == operation})
        print(f"FAILED {operation}: no request succeeded, only {', '.join(answers)}")
        failed.add(operation)
    print(f"{len(everything - failed)} passed, {len(failed)} failed, {skipped} skipped")
    return not failed


def main(filters):
    named = {service: [
        operation for operation in documented(service) if not filters or any(part in operation for part in filters)
    ] for service in SERVICES}
    wanted = {service: [name for name in names if name not in LEFT_OUT] for service, names in named.items()}
    skipped = sum(map(len, named.values())) - sum(map(len, wanted.values()))
    if not any(wanted.values()):
        return judge(wanted, skipped, [])
    with tempfile.TemporaryDirectory() as folder:
        pairs = [(service, role) for role in ROLES for service in SERVICES if wanted[service]]
        todo = [Check(service, role, pathlib.Path(folder)) for service, role in pairs]
        with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
            for check, words in zip(todo, pool.map(lambda check: check.run(wanted[check.service]), todo)):
                print(f"--- {check.service} as {check.role}{': ' if words else ' ok'}")
                print(words, end="", flush=True)
        return judge(wanted, skipped, todo)


if __name__ == "__main__":
    sys.exit(0 if main(sys.argv[1:]) else 1)
