"""Clients of many styles are bound without a word: the correct ones show nothing, and each fault is named."""

import sys
import types
from pathlib import Path

import pytest
from style_clients import AWAITED, BY_HAND, FUNCTIONS, GROUPED

from mockserver import ClientSuite

CONTRACT = Path(__file__).parents[2] / "contracts" / "shipping.yaml"
STYLES = {
    "functions on urllib": (FUNCTIONS, "", "ShippingError"),
    "aiohttp": (AWAITED, "Shipping", "ShippingError"),
    "groups, httpx, pydantic": (GROUPED, "Client", "SdkError"),
    "http.client": (BY_HAND, "Client", "HTTPFailure"),
}
FAULTS = {
    "only the first of a list is sent": (
        "functions on urllib",
        '"to": to, "parcels": parcels',
        '"to": to, "parcels": parcels[:1]',
        "client-round-trip",
    ),
    "the last of a page is lost": (
        "functions on urllib",
        'page["items"]',
        'page["items"][:-1]',
        "client-calls",
    ),
    "the error is nobody's": (
        "functions on urllib",
        "except urllib.error.HTTPError as",
        "except ZeroDivisionError as",
        "error-undeclared",
    ),
    "a moment loses its zone": (
        "aiohttp",
        "datetime.fromisoformat(created)",
        "datetime.fromisoformat(created).replace(tzinfo=None)",
        "response-misread",
    ),
    "another name is read": ("aiohttp", 'body.get("createdAt")', 'body.get("created_at")', "response-misread"),
    "two fields are exchanged": (
        "aiohttp",
        'Parcel(p["length"], p["width"]',
        'Parcel(p["width"], p["length"]',
        "response-misread",
    ),
    "an alias is lost": ("groups, httpx, pydantic", "by_alias=True, ", "", "client-round-trip"),
    "an alias is wrong": ("groups, httpx, pydantic", 'alias="trackingNumber"', 'alias="tracking"', "response-misread"),
    "a page is asked for again": (
        "groups, httpx, pydantic",
        "limit=limit, cursor=page.next_cursor",
        "limit=limit",
        "client-calls",
    ),
    "another verb": ("groups, httpx, pydantic", '"DELETE"', '"POST"', "request-method"),
    "dots for brackets": ("http.client", '"parcel[length]"', '"parcel.length"', "request-spelling"),
    "the body does not say what it is": (
        "http.client",
        'h["Content-Type"] = "application/json"',
        "pass",
        "request-media-type",
    ),
    "a number as text": ("http.client", '"weight": weight}]', '"weight": str(weight)}]', "request-type"),
    "the wrong member is returned": ("http.client", 'd["id"], d["state"]', 'd["id"], d["id"]', "response-misread"),
}


def suite_of(style: str, old: str = "", new: str = "") -> ClientSuite:
    text, client, error = STYLES[style]
    assert not old or old in text
    module = types.ModuleType("styled")
    sys.modules["styled"] = module
    exec(compile(text.replace(old, new) if old else text, "styled.py", "exec"), module.__dict__)
    return ClientSuite(CONTRACT, getattr(module, client) if client else module, raises=getattr(module, error))


@pytest.mark.parametrize("style", STYLES)
def test_a_correct_client_is_bound_and_nothing_is_found(style: str) -> None:
    suite = suite_of(style)
    result = suite.check()
    assert suite.unbound == ()
    assert result.unchecked == []
    assert [shown.violation.message for shown in result.shown.values()] == []
    assert result.cases > 400


@pytest.mark.parametrize(("style", "old", "new", "rule"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_named(style: str, old: str, new: str, rule: str) -> None:
    suite = suite_of(style, old, new)
    for binding in suite.bindings:
        if rule in {shown.violation.rule for shown in suite.check([binding]).shown.values()}:
            return
    assert rule in {shown.violation.rule for shown in suite.strays}
