"""The core schema of YAML 1.2: what unquoted text means, what a key is called, what a merge key merges.

Knows single values. Does not know how they stand in a document (yaml_nodes.py).
"""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mockserver.values import JSON

DEEPEST: Final = 128
"""Levels of nesting that are read: the limit of the quick reader too."""

_WORDS: Final = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan),
}
_INTEGER: Final = re.compile(r"[-+]?(?:0|[1-9][0-9]*|0x[0-9a-fA-F]+|0o[0-7]+|0b[01]+)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*|[0-9]+(?=[eE]))(?:[eE][-+]?[0-9]+)?")
_BASES: Final = {"0x": 16, "0o": 8, "0b": 2}


def plain(text: str) -> JSON:
    """Give the value of unquoted text (YAML 1.2 §10.3.2), which may be a non-finite float.

    Numbers are those of the quick reader, so that both agree: `0b` counts, and leading zeros make a text.

    >>> [plain(text) for text in ("on", "true", "~", "090", "0x1F", "1e3")]
    ['on', True, None, '090', 31, 1000.0]
    """
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        digits = text.lstrip("+-")
        number = int(digits[2:], _BASES[digits[:2]]) if digits[:2] in _BASES else _decimal(digits)
        return -number if text[0] == "-" else number
    if _FLOAT.fullmatch(text) and math.isfinite(float(text)):
        return float(text)
    return text


def _decimal(digits: str) -> JSON:
    # Python refuses to convert thousands of digits (sys.set_int_max_str_digits); no API counts that far.
    return int(digits) if len(digits) <= 4000 else math.inf


def key(value: JSON) -> str:
    """Write a key as the text that JSON has for it.

    >>> [key(value) for value in (200, True, None, 1.5)]
    ['200', 'true', 'null', '1.5']
    """
    match value:
        case str():
            return value
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case _:
            return str(value)


def merged(own: dict[str, JSON]) -> dict[str, JSON]:
    """Apply the merge key `<<` (https://yaml.org/type/merge.html): own keys win, then those of the first source.

    >>> merged({"<<": [{"a": 1}, {"a": 2, "b": 2}], "b": 3})
    {'a': 1, 'b': 3}
    """
    sources = own["<<"] if isinstance(own["<<"], list) else [own["<<"]]
    if not all(isinstance(source, dict) for source in sources):
        return own
    whole: dict[str, JSON] = {}
    for source in reversed(sources):
        whole |= source
    return whole | {name: value for name, value in own.items() if name != "<<"}
