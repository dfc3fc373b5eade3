"""A request for each operation that must succeed: made for objects that exist, by whom they belong to.

Random requests alone would only ever meet `not found`: what a service says when all is well would go unchecked.
"""

import datetime
import threading
import time
import uuid

import api

GOOD_CARD, CARD_WITH_CHALLENGE = "pm_card_visa", "pm_card_authenticationRequired"
PRICE = {"amount": 2000, "currency": "GBP"}
PATIENCE_SECONDS = 30
# Of the 15 minutes that a token lives, a check has the rest.
ADMIN_SESSION_SECONDS = 300


def prepare(base_url, admin_account, service, role):
    """Who asks, and per operation such as `GET /api/shows/{id}` the parts of a request.

    Sellers and buyers are new people each time: what one check does at random is nothing to another.
    """
    if role == "anonymous":
        return None, _entering(base_url) if service == "auth" else {}
    market = Market(*(api.sign_up(base_url, api.new_account()) for _ in range(2)))
    admin = ADMINS.session(base_url, admin_account) if role == "admin" else None
    caller = {"seller": market.seller, "buyer": market.buyer, "admin": admin}[role]
    make = {
        ("seller", "tickets"): lambda: _selling(market),
        ("seller", "orders"): lambda: _sold(market),
        ("buyer", "auth"): lambda: _proving(market),
        ("buyer", "orders"): lambda: _ordering(market),
        ("buyer", "payments"): lambda: _paying(market),
        ("buyer", "tickets"): lambda: _owning(market),
        ("admin", "auth"): lambda: _banning(base_url, admin),
        ("admin", "payments"): lambda: _refunding(market),
        ("admin", "orders"): lambda: _looking("GET /api/orders/admin/orders", market.buyer),
        ("admin", "tickets"): lambda: _looking("GET /api/tickets/admin/listings", market.seller),
    }.get((role, service), dict)
    return caller, make()


class Admins:
    """One session of the admin for all checks, begun anew long before its token ends: each sign-in uses up a code."""

    def __init__(self):
        self._lock, self._person, self._since = threading.Lock(), None, 0.0

    def session(self, base_url, account):
        with self._lock:
            if self._person is None or time.monotonic() - self._since > ADMIN_SESSION_SECONDS:
                self._person, self._since = api.sign_in(base_url, account), time.monotonic()
            return self._person


ADMINS = Admins()


class Market:
    """A seller and a buyer, who trade whatever a request needs. Nothing is changed by two requests."""

    def __init__(self, seller, buyer):
        self.seller, self.buyer = seller, buyer

    def show(self, published=True):
        """A show of the seller with one listing."""
        show = self.seller.ask("POST", "/api/shows", draft())
        self.listing(show)
        if published:
            self.seller.ask("POST", f"/api/shows/{show['id']}/publish")
        return self.seller.ask("GET", f"/api/shows/{show['id']}")

    def listing(self, show):
        return self.seller.ask("POST", f"/api/shows/{show['id']}/listings", offer())

    def hold(self, show=None):
        """An order of the buyer that is not paid."""
        show = show or self.show()
        return self.buyer.ask("POST", "/api/orders", {"items": [item(show)]})

    def pay(self, order, card):
        return self.buyer.ask("POST", "/api/payments", {"order_id": order["id"], "method": card})

    def buy(self, show=None):
        """A paid order's payment and ticket."""
        order = self.hold(show)
        payment = self.pay(order, GOOD_CARD)
        return payment, eventually(lambda: self._ticket(order))

    def _ticket(self, order):
        tickets = self.buyer.ask("GET", "/api/tickets")["items"]
        return next((ticket for ticket in tickets if ticket["order_id"] == order["id"]), None)


