"""Every text of an interaction with its place and the name it goes by; reading and replacing are the same walk.

Knows how URLs, cookies, forms, JSON, XML and multipart name their values. Does not know which of them are secret: the
visitor is told place, name and value, and returns what shall stand there.
"""

from __future__ import annotations

import base64
import binascii
import itertools
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias
from urllib.parse import quote, quote_plus, unquote, unquote_plus

from mockserver.cassette.named_texts import Visit, inner_name, visit_columns
from mockserver.cassette.readable import readable
from mockserver.cassette.secret_words import is_secret_name, looks_random
from mockserver.document.pointer import child
from mockserver.exchange import Headers
from mockserver.values import JSON
from mockserver.wire import media_type as media_types
from mockserver.wire.json import JSONSyntaxError, dumps, loads

Form: TypeAlias = Literal["json", "form", "multipart", "columns", "text", "binary"]

_PART: Final = re.compile(
    rb"""(\r?\nContent-Disposition:[^\r\n]*?\bname="?([^"\r\n;]+)"?[^\r\n]*(?:\r?\n[^\r\n]+)*\r?\n\r?\n)(.*?)(?=\r?\n--)""",
    re.IGNORECASE | re.DOTALL,
)
_ARGUMENT: Final = re.compile(r"(\w+)\s*:\s*\$(\w+)")
_DEEPEST: Final = 100
_NAMING: Final = ("name", "key", "field", "header", "variable", "parameter", "property")
_VALUED: Final = ("value", "val", "content")
_PAIRED: Final = 8
"""What holds a name and a value has few other members."""

BASE64: Final = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{16,}={0,2}(?![A-Za-z0-9+/_=-])")
"""What may be base64."""


def visit_target(target: str, place: str, visit: Visit, templates: Iterable[str] = ()) -> str:
    """Visit path segments and query parameters of a raw target.

    Segments go by the names that path templates give them; what was drawn by what it follows: `/password-reset/...`.
    """
    path, mark, query = target.partition("?")
    written = path.split("/")
    names = _segment_names(written, templates)
    segments = [_percent(segment, _at(visit, place, name)) for segment, name in zip(written, names, strict=True)]
    return "/".join(segments) + mark + _visit_pairs(query, place, visit)


def _segment_names(segments: Sequence[str], templates: Iterable[str]) -> list[str]:
    names = ["", *(before if looks_random(one) and is_secret_name(before) else "" for before, one in _follow(segments))]
    for template in templates:
        parts = template.strip("/").split("/")
        start = len(segments) - len(parts)
        named = {at: part[1:-1] for at, part in enumerate(parts, start) if part[:1] == "{" and part[-1:] == "}"}
        anchored = len(named) < len(parts) or start <= 1  # what has a word of its own may stand below any base path
        if start >= 0 and anchored and all(at in named or segments[at] == part for at, part in enumerate(parts, start)):
            for at, name in named.items():
                names[at] = name
    return names


def _follow(segments: Sequence[str]) -> Iterator[tuple[str, str]]:
    yield from ((before.removesuffix("s"), one) for before, one in itertools.pairwise(segments))


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
    if kind in {"text/csv", "text/tab-separated-values"}:
        return "columns"
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
        case "columns":
            return visit_columns(body.decode(), place, visit).encode()
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
            names = _member_names(value, name)
            if isinstance(value.get("variables"), dict) and isinstance(value.get("query"), str):
                value = {**value, "variables": _visit_variables(value, child(place, "variables"), visit)}
            return {
                visit(place, "", key): visit_value(item, child(place, key), names.get(key, key), visit, depth + 1)
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


def _visit_variables(operation: Mapping[str, JSON], place: str, visit: Visit) -> JSON:
    """Visit the variables of a query by the names of the arguments that they are for (GraphQL §2.10)."""
    names = {variable: argument for argument, variable in _ARGUMENT.findall(operation["query"])}
    return {
        key: visit_value(item, child(place, key), names.get(key, key), visit)
        for key, item in operation["variables"].items()
    }


def _member_names(members: Mapping[str, JSON], owner: str) -> Mapping[str, str]:
    """Return the names of members that go by others than their own.

    A value beside a name, `{"name": "password", "value": ...}`; what was drawn among `tokens`; variables of GraphQL.
    """
    if len(members) <= _PAIRED:
        named = next((members[word] for word in _NAMING if isinstance(members.get(word), str)), "")
        lent = next((word for word in _VALUED if isinstance(members.get(word), str | int)), "")
        if named and lent:
            return {lent: str(named)}
    one = owner.removesuffix("s")
    if not is_secret_name(one):
        return {}
    return {
        key: one
        for key, item in members.items()
        if key.lower() in _VALUED or (one != owner and isinstance(item, str) and looks_random(item))
    }


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
