"""A log of exchanges: an object a line, as gateways and middlewares write them.

    {"at": "2026-11-22T08:00:00Z", "method": "GET", "url": "https://api.example/v1/a", "status": 200,
     "request_headers": {"Accept": "*/*"}, "request_body": "", "response_headers": {}, "response_body": {"id": 1}}

`request` and `response` may as well be objects of their own: `method`, `url`, `headers`, `body`; `status`, `headers`,
`body`. A body is a text, or JSON as it is.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockserver.cassette.model import Cassette, Interaction, Recorded, split_url
from mockserver.document.read import read
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON


def read_log(data: bytes, uri: str) -> Cassette:
    """Read a log; raise UnreadableDocument with its line where a line is no exchange."""
    found: list[Interaction] = []
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            found.append(_interaction(read(line, f"{uri}:{number}"), f"{uri}:{number}"))
    return Cassette(tuple(found))


def _interaction(tree: JSON, where: str) -> Interaction:
    flat = dict(_flat(tree)) if isinstance(tree, dict) else {}
    method, url, status = flat.get("method"), flat.get("url"), flat.get("status")
    if not isinstance(method, str) or not isinstance(url, str) or not isinstance(status, int):
        raise UnreadableDocument(
            "this line is no exchange: it needs method, url and status", where=where,
            fix='write {"method": "GET", "url": "https://...", "status": 200, "response_body": {...}}',
        )  # fmt: skip
    origin, target = split_url(url)
    sent, got = _body(flat.get("request_body")), _body(flat.get("response_body"))
    at = flat.get("at")
    return Interaction(
        origin,
        Request(method.upper(), target or "/", _headers(flat.get("request_headers"), flat.get("request_body")), sent),
        Response(status, _headers(flat.get("response_headers"), flat.get("response_body")), got),
        recorded=Recorded(at=at if isinstance(at, str) else ""),
    )


def _flat(tree: dict[str, JSON]) -> Iterator[tuple[str, JSON]]:
    for name, value in tree.items():
        if name in {"request", "response"} and isinstance(value, dict):
            for inner, below in value.items():
                key = inner if inner in {"method", "url", "status"} else f"{name}_{inner}"
                yield key, below
        else:
            yield name, value


def _body(written: JSON) -> bytes:
    if written is None:
        return b""
    return written.encode() if isinstance(written, str) else json.dumps(written).encode()


def _headers(written: JSON, body: JSON) -> Headers:
    """Return fields from an object or from pairs; a body that stands there as JSON is JSON."""
    if isinstance(written, dict):
        pairs = [(str(name), str(one)) for name, value in written.items() for one in _each(value)]
    else:
        listed = written if isinstance(written, list) else ()
        pairs = [(str(pair[0]), str(pair[1])) for pair in listed if isinstance(pair, list) and len(pair) == 2]
    is_json = isinstance(body, dict | list)
    if is_json and not any(name.lower() == "content-type" for name, _ in pairs):
        pairs.append(("Content-Type", "application/json"))
    return tuple(pairs)


def _each(value: JSON) -> list[JSON]:
    return value if isinstance(value, list) else [value]
