"""A third contract and a client of another style: the verdict on each single change is what its author expects.

The expectations were written down before the first run.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import pytest
import warehouse_client
import yaml

from mockserver.api.clients.impact import ClientRuns
from mockserver.api.clients.suite import ClientSuite
from mockserver.api.diff_impact import Impacts
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.document.edits import Append, Drop, Edit, Put, Rename, changed
from mockserver.jobs.diff import diff

TREE = yaml.safe_load(Path(__file__).with_name("warehouse.yaml").read_text(encoding="utf-8"))
TODAY = dt.date(2026, 11, 22)
URI = "warehouse.yaml"
SCHEMAS = "/components/schemas"
ITEM, ORDER, NEW = (f"{SCHEMAS}/{name}/properties" for name in ("Item", "Order", "OrderCreate"))
BODY = "responses/200/content/application~1json/schema"
PAGE, STOCK = f"/paths/~1items/get/{BODY}", f"/paths/~1stock/get/{BODY}"
COUNT = f"{STOCK}/properties/items/items/properties/count"
FAILED = "/components/responses/Failed/content/application~1json/schema/properties/error"
POST, ONE = "/paths/~1orders/post", "/paths/~1orders~1{id}"
TEXT = {"description": "slow", "content": {"text/plain": {"schema": {"type": "string"}}}}
DONE = {"description": "done", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Order"}}}}
TENANT = {"name": "X-Tenant", "in": "header", "required": True, "schema": {"type": "string"}}

Row = tuple[Literal["response", "request"], bool, tuple[Edit, ...]]
CHANGES: dict[str, Row] = {
    "a number may be null": ("response", True, (Put(f"{ITEM}/price/type", ["number", "null"]),)),
    "a number is any text": ("response", True, (Put(f"{ITEM}/price", {"type": "string"}),)),
    "a number is a text of digits, which pydantic reads": (
        "response", False, (Put(f"{ITEM}/price", {"type": "string", "pattern": "^[0-9]{1,6}\\.[0-9]{2}$"}),)),
    "an enum that the client knows gets a value": ("response", True, (
        Put(f"{ITEM}/category", {"type": "string", "enum": ["tools", "toys", "books", "garden"]}),)),
    "an enum that is only compared gets a value": ("response", False, (Append(f"{ORDER}/status/enum", "held"),)),
    "a field that is read may be absent": ("response", True, (Drop(f"{SCHEMAS}/Order/required/1"),)),
    "a date is any text": ("response", True, (Put(f"{ITEM}/added", {"type": "string"}),)),
    "what may be absent may be null": ("response", False, (Put(f"{ITEM}/added/type", ["string", "null"]),)),
    "a field that nobody reads is gone": ("response", False, (Drop(f"{ITEM}/tags"),)),
    "a field is new": ("response", False, (Put(f"{ITEM}/weight", {"type": "number"}),)),
    "a field is renamed": ("response", True, (
        Rename(f"{ITEM}/name", "title"), Put(f"{SCHEMAS}/Item/required", ["sku", "title", "price", "category"]))),
    "the number of pages may be absent": ("response", True, (Put(f"{PAGE}/properties/meta/required", ["page"]),)),
    "the number of items is gone": ("response", False, (Drop(f"{PAGE}/properties/meta/properties/total"),)),
    "the number of pages is a text": ("response", True, (
        Put(f"{PAGE}/properties/meta/properties/pages", {"type": "string", "pattern": "^[0-9]+$"}),)),
    "the list is renamed": ("response", True, (
        Rename(f"{PAGE}/properties/data", "results"), Put(f"{PAGE}/required", ["results", "meta"]))),
    "the cursor may be absent": ("response", True, (Put(f"{STOCK}/required", ["items"]),)),
    "the cursor is a number": ("response", False, (Put(f"{STOCK}/properties/next/type", ["integer", "null"]),)),
    "a count that is added may be null": ("response", True, (Put(f"{COUNT}/type", ["integer", "null"]),)),
    "what nobody reads is always there": (
        "response", False, (Append(f"{STOCK}/properties/items/items/required", "place"),)),
    "the message of an error may be absent": ("response", True, (Put(f"{FAILED}/required", ["code"]),)),
    "a field of an error is gone": ("response", False, (Drop(f"{FAILED}/properties/field"),)),
    "another success that the client does not take": ("response", True, (Put(f"{ONE}/delete/responses/200", DONE),)),
    "another success that is read alike": ("response", False, (Put(f"{POST}/responses/202", DONE),)),
    "another error with the usual body": ("response", False, (
        Put("/paths/~1items/get/responses/403", {"$ref": "#/components/responses/Failed"}),)),
    "another error with a text": ("response", True, (Put("/paths/~1items~1{sku}/get/responses/429", TEXT),)),
    "a header that nobody reads may be absent": (
        "response", False, (Put(f"{POST}/responses/201/headers/Location/required", value=False),)),
    "an id is of another type": ("response", True, (Put(f"{ORDER}/id", {"type": "string", "format": "uuid"}),)),
    "a text is an object": ("response", True, (Put(f"{ORDER}/courier/type", ["object", "null"]),)),
    "an operation that nobody calls is gone": ("request", False, (Drop("/paths/~1audits"),)),
    "an operation is gone": ("request", True, (Drop(f"{ONE}/get"),)),
    "a page is smaller than the client asks for": (
        "request", True, (Put("/paths/~1items/get/parameters/1/schema/maximum", 30),)),
    "a page is as large as the client asks for": (
        "request", False, (Put("/paths/~1items/get/parameters/1/schema/maximum", 60),)),
    "a value that the client may send is refused": ("request", True, (
        Put("/paths/~1items/get/parameters/2/schema", {"type": "string", "enum": ["tools", "books"]}),)),
    "the parameter of the page is renamed": ("request", True, (Put("/paths/~1items/get/parameters/0/name", "p"),)),
    "the parameter of the cursor is renamed": (
        "request", True, (Put("/paths/~1stock/get/parameters/0/name", "cursor"),)),
    "what may be left out is required": ("request", True, (Append(f"{SCHEMAS}/OrderCreate/required", "note"),)),
    "a text is shorter than the client sends": ("request", True, (Put(f"{NEW}/note/maxLength", 100),)),
    "what the client never sends is gone": ("request", False, (Drop(f"{NEW}/express"),)),
    "a bound in a list is narrower": (
        "request", True, (Put(f"{NEW}/lines/items/properties/count/maximum", 100),)),
    "something new may be sent": ("request", False, (Put(f"{NEW}/gift", {"type": "boolean"}),)),
    "a header is required": ("request", True, (Put(f"{POST}/parameters", [TENANT]),)),
    "a parameter is new": ("request", False, (
        Append("/paths/~1stock/get/parameters", {"name": "place", "in": "query", "schema": {"type": "string"}}),)),
}  # fmt: skip


def edition(tree: Any) -> Contract:
    written = yaml.safe_dump(tree, sort_keys=False).encode()
    return load("warehouse", Documents(URI, {URI: written}, trees={URI: tree}))


def test_the_verdict_is_what_the_author_of_the_client_expects(capsys: pytest.CaptureFixture[str]) -> None:
    old = edition(TREE)
    runs = ClientRuns(ClientSuite(old, warehouse_client.Warehouse, raises=warehouse_client.WarehouseError))
    wrong, table = [], Counter[tuple[str, str]]()
    for name, (direction, breaks, edits) in CHANGES.items():
        now = TREE
        for edit in edits:
            now = changed(now, edit)
        impacts = Impacts(runs, new := edition(now)).of(diff(old, new, today=TODAY))
        says = any(impact is not None and impact.verdict == "breaks" for impact in impacts)
        table[direction, "breaks" if says else "takes it"] += 1
        if says != breaks:
            wrong.append((name, says, [impact.why for impact in impacts if impact is not None]))
    with capsys.disabled():
        print("\nwarehouse: direction x verdict of the client")  # noqa: T201 - the table that a reader wants
        for (direction, verdict), count in sorted(table.items()):
            print(f"  {direction:<9} {verdict:<9} {count}")  # noqa: T201 - as above
    assert wrong == []
