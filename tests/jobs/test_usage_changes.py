"""Which changes of a contract touch what a client uses, by its usage facts alone."""

import datetime as dt
import json

import pytest

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.jobs.diff import diff
from mockserver.jobs.usage import Proof, Use
from mockserver.jobs.usage_changes import UsedChanges
from mockserver.jobs.usage_facts import OperationUse, Sent, Usage

TEXT, MONEY = {"type": "string"}, {"$ref": "#/components/schemas/Money"}
TREE = {"$ref": "#/components/schemas/Tree"}


def contract(*, money=None, order=None, sent=None, query=None, required=(), **operation):
    schemas = {
        "Money": money or {"type": "object", "properties": {"amount": TEXT, "currency": TEXT}},
        "Order": order or {"type": "object", "properties": {
            "id": TEXT, "price": MONEY, "notes": {"type": "object", "additionalProperties": TEXT}, "tree": TREE}},
        "Tree": {"type": "object", "properties": {"kids": {"type": "array", "items": TREE}, "leaf": MONEY}},
        "Sent": sent or {"type": "object", "properties": {"name": TEXT, "to": {
            "type": "object", "properties": {"city": TEXT}}}},
    }  # fmt: skip
    if required:
        schemas["Sent"] = {**schemas["Sent"], "required": list(required)}
    answer = {"200": {"description": "d", "content": {"application/json": {"schema": {
        "$ref": "#/components/schemas/Order"}}}}}  # fmt: skip
    body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Sent"}}}}
    parameters = [{"name": "q", "in": "query", "schema": query or TEXT}]
    tree = {
        "openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "components": {"schemas": schemas},
        "paths": {"/orders": {"post": {
            "operationId": "order", "parameters": parameters, "requestBody": body, "responses": answer, **operation}}},
    }  # fmt: skip
    return load("shop", Documents("shop.json", {"shop.json": json.dumps(tree).encode()}))


def used(*, reads=(), passed=(), sends=(), operation="order"):
    proof = Proof("m", "least", "changed", 1, 2, "shown")
    places = {place: Use("read", proof) for place in reads} | {place: Use("passed", proof) for place in passed}
    sent = {place: Sent("m", "least", value) for place, value in sends}
    one = OperationUse("POST /orders", ("m",), sent, {"200 application/json": places})
    return Usage("shop", "c", {operation: one})


def unused(usage, new, old=None):
    """Tell for each change that would fail whether the facts call it unused."""
    old = old or contract()
    found = diff(old, new, today=dt.date(2026, 11, 22))
    impacts = UsedChanges(usage, "usage/shop.json", old, new).of(found)
    told = [impact is not None for impact, change in zip(impacts, found.changes, strict=True) if change.level != "info"]
    assert told, "nothing changed"
    return all(told)


WIDER = {"type": "object", "properties": {"amount": TEXT, "currency": {"type": ["string", "null"]}}}


@pytest.mark.parametrize(
    ("reads", "is_unused"),
    [
        (["/id"], True),
        (["/price/amount"], True),
        (["/price/currency"], False),
        (["/tree/kids/*/kids/*/leaf/currency"], False),
        (["/tree/kids/*/leaf/amount"], True),
        (["/notes/*"], True),
    ],
    ids=str,
)
def test_a_component_counts_where_the_client_looks_at_what_changed_in_it(reads, is_unused) -> None:
    assert unused(used(reads=reads), contract(money=WIDER)) is is_unused


@pytest.mark.parametrize(("passed", "is_unused"), [(["/price"], False), (["/tree"], False), (["/notes"], True)])
def test_what_is_handed_on_as_a_whole_counts_with_all_that_is_in_it(passed, is_unused) -> None:
    assert unused(used(passed=passed), contract(money=WIDER)) is is_unused


def test_another_operation_is_not_called() -> None:
    assert unused(used(reads=["/price/currency"], operation="other"), contract(money=WIDER)) is False  # one label
    elsewhere = Usage("shop", "c", {"other": OperationUse("GET /others", ("m",))})
    assert unused(elsewhere, contract(money=WIDER)) is True


def test_an_operation_is_known_by_its_label_when_its_id_changed() -> None:
    new = contract(money=WIDER, operationId="placeOrder")
    assert unused(used(reads=["/price/currency"]), new) is False
    assert unused(used(reads=["/id"]), new) is False  # another name is a change of what is called


def test_a_property_that_goes_counts_for_who_reads_it() -> None:
    fewer = {"type": "object", "properties": {"amount": TEXT}}
    old = contract(money={"type": "object", "properties": {"amount": TEXT, "currency": TEXT}, "required": ["currency"]})
    assert unused(used(reads=["/price/amount"]), contract(money=fewer), old) is True
    assert unused(used(reads=["/price/currency"]), contract(money=fewer), old) is False


SHORT = {"type": "string", "maxLength": 3}


@pytest.mark.parametrize(
    ("sends", "is_unused"), [([("query.q", "a")], False), ([("query.other", "a")], True), ([], True)], ids=str
)
def test_a_narrowed_parameter_counts_for_who_sends_it(sends, is_unused) -> None:
    assert unused(used(sends=sends), contract(query=SHORT)) is is_unused


@pytest.mark.parametrize(
    ("sends", "is_unused"),
    [
        ([("body#/name", "a")], True),
        ([("body#/to/city", "a")], False),
        ([("body#/to", {"city": "a"})], False),
        ([("body#/undeclared", "a")], False),
    ],
    ids=str,
)
def test_a_narrowed_member_counts_for_who_sends_it(sends, is_unused) -> None:
    narrowed = {"type": "object", "properties": {"name": TEXT, "to": {"type": "object", "properties": {"city": SHORT}}}}
    assert unused(used(sends=sends), contract(sent=narrowed)) is is_unused


def test_what_is_required_now_counts_for_who_sends_the_rest() -> None:
    assert unused(used(sends=[("body#/name", "a")]), contract(required=["to"])) is False
    assert unused(used(sends=[]), contract(required=["to"])) is True


def test_a_new_credential_counts_for_who_calls() -> None:
    scheme = {"type": "http", "scheme": "basic"}
    tree = json.loads(contract().documents.data["shop.json"])
    tree["components"]["securitySchemes"] = {"basic": scheme}
    tree["security"] = [{"basic": []}]
    new = load("shop", Documents("shop.json", {"shop.json": json.dumps(tree).encode()}))
    assert unused(used(reads=["/id"]), new) is False
