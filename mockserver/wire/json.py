"""JSON bytes to a value and back: the one file that knows orjson.

RFC 8259, strictly: UTF-8, no byte order mark, no NaN, no infinity. Of two members of one name the last one counts.
Integers are exact at any size: orjson reads those beyond 64 bits as floats and writes none, so they go the long way
round through the standard library.
"""

from __future__ import annotations

import json as stdlib
from collections.abc import Callable
from typing import Final

import orjson

from mockserver.values import JSON

_SHORTEST_LONG_INTEGER: Final = 19
_DIGITS_ONLY: Final = bytes(ord("0") if chr(code) in "0123456789" else ord(" ") for code in range(256))
_LONG_RUN: Final = b"0" * _SHORTEST_LONG_INTEGER


class JSONSyntaxError(ValueError):
    """The bytes are no JSON text; `offset` counts from 0, `line` and `column` from 1."""

    def __init__(self, reason: str, *, offset: int, line: int, column: int) -> None:
        super().__init__(f"{reason} at line {line}, column {column} (offset {offset})")
        self.offset = offset
        self.line = line
        self.column = column


def loads(body: bytes) -> JSON:
    """Return the value of a JSON text; raise JSONSyntaxError with the place where it stops to be one.

    >>> loads(b'{"id": 36893488147419103232}')
    {'id': 36893488147419103232}
    """
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _misread(body, error) from error
    # orjson turns a longer integer into a float without a word: look for one, cheaply, before the value is trusted
    if len(body) >= _SHORTEST_LONG_INTEGER and _LONG_RUN in body.translate(_DIGITS_ONLY):
        return _exactly(body)
    return value


def repeated_name(body: bytes, value: JSON) -> str | None:
    """Return a name that two members of one object have (RFC 8259 §4: nobody knows which is meant), given its value.

    >>> repeated_name(b'{"a": {"b": 1, "b": 2}}', {"a": {"b": 2}}), repeated_name(b'{"a": 1}', {"a": 1})
    ('b', None)
    """
    # each member has a colon, and a member that was dropped took its own along: a count, and rarely a second reading
    if body.count(b":") == dumps(value).count(b":") and b"\\u003" not in body:
        return None
    found: list[str] = []

    def members(pairs: list[tuple[str, JSON]]) -> dict[str, JSON]:
        names = [name for name, _ in pairs]
        kept = dict(pairs)
        if len(kept) < len(names):
            found.append(next(name for place, name in enumerate(names) if name in names[:place]))
        return kept

    try:
        stdlib.loads(body, object_pairs_hook=members)
    except (ValueError, RecursionError):  # deeper, or in another charset, than this reader goes
        return None
    return found[0] if found else None


def dumps(value: JSON) -> bytes:
    """Return the JSON text of a value. NaN and infinities are no JSON values; they come out as null.

    >>> dumps({"id": 2**65})
    b'{"id":36893488147419103232}'
    """
    try:
        return b"%b" % orjson.dumps(
            value
        )  # a copy: orjson's own text keeps the room that it was written in, 4 kB or more
    except TypeError:  # an integer beyond 64 bits, or half of a surrogate pair, which only an escape can spell
        return stdlib.dumps(value, separators=(",", ":"), ensure_ascii=True).encode("ascii")


part_dumps: Callable[[JSON], bytes] = orjson.dumps
"""Returns the JSON text of a part of a value, as it stands in that of the whole.

Raises TypeError for what `dumps` spells by another rule, which then holds for the whole.
"""


def kept_dumps(value: JSON) -> bytes:
    """Return what `part_dumps` returns, for who keeps it."""
    return b"%b" % orjson.dumps(value)  # as in `dumps`


class Spelled:
    """A part of a value that is JSON text already."""

    __slots__ = ("text",)

    def __init__(self, text: bytes) -> None:
        self.text = text


def joined_dumps(value: JSON) -> bytes:
    """Return the JSON text of a value with parts that are spelled; raise TypeError as `part_dumps` does.

    >>> joined_dumps({"items": [Spelled(b'{"id":1}')]})
    b'{"items":[{"id":1}]}'
    """
    return b"%b" % orjson.dumps(value, default=_fragment)  # as in `dumps`


def _fragment(value: object) -> orjson.Fragment:
    if isinstance(value, Spelled):
        return orjson.Fragment(value.text)
    raise TypeError


def ascii_dumps(value: JSON) -> str:
    r"""Return the JSON text of a value in ASCII, for places that carry nothing else (RFC 9110 §5.5).

    >>> ascii_dumps({"name": "Zoë"})
    '{"name":"Zo\\u00eb"}'
    """
    try:
        text = orjson.dumps(value).decode()
    except TypeError:  # as in `dumps`
        text = ""
    if text.isascii() and text.isprintable() and text:
        return text
    return stdlib.dumps(value, separators=(",", ":"), ensure_ascii=True)


def _exactly(body: bytes) -> JSON:
    try:
        return stdlib.loads(body)
    except (ValueError, RecursionError) as error:
        # orjson has read it, so it is JSON; only a number of thousands of digits or a very deep nesting comes here
        raise JSONSyntaxError(f"{error or 'too deeply nested'}", offset=0, line=1, column=1) from error


def _misread(body: bytes, error: orjson.JSONDecodeError) -> JSONSyntaxError:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        before = body[: undecodable.start]
        return JSONSyntaxError(
            "a byte that is not UTF-8",
            offset=undecodable.start,
            line=before.count(b"\n") + 1,
            column=len(before) - (before.rfind(b"\n") + 1) + 1,
        )
    return JSONSyntaxError(error.msg, offset=error.pos, line=error.lineno, column=error.colno)
