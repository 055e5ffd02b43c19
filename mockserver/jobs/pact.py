"""Usage facts as a Pact file (specification 3), for teams with a broker.

An interaction is a request that the client really sent, with the answer that it needs: only the places that it uses,
and of them only the type. What it does not look at is not in the file, so that a provider may change it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import parse_qsl

from mockserver.document.pointer import split
from mockserver.exchange import Request
from mockserver.jobs.usage import Answer
from mockserver.values import JSON, Struct
from mockserver.wire.json import JSONSyntaxError, loads
from mockserver.wire.media_type import is_json

_FRAMING: Final = frozenset(
    {"user-agent", "accept-encoding", "connection", "content-length", "host", "transfer-encoding"}
)
_PLAIN: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_TYPE: Final = {"combine": "AND", "matchers": [{"match": "type"}]}
_CONSUMER: Final = re.compile(r"[^A-Za-z0-9_.-]+")


class Example(Struct, frozen=True):
    """An exchange that shows some of the facts: what was asked, what was answered, and which places of it are used.

    `key` is the documented status and media type.
    """

    operation: str
    key: str
    request: Request
    status: int
    answer: Answer
    media: str
    places: tuple[str, ...]


def pact(consumer: str, provider: str, examples: Iterable[Example]) -> tuple[JSON, tuple[str, ...]]:
    """Return the file as JSON, and what could not be said in it, a sentence each."""
    interactions: list[JSON] = []
    left: list[str] = []
    for example in examples:
        body = _text(example.request.body)
        if body is None:
            left.append(f"{example.operation} {example.key}: the body of its request is no text")
            continue
        interactions.append(_interaction(example, body))
    name = _CONSUMER.sub("-", consumer).strip("-") or "client"
    return {
        "consumer": {"name": name},
        "provider": {"name": provider},
        "interactions": interactions,
        "metadata": {"pactSpecification": {"version": "3.0.0"}},
    }, tuple(dict.fromkeys(left))


def _text(body: bytes) -> str | None:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return None


def _interaction(example: Example, body: str) -> JSON:
    why = " ".join(filter(None, (example.answer.at, example.answer.why)))
    said = f"{example.operation} is answered {example.key}, {why}"
    return {
        "description": said,
        "providerStates": [{"name": said}],
        "request": _request(example.request, body),
        "response": _response(example),
    }


def _request(request: Request, body: str) -> JSON:
    headers = {name: text for name, text in request.headers if name.lower() not in _FRAMING}
    path, _, query = request.target.partition("?")
    out: dict[str, JSON] = {"method": request.method, "path": path}
    if query:
        pairs: dict[str, list[str]] = {}
        for name, text in parse_qsl(query, keep_blank_values=True):
            pairs.setdefault(name, []).append(text)
        out["query"] = pairs
    if headers:
        out["headers"] = headers
        out["matchingRules"] = {
            "header": {name: _TYPE for name in headers if name.lower() not in {"content-type", "accept"}}
        }
    if body:
        out["body"] = _read(request.header("content-type") or "", body)
    return out


def _read(content_type: str, body: str) -> JSON:
    try:
        return loads(body.encode()) if is_json(content_type.partition(";")[0]) else body
    except JSONSyntaxError:
        return body


def _response(example: Example) -> JSON:
    out: dict[str, JSON] = {"status": example.status}
    headers = {name: text for name, text in example.answer.headers if f"header.{name}" in example.places}
    if example.media:
        headers["Content-Type"] = example.media
    rules: dict[str, JSON] = {"header": {name: _TYPE for name in headers if name != "Content-Type"}}
    fields = [place for place in example.places if not place.startswith("header.")]
    if fields and is_json(example.media):
        ways = [split(place) for place in fields]
        out["body"] = _kept(example.answer.value, ways)
        rules["body"] = {_json_path(way): _rule(out["body"], way) for way in ways}
    elif fields:
        opaque = example.answer.opaque
        out["body"] = (_text(opaque) if opaque is not None else str(example.answer.value)) or ""
        rules["body"] = {"$": {"combine": "AND", "matchers": [{"match": "contentType", "value": example.media}]}}
    if headers:
        out["headers"] = headers
    out["matchingRules"] = {kind: found for kind, found in rules.items() if found}
    return out


def _kept(value: JSON, ways: Sequence[Sequence[str]]) -> JSON:
    """Return only what lies on the ways, and all of what they end at that has no further ones."""
    if () in ways and len(ways) == 1:
        return value
    further = [way for way in ways if way]
    if isinstance(value, list):
        inner = [way[1:] for way in further if way[0] == "*"]
        return [_kept(item, inner) for item in value[:1]] if inner else value
    if not isinstance(value, dict) or not further:
        return value
    kept: dict[str, JSON] = {}
    for name, part in value.items():
        inner = [way[1:] for way in further if way[0] in {name, "*"}]
        if inner:
            kept[name] = _kept(part, [way for way in inner if way] or [()])
    return kept


def _rule(value: JSON, way: Sequence[str]) -> JSON:
    """Return the rule for a place: of its type, and a list of at least one such item."""
    for part in way:
        if isinstance(value, list):
            value = value[0] if value else None
        elif isinstance(value, dict):
            value = next(iter(value.values()), None) if part == "*" else value.get(part)
    return {"combine": "AND", "matchers": [{"match": "type", "min": 1}]} if isinstance(value, list) else _TYPE


def _json_path(way: Sequence[str]) -> str:
    return "$" + "".join(_steps(way))


def _steps(way: Sequence[str]) -> Iterator[str]:
    for part in way:
        if part == "*":
            yield "[*]"
        else:
            yield f".{part}" if _PLAIN.fullmatch(part) else f"['{part}']"
