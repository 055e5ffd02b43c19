"""Every text of an interaction with its place and the name it goes by; reading and replacing are the same walk.

Knows how URLs, cookies, forms, JSON, XML and multipart name their values. Does not know which of them are secret: the
visitor is told place, name and value, and returns what shall stand there.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Callable
from typing import Final, Literal, TypeAlias
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from mockserver.cassette.readable import readable
from mockserver.document.pointer import child
from mockserver.exchange import Headers
from mockserver.values import JSON
from mockserver.wire import media_type as media_types
from mockserver.wire.json import JSONSyntaxError, dumps, loads

Visit: TypeAlias = Callable[[str, str, str], str]
"""(place, name, value) -> what stands there. The name is empty where a value has none."""

Form: TypeAlias = Literal["json", "form", "multipart", "text", "binary"]

_PAIR: Final = re.compile(r"""("(?:[^"\\]|\\.)*")(\s*:\s*)("(?:[^"\\]|\\.)*")""")
_ELEMENT: Final = re.compile(r"<([A-Za-z_][\w.:-]*)((?:\s[^<>]*)?)>([^<>]+)(?=</)")
_ATTRIBUTE: Final = re.compile(r"""(?<=\s)([A-Za-z_][\w.:-]*)=("[^"<>]*"|'[^'<>]*')""")
_PARAMETER: Final = re.compile(r"(?<=[?&#])([A-Za-z0-9_.~%\[\]-]+)=([^&\s\"'<>#;,\\]+)")
_PART: Final = re.compile(
    rb"""(\r?\nContent-Disposition:[^\r\n]*?\bname="?([^"\r\n;]+)"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)(.*?)(?=\r?\n--)""",
    re.IGNORECASE | re.DOTALL,
)
_DEEPEST: Final = 100

BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/_=-])")
"""What may be base64."""


def visit_target(target: str, place: str, visit: Visit) -> str:
    """Visit path segments (without a name) and query parameters of a raw target."""
    path, mark, query = target.partition("?")
    segments = [_percent(segment, lambda text: visit(place, "", text)) for segment in path.split("/")]
    return "/".join(segments) + mark + _visit_pairs(query, place, visit)


def _percent(raw: str, change: Callable[[str], str], *, plus: bool = False) -> str:
    """Change a percent-encoded text; what stays as it is keeps its spelling."""
    if not raw:
        return raw
    text = unquote_plus(raw) if plus else unquote(raw)
    new = change(text)
    return raw if new == text else quote_plus(new) if plus else quote(new, safe="")


def _visit_pairs(query: str, place: str, visit: Visit) -> str:
    if not query:
        return query
    pairs = []
    for pair in query.split("&"):
        name, equals, value = pair.partition("=")
        bare = inner_name(unquote_plus(name))
        change = _at(visit, f"{place}?{unquote_plus(name)}", bare)
        name = _percent(name, _at(visit, place, ""), plus=True)
        pairs.append(
            f"{name}={_percent(value, change, plus=True)}" if equals else _percent(pair, _at(visit, place, ""))
        )
    return "&".join(pairs)


def _at(visit: Visit, place: str, name: str) -> Callable[[str], str]:
    return lambda value: visit(place, name, value)


def inner_name(name: str) -> str:
    """Return the innermost name of a nested one.

    >>> inner_name("card[cvc]"), inner_name("auth.token"), inner_name("ids[]")
    ('cvc', 'token', 'ids')
    """
    parts = [part for part in re.split(r"[\[\].]+", name) if part]
    return parts[-1] if parts else name


def visit_headers(headers: Headers, place: str, visit: Visit) -> Headers:
    """Visit header fields; cookies one by one, by their names."""
    return tuple((name, _header(name, value, child(place, name), visit)) for name, value in headers)


def _header(name: str, value: str, place: str, visit: Visit) -> str:
    match name.lower():
        case "cookie":
            pairs = (pair.strip() for pair in value.split(";"))
            return "; ".join(_cookie(pair, place, visit) for pair in pairs if pair)
        case "set-cookie":
            pair, semicolon, attributes = value.partition(";")
            return _cookie(pair.strip(), place, visit) + semicolon + attributes
        case _:
            return visit(place, name, value)


def _cookie(pair: str, place: str, visit: Visit) -> str:
    name, equals, value = pair.partition("=")
    return f"{name}{equals}{visit(f'{place}/{name}', 'cookie', value)}"


def form_of(body: bytes, content_type: str) -> Form:
    """Tell how a body names its values."""
    kind = content_type.partition(";")[0].strip().lower()
    if media_types.is_json(kind) or (not kind and body[:1] in (b"{", b"[")):
        return "json"
    if kind == "application/x-www-form-urlencoded":
        return "form"
    if kind.startswith("multipart/"):
        return "multipart"
    try:
        text = body.decode()
    except UnicodeDecodeError:
        return "binary"
    return "json" if text.lstrip()[:1] in ("{", "[") and not kind.startswith("text/event") else "text"


