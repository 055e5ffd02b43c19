"""Ways in which a live API stops to keep its contract, each switchable by name.

A drift changes what an operation says on its way out, as a new release of the API would. `kind` is the class of
change, `breaks` tells whether the contract is broken by it (an undocumented field of an open object is drift as well,
but no violation).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Reply:
    """What an operation says: `body` is a JSON value, or bytes where it is none."""

    status: int
    headers: list[tuple[str, str]]
    body: Any

    def with_header(self, name: str, value: str | None) -> Reply:
        """Set a header, or take it away."""
        others = [(key, text) for key, text in self.headers if key.lower() != name.lower()]
        return replace(self, headers=others if value is None else [*others, (name, value)])


Change = Callable[[Reply], Reply]


@dataclass(frozen=True, slots=True)
class Drift:
    """One planted drift."""

    name: str
    service: str
    operations: tuple[str, ...]
    kind: str
    change: Change
    breaks: bool = True


def _at(body: Any, path: str, change: Callable[[dict[str, Any], str], None]) -> None:
    """Change every member at a path: `items.*.price.amount`."""
    first, _, rest = path.partition(".")
    if first == "*":
        for item in body if isinstance(body, list) else ():
            _at(item, rest, change)
    elif isinstance(body, dict) and rest:
        _at(body.get(first), rest, change)
    elif isinstance(body, dict):
        change(body, first)


def _body(path: str, change: Callable[[dict[str, Any], str], None], statuses: tuple[int, ...] = (200, 201)) -> Change:
    def changed(reply: Reply) -> Reply:
        if reply.status in statuses:
            _at(reply.body, path, change)
        return reply

    return changed


def _set(value: Any) -> Callable[[dict[str, Any], str], None]:
    def change(holder: dict[str, Any], name: str) -> None:
        holder[name] = value

    return change


def _turned(turn: Callable[[Any], Any]) -> Callable[[dict[str, Any], str], None]:
    def change(holder: dict[str, Any], name: str) -> None:
        if name in holder:
            holder[name] = turn(holder[name])

    return change


def _drop(holder: dict[str, Any], name: str) -> None:
    holder.pop(name, None)


def _renamed(new: str) -> Callable[[dict[str, Any], str], None]:
    def change(holder: dict[str, Any], name: str) -> None:
        if name in holder:
            holder[new] = holder.pop(name)

    return change


def _status(new: int, *, only: int = 200) -> Change:
    return lambda reply: replace(reply, status=new) if reply.status == only else reply


def _header(name: str, value: str | None, statuses: tuple[int, ...] = (200, 201, 202)) -> Change:
    return lambda reply: reply.with_header(name, value) if reply.status in statuses else reply


def _media(kind: str, statuses: tuple[int, ...] = (200, 201)) -> Change:
    return _header("Content-Type", kind, statuses)


def _gone(reply: Reply) -> Reply:
    del reply
    return Reply(410, [("Content-Type", "text/plain")], b"Gone")


def _enveloped(reply: Reply) -> Reply:
    return replace(reply, body={"data": reply.body}) if reply.status == 200 else reply


def _bare_list(name: str) -> Change:
    return lambda reply: replace(reply, body=reply.body[name]) if reply.status == 200 else reply


def _html(reply: Reply) -> Reply:
    return replace(reply, body=b"<html><body>Maintenance</body></html>").with_header("Content-Type", "text/html")


ONE, MANY = ("getShipment", "createShipment", "updateShipment"), ("listShipments",)
CHARGE = ("getCharge", "createCharge", "captureCharge")
CUSTOMER = ("getCustomer", "createCustomer", "updateCustomer")

DRIFTS: tuple[Drift, ...] = (
    Drift("shipment-field-added", "shipping", ONE, "undocumented field", _body("carbonGrams", _set(120)), breaks=False),
    Drift("shipment-state-dropped", "shipping", ONE, "required field dropped", _body("state", _drop)),
    Drift("shipment-state-held", "shipping", (*ONE, *MANY), "new enum value",
          lambda reply: _body("items.*.state", _set("held"))(_body("state", _set("held"))(reply))),
    Drift("shipment-id-null", "shipping", ONE, "null", _body("id", _set(None))),
    Drift("shipment-id-number", "shipping", ONE, "changed type", _body("id", _turned(int))),
    Drift("shipment-weight-float", "shipping", ONE, "widened type",
          _body("parcels.*.weight", _turned(lambda grams: grams + 0.5))),
    Drift("shipment-created-unix", "shipping", ONE, "changed format", _body("createdAt", _set("1795334400"))),
    Drift("shipment-deadline-local", "shipping", ONE, "changed format", _body("deliverBy", _set("23.11.2026"))),
    Drift("shipment-owner-text", "shipping", ONE, "changed type", _body("owner", _set("Keller Books"))),
    Drift("shipment-tracking-short", "shipping", ONE, "changed pattern", _body("trackingNumber", _set("RR1CH"))),
    Drift("shipment-price-text", "shipping", ONE, "changed type", _body("price.amount", _turned(str))),
    Drift("shipment-city-renamed", "shipping", ONE, "renamed", _body("to.city", _renamed("town"))),
    Drift("shipment-location-missing", "shipping", ("createShipment",), "header missing", _header("Location", None)),
    Drift("shipment-created-200", "shipping", ("createShipment",), "new status", _status(200, only=201)),
    Drift("shipment-enveloped", "shipping", ("getShipment",), "enveloped", _enveloped),
    Drift("shipment-legacy-json", "shipping", ("getShipment",), "media type changed",
          _media("application/vnd.shipping.v3+json")),
    Drift("shipment-maintenance", "shipping", ("getShipment",), "media type changed", _html),
    Drift("shipments-next-offset", "shipping", MANY, "pagination changed", _body("nextCursor", _set(20))),
    Drift("shipments-next-gone", "shipping", MANY, "pagination changed", _body("nextCursor", _drop)),
    Drift("shipments-bare-list", "shipping", MANY, "pagination changed", _bare_list("items")),
    Drift("cancel-ok", "shipping", ("cancelShipment",), "new status",
          lambda reply: replace(reply, status=200) if reply.status == 204 else reply),
    Drift("event-kind-pickup", "shipping", ("listEvents", "getTracking"), "new alternative",
          lambda reply: _body("events.*.kind", _set("pickup"))(_body("items.*.kind", _set("pickup"))(reply))),
    Drift("tracking-gone", "shipping", ("getTracking",), "gone operation", _gone),
    Drift("label-octets", "shipping", ("getLabel",), "media type changed", _media("application/octet-stream")),
    Drift("rates-overnight", "shipping", ("getRates",), "new enum value", _body("items.*.service", _set("overnight"))),
    Drift("problem-renamed", "shipping", ("getShipment",), "error changed", _body("title", _renamed("error"), (404,))),
    Drift("problem-plain", "shipping", ("getShipment",), "error changed",
          _media("application/json", (404,))),
    Drift("sunset-missing", "shipping", ("rotateKey",), "header missing", _header("Sunset", None)),
    Drift("charge-field-added", "payments", CHARGE, "undocumented field", _body("fee", _set(29)), breaks=False),
    Drift("charge-captured-dropped", "payments", CHARGE, "required field dropped", _body("amount_captured", _drop)),
    Drift("charge-status-disputed", "payments", CHARGE, "new enum value", _body("status", _set("disputed"))),
    Drift("charge-currency-upper", "payments", CHARGE, "changed pattern", _body("currency", _turned(str.upper))),
    Drift("charge-amount-decimal", "payments", CHARGE, "changed type",
          _body("amount", _turned(lambda cents: f"{cents / 100:.2f}"))),
    Drift("charge-created-iso", "payments", CHARGE, "changed format", _body("created", _set("2026-11-20T08:00:00Z"))),
    Drift("charge-method-null", "payments", CHARGE, "null", _body("payment_method", _set(None))),
    Drift("charge-metadata-null", "payments", CHARGE, "null", _body("metadata", _set(None))),
    Drift("charge-request-id-uuid", "payments", ("getCharge", "createCharge"), "changed header",
          _header("Request-Id", "0d9cb1f4-8a57-4b0e-9c11-7f4f0a6d2e35")),
    Drift("charge-accepted", "payments", ("createCharge",), "new status", _status(202, only=201)),
    Drift("charges-total", "payments", ("listCharges",), "undocumented field", _body("total", _set(7)), breaks=False),
    Drift("charges-more-text", "payments", ("listCharges",), "pagination changed", _body("has_more", _turned(str))),
    Drift("charges-results", "payments", ("listCharges",), "renamed", _body("data", _renamed("results"))),
    Drift("customer-email-list", "payments", CUSTOMER, "widened type", _body("email", _turned(lambda one: [one]))),
    Drift("customer-balance-float", "payments", CUSTOMER, "widened type", _body("balance", _set(0.5))),
    Drift("customer-deleted-empty", "payments", ("deleteCustomer",), "new status",
          lambda reply: Reply(204, [], b"") if reply.status == 200 else reply),
    Drift("balance-gone", "payments", ("getBalance",), "gone operation", _gone),
    Drift("payouts-json", "payments", ("exportPayouts",), "media type changed",
          lambda reply: replace(reply, body=[]).with_header("Content-Type", "application/json")),
    Drift("payouts-unnamed", "payments", ("exportPayouts",), "header missing", _header("Content-Disposition", None)),
    Drift("error-flat", "payments", ("getCharge",), "error changed",
          lambda reply: replace(reply, body=reply.body["error"]) if reply.status == 404 else reply),
)  # fmt: skip
