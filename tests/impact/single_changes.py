# ruff: noqa: E501 - a change is a row of a table
"""Single changes of our two contracts, and the same changes of the live APIs: every class of finding, both directions.

Written down before anything judged them. `edit` changes the contract's tree, `live` changes what the API does, `test` is
the hand-written test of the client that tells whether it hurts.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import handwritten as by_hand
from drifts import Reply
from drifts import _body as at
from drifts import _drop as drop
from drifts import _header as header
from drifts import _media as media
from drifts import _renamed as renamed
from drifts import _set as put
from drifts import _status as status
from drifts import _turned as turned
from flask import Request
from handwritten import Shop
from werkzeug.datastructures import ImmutableMultiDict

Tree = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Live:
    """How the API has changed: what it says, what it refuses, which query it ignores."""

    operations: tuple[str, ...]
    reply: Callable[[Reply], Reply] | None = None
    refuses: Callable[[Request], bool] | None = None
    code: int = 400
    ignores: str = ""


@dataclass(frozen=True, slots=True)
class Single:
    """One change."""

    name: str
    service: str
    direction: Literal["request", "response"]
    edit: Callable[[Tree], object]
    live: Live | None
    test: Callable[[Shop], None]


def part(tree: Tree, name: str) -> Tree:
    """Return the object that holds the properties of a component."""
    schema = tree["components"]["schemas"][name]
    return next((one for one in schema["allOf"] if "properties" in one), schema) if "allOf" in schema else schema


def own(tree: Tree, name: str) -> Tree:
    """Return the last part of a component: its own, where it builds on another."""
    schema = tree["components"]["schemas"][name]
    return schema["allOf"][-1] if "allOf" in schema else schema


def properties(name: str, **changes: Any) -> Callable[[Tree], object]:
    """Set properties of a component; None takes one away, a dict is laid over what is there."""

    def edit(tree: Tree) -> None:
        there = own(tree, name)["properties"]
        for key, value in changes.items():
            if value is None:
                del there[key]
            else:
                there[key] = value

    return edit


def laid_over(name: str, key: str, *, without: tuple[str, ...] = (), **changes: Any) -> Callable[[Tree], object]:
    """Change some keywords of a property."""

    def edit(tree: Tree) -> None:
        there = own(tree, name)["properties"][key]
        for word in without:
            del there[word]
        there.update(changes)

    return edit


def optional(name: str, *keys: str) -> Callable[[Tree], object]:
    def edit(tree: Tree) -> None:
        own(tree, name)["required"] = [one for one in own(tree, name)["required"] if one not in keys]

    return edit


def required(name: str, *keys: str) -> Callable[[Tree], object]:
    return lambda tree: own(tree, name).setdefault("required", []).extend(keys)


def listed(name: str, value: str) -> Callable[[Tree], object]:
    return lambda tree: tree["components"]["schemas"][name]["enum"].append(value)


def both(*edits: Callable[[Tree], object]) -> Callable[[Tree], object]:
    return lambda tree: [edit(tree) for edit in edits]


def operation(tree: Tree, name: str) -> Tree:
    return next(
        one
        for item in tree["paths"].values()
        for one in item.values()
        if isinstance(one, dict) and one.get("operationId") == name
    )


def parameter(tree: Tree, of: str, name: str) -> Tree:
    for one in operation(tree, of)["parameters"]:
        there = tree["components"]["parameters"][one["$ref"].rpartition("/")[2]] if "$ref" in one else one
        if there["name"] == name:
            return there
    raise LookupError(name)


def parameters(of: str, name: str, **changes: Any) -> Callable[[Tree], object]:
    return lambda tree: parameter(tree, of, name).update(changes)


def bound(of: str, name: str, **changes: Any) -> Callable[[Tree], object]:
    return lambda tree: parameter(tree, of, name)["schema"].update(changes)


def without_parameter(of: str, name: str) -> Callable[[Tree], object]:
    def edit(tree: Tree) -> None:
        there = operation(tree, of)
        gone = parameter(tree, of, name)
        there["parameters"] = [
            one
            for one in there["parameters"]
            if one is not gone and not (
                "$ref" in one and tree["components"]["parameters"][one["$ref"].rpartition("/")[2]] is gone
            )
        ]  # fmt: skip

    return edit


def new_parameter(of: str, **written: Any) -> Callable[[Tree], object]:
    return lambda tree: operation(tree, of).setdefault("parameters", []).append(written)


def answers(of: str, was: str, now: str, *, empty: bool = False) -> Callable[[Tree], object]:
    """Give an answer another status."""

    def edit(tree: Tree) -> None:
        there = operation(tree, of)["responses"]
        answer = there.pop(was)
        there[now] = {"description": "nothing"} if empty else answer

    return edit


def answered_as(of: str, code: str, was: str, now: str) -> Callable[[Tree], object]:
    """Give an answer another media type."""

    def edit(tree: Tree) -> None:
        content = operation(tree, of)["responses"][code]["content"]
        content[now] = content.pop(was)

    return edit


def removed(path: str, method: str = "") -> Callable[[Tree], object]:
    return lambda tree: tree["paths"][path].pop(method) if method else tree["paths"].pop(path)


def moved(path: str, to: str) -> Callable[[Tree], object]:
    return lambda tree: tree["paths"].update({to: tree["paths"].pop(path)})


def without_header(of: str, code: str, name: str) -> Callable[[Tree], object]:
    return lambda tree: operation(tree, of)["responses"][code]["headers"].pop(name)


ONE = ("getShipment",)
PAGE = ("listShipments",)
CHARGE = ("getCharge",)
CUSTOMER = ("getCustomer",)
STRING, NUMBER = {"type": "string"}, {"type": "number"}


def says(operations: tuple[str, ...], path: str, change: Any) -> Live:
    return Live(operations, at(path, change))


def refuses(name: str, when: Callable[[Request], bool], code: int = 400) -> Live:
    return Live((name,), refuses=when, code=code)


def empty(code: int) -> Callable[[Reply], Reply]:
    return lambda reply: Reply(code, [], b"") if reply.status < 300 else reply


def only(code: int, change: Callable[[Any], Any]) -> Callable[[Reply], Reply]:
    return lambda reply: replace(reply, body=change(reply.body)) if reply.status == code else reply


def sent(request: Request) -> dict[str, Any]:
    body = request.get_json(silent=True)
    return body if isinstance(body, dict) else {}


PICKUP = {
    "allOf": [
        {"$ref": "#/components/schemas/EventFacts"},
        {"type": "object", "properties": {"kind": {"const": "pickup"}}},
    ]
}


def new_event(tree: Tree) -> None:
    schemas = tree["components"]["schemas"]
    schemas["PickupEvent"] = PICKUP
    union = schemas["TrackingEvent"]
    union["oneOf"].append({"$ref": "#/components/schemas/PickupEvent"})
    if "mapping" in union.get("discriminator", {}):
        union["discriminator"]["mapping"]["pickup"] = "#/components/schemas/PickupEvent"


def reason_listed(tree: Tree) -> None:
    own(tree, "ExceptionEvent")["properties"]["reason"]["enum"].append("lost")


def page_is_a_list(tree: Tree) -> None:
    items = tree["components"]["schemas"]["ShipmentPage"]["properties"]["items"]
    tree["components"]["schemas"]["ShipmentPage"] = items


def patched_as_json(tree: Tree) -> None:
    content = operation(tree, "updateShipment")["requestBody"]["content"]
    content["application/json"] = content.pop("application/merge-patch+json")


def customers_as_json(tree: Tree) -> None:
    content = operation(tree, "createCustomer")["requestBody"]["content"]
    content["application/json"] = {"schema": content.pop("application/x-www-form-urlencoded")["schema"]}


def tracking_with_key(tree: Tree) -> None:
    operation(tree, "getTracking")["security"] = [{"apiKey": []}]


def without_basic(tree: Tree) -> None:
    tree["security"] = [one for one in tree["security"] if "bearer" in next(iter(one)).lower()]


def error_is_flat(tree: Tree) -> None:
    tree["components"]["schemas"]["ErrorEnvelope"] = {"$ref": "#/components/schemas/Error"}


def one_service(tree: Tree) -> None:
    own(tree, "ShipmentCreate")["properties"]["service"] = {"type": "string", "enum": ["standard"]}


def problem_as_json(tree: Tree) -> None:
    answer = tree["components"]["responses"]["NotFound"]
    answer["content"]["application/json"] = answer["content"].pop("application/problem+json")


def less_refunds(tree: Tree) -> None:
    own(tree, "RefundCreate")["properties"]["reason"] = {"type": "string", "enum": ["fraudulent"]}


def free_create(tree: Tree) -> None:
    tree["components"]["schemas"]["ShipmentCreate"]["additionalProperties"] = True


def free_metadata(tree: Tree) -> None:
    own(tree, "Shipment")["properties"]["metadata"] = {
        "type": "object",
        "additionalProperties": {"type": ["string", "integer"]},
    }


SHIPPING_RESPONSES = (
    ("state-optional", optional("Shipment", "state"), says(ONE, "state", drop), by_hand.reads),
    ("state-listed", listed("ShipmentState", "held"), says(ONE, "state", put("held")), by_hand.reads),
    ("id-null", laid_over("Shipment", "id", type=["string", "null"]), says(ONE, "id", put(None)), by_hand.reads),
    ("tracking-number-gone", properties("Shipment", trackingNumber=None), says(ONE, "trackingNumber", drop), by_hand.reads),
    ("label-url-gone", properties("Shipment", labelUrl=None), says(ONE, "labelUrl", drop), by_hand.reads),
    ("created-any-text", laid_over("Shipment", "createdAt", without=("format",)), says(ONE, "createdAt", put("yesterday")), by_hand.reads),
    ("created-unix", properties("Shipment", createdAt={"type": "integer"}), says(ONE, "createdAt", put(1795334400)), by_hand.reads),
    ("deadline-any-text", laid_over("Shipment", "deliverBy", without=("format",)), says(ONE, "deliverBy", put("23.11.2026")), by_hand.reads),
    ("weight-number", lambda tree: own(tree, "Shipment")["properties"]["parcels"].update(
        items={"type": "object", "required": ["length", "width", "height", "weight"],
               "properties": {"length": {"type": "integer"}, "width": {"type": "integer"},
                              "height": {"type": "integer"}, "weight": NUMBER}}),
     says(ONE, "parcels.*.weight", turned(lambda grams: grams + 0.5)), by_hand.reads),
    ("price-text", properties("Shipment", price={"type": "object", "required": ["amount", "currency"],
                                                  "properties": {"amount": STRING, "currency": STRING}}),
     says(ONE, "price.amount", turned(str)), by_hand.reads),
    ("owner-never-null", properties("Shipment", owner={"$ref": "#/components/schemas/Owner"}), None, by_hand.reads),
    ("owner-text", properties("Shipment", owner=STRING), says(ONE, "owner", put("Keller Books")), by_hand.reads),
    ("field-new", properties("Shipment", carbonGrams={"type": "integer"}), says(ONE, "carbonGrams", put(120)), by_hand.reads),
    ("field-new-required", both(properties("Shipment", carbonGrams={"type": "integer"}), required("Shipment", "carbonGrams")),
     says(ONE, "carbonGrams", put(120)), by_hand.reads),
    ("metadata-numbers", free_metadata, says(ONE, "metadata.channel", put(7)), by_hand.reads),
    ("next-optional", optional("ShipmentPage", "nextCursor"), says(PAGE, "nextCursor", drop), by_hand.lists),
    ("next-offset", properties("ShipmentPage", nextCursor={"type": ["integer", "null"]}),
     says(PAGE, "nextCursor", put(20)), by_hand.reads_all),
    ("items-renamed", lambda tree: (
        own(tree, "ShipmentPage")["properties"].update(data=own(tree, "ShipmentPage")["properties"].pop("items")),
        own(tree, "ShipmentPage").update(required=["data", "nextCursor"])),
     says(PAGE, "items", renamed("data")), by_hand.lists),
    ("items-fewer", laid_over("ShipmentPage", "items", maxItems=50), None, by_hand.lists),
    ("page-bare", page_is_a_list, Live(PAGE, only(200, lambda body: body["items"])), by_hand.lists),
    ("event-new", new_event, says(("listEvents",), "items.*.kind", put("pickup")), by_hand.reads_events),
    ("reason-listed", reason_listed, says(("listEvents",), "items.*.reason", turned(lambda _: "lost")), by_hand.reads_events),
    ("city-optional", optional("Place", "city"), says(("listEvents",), "items.*.place.city", drop), by_hand.reads_events),
    ("coordinates-gone", properties("Place", coordinates=None), says(("listEvents",), "items.*.place.coordinates", drop),
     by_hand.reads_events),
    ("estimate-optional", optional("Tracking", "estimatedDelivery"), says(("getTracking",), "estimatedDelivery", drop),
     by_hand.tracks),
    ("tracking-field-new", properties("Tracking", carrier=STRING), says(("getTracking",), "carrier", put("Post")), by_hand.tracks),
    ("rates-overnight", listed("Service", "overnight"), says(("getRates",), "items.*.service", put("overnight")),
     by_hand.asks_for_rates),
    ("transit-number", properties("Rate", transitDays=NUMBER), says(("getRates",), "items.*.transitDays", put(1.5)),
     by_hand.asks_for_rates),
    ("label-octets", answered_as("getLabel", "200", "application/pdf", "application/octet-stream"),
     refuses("getLabel", lambda request: "octet" not in request.headers.get("Accept", ""), 406), by_hand.downloads_a_label),
    ("created-as-200", answers("createShipment", "201", "200"), Live(("createShipment",), status(200, only=201)), by_hand.creates),
    ("cancelled-as-200", answers("cancelShipment", "204", "200"), Live(("cancelShipment",), status(200, only=204)), by_hand.cancels),
    ("upload-empty", answers("uploadLabel", "202", "204", empty=True), Live(("uploadLabel",), empty(204)), by_hand.uploads_a_label),
    ("secret-optional", optional("Webhook", "secret"), Live(("createWebhook",), at("secret", drop)), by_hand.subscribes),
    ("sunset-gone", without_header("rotateKey", "200", "Sunset"), Live(("rotateKey",), header("Sunset", None)), by_hand.rotates),
    ("location-gone", without_header("createShipment", "201", "Location"), Live(("createShipment",), header("Location", None)),
     by_hand.creates),
    ("title-optional", optional("Problem", "title"),
     Live(ONE, only(404, lambda body: {"type": body["type"], "status": 404})), by_hand.misses),
    ("problem-json", problem_as_json, Live(ONE, media("application/json", (404,))), by_hand.misses),
    ("operation-gone", removed("/tracking/{trackingNumber}"), refuses("getTracking", lambda _: True, 410), by_hand.tracks),
    ("operation-moved", moved("/rates", "/quotes"), refuses("getRates", lambda _: True, 404), by_hand.asks_for_rates),
    ("deprecated", lambda tree: operation(tree, "listEvents").update(deprecated=True), None, by_hand.reads_events),
    ("operation-renamed", lambda tree: operation(tree, "getShipment").update(operationId="readShipment"), None, by_hand.reads),
)  # fmt: skip

SHIPPING_REQUESTS = (
    ("reference-short", laid_over("ShipmentCreate", "reference", maxLength=10),
     refuses("createShipment", lambda request: len(sent(request).get("reference", "")) > 10), by_hand.creates_with_everything),
    ("reference-required", required("ShipmentCreate", "reference"),
     refuses("createShipment", lambda request: "reference" not in sent(request)), by_hand.creates),
    ("key-optional", parameters("createShipment", "Idempotency-Key", required=False), None, by_hand.creates),
    ("header-required", new_parameter("getShipment", name="X-Client", required=True, schema=STRING, **{"in": "header"}),
     refuses("getShipment", lambda request: "X-Client" not in request.headers), by_hand.reads),
    ("parameter-new", new_parameter("listShipments", name="sort", schema=STRING, **{"in": "query"}), None, by_hand.lists),
    ("limit-less", bound("listShipments", "limit", maximum=50),
     refuses("listShipments", lambda request: int(request.args.get("limit", 0)) > 50), by_hand.lists_a_hundred),
    ("limit-more", bound("listShipments", "limit", maximum=500), None, by_hand.lists_a_hundred),
    ("created-after-gone", without_parameter("listShipments", "createdAfter"),
     Live(PAGE, ignores="createdAfter"), by_hand.lists_what_is_new),
    ("insured-required", parameters("getRates", "insured", required=True),
     refuses("getRates", lambda request: "insured" not in request.args), by_hand.asks_for_rates),
    ("parcel-spelled", parameters("getRates", "parcel", style="form", explode=False),
     refuses("getRates", lambda request: "parcel[length]" in request.args), by_hand.asks_for_rates),
    ("post-code-required", required("Destination", "postalCode"),
     refuses("getRates", lambda request: "to[postalCode]" not in request.args), by_hand.asks_for_rates),
    ("create-open", free_create, None, by_hand.creates_with_everything),
    ("one-parcel", laid_over("ShipmentCreate", "parcels", maxItems=1),
     refuses("createShipment", lambda request: len(sent(request).get("parcels", ())) > 1), by_hand.creates_with_everything),
    ("light-only", lambda tree: own(tree, "ShipmentCreate")["properties"]["parcels"].update(
        items={"allOf": [{"$ref": "#/components/schemas/Parcel"}, {"properties": {"weight": {"maximum": 500}}}]}),
     refuses("createShipment", lambda request: any(one["weight"] > 500 for one in sent(request).get("parcels", ()))),
     by_hand.creates_with_everything),
    ("tracking-key", tracking_with_key, refuses("getTracking", lambda request: "X-Api-Key" not in request.headers, 401),
     by_hand.tracks),
    ("patch-json", patched_as_json,
     refuses("updateShipment", lambda request: request.mimetype != "application/json", 415), by_hand.changes),
    ("pages-required", required("LabelMetadata", "pages"),
     refuses("uploadLabel", lambda request: "pages" not in str(request.form.get("metadata") or request.get_data(as_text=True))),
     by_hand.uploads_a_label),
    ("one-service", one_service,
     refuses("createShipment", lambda request: sent(request).get("service") == "express"), by_hand.creates_with_everything),
    ("collect-gone", properties("ShipmentCreate", collectOn=None),
     refuses("createShipment", lambda request: "collectOn" in sent(request)), by_hand.creates_with_everything),
)  # fmt: skip

PAYMENTS_RESPONSES = (
    ("status-listed", listed("ChargeStatus", "disputed"), says(CHARGE, "status", put("disputed")), by_hand.reads_a_charge),
    ("amount-text", properties("Charge", amount=STRING), says(CHARGE, "amount", put("10.99")), by_hand.reads_a_charge),
    ("fee-new", properties("Charge", fee={"type": "integer"}), says(CHARGE, "fee", put(29)), by_hand.reads_a_charge),
    ("captured-optional", optional("Charge", "amount_captured"), says(CHARGE, "amount_captured", drop), by_hand.reads_a_charge),
    ("refunded-optional", optional("Charge", "amount_refunded"), says(CHARGE, "amount_refunded", drop), by_hand.reads_a_charge),
    ("currency-upper", properties("Charge", currency={"type": "string", "pattern": "^[A-Za-z]{3}$"}),
     says(CHARGE, "currency", turned(str.upper)), by_hand.reads_a_charge),
    ("charge-metadata-null", properties("Charge", metadata={"type": "object", "nullable": True}),
     says(CHARGE, "metadata", put(None)), by_hand.reads_a_charge),
    ("method-null", properties("Charge", payment_method={"type": "string", "nullable": True}),
     says(CHARGE, "payment_method", put(None)), by_hand.reads_a_charge),
    ("risk-number", properties("Charge", risk_score={"type": "number"}), says(CHARGE, "risk_score", put(12.5)),
     by_hand.reads_a_charge),
    ("failure-listed", lambda tree: own(tree, "Charge")["properties"]["failure_code"]["enum"].append("fraud"),
     says(CHARGE, "failure_code", put("fraud")), by_hand.reads_a_charge),
    ("total-new", properties("ChargeList", total={"type": "integer"}), says(("listCharges",), "total", put(7)),
     by_hand.lists_charges),
    ("data-renamed", lambda tree: (
        own(tree, "ChargeList")["properties"].update(results=own(tree, "ChargeList")["properties"].pop("data")),
        own(tree, "ChargeList").update(required=["results"])),
     says(("listCharges",), "data", renamed("results")), by_hand.lists_charges),
    ("balance-decimal", properties("Customer", balance=NUMBER), says(CUSTOMER, "balance", put(0.5)), by_hand.reads_a_customer),
    ("email-list", properties("Customer", email={"type": "array", "items": STRING}),
     says(CUSTOMER, "email", turned(lambda one: [one])), by_hand.reads_a_customer),
    ("deleted-empty", answers("deleteCustomer", "200", "204", empty=True), Live(("deleteCustomer",), empty(204)),
     by_hand.forgets_a_customer),
    ("charge-accepted", answers("createCharge", "201", "202"), Live(("createCharge",), status(202, only=201)), by_hand.charges),
    ("balance-gone", removed("/balance"), refuses("getBalance", lambda _: True, 410), by_hand.reads_the_balance),
    ("payouts-json", answered_as("exportPayouts", "200", "text/csv", "application/json"),
     refuses("exportPayouts", lambda request: "json" not in request.headers.get("Accept", ""), 406), by_hand.exports),
    ("payouts-unnamed", without_header("exportPayouts", "200", "Content-Disposition"),
     Live(("exportPayouts",), header("Content-Disposition", None)), by_hand.exports),
    ("error-flat", error_is_flat, Live(CHARGE, only(404, lambda body: body["error"])), by_hand.misses_a_charge),
    ("code-optional", optional("Error", "code"), Live(CHARGE, at("error.code", drop, (404,))), by_hand.misses_a_charge),
)  # fmt: skip

PAYMENTS_REQUESTS = (
    ("amount-more", laid_over("ChargeCreate", "amount", minimum=100),
     refuses("createCharge", lambda request: int(request.form.get("amount", 0)) < 100), by_hand.charges_little),
    ("description-required", required("ChargeCreate", "description"),
     refuses("createCharge", lambda request: "description" not in request.form), by_hand.charges),
    ("field-optional-new", properties("ChargeCreate", channel=STRING), None, by_hand.charges_with_everything),
    ("reason-less", less_refunds, refuses("refundCharge", lambda request: request.form.get("reason") == "duplicate"),
     by_hand.refunds),
    ("limit-ten", bound("listCharges", "limit", maximum=10),
     refuses("listCharges", lambda request: int(request.args.get("limit", 0)) > 10), by_hand.lists_many_charges),
    ("expand-gone", without_parameter("getCharge", "expand"), Live(CHARGE, ignores="expand"),
     by_hand.reads_a_charge_with_its_customer),
    ("filter-currency", required("ChargeFilter", "currency"),
     refuses("searchCharges", lambda request: "currency" not in request.args.get("filter", "")), by_hand.searches),
    ("to-required", parameters("exportPayouts", "to", required=True),
     refuses("exportPayouts", lambda request: "to" not in request.args), by_hand.exports),
    ("columns-commas", parameters("exportPayouts", "columns", style="form", explode=False),
     refuses("exportPayouts", lambda request: "|" in request.args.get("columns", "")), by_hand.exports_some_columns),
    ("no-basic", without_basic,
     refuses("getBalance", lambda request: request.headers.get("Authorization", "").startswith("Basic"), 401),
     by_hand.reads_the_balance),
    ("email-filter-gone", without_parameter("listCustomers", "email"), Live(("listCustomers",), ignores="email"),
     by_hand.finds_a_customer),
    ("customer-json", customers_as_json,
     refuses("createCustomer", lambda request: request.mimetype != "application/json"), by_hand.makes_a_customer),
    ("descriptor-short", laid_over("ChargeCreate", "statement_descriptor", maxLength=10),
     refuses("createCharge", lambda request: len(request.form.get("statement_descriptor", "")) > 10),
     by_hand.charges_with_everything),
    ("name-required", required("CustomerCreate", "name"),
     refuses("createCustomer", lambda request: "name" not in request.form), by_hand.makes_a_customer),
    ("token-required", required("Wallet", "token"),
     refuses("attachPaymentMethod", lambda request: "token" not in sent(request).get("wallet", {"token": 1})),
     by_hand.attaches_a_wallet),
    ("capture-amount", required("ChargeCapture", "amount"),
     refuses("captureCharge", lambda request: "amount" not in request.form), by_hand.captures),
    ("update-open", laid_over("CustomerUpdate", "name", maxLength=1000), None, by_hand.renames_a_customer),
)  # fmt: skip

SINGLES: tuple[Single, ...] = tuple(
    Single(name, service, direction, edit, live, test)  # type: ignore[arg-type]
    for service, direction, rows in (
        ("shipping", "response", SHIPPING_RESPONSES),
        ("shipping", "request", SHIPPING_REQUESTS),
        ("payments", "response", PAYMENTS_RESPONSES),
        ("payments", "request", PAYMENTS_REQUESTS),
    )
    for name, edit, live, test in rows
)


def ignoring(request: Request, name: str) -> None:
    """Let a request look as if it had not said something."""
    left = [(key, value) for key, value in request.args.items(multi=True) if key != name]
    request.__dict__["args"] = ImmutableMultiDict(left)
