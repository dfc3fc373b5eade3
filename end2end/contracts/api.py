"""The public API, as the preparation of the contract checks uses it."""

import base64
import hmac
import json
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

# How often a request is tried when the system says "later".
TRIES = 60
LATER = (429, 503)
# How long a code of an authenticator app is the present one, and how many are tried.
CODE_SECONDS, CODES = 30, 4


def send(base_url, method, path, body=None, headers=None):
    """One request; gives status, headers and the parsed body, whatever the answer is. A body of another kind than JSON
    is a text whose kind the headers name."""
    headers = dict(headers or {})
    if body is None or "Content-Type" in headers:
        data = None if body is None else body.encode()
    else:
        data = json.dumps(body).encode()
        headers["Content-Type"] = "application/json"
    request = urllib.request.Request(base_url + path, data=data, method=method, headers=headers)
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
        self.base_url, self.password = base_url, account["password"]
        answer, cookies = _enter(base_url, path, {key: value for key, value in account.items() if key != "totp"})
        if "challenge" in answer:
            answer, cookies = _second_step(base_url, answer["challenge"], account["totp"])
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
    return Person(base_url, "/api/auth/signin", {key: account[key] for key in ("email", "password", "totp") if key in account})


def new_account():
    return {"email": f"{uuid.uuid4()}@example.com", "password": f"correct horse {uuid.uuid4()}", "name": "Con Tract"}


def sign_up(base_url, account):
    return Person(base_url, "/api/auth/signup", account)


def secret_in_mail(base_url, address, kind):
    """What the link of a mail carries, or nothing while the mail is not there."""
    _, _, mailbox = send(base_url, "GET", "/dev/mail.json?to=" + urllib.parse.quote(address))
    texts = (mail["text"] for mail in mailbox["items"] if mail["kind"] == kind)
    return next((text.split("?token=")[1].split()[0] for text in texts if "?token=" in text), None)


def _second_step(base_url, challenge, secret):
    """Signs in with a code. A code works once: where the present one was used a moment ago, the next one is waited for."""
    for _ in range(CODES):
        body = {"challenge": challenge, "code": code_of_now(secret)}
        status, headers, answer = send(base_url, "POST", "/api/auth/signin/code", body)
        if status != 422:
            break
        time.sleep(CODE_SECONDS)
    if status >= 300:
        raise RuntimeError(f"a code was answered with {status}: {answer}")
    return answer, headers.get_all("Set-Cookie") or []


def code_of_now(secret):
    """RFC 6238, with SHA-1 and six digits, as authenticator apps do."""
    step = int(time.time()) // CODE_SECONDS
    digest = hmac.digest(base64.b32decode(secret), step.to_bytes(8, "big"), "sha1")
    at = digest[-1] & 15
    return f"{(int.from_bytes(digest[at : at + 4], 'big') & 0x7FFFFFFF) % 1_000_000:06}"


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
