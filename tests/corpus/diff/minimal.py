"""Contracts of one operation, made from the one part that matters."""

import json

from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.values import JSON

OK: JSON = {"200": {"description": "fine"}}


def contract(tree: JSON, name: str) -> Contract:
    return load(name, Documents(f"{name}.json", {f"{name}.json": json.dumps(tree).encode()}))


def _property(schema: JSON) -> JSON:
    return {"type": "object", "properties": {"a": schema}, "required": ["a"]}


def _content(schema: JSON) -> JSON:
    return {"application/json": {"schema": schema}}


def _parameter(schema: JSON) -> JSON:
    return {"parameters": [{"name": "q", "in": "query", "schema": schema}], "responses": OK}


def _response(**said: JSON) -> JSON:
    return {"responses": {"200": {"description": "it", **said}}}


PLACES = {
    "request body": lambda schema: {"requestBody": {"content": _content(schema)}, "responses": OK},
    "request property": lambda schema: {"requestBody": {"content": _content(_property(schema))}, "responses": OK},
    "request parameter": _parameter,
    "request parameter property": lambda schema: {
        "parameters": [{"name": "q", "in": "query", "content": _content(_property(schema))}],
        "responses": OK,
    },
    "request header": lambda schema: {
        "parameters": [{"name": "X-Q", "in": "header", "schema": schema}],
        "responses": OK,
    },
    "response body": lambda schema: _response(content=_content(schema)),
    "response property": lambda schema: _response(content=_content(_property(schema))),
    "response header": lambda schema: _response(headers={"X-A": {"required": True, "schema": schema}}),
    "operation": lambda operation: {"responses": OK, **operation},
}
"""Where a schema can stand (or an operation that is written out)."""


def document(place: str, part: JSON) -> JSON:
    """Return an OpenAPI document that says nothing but one part; a whole document is returned as it is."""
    paths: JSON = {"/a": {"post": {"operationId": "a", **PLACES[place](part)}}} if place in PLACES else {}
    tree: JSON = {"openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": paths}
    return {**tree, **part} if place == "document" else tree