def _entering(base_url):
    known = api.new_account()
    signed_in = api.sign_up(base_url, known)
    return {
        "POST /api/auth/signup": body(api.new_account()),
        "POST /api/auth/signin": body({key: known[key] for key in ("email", "password")}),
        "POST /api/auth/signin/code": body(_second_step(base_url)),
        "POST /api/auth/refresh": {"headers": {"Cookie": signed_in.refresh_cookie, "Origin": base_url}},
        **_following(base_url),
    }


def _following(base_url):
    """Links in mail; each works once."""
    forgetful, new, robbed = (api.new_account() for _ in range(3))
    for account in (forgetful, new, robbed):
        api.sign_up(base_url, account)
    api.sign_in(base_url, robbed)
    forgotten = {"email": forgetful["email"]}
    api.send(base_url, "POST", "/api/auth/password/forgot", forgotten)

    def secret(account, kind):
        return eventually(lambda: api.secret_in_mail(base_url, account["email"], kind))

    return {
        "POST /api/auth/password/forgot": body(forgotten),
        "POST /api/auth/password/reset": body(
            {"token": secret(forgetful, "reset_password"), "new": api.new_account()["password"]}
        ),
        "POST /api/auth/email/confirm": body({"token": secret(new, "confirm_email")}),
        "POST /api/auth/sessions/disown": body({"token": secret(robbed, "new_browser")}),
    }


def _second_step(base_url):
    """Somebody with an authenticator app, whose password was right: a recovery code is good at any time."""
    account = api.new_account()
    person = api.sign_up(base_url, account)
    offer = person.ask("POST", "/api/auth/totp")
    added = person.ask("PUT", "/api/auth/totp", {"code": api.code_of_now(offer["secret"])})
    _, _, asked = api.send(
        base_url, "POST", "/api/auth/signin", {key: account[key] for key in ("email", "password")}
    )
    return {"code": added["recovery_codes"][0], "challenge": asked["challenge"]}


def _proving(market):
    password = market.buyer.password
    return {
        "POST /api/auth/reauthenticate": body({"password": password}),
        "PUT /api/auth/email": body({"password": password, "email": api.new_account()["email"]}),
        "POST /api/auth/email/confirmation": {},
    }


def _selling(market):
    sold, changed = market.show(), market.show()
    _, ticket = market.buy(sold)
    listing = market.show()["listings"][0]
    return {
        "POST /api/shows": body(draft()),
        "GET /api/shows/{id}": of(sold),
        "GET /api/shows/{id}/availability": of(sold),
        "PATCH /api/shows/{id}": {**of(changed), **seen(changed), **body({"description": "Another one."})},
        "POST /api/shows/{id}/listings": {**of(sold), **body(offer())},
        "POST /api/shows/{id}/publish": of(market.show(published=False)),
        "POST /api/shows/{id}/cancel": of(market.show()),
        "POST /api/shows/{id}/check-ins": {**of(sold), **body({"code": ticket["code"]})},
        "PATCH /api/listings/{id}": {**of(listing), **seen(listing), **body({"max_per_order": 7})},
        "DELETE /api/listings/{id}": of(market.listing(market.show())),
    }


def _sold(market):
    show = market.show()
    market.buy(show)
    return {"GET /api/shows/{id}/orders": of(show)}


def _ordering(market):
    return {
        "POST /api/orders": body({"items": [item(market.show())]}),
        "GET /api/orders/{id}": of(market.hold()),
        "DELETE /api/orders/{id}": of(market.hold()),
    }


def _paying(market):
    payment, _ = market.buy()
    challenged = market.pay(market.hold(), CARD_WITH_CHALLENGE)
    return {
        "GET /api/payments": {"query": {"order_id": payment["order_id"]}},
        "GET /api/payments/{id}": of(payment),
        "POST /api/payments": body({"order_id": market.hold()["id"], "method": GOOD_CARD}),
        "POST /api/payments/{id}/confirm": {**of(challenged), **body({"passed": True})},
    }


