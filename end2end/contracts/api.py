"""The public API, as the preparation of the contract checks uses it."""

import json
import time
import urllib.error
import urllib.request
import uuid

# How often a request is tried when the system says "later".
TRIES = 60
LATER = (429, 503)


def send(base_url, method, path, body=None, headers=None):
    """One request; gives status, headers and the parsed body, whatever the answer is."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(base_url + path, data=data, method=method, headers=dict(headers or {}))
    if data is not None:
        request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, _parsed(answer.read())
    except urllib.error.HTTPError as refusal:
        return refusal.code, refusal.headers, _parsed(refusal.read())


def _parsed(text):
    try:
        return json.loads(text)
    except ValueError:
        return text.decode(errors="replace")


class Person:
    """Somebody who is signed in."""

    def __init__(self, base_url, path, account):
        self.base_url = base_url
        answer, cookies = _enter(base_url, path, account)
        self.user = answer["user"]
        self.token = _cookie(cookies, "access")
        self.refresh_cookie = next(c.split(";")[0] for c in cookies if "refresh=" in c.split(";")[0])

    def ask(self, method, path, body=None, headers=None):
        """The body of an answer that must be a good one."""
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        for _ in range(TRIES):
            status, _, answer = send(self.base_url, method, path, body, headers)
            if status not in LATER:
                break
            time.sleep(0.5)
        if status >= 300:
            raise RuntimeError(f"{method} {path} was answered with {status}: {answer}")
        return answer


def sign_in(base_url, account):
    return Person(base_url, "/api/auth/signin", {key: account[key] for key in ("email", "password")})


def new_account():
    return {"email": f"{uuid.uuid4()}@example.com", "password": f"correct horse {uuid.uuid4()}", "name": "Con Tract"}


def sign_up(base_url, account):
    return Person(base_url, "/api/auth/signup", account)


def _enter(base_url, path, account):
    for _ in range(TRIES):
        status, headers, answer = send(base_url, "POST", path, account)
        if status not in LATER:
            break
        time.sleep(0.5)
    if status >= 300:
        raise RuntimeError(f"{path} was answered with {status}: {answer}")
    return answer, headers.get_all("Set-Cookie") or []


def _cookie(cookies, name):
    for cookie in cookies:
        key, _, value = cookie.split(";")[0].partition("=")
        if key in (f"__Host-{name}", name):
            return value
    raise RuntimeError(f"no cookie {name} came back")
