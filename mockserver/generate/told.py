"""Values that a description spells out, where no `enum` does: `one of "album", "artist" or "track"`.

Clients take such values for a list of all. Reads text only; whether a value fits is for others to judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

_VALUE = r"[`\"“'‘]([A-Za-z][\w.-]{0,30})[`\"”'’]"  # noqa: RUF001 - quotes as people write them
_BETWEEN = r"(?:\s*[,/|]\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+)"
_SAYS = (
    r"(?:one of|(?:allowed|valid|possible|accepted|supported|permitted) values?|(?:can|will|may|must) be"
    r"|(?:values?|options?) are|e\.g\.|for example|such as)"
)
_ROW = re.compile(rf"\b{_SAYS}[^`\"“'‘.]{{0,40}}({_VALUE}(?:{_BETWEEN}{_VALUE})+)", re.IGNORECASE)  # noqa: RUF001 - as above
_ALWAYS = re.compile(
    rf"\b(?:always\s+(?:be\s+|set to\s+|equal to\s+)?(?:the string\s+)?|type of (?:this|the) [a-z ]{{1,30}}\(){_VALUE}",
    re.IGNORECASE,
)
_LISTED = re.compile(rf"\b(?:{_SAYS}|values)\b[^\n]{{0,60}}\n((?:\s*[*-]\s+{_VALUE}[^\n]*\n?){{2,}})", re.IGNORECASE)
_PLAIN_ROW = re.compile(r"[a-z_]{2,20}(?:, ?[a-z_]{2,20})+\.?")  # the whole of a description, in small letters
_NULL = re.compile(r"\balways\s+(?:be\s+)?(?:set to\s+)?[`\"']?null\b", re.IGNORECASE)
_BULLET = re.compile(rf"^\s*[*-]\s+{_VALUE}", re.MULTILINE)
_ONE = re.compile(_VALUE)
_NO_VALUES = frozenset({"null", "true", "false", "none", "undefined", "string", "nil"})
_LONGEST = 2000


@lru_cache(maxsize=4096)
def told_values(text: str) -> tuple[str, ...]:
    """Return the values that a description lists; none where it lists less than two.

    >>> told_values('The object type, e.g. "artist", "playlist" or "album".')
    ('artist', 'playlist', 'album')
    >>> told_values("off, track, context"), told_values("a name, in small letters")
    (('off', 'track', 'context'), ())
    >>> told_values("Always `list`."), told_values("The type of this object (`file`)."), told_values("It is `red`.")
    (('list',), ('file',), ())
    """
    text = text[:_LONGEST]
    always = _ALWAYS.search(text)
    if always is not None:
        return _known([always[1]])
    if _PLAIN_ROW.fullmatch(text.strip()):
        return _known(text.strip().rstrip(".").replace(" ", "").split(","))
    row = _ROW.search(text)
    found = _known(_ONE.findall(row[1])) if row is not None else ()
    if len(found) < 2 and (listed := _LISTED.search(text)) is not None:
        found = _known(_BULLET.findall(listed[1]))
    return found if len(found) > 1 else ()


@lru_cache(maxsize=4096)
def is_always_null(text: str) -> bool:
    """Tell whether a description says that there is never a value.

    >>> is_always_null("This will always be set to null."), is_always_null("null when there is none")
    (True, False)
    """
    return "null" in text and _NULL.search(text) is not None


def _known(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value.lower() not in _NO_VALUES))
