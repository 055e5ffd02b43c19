"""Two editions of one small contract, and what a diff says of them: for tests that look at verdicts."""

import datetime as dt
import json
from collections.abc import Iterable, Mapping

from mockserver.change.model import Change
from mockserver.contract.load import load
from mockserver.contract.model import Contract
from mockserver.document.documents import Documents
from mockserver.jobs.diff import diff
from mockserver.values import JSON

TODAY = dt.date(2026, 11, 22)


def contract(tree: JSON, files: Mapping[str, JSON] = {}) -> Contract:
    documents = {"api.json": tree, **files}
    return load("api", Documents("api.json", {name: json.dumps(one).encode() for name, one in documents.items()}))


def document(operation: JSON, **more: JSON) -> JSON:
    described = {"responses": {"200": {"description": "done"}}, **operation}
    return {
        "openapi": "3.1.1", "info": {"title": "t", "version": "1"}, "paths": {"/things": {"post": described}}, **more,
    }  # fmt: skip


def asks(content: JSON, **more: JSON) -> JSON:
    return document({"requestBody": {"required": True, "content": content}}, **more)


def answers(content: JSON, status: str = "200", **more: JSON) -> JSON:
    described = {"description": "d", **({"content": content} if content else {})}
    return document({"responses": {status: described}}, **more)


def changes(
    old: JSON, new: JSON, files: tuple[Mapping[str, JSON], Mapping[str, JSON]] = ({}, {})
) -> tuple[Change, ...]:
    return diff(contract(old, files[0]), contract(new, files[1]), today=TODAY).changes


def told(found: Iterable[Change]) -> list[tuple[str, str]]:
    """Return rules and verdicts, each once."""
    return sorted({(change.rule, change.verdict) for change in found})