def visit_body(body: bytes, content_type: str, place: str, visit: Visit) -> bytes:
    """Visit all values of a body; one that is not changed keeps its bytes."""
    if not body:
        return body
    match form_of(body, content_type):
        case "json":
            return _visit_json(body, place, visit)
        case "form":
            return _visit_pairs(body.decode("utf-8", "surrogateescape"), place, visit).encode(
                "utf-8", "surrogateescape"
            )
        case "multipart":
            return _visit_parts(body, place, visit)
        case "text":
            return visit(place, "", body.decode()).encode()
        case "binary":
            text = body.decode("latin-1")
            new = visit(place, "", text)
            return body if new == text else new.encode("latin-1", "replace")


def _visit_json(body: bytes, place: str, visit: Visit) -> bytes:
    try:
        value = loads(body)
    except JSONSyntaxError:
        return visit(place, "", body.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape")
    new = visit_value(value, f"{place}#", "", visit)
    if new == value:
        return body
    spread = readable(body)
    spelled_compactly = spread is not None and spread[1].startswith("compact")
    return dumps(new) if spelled_compactly or spread is None else json.dumps(new, ensure_ascii=False).encode()


def visit_value(value: JSON, place: str, name: str, visit: Visit, depth: int = 0) -> JSON:
    """Visit all texts and numbers of a JSON value; an item of `tokens` goes by `token`."""
    if depth > _DEEPEST:
        return value
    match value:
        case dict():
            return {
                visit(place, "", key): visit_value(item, child(place, key), key, visit, depth + 1)
                for key, item in value.items()
            }
        case list():
            one = name.removesuffix("s")
            return [visit_value(item, child(place, at), one, visit, depth + 1) for at, item in enumerate(value)]
        case str():
            return visit(place, name, value)
        case bool() | None:
            return value
        case int():
            text = str(value)
            new = visit(place, name, text)
            return value if new == text else 10 ** (len(text.lstrip("-")) - 1)
        case _:
            return value


def visit_named(text: str, place: str, visit: Visit) -> str:
    """Visit what looks like a named value within a text: members of JSON, of XML, parameters of addresses.

    For visitors that look into the texts they are given.
    """

    def pair(found: re.Match[str]) -> str:
        name, value = _unquoted(found[1]), _unquoted(found[3])
        new = visit(f"{place}#{name}", name, value)
        return found[0] if new == value else f"{found[1]}{found[2]}{json.dumps(new, ensure_ascii=False)}"

    def element(found: re.Match[str]) -> str:
        name = found[1].rpartition(":")[2]
        return f"<{found[1]}{found[2]}>{visit(f'{place}#{name}', name, found[3])}"

    def attribute(found: re.Match[str]) -> str:
        name, quote_mark = found[1].rpartition(":")[2], found[2][0]
        return f"{found[1]}={quote_mark}{visit(f'{place}#{name}', name, found[2][1:-1])}{quote_mark}"

    def parameter(found: re.Match[str]) -> str:
        name = unquote_plus(found[1])
        value = _percent(found[2], _at(visit, f"{place}?{name}", inner_name(name)), plus=True)
        return f"{found[1]}={value}"

    if ":" in text and '"' in text:
        text = _PAIR.sub(pair, text)
    if "<" in text:
        text = _ATTRIBUTE.sub(attribute, _ELEMENT.sub(element, text))
    if "=" in text and any(mark in text for mark in "?&#"):
        text = _PARAMETER.sub(parameter, text)
    return text


def _unquoted(written: str) -> str:
    try:
        return str(json.loads(written, strict=False))
    except ValueError:
        return written[1:-1]


def _visit_parts(body: bytes, place: str, visit: Visit) -> bytes:
    """Visit the parts of a multipart body (RFC 7578 §4.2); files are visited as one value without a name."""

    def part(found: re.Match[bytes]) -> bytes:
        name = found[2].decode("utf-8", "replace")
        content = found[3].decode("latin-1")
        head = found[1].decode("latin-1").lower()
        try:
            text = found[3].decode()
        except UnicodeDecodeError:
            return found[1] + visit(f"{place}#{name}", "", content).encode("latin-1", "replace")
        if "application/json" in head:
            return found[1] + _visit_json(found[3], f"{place}#{name}", visit)
        return found[1] + visit(f"{place}#{name}", "" if "filename=" in head else inner_name(name), text).encode()

    return _PART.sub(part, body if body.startswith(b"\r\n") else b"\r\n" + body)[0 if body.startswith(b"\r\n") else 2 :]


def decoded(encoded: str) -> str:
    """Return the readable text behind base64, or nothing."""
    try:
        plain = base64.b64decode(encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4), validate=True)
        text = plain.decode()
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() or "\n" in text else ""
