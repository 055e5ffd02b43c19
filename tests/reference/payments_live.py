"""The payments API, live: keeps contracts/payments.yaml as long as no drift is switched on."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from flask import Flask, Response, request
from live_api import Clock, Live, Refused, answer, form_body, json_body, kept, main, make_app, matching, whole

BASE = "/v1"
SECRET = "rk_test_51HqLyjWDarjtT1zdp7dc"
KINDS = {401: "authentication_error", 402: "card_error", 409: "idempotency_error", 429: "rate_limit_error"}
STATUSES = {"pending", "succeeded", "failed"}
COLUMNS = ("id", "arrival_date", "amount", "currency", "status")
PAYOUTS = (
    ("po_70efdf2ec9b0", "2026-10-07", "1250000", "chf", "paid"),
    ("po_6f4922f45568", "2026-10-14", "98050", "chf", "paid"),
)
DECLINED = {"4000000000000002": "card_declined", "4000000000009995": "insufficient_funds"}
LISTS = ("expand", "preferred_locales")


def failure(error: Refused) -> Response:
    """Tell an error in the API's envelope."""
    status = 400 if error.status == 422 else error.status
    told = {
        "type": KINDS.get(status, "invalid_request_error"),
        "code": error.told.get("code"),
        "message": error.sentence,
        "param": error.told.get("parameter"),
        **({"decline_code": error.told["code"]} if status == 402 else {}),
    }
    headers = {"Request-Id": _request_id(hash(error.sentence))}
    if status == 401:
        headers = {"WWW-Authenticate": 'Bearer realm="payments", Basic realm="payments"'}
    return answer(status, {"error": told}, headers)


def make(now: Clock | None = None) -> Flask:
    """Make the application."""
    app, live = make_app("payments", now, failure)
    api = Payments(live)

    @app.before_request
    def authenticated() -> None:
        kind, _, sent = request.headers.get("Authorization", "").partition(" ")
        known = sent if kind.lower() == "bearer" else _user(sent) if kind.lower() == "basic" else ""
        if known != SECRET:
            raise Refused(401, "The key is missing or not valid.")

    for method, path, operation in ROUTES:
        app.add_url_rule(BASE + path, operation, getattr(api, operation), methods=[method])
    return app


