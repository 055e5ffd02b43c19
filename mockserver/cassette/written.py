"""Cassette to bytes, in the form of VCR.py: YAML for people, JSON for speed.

Both are read by VCR.py as they are: what only we know stands under the key `mockserver`, which it reads past. YAML is
written by hand, because only that keeps JSON bodies as lines that can be read and compared.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Final

from mockserver.cassette.model import Cassette, Interaction, Recorded
from mockserver.cassette.readable import readable, with_length
from mockserver.cassette.vcr import OWN
from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON
from mockserver.wire.json import dumps

_PLAIN: Final = re.compile(r"[A-Za-z/][A-Za-z0-9 _./;=+()%-]*(?<! )")
_WORDS: Final = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_UNPRINTABLE: Final = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\ue0b1]")
_UNFIT: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff\ue0b1\t]|!!binary")


def write_json(cassette: Cassette) -> bytes:
    """Write a cassette as JSON, an interaction a line, so that a change is a line in a diff."""
    lines = b",\n".join(dumps(_tree(one)) for one in cassette.interactions)
    head = {"version": 1, **_whole(cassette)}
    return dumps(head)[:-1] + b',"interactions":[\n' + lines + b"\n]}\n"


def _whole(cassette: Cassette) -> dict[str, JSON]:
    return {
        **({"metadata": cassette.metadata} if cassette.metadata else {}),
        **({OWN: {"expires": cassette.expires}} if cassette.expires else {}),
    }


def _tree(one: Interaction) -> JSON:
    """Return an interaction as VCR.py has it."""
    noted = _noted(one.recorded)
    return {
        "request": {
            "method": one.request.method,
            "uri": one.url,
            "body": _json_body(one.request.body) if one.request.body else None,
            "headers": _grouped(one.request.headers),
        },
        "response": {
            "status": {"code": one.response.status, "message": one.reason},
            "headers": _grouped(one.response.headers),
            "body": _json_response_body(one.response.body),
            **dict(one.extra),
        },
        **({OWN: noted} if noted else {}),
    }


def _json_body(body: bytes) -> JSON:
    try:
        return body.decode()
    except UnicodeDecodeError:
        return {"base64_string": base64.b64encode(body).decode()}


def _json_response_body(body: bytes) -> JSON:
    written = _json_body(body)
    return {"string": written} if isinstance(written, str) else written


def _grouped(headers: Headers) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for name, value in headers:
        grouped.setdefault(name, []).append(value)
    return grouped


def _noted(recorded: Recorded) -> dict[str, JSON]:
    """Return what we noted, without what is empty."""
    written = {
        "recorded_at": recorded.at,
        "took_s": round(recorded.took_s, 4),
        "operation": recorded.operation,
        "contract": recorded.contract,
        "expires": recorded.expires,
        "redacted": list(recorded.redacted),
        "dropped": list(recorded.dropped),
    }
    return {name: value for name, value in written.items() if value}


def write_yaml(cassette: Cassette) -> bytes:
    """Write a cassette as YAML."""
    lines = ["version: 1"]
    for name, value in _whole(cassette).items():
        lines.append(f"{name}: {_flow(value)}")
    if not cassette.interactions:
        lines.append("interactions: []")
    else:
        lines.append("interactions:")
        for one in cassette.interactions:
            lines.extend(_interaction(one))
    return ("\n".join(lines) + "\n").encode()


def _flow(value: JSON) -> str:
    return _escaped(json.dumps(value, ensure_ascii=False))


def _interaction(one: Interaction) -> Iterator[str]:
    spelled: dict[str, str] = {}
    request, response = _spread(one.request, "request", spelled), _spread(one.response, "response", spelled)
    yield "- request:"
    yield f"    method: {_scalar(one.request.method)}"
    yield f"    uri: {_scalar(one.url)}"
    yield from _headers(request.headers)
    yield from _body("    body:", request.body, spread="request" in spelled, empty="null")
    yield "  response:"
    yield f"    status: {{code: {one.response.status}, message: {_scalar(one.reason)}}}"
    yield from _headers(response.headers)
    yield "    body:"
    yield from _body("      string:", response.body, spread="response" in spelled, empty="''")
    for name, value in one.extra:
        yield f"    {_scalar(name)}: {_flow(value)}"
    noted: dict[str, JSON] = {**_noted(one.recorded), **({"spelled": spelled} if spelled else {})}
    if noted:
        yield f"  {OWN}:"
        for name, value in noted.items():
            yield f"    {name}: {_scalar(value) if isinstance(value, str) else _flow(value)}"


def _spread(message: Request | Response, side: str, spelled: dict[str, str]) -> Request | Response:
    """Return a message whose JSON body stands over lines, and note how it was spelled."""
    spread = readable(message.body)
    if spread is None:
        return message
    text, spelled[side] = spread
    body = _escaped(text).encode()
    headers = with_length(message.headers, len(body))
    if isinstance(message, Request):
        return Request(message.method, message.target, headers, body)
    return Response(message.status, headers, body)


def _headers(headers: Headers) -> Iterator[str]:
    if not headers:
        yield "    headers: {}"
        return
    yield "    headers:"
    for name, values in _grouped(headers).items():
        yield f"      {_scalar(name)}: [{', '.join(_quoted(value) for value in values)}]"


def _body(key: str, body: bytes, *, spread: bool, empty: str) -> Iterator[str]:
    """Yield a body: JSON and texts over lines, other texts in quotes, what is no text in base64."""
    indent = " " * (len(key) - len(key.lstrip()) + 2)
    if not body:
        yield f"{key} {empty}"
        return
    try:
        text = body.decode()
    except UnicodeDecodeError:
        yield f"{key} !!binary |"
        encoded = base64.b64encode(body).decode()
        yield from (indent + encoded[start : start + 100] for start in range(0, len(encoded), 100))
        return
    chomped = text.removesuffix("\n")
    if not spread and ("\n" not in chomped or chomped[-1:] in "\n \t" or text[0] in " \n" or _UNFIT.search(text)):
        yield f"{key} {_scalar(text)}"
        return
    yield f"{key} |{'' if text.endswith(chr(10)) else '-'}"
    yield from (f"{indent}{line}" if line else "" for line in chomped.split("\n"))


def _scalar(text: str) -> str:
    """Write a text without quotes where YAML 1.1 and 1.2 read it as the same text, in quotes elsewhere."""
    return text if _PLAIN.fullmatch(text) and text.lower() not in _WORDS else _quoted(text)


def _quoted(text: str) -> str:
    return _escaped(json.dumps(text, ensure_ascii=False))


def _escaped(written: str) -> str:
    r"""Escape what YAML or its readers do not take; inside of JSON strings `\u` means the same."""
    return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
