"""Stub mappings of WireMock: those that name one request exactly become interactions, the others are told."""

from __future__ import annotations

from urllib.parse import urlencode

from mockserver.cassette.model import Cassette, Interaction, split_url
from mockserver.cassette.source import Source
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON
from mockserver.wire.json import dumps, loads

_LOCAL = "http://localhost"
_PATTERNS = ("urlPattern", "urlPathPattern", "urlPathTemplate")


def read_wiremock(data: bytes, uri: str) -> Cassette:
    """Read one mapping or a list of them; raise UnreadableDocument with its line where it is none."""
    source = Source(data, uri)
    one = isinstance(source.tree, dict) and "mappings" not in source.tree
    mappings = [source.tree] if one else source.objects(source.tree, "mappings", "")
    found: list[Interaction] = []
    places: list[str] = []
    notes: list[str] = []
    for index, mapping in enumerate(mappings):
        place = "" if one else f"/mappings/{index}"
        request, response = mapping.get("request"), mapping.get("response")
        if not isinstance(request, dict) or not isinstance(response, dict):
            raise source.refused(place, "this mapping has no request or no response")
        why = _inexact(request, response)
        if why:
            notes.append(f"{mapping.get('name') or request.get('url') or place}: {why}")
        else:
            places.append(place)
            found.append(_interaction(request, response, f"{place}/response", source))
    return Cassette(tuple(found), notes=tuple(notes), at=tuple(places))


def _inexact(request: JSON, response: JSON) -> str:
    """Return why a mapping names no single request, or has no answer of its own."""
    pattern = next((name for name in _PATTERNS if name in request), "")
    if pattern:
        return f"{pattern} fits many requests"
    if not isinstance(request.get("url", request.get("urlPath")), str):
        return "it has no url"
    parameters = request.get("queryParameters") or {}
    if not all(isinstance(matcher, dict) and "equalTo" in matcher for matcher in parameters.values()):
        return "queryParameters fit many requests"
    if any(not {"equalTo", "equalToJson"} & set(pattern) for pattern in request.get("bodyPatterns") or ()):
        return "bodyPatterns fit many requests"
    if "bodyFileName" in response:
        return f"its answer is in another file, {response['bodyFileName']}"
    return next((f"it is a {name}" for name in ("fault", "proxyBaseUrl") if name in response), "")


def _interaction(request: JSON, response: JSON, place: str, source: Source) -> Interaction:
    origin, target = split_url(request.get("url") or request["urlPath"])
    query = urlencode({name: matcher["equalTo"] for name, matcher in (request.get("queryParameters") or {}).items()})
    if query:
        target += ("&" if "?" in target else "?") + query
    method = request.get("method", "ANY")
    headers = tuple(
        (name, str(matcher["equalTo"]))
        for name, matcher in (request.get("headers") or {}).items()
        if isinstance(matcher, dict) and "equalTo" in matcher
    )
    sent = b"".join(_sent(pattern) for pattern in (request.get("bodyPatterns") or ())[:1])
    return Interaction(
        origin or _LOCAL,
        Request("GET" if method == "ANY" else method, target or "/", headers, sent),
        Response(int(response.get("status", 200)), _fields(response), _body(response, place, source)),
        str(response.get("statusMessage") or ""),
    )


def _sent(pattern: JSON) -> bytes:
    if "equalTo" in pattern:
        return str(pattern["equalTo"]).encode()
    wanted = pattern["equalToJson"]
    return dumps(loads(wanted.encode()) if isinstance(wanted, str) else wanted)


def _fields(response: JSON) -> Headers:
    fields: list[tuple[str, str]] = []
    for name, value in (response.get("headers") or {}).items():
        fields.extend((name, str(each)) for each in (value if isinstance(value, list) else [value]))
    if "jsonBody" in response and not any(name.lower() == "content-type" for name, _ in fields):
        fields.append(("Content-Type", "application/json"))
    return tuple(fields)


def _body(response: JSON, place: str, source: Source) -> bytes:
    if "jsonBody" in response:
        return dumps(response["jsonBody"])
    if "base64Body" in response:
        return source.decoded(str(response["base64Body"]), f"{place}/base64Body")
    return str(response.get("body") or "").encode()