class Payments:
    """Endpoints by operationId, and what they remember."""

    def __init__(self, live: Live) -> None:
        self.live = live
        self.charges: dict[str, dict[str, Any]] = {}
        self.customers: dict[str, dict[str, Any]] = {}
        self.methods: dict[str, dict[str, Any]] = {}
        self.numbers: dict[str, str] = {}

    def _new(self, prefix: str, kind: str) -> dict[str, Any]:
        number = f"{prefix}_{next(self.live.numbers):012x}"
        return {"id": number, "object": kind, "created": int(self.live.now().timestamp()), "livemode": False}

    def _charge(self, number: str) -> dict[str, Any]:
        if number not in self.charges:
            raise Refused(404, "There is nothing of that id.", code="resource_missing", parameter="id")
        return self.charges[number]

    def _customer(self, number: str) -> dict[str, Any]:
        if number not in self.customers:
            raise Refused(404, "There is nothing of that id.", code="resource_missing", parameter="id")
        return self.customers[number]

    def _once(self, asked: Any) -> Response | None:
        key = request.headers.get("Idempotency-Key")
        if key is None:
            return None
        if not re.fullmatch(r"[A-Za-z0-9_-]{8,64}", key):
            raise Refused(400, "Idempotency-Key has 8 to 64 letters, digits, - and _", parameter="Idempotency-Key")
        if key in self.live.answered:
            before, response = self.live.answered[key]
            if before != (request.path, asked):
                raise Refused(409, "The idempotency key was used for another request.", code="idempotency_key_in_use")
            return response
        return None

    def _remember(self, asked: Any, response: Response) -> Response:
        key = request.headers.get("Idempotency-Key")
        if key is not None:
            self.live.answered[key] = ((request.path, asked), response)
        return response

    def _expanded(self, thing: dict[str, Any], names: list[str]) -> dict[str, Any]:
        if set(names) - {"customer", "payment_method", "default_payment_method"}:
            raise Refused(400, "expand names a field that holds an id", parameter="expand")
        known = {**self.customers, **self.methods}
        return {name: known.get(value, value) if name in names else value for name, value in thing.items()}

    def listCharges(self) -> Response:  # noqa: N802 - operations have the contract's names
        words = request.args.get("status")
        statuses = set(words.split(",")) if words is not None else STATUSES
        if statuses - STATUSES:
            raise Refused(400, "status lists states of charges", parameter="status")
        customer = request.args.get("customer")
        found = [
            charge
            for charge in reversed(self.charges.values())
            if charge["status"] in statuses and customer in {None, charge["customer"]} and _within(charge)
        ]
        page, more = _page(found)
        shown = [self._expanded(charge, request.args.getlist("expand")) for charge in page]
        return answer(200, {"object": "list", "url": request.path, "has_more": more, "data": shown})

    def createCharge(self) -> Response:  # noqa: N802
        asked = form_body("payments", "ChargeCreate", LISTS)
        before = self._once(asked)
        if before is not None:
            return before
        customer = self._customer(asked["customer"]) if "customer" in asked else None
        method = asked.get("payment_method") or (customer or {}).get("default_payment_method")
        if method not in self.methods:
            raise Refused(400, "There is nothing to pay with.", code="parameter_missing", parameter="payment_method")
        declined = DECLINED.get(self.numbers.get(method, ""))
        if declined:
            raise Refused(402, "The card was declined.", code=declined, parameter="payment_method")
        capture = asked.get("capture", True)
        made = {
            **self._new("ch", "charge"),
            "amount": asked["amount"],
            "amount_captured": asked["amount"] if capture else 0,
            "amount_refunded": 0,
            "currency": asked["currency"],
            "status": "succeeded" if capture else "pending",
            "captured": capture,
            "customer": asked.get("customer"),
            "payment_method": method,
            "description": asked.get("description"),
            "failure_code": None,
            "risk_score": 12,
            "receipt_url": None,
            "settled_at": None,
            "metadata": asked.get("metadata", {}),
        }
        self.charges[made["id"]] = made
        shown = self._expanded(made, asked.get("expand", []))
        return self._remember(asked, answer(201, shown, {"Request-Id": _request_id(len(self.charges))}))

    def searchCharges(self) -> Response:  # noqa: N802
        try:
            wanted = kept("payments", "ChargeFilter", json.loads(request.args.get("filter", "")))
        except ValueError as error:
            raise Refused(400, "filter is no JSON", parameter="filter") from error
        matching("page", r"[A-Za-z0-9_-]{1,200}")
        found = [charge for charge in reversed(self.charges.values()) if _holds(wanted, charge)]
        page, more = _page(found)
        cursor = base64.urlsafe_b64encode(page[-1]["id"].encode()).decode().strip("=") if more else None
        return answer(200, {"object": "list", "url": request.path, "has_more": more, "data": page, "next_page": cursor})

    def getCharge(self, id: str) -> Response:  # noqa: N802, A002
        shown = self._expanded(self._charge(id), request.args.getlist("expand"))
        return answer(200, shown, {"Request-Id": _request_id(len(id))})

    def captureCharge(self, id: str) -> Response:  # noqa: N802, A002
        asked = form_body("payments", "ChargeCapture", LISTS)
        charge = self._charge(id)
        before = self._once(asked)
        if before is not None:
            return before
        if charge["captured"]:
            raise Refused(409, "The charge is captured already.", code="charge_already_captured")
        charge.update(status="succeeded", captured=True, amount_captured=asked.get("amount", charge["amount"]))
        return self._remember(asked, answer(200, self._expanded(charge, asked.get("expand", []))))

    def refundCharge(self, id: str) -> Response:  # noqa: N802, A002
        asked = form_body("payments", "RefundCreate")
        charge = self._charge(id)
        before = self._once(asked)
        if before is not None:
            return before
        left = charge["amount_captured"] - charge["amount_refunded"]
        amount = asked.get("amount", left)
        if not 0 < amount <= left:
            raise Refused(400, "That is more than is left.", code="amount_too_large", parameter="amount")
        charge["amount_refunded"] += amount
        made = {
            **self._new("re", "refund"),
            "amount": amount,
            "currency": charge["currency"],
            "charge": id,
            **({"reason": asked["reason"]} if "reason" in asked else {}),
            "status": "succeeded",
            "metadata": asked.get("metadata", {}),
        }
        return self._remember(asked, answer(201, made))

    def listCustomers(self) -> Response:  # noqa: N802
        email = request.args.get("email")
        found = [one for one in reversed(self.customers.values()) if email in {None, one["email"]} and _within(one)]
        page, more = _page(found)
        return answer(200, {"object": "list", "url": request.path, "has_more": more, "data": page})

    def createCustomer(self) -> Response:  # noqa: N802
        asked = form_body("payments", "CustomerCreate", LISTS)
        before = self._once(asked)
        if before is not None:
            return before
        made = {
            **self._new("cus", "customer"),
            "name": None,
            "balance": 0,
            "default_payment_method": None,
            "metadata": {},
            **asked,
        }
        self.customers[made["id"]] = made
        return self._remember(asked, answer(201, made))

    def getCustomer(self, id: str) -> Response:  # noqa: N802, A002
        return answer(200, self._expanded(self._customer(id), request.args.getlist("expand")))

    def updateCustomer(self, id: str) -> Response:  # noqa: N802, A002
        customer = self._customer(id)
        customer.update(form_body("payments", "CustomerUpdate", LISTS))
        return answer(200, customer)

    def deleteCustomer(self, id: str) -> Response:  # noqa: N802, A002
        self._customer(id)
        del self.customers[id]
        return answer(200, {"id": id, "object": "customer", "deleted": True})

    def attachPaymentMethod(self, id: str) -> Response:  # noqa: N802, A002
        customer = self._customer(id)
        asked = json_body("payments", "PaymentMethod")
        kind = asked["type"]
        made = {**self._new("pm", "payment_method"), "type": kind, "customer": id, kind: _told(kind, asked[kind])}
        self.methods[made["id"]] = made
        self.numbers[made["id"]] = str(asked[kind].get("number", ""))
        customer["default_payment_method"] = made["id"]
        return answer(200, made)

    def getBalance(self) -> Response:  # noqa: N802
        earned: dict[str, int] = {}
        for charge in self.charges.values():
            got = charge["amount_captured"] - charge["amount_refunded"]
            earned[charge["currency"]] = earned.get(charge["currency"], 0) + got
        funds = [{"amount": sum_, "currency": name, "by_source": {"card": sum_}} for name, sum_ in earned.items()]
        return answer(200, {"object": "balance", "livemode": False, "available": funds, "pending": []})

    def exportPayouts(self) -> Response:  # noqa: N802
        first, last = _day("from"), _day("to")
        if first is None:
            raise Refused(400, "from is missing.", code="parameter_missing", parameter="from")
        if not request.accept_mimetypes["text/csv"]:
            raise Refused(406, "Payouts are exported as text/csv only.")
        columns = request.args.get("columns", "|".join(COLUMNS)).split("|")
        if set(columns) - set(COLUMNS):
            raise Refused(400, "columns has a column that is none", parameter="columns")
        rows = [dict(zip(COLUMNS, row, strict=True)) for row in PAYOUTS]
        until = last or self.live.now().date()
        kept_rows = [row for row in rows if first <= date.fromisoformat(row["arrival_date"]) <= until]
        lines = [",".join(columns), *(",".join(row[name] for name in columns) for row in kept_rows)]
        name = {"Content-Disposition": f'attachment; filename="payouts-{first}.csv"'}
        return Response("\n".join(lines) + "\n", 200, name, content_type="text/csv; charset=utf-8")