def _owning(market):
    _, ticket = market.buy()
    _, for_sale = market.buy()
    _, sold_on = market.buy()
    price = for_sale["face_value"]
    market.buyer.ask("POST", f"/api/tickets/{sold_on['id']}/resale", {"price": price})
    return {
        "GET /api/tickets/{id}": of(ticket),
        "GET /api/tickets/{id}/calendar.ics": of(ticket),
        "GET /api/tickets/{id}/qr.svg": of(ticket),
        "POST /api/tickets/{id}/resale": {**of(for_sale), **body({"price": price})},
        "DELETE /api/tickets/{id}/resale": of(sold_on),
    }


def _banning(base_url, admin):
    banned, to_ban = (api.sign_up(base_url, api.new_account()) for _ in range(2))
    reason = {"reason": "A sample of a ban."}
    receipt = admin.ask("PUT", f"/api/auth/admin/users/{banned.user['id']}/ban", reason)
    signed_in, listed = (api.sign_up(base_url, api.new_account()) for _ in range(2))
    sessions = f"/api/auth/admin/users/{signed_in.user['id']}/sessions"
    [session] = admin.ask("GET", sessions)["items"]
    lists = [_list(admin, f"user,reason\n{listed.user['email']},A sample of a list.\n") for _ in range(2)]
    return {
        "GET /api/auth/admin/users/{id}/sessions": of(to_ban.user),
        "DELETE /api/auth/admin/users/{id}/sessions/{session}": {
            "path_parameters": {"id": signed_in.user["id"], "session": session["id"]}
        },
        "GET /api/auth/admin/users/{id}/bans": of(banned.user),
        "POST /api/auth/admin/ban-imports": {"body": "user,reason\nnobody@example.com,A sample.\n", "media_type": "text/csv"},
        "GET /api/auth/admin/ban-imports/{id}": of(lists[0]),
        "GET /api/auth/admin/ban-imports/{id}/lines": of(lists[0]),
        "POST /api/auth/admin/ban-imports/{id}/confirm": of(lists[1]),
        "GET /api/auth/admin/users/{id}": of(to_ban.user),
        "GET /api/auth/admin/bans/{id}/receipt": of({"id": receipt["ban"]}),
        "PUT /api/auth/admin/users/{id}/ban": {**of(to_ban.user), **body(reason)},
        "DELETE /api/auth/admin/users/{id}/ban": {**of(banned.user), **body({"note": "A sample of its end."})},
    }


def _list(admin, text):
    return admin.ask("POST", "/api/auth/admin/ban-imports", text, {"Content-Type": "text/csv"})


def _looking(operation, person):
    return {operation: {"query": {"user": person.user["id"]}}}


def _refunding(market):
    payment, _ = market.buy()
    return {"POST /api/payments/{id}/refunds": {**of(payment), **body({"reason": "A sample of a refund."})}}


def draft():
    starts_at = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(days=7)
    venue = {"name": "Harbour Rooms", "address": "12 Quay Street", "city": "Bristol", "country": "GB"}
    return {
        "title": f"Show {uuid.uuid4().hex[:8]}", "description": "A sample for a contract.", "category": "music",
        "starts_at": starts_at.isoformat(), "venue": {**venue, "timezone": "Europe/London"},
    }


def offer():
    return {"name": f"Stalls {uuid.uuid4().hex[:4]}", "price": PRICE, "quantity": 20, "max_per_order": 8}


def item(show):
    return {"listing_id": show["listings"][0]["id"], "quantity": 1}


def of(thing):
    return {"path_parameters": {"id": thing["id"]}}


def seen(thing):
    return {"headers": {"If-Match": f'"{thing["version"]}"'}}


def body(value):
    return {"body": value}


def eventually(look):
    """What is seen once the services' copies have caught up."""
    until = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < until:
        found = look()
        if found is not None:
            return found
        time.sleep(0.2)
    raise RuntimeError(f"nothing came within {PATIENCE_SECONDS} s")
