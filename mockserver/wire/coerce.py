"""Text to a scalar value as a shape suggests, and back.

Reads whole texts or not at all: no prefixes, no rounding, no other digits than ASCII's. Does not know where the text
stood, and does not judge: a text that is no value of the suggested kinds stays a text, for the checks to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from typing import Final

from mockserver.values import JSON
from mockserver.wire import json
from mockserver.wire.reading import Decoded
from mockserver.wire.shape import Shape, kind_of

_INTEGER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE]([+-]?[0-9]+))?")  # RFC 8259 §6
_MOST_DIGITS: Final = 4300  # as many as Python reads; nobody counts further
_DOUBLES: Final = 2**53  # up to here each integer is a double
_LENIENT: Final = {"true": True, "false": False, "1": True, "0": False}
JSON_NOTE: Final = "a nested value was sent as JSON text, which its style does not define"


def readings(text: str, shape: Shape, *, lenient: bool = False) -> tuple[JSON, ...]:
    """Return what the text may mean, the typed reading first; nothing typed is suggested without a type.

    >>> from mockserver.wire.suggest import shape_of
    >>> readings("5", shape_of({"type": ["integer", "string"]}))
    (5, '5')
    >>> readings("05", shape_of({"type": "integer"}))
    ('05',)
    """
    decoded = read(text, shape, lenient=lenient)
    return (decoded.value, *decoded.alternatives)


def read(text: str, shape: Shape, *, lenient: bool = False) -> Decoded:
    """Return the text as the shape suggests; `lenient` also takes `True`, `FALSE`, `1` or `0` for a boolean."""
    sole = shape.sole
    if sole == "string":
        return Decoded(text)
    if sole == "integer":
        return _read_integer(text)
    if sole == "number":
        number = _number(text)
        return Decoded(text if number is None else number)
    if sole == "boolean" and text in ("true", "false"):
        return Decoded(text == "true")
    if not shape.suggests_scalar:
        return _composite(text, shape)
    typed = _typed(text, shape)
    if lenient and not typed and "boolean" in shape.kinds and text.lower() in _LENIENT:
        note = f"the boolean was sent as {text}; JSON spells it true or false"
        return Decoded(_LENIENT[text.lower()], (text,) if "string" in shape.kinds else (), (note,))
    if shape.unconstrained:
        return Decoded(text, tuple(typed))
    if "string" in shape.kinds:
        typed += [text, None] if lenient and not text and "null" in shape.kinds else [text]
        return Decoded(typed[0], (*typed[1:], *_parsed(text, shape)))
    return Decoded(typed[0], tuple(typed[1:])) if typed else _composite(text, shape)


def reader(shape: Shape, *, lenient: bool = False) -> Callable[[str], Decoded]:
    """Return the function that reads texts of one shape."""
    if shape.sole == "string":
        return Decoded
    if shape.sole == "integer":
        return _read_integer
    return partial(read, shape=shape, lenient=lenient)


def _read_integer(text: str) -> Decoded:
    integer = _integer(text)
    return Decoded(text if integer is None else integer)


def fits(text: str, shape: Shape) -> bool:
    """Tell whether the text has a reading of a suggested kind, and among the listed values if there is a list."""
    values = readings(text, shape)
    if shape.enum is not None:
        return any(type(value) is type(known) and value == known for value in values for known in shape.enum)
    return any(kind_of(value) in shape.kinds for value in values)


def to_text(value: JSON) -> str:
    """Return the text of a value as JSON spells it, without the quotes of a string (OAS 3.1 Appendix B).

    >>> to_text(True), to_text(1.5), to_text(None), to_text({"a": 1})
    ('true', '1.5', 'null', '{"a":1}')
    """
    match value:
        case str():
            return value
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
        case int() | float():
            return repr(value)
        case _:
            return json.dumps(value).decode("utf-8")


def _typed(text: str, shape: Shape) -> list[JSON]:
    """Return the readings of the text that are no texts."""
    kinds = shape.kinds
    if "null" in kinds and (text == "null" or (not text and "string" not in kinds)):
        return [None]
    if "boolean" in kinds and text in ("true", "false"):
        return [text == "true"]
    if "number" in kinds:
        number = _number(text)
        return [] if number is None else [number]
    if "integer" in kinds:
        integer = _integer(text)
        return [] if integer is None else [integer]
    return []


def _composite(text: str, shape: Shape) -> Decoded:
    """Return the array or object that the text is in JSON; no style spells arrays of arrays, so clients send that."""
    parsed = _parsed(text, shape)
    return Decoded(parsed[0], notes=(JSON_NOTE,)) if parsed else Decoded(text)


def _parsed(text: str, shape: Shape) -> tuple[JSON, ...]:
    if text[:1] not in ("{", "[") or not (shape.suggests_array or shape.suggests_object):
        return ()
    try:
        value = json.loads(text.encode("utf-8"))
    except ValueError:
        return ()
    return (value,) if kind_of(value) in shape.kinds else ()


def _integer(text: str) -> int | float | None:
    """Return the integer; one that is spelled as `1.0` or `1e2` stays a float, which not all dialects take for one."""
    if len(text) > _MOST_DIGITS:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    number = _exact(text)
    if number is None or number.denominator != 1:
        return None
    return float(text) if abs(number) < _DOUBLES else number.numerator


def _number(text: str) -> int | float | None:
    if len(text) > _MOST_DIGITS:
        return None
    if _INTEGER.fullmatch(text):
        return int(text)
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    # beyond the largest double only an integer can be told exactly; there is no infinity in JSON
    return _integer(text) if number in (float("inf"), float("-inf")) else number


def _exact(text: str) -> Fraction | None:
    """Return the number without rounding: `1.0` and `1e2` are integers (JSON Schema core §4.2.1)."""
    match = _NUMBER.fullmatch(text)
    if match is None or len(match[1] or "") > 5 or abs(int(match[1] or 0)) > _MOST_DIGITS:
        return None
    return Fraction(text)