ROUTES = (
    ("GET", "/charges", "listCharges"),
    ("POST", "/charges", "createCharge"),
    ("GET", "/charges/search", "searchCharges"),
    ("GET", "/charges/<id>", "getCharge"),
    ("POST", "/charges/<id>/capture", "captureCharge"),
    ("POST", "/charges/<id>/refunds", "refundCharge"),
    ("GET", "/customers", "listCustomers"),
    ("POST", "/customers", "createCustomer"),
    ("GET", "/customers/<id>", "getCustomer"),
    ("POST", "/customers/<id>", "updateCustomer"),
    ("DELETE", "/customers/<id>", "deleteCustomer"),
    ("POST", "/customers/<id>/payment_methods", "attachPaymentMethod"),
    ("GET", "/balance", "getBalance"),
    ("GET", "/payouts/export", "exportPayouts"),
)


def _told(kind: str, sent: dict[str, Any]) -> dict[str, Any]:
    """Return what the API tells of a way to pay: never its number."""
    match kind:
        case "card":
            brand = {"4": "visa", "5": "mastercard", "3": "amex"}.get(sent["number"][0], "other")
            return {"brand": brand, "last4": sent["number"][-4:], **{k: sent[k] for k in ("exp_month", "exp_year")}}
        case "bank_debit":
            return {**({"holder": sent["holder"]} if "holder" in sent else {}), "last4": sent["iban"][-4:]}
        case _:
            return {"provider": sent["provider"]}


def _page(found: list[dict[str, Any]]) -> tuple[list[dict[str, Any]], bool]:
    limit, after = whole("limit", 1, 100, 10), request.args.get("starting_after")
    ids = [thing["id"] for thing in found]
    if after is not None:
        found = found[ids.index(after) + 1 :] if after in ids else []
    return found[:limit], len(found) > limit


def _within(thing: dict[str, Any]) -> bool:
    compare = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
    return all(compare[name](thing["created"], bound) for name, bound in _span())


def _span() -> Iterator[tuple[str, int]]:
    for key, text in request.args.items():
        if key.startswith("created["):
            name = key[8:-1]
            if name not in {"gt", "gte", "lt", "lte"} or not re.fullmatch(r"-?\d+", text):
                raise Refused(400, "created is a span of seconds", parameter="created")
            yield name, int(text)


def _holds(wanted: dict[str, Any], charge: dict[str, Any]) -> bool:
    amount = wanted.get("amount", {})
    return (
        wanted.get("currency") in {None, charge["currency"]}
        and wanted.get("status") in {None, charge["status"]}
        and amount.get("gte", 0) <= charge["amount"] <= amount.get("lte", 10**9)
        and all(charge["metadata"].get(name) == text for name, text in wanted.get("metadata", {}).items())
    )


def _day(name: str) -> date | None:
    text = matching(name, r"\d{4}-\d\d-\d\d")
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise Refused(400, f"{name} is no day", parameter=name) from error


def _user(sent: str) -> str:
    try:
        return base64.b64decode(sent).decode().partition(":")[0]
    except ValueError:
        return ""


def _request_id(number: int) -> str:
    return f"req_{abs(number) % 10**14:014d}"


if __name__ == "__main__":
    main(make)
