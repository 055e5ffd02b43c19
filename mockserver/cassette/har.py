"""HTTP Archive 1.2, as browsers, proxies and Insomnia export it: bytes to cassette.

Bodies stand in it decoded, so the fields of transfer and coding are left out. An entry without an answer (blocked, or
cut) cannot be played, and is told; a body that the browser has thrown away is told too, and marked as left out.
"""

from __future__ import annotations

from urllib.parse import urlencode

from mockserver.cassette.model import Cassette, Interaction, Recorded, split_url
from mockserver.cassette.readable import with_length
from mockserver.cassette.source import Source, without
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON

_CODED = ("content-encoding", "transfer-encoding")
_BODILESS = frozenset({204, 205, 304})


def read_har(data: bytes, uri: str) -> Cassette:
    """Read an archive; raise UnreadableDocument with its line where it is none."""
    source = Source(data, uri)
    log = source.tree.get("log") if isinstance(source.tree, dict) else None
    if not isinstance(log, dict):
        raise source.refused("", "this is no HTTP archive: it has no log")
    found: list[Interaction] = []
    places: list[str] = []
    notes: list[str] = []
    for index, entry in enumerate(source.objects(log, "entries", "/log")):
        place = f"/log/entries/{index}"
        request, response = entry.get("request"), entry.get("response")
        if not isinstance(request, dict) or not isinstance(request.get("url"), str):
            raise source.refused(place, "this entry has no request with a url")
        if not isinstance(response, dict) or not isinstance(response.get("status"), int):
            raise source.refused(place, "this entry has no response with a status")
        if not 100 <= response["status"] <= 999:
            notes.append(f"{request.get('method')} {request['url'][:80]} has no answer")
            continue
        places.append(place)
        one = _interaction(entry, request, response, place, source)
        if one.recorded.redacted:
            notes.append(f"{one.request.method} {request['url'][:80]} has no body: the archive was saved without it")
        found.append(one)
    return Cassette(tuple(found), notes=tuple(notes), at=tuple(places))


def _interaction(entry: JSON, request: JSON, response: JSON, place: str, source: Source) -> Interaction:
    origin, target = split_url(request["url"])
    sent = _sent(request.get("postData"))
    fields = without(source.pairs(request.get("headers")), *_CODED)
    content = response.get("content")
    content = content if isinstance(content, dict) else {}
    body, kind = _content(content, f"{place}/response/content", source)
    if response["status"] == 304:
        body = b""  # what stands there is what the browser had already (RFC 9110 §15.4.5)
    has_body = request.get("method") != "HEAD" and response["status"] not in _BODILESS and (kind or content.get("size"))
    headers = without(source.pairs(response.get("headers")), *_CODED)
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers = (*headers, ("Content-Type", kind))
    time = entry.get("time")
    return Interaction(
        origin,
        Request(str(request.get("method", "GET")), target or "/", with_length(fields, len(sent)), sent),
        Response(response["status"], with_length(headers, len(body)) if body else headers, body),
        str(response.get("statusText") or ""),
        Recorded(
            at=str(entry.get("startedDateTime") or ""),
            took_s=round(float(time) / 1000, 4) if isinstance(time, int | float) and time > 0 else 0.0,
            redacted=() if isinstance(content.get("text"), str) or not has_body else ("/response/body",),
        ),
    )


def _sent(posted: JSON) -> bytes:
    if not isinstance(posted, dict):
        return b""
    if posted.get("text"):
        return str(posted["text"]).encode()
    listed = posted.get("params") or ()
    pairs = [(str(one.get("name", "")), str(one.get("value") or "")) for one in listed if isinstance(one, dict)]
    return urlencode(pairs).encode()


def _content(content: JSON, place: str, source: Source) -> tuple[bytes, str]:
    text, kind = content.get("text"), content.get("mimeType")
    kind = kind if isinstance(kind, str) and "/" in kind and not kind.startswith("x-") else ""
    if not isinstance(text, str):
        return b"", kind
    return (source.decoded(text, place) if content.get("encoding") == "base64" else text.encode()), kind


def content_type(headers: Headers) -> str:
    """Return the media type of a message, as an archive has to name it."""
    return next((value for name, value in headers if name.lower() == "content-type"), "")
