"""Postman collections v2.1: the examples that were saved beside a request become interactions."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlencode

from mockserver.cassette.model import Cassette, Interaction, split_url
from mockserver.cassette.source import Source
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON
from mockserver.wire.json import dumps

_VARIABLE = re.compile(r"\{\{([^{}]+)\}\}")


def read_postman(data: bytes, uri: str) -> Cassette:
    """Read a collection; raise UnreadableDocument with its line where it is none."""
    source = Source(data, uri)
    source.objects(source.tree, "item", "")
    variables = {str(one.get("key")): str(one.get("value", "")) for one in _listed(source.tree.get("variable"))}
    found: list[Interaction] = []
    places: list[str] = []
    notes: list[str] = []
    for item, place in _items(source.tree, ""):
        examples = _listed(item.get("response"))
        if not examples:
            notes.append(f"{item.get('name')} has no saved example")
        for index, example in enumerate(examples):
            asked = example.get("originalRequest") or item["request"]
            url = _filled(_url(asked), variables)
            origin, target = split_url(url if "://" in url else f"https://{url}")
            if _VARIABLE.search(url):
                notes.append(f"{item.get('name')}: the collection does not say what {url} is")
                continue
            if not isinstance(example.get("code"), int):
                raise source.refused(f"{place}/response/{index}", "this example has no code")
            places.append(place)
            found.append(_interaction(origin, target, asked, example, variables, source))
    return Cassette(tuple(found), notes=tuple(notes), at=tuple(places))


def _listed(value: JSON) -> list[dict[str, JSON]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _items(tree: JSON, place: str) -> Iterator[tuple[JSON, str]]:
    for index, item in enumerate(_listed(tree.get("item"))):
        at = f"{place}/item/{index}"
        if "request" in item:
            yield item, at
        yield from _items(item, at)


def _url(request: JSON) -> str:
    if not isinstance(request, dict):
        return str(request)  # a request may be only its address
    url = request.get("url", "")
    if not isinstance(url, dict):
        return str(url)
    raw = str(url.get("raw", ""))
    for variable in _listed(url.get("variable")):
        raw = re.sub(rf"(?<=/):{re.escape(str(variable.get('key')))}(?=[/?]|$)", str(variable.get("value", "")), raw)
    return raw


def _filled(text: str, variables: Mapping[str, str]) -> str:
    for _ in range(5):  # variables may stand in variables
        text = _VARIABLE.sub(lambda found: variables.get(found[1].strip(), found[0]), text)
    return text


def _interaction(
    origin: str, target: str, asked: JSON, example: JSON, variables: Mapping[str, str], source: Source
) -> Interaction:
    request = asked if isinstance(asked, dict) else {}
    headers = tuple((name, _filled(value, variables)) for name, value in source.pairs(request.get("header"), "key"))
    sent, kind = _sent(request.get("body"))
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", kind))
    fields: Headers = source.pairs(example.get("header"), "key")
    body = str(example.get("body") or "").encode()
    return Interaction(
        origin,
        Request(str(request.get("method", "GET")), target or "/", headers, _filled(sent, variables).encode()),
        Response(example["code"], fields, body),
        str(example.get("status") or ""),
    )


def _sent(body: JSON) -> tuple[str, str]:
    """Return the text of a body and its media type, where the collection tells it."""
    if not isinstance(body, dict):
        return "", ""
    match body.get("mode"):
        case "raw":
            language = ((body.get("options") or {}).get("raw") or {}).get("language", "")
            return str(body.get("raw") or ""), {"json": "application/json", "xml": "application/xml"}.get(language, "")
        case "urlencoded":
            pairs = [
                (str(one.get("key")), str(one.get("value") or ""))
                for one in _listed(body.get("urlencoded"))
                if not one.get("disabled")
            ]
            return urlencode(pairs), "application/x-www-form-urlencoded"
        case "graphql":
            return dumps(body.get("graphql")).decode(), "application/json"
        case _:
            return "", ""  # files are not in the collection
