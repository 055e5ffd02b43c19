"""Our own two contracts hold every feature that the rest of the project shows, tests and measures on them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from unittest.mock import ANY

import pytest
from our_contracts import DOCUMENTS, NAMES, nodes, operations

# What has to be there, by name: facts that a mapping of the contract holds, and how many such there are at least.
SHIPPING: dict[str, tuple[Any, int]] = {
    "OpenAPI 3.1.1": ({"openapi": "3.1.1"}, 1),
    "its server": ({"servers": [{"url": "https://api.shipping.example/v2", "description": ANY}]}, 1),
    "a key in a header": ({"type": "apiKey", "in": "header", "name": "X-Api-Key"}, 1),
    "OAuth 2 client credentials with scopes": (
        {"clientCredentials": {"tokenUrl": ANY, "scopes": {"rates:read": ANY}}},
        1,
    ),
    "security at the root": ({"openapi": ANY, "security": [{"apiKey": []}]}, 1),
    "security overridden: OAuth alone": ({"operationId": ANY, "security": [{"oauth": ["webhooks:write"]}]}, 2),
    "security overridden: one or the other": ({"security": [{"apiKey": []}, {"oauth": ["rates:read"]}]}, 1),
    "security overridden: both together": ({"security": [{"apiKey": [], "oauth": ["keys:rotate"]}]}, 1),
    "a public operation": ({"operationId": "getTracking", "security": []}, 1),
    "cursor": ({"name": "cursor", "in": "query"}, 1),
    "limit": ({"name": "limit", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 20}}, 1),
    "a repeated query name": ({"name": "state", "style": "form", "explode": True, "schema": {"type": "array"}}, 1),
    "a date-time in the query": ({"in": "query", "schema": {"format": "date-time"}}, 2),
    "deepObject in the query": ({"in": "query", "required": True, "style": "deepObject", "explode": True}, 2),
    "a boolean in the query": ({"in": "query", "schema": {"type": "boolean", "default": False}}, 1),
    "a plain path id": ({"name": "id", "in": "path", "schema": {"type": "string", "minLength": 1}}, 1),
    "a required idempotency key": (
        {"name": "Idempotency-Key", "in": "header", "required": True, "schema": {"format": "uuid"}},
        1,
    ),
    "reusable problems": ({"content": {"application/problem+json": {"schema": {"$ref": ANY}}}}, 10),
    "rate limit headers with 429": (
        {
            "headers": {
                "Retry-After": ANY,
                "RateLimit-Limit": ANY,
                "RateLimit-Remaining": ANY,
                "RateLimit-Reset": ANY,
            }
        },
        1,
    ),
    "required response headers": ({"required": True, "description": ANY, "schema": ANY, "example": ANY}, 8),
    "a range of statuses": ({"4XX": ANY}, 1),
    "a default answer": ({"default": {"$ref": "#/components/responses/Problem"}}, 1),
    "a file with JSON beside it": (
        {
            "multipart/form-data": {
                "encoding": {"file": {"contentType": ANY}, "metadata": {"contentType": "application/json"}}
            }
        },
        1,
    ),
    "PDF or PNG": ({"application/pdf": ANY, "image/png": ANY}, 1),
    "a merge patch": ({"patch": {"requestBody": {"content": {"application/merge-patch+json": ANY}}}}, 1),
    "a webhook": ({"webhooks": {"shipmentStateChanged": {"post": {"requestBody": ANY}}}}, 1),
    "a link from create to read": (
        {
            "operationId": "createShipment",
            "responses": {
                "201": {"links": {"read": {"operationId": "getShipment", "parameters": {"id": "$response.body#/id"}}}}
            },
        },
        1,
    ),
    "oneOf with a discriminator and a mapping": (
        {
            "oneOf": ANY,
            "discriminator": {"propertyName": "kind", "mapping": {"scanned": ANY, "delivered": ANY, "exception": ANY}},
        },
        1,
    ),
    "a deprecated operation that says since when and until when": (
        {
            "deprecated": True,
            "responses": {
                "200": {"headers": {"Deprecation": ANY, "Sunset": ANY}},
                "4XX": {"headers": {"Deprecation": ANY, "Sunset": ANY}},
                "5XX": {"headers": {"Deprecation": ANY, "Sunset": ANY}},
            },
        },
        1,
    ),
    "a delete without content": ({"delete": {"responses": {"204": ANY}}}, 2),
    "202 with Location": ({"202": {"headers": {"Location": ANY}}}, 1),
    "201 with Location": ({"201": {"headers": {"Location": ANY}}}, 2),
    "a reference or null": ({"owner": {"anyOf": [{"$ref": "#/components/schemas/Owner"}, {"type": "null"}]}}, 2),
    "an object or null": ({"type": ["object", "null"]}, 1),
    "a string or null": ({"type": ["string", "null"]}, 5),
    "parcels that need all four measures": ({"required": ["length", "width", "height", "weight"]}, 1),
    "weight in grams": ({"weight": {"description": "In grams.", "type": "integer", "minimum": 1}}, 1),
    "money in the minor unit": ({"amount": {"type": "integer", "minimum": 0}}, 1),
    "closed bodies": ({"additionalProperties": False}, 5),
    "a map with named keys": ({"propertyNames": ANY, "additionalProperties": {"type": "string"}}, 1),
    "readOnly": ({"readOnly": True}, 6),
    "a tuple": ({"prefixItems": [ANY, ANY], "minItems": 2, "maxItems": 2}, 1),
    "const": ({"const": ANY}, 4),
    "allOf": ({"allOf": [{"$ref": ANY}, ANY]}, 3),
    "format uuid": ({"format": "uuid"}, 4),
    "format date-time": ({"format": "date-time"}, 6),
    "format date": ({"format": "date"}, 4),
    "format email": ({"format": "email"}, 2),
    "format uri": ({"format": "uri"}, 3),
    "an optional body": ({"requestBody": {"required": False}}, 1),
}

PAYMENTS: dict[str, tuple[Any, int]] = {
    "OpenAPI 3.0.3": ({"openapi": "3.0.3"}, 1),
    "a server with a variable": (
        {
            "url": "https://{environment}.payments.example/v1",
            "variables": {"environment": {"default": "api", "enum": ["api", "sandbox"]}},
        },
        1,
    ),
    "bearer": ({"type": "http", "scheme": "bearer"}, 1),
    "basic": ({"type": "http", "scheme": "basic"}, 1),
    "one credential or the other": ({"openapi": ANY, "security": [{"bearer": []}, {"basic": []}]}, 1),
    "forms": ({"application/x-www-form-urlencoded": ANY}, 5),
    "forms with objects in brackets": (
        {"encoding": {"shipping": {"style": "deepObject", "explode": True}, "metadata": {"style": "deepObject"}}},
        1,
    ),
    "forms with a nested object": (
        {"Shipping": {"properties": {"address": {"$ref": "#/components/schemas/Address"}}}},
        1,
    ),
    "forms with repeated names": ({"encoding": {"expand": {"style": "form", "explode": True}}}, 2),
    "deepObject in the query": ({"name": "created", "in": "query", "style": "deepObject", "explode": True}, 1),
    "pipes": ({"in": "query", "style": "pipeDelimited", "explode": False}, 1),
    "commas": ({"in": "query", "style": "form", "explode": False}, 1),
    "a cookie": ({"in": "cookie"}, 1),
    "JSON in the query": ({"in": "query", "content": {"application/json": {"schema": ANY}}}, 1),
    "nullable": ({"nullable": True}, 10),
    "nullable with null in the enum": ({"nullable": True, "enum": ANY}, 1),
    "a callback": ({"callbacks": {"chargeSettled": {"{$request.body#/callback_url}": {"post": ANY}}}}, 1),
    "readOnly": ({"readOnly": True}, 6),
    "a writeOnly card number": ({"number": {"writeOnly": True}, "cvc": {"writeOnly": True}}, 1),
    "one schema for request and answer": ({"schema": {"$ref": "#/components/schemas/PaymentMethod"}}, 2),
    "inheritance": ({"allOf": [{"$ref": "#/components/schemas/Resource"}, ANY]}, 4),
    "oneOf with a discriminator and a mapping": (
        {
            "oneOf": ANY,
            "discriminator": {"propertyName": "type", "mapping": {"card": ANY, "bank_debit": ANY, "wallet": ANY}},
        },
        1,
    ),
    "maps of strings": ({"additionalProperties": {"type": "string"}}, 1),
    "maps of numbers": ({"additionalProperties": {"type": "integer"}}, 1),
    "closed bodies": ({"additionalProperties": False}, 5),
    "format int32": ({"format": "int32"}, 4),
    "format int64": ({"format": "int64"}, 8),
    "format double": ({"format": "double"}, 1),
    "format byte": ({"format": "byte"}, 1),
    "format uri": ({"format": "uri"}, 2),
    "format date": ({"format": "date"}, 2),
    "format email": ({"format": "email"}, 3),
    "exclusiveMinimum as a boolean": ({"minimum": 0, "exclusiveMinimum": True}, 5),
    "expandable fields": ({"anyOf": [ANY, {"$ref": "#/components/schemas/Customer"}]}, 1),
    "expandable fields that may be null": ({"anyOf": [{"type": "string", "nullable": True}, {"$ref": ANY}]}, 2),
    "the list envelope": ({"object": {"enum": ["list"]}, "url": ANY, "has_more": {"type": "boolean"}}, 1),
    "lists in the envelope": ({"allOf": [{"$ref": "#/components/schemas/ListEnvelope"}, ANY]}, 2),
    "the deleted envelope": ({"id": ANY, "object": ANY, "deleted": {"enum": [True]}}, 1),
    "CSV": ({"text/csv": ANY}, 1),
    "the error envelope": (
        {"Error": {"properties": {"type": ANY, "code": ANY, "message": ANY, "param": ANY}}, "ErrorEnvelope": ANY},
        1,
    ),
    "402": ({"402": ANY}, 3),
    "404": ({"404": ANY}, 7),
    "429 with Retry-After": ({"TooManyRequests": {"headers": {"Retry-After": ANY}}}, 1),
    "an optional body": ({"requestBody": {"required": False}}, 2),
    "a concrete path beside a template": ({"/charges/search": ANY, "/charges/{id}": ANY}, 1),
    "links": ({"links": ANY}, 2),
}


def matches(node: Any, facts: Any) -> bool:
    """Mappings have at least these keys; everything else is equal, `ANY` to all."""
    if isinstance(facts, Mapping):
        return isinstance(node, Mapping) and all(key in node and matches(node[key], facts[key]) for key in facts)
    return bool(node == facts)


@pytest.mark.parametrize(
    ("name", "feature"),
    [("shipping", feature) for feature in SHIPPING] + [("payments", feature) for feature in PAYMENTS],
)
def test_the_feature_is_there(name, feature):
    facts, at_least = {"shipping": SHIPPING, "payments": PAYMENTS}[name][feature]
    assert sum(1 for _, node in nodes(DOCUMENTS[name]) if matches(node, facts)) >= at_least


@pytest.mark.parametrize("name", NAMES)
def test_head_is_not_declared_and_paths_and_headers_are_spelled_simply(name):
    assert [operation for operation in operations(name) if operation.method == "head"] == []
    assert {p.get("style", "simple") for o in operations(name) for p in o.parameters if p["in"] == "path"} == {"simple"}


@pytest.mark.parametrize(
    ("name", "statuses"),
    [
        ("shipping", {"400", "401", "403", "404", "406", "409", "413", "415", "422", "429", "503"}),
        ("payments", {"400", "401", "402", "404", "406", "409", "429", "500"}),
    ],
)
def test_every_documented_problem_is_a_reusable_answer(name, statuses):
    documented = {
        status: answer
        for operation in operations(name)
        for status, answer in operation.definition["responses"].items()
        if status[0] in "45" and status[1:] != "XX"
    }
    assert set(documented) == statuses
    assert [status for status, answer in documented.items() if set(answer) != {"$ref"}] == []
