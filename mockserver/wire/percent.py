"""Percent-encoding of text, both directions (RFC 3986 §2.1).

Does not know what the text is a part of: who splits, splits first. A percent sign that two hexadecimal digits do not
follow stands for itself (WHATWG URL §1.3), and so does a NUL, which a text may hold; octets that are not UTF-8 are
misspelled.
"""

from __future__ import annotations

from typing import Final
from urllib.parse import quote, unquote_to_bytes

from mockserver.wire.reading import SpellingError, UnspellableError

# RFC 6570 §3.2.3: what `allowReserved` lets through, less what would end the text in its place. `%` is always
# encoded: an escape in a value is text, and must come back as text.
RESERVED_IN_QUERY: Final = ":/?@!$'()*,;="  # without & + # [ ] (OAS 3.1 §4.8.12.2.2)
RESERVED_IN_COOKIE: Final = ":/?#[]@!$'()*+="  # also without , ; (RFC 6265 §4.1.1)
RESERVED_IN_PATH: Final = ":@!$&'()*+,;="  # without / ? # (OAS 3.2 §4.12.2.2)


def decode(raw: str) -> str:
    """Return the text of a part of a path.

    >>> decode("a%2Fb+c"), decode("100%")
    ('a/b+c', '100%')
    """
    if "%" not in raw and raw.isascii():
        return raw
    try:
        return unquote_to_bytes(raw).decode("utf-8")
    except UnicodeError as error:
        raise SpellingError(f"{raw:.60} holds octets that are not UTF-8") from error


def decode_plus(raw: str) -> str:
    """Return the text of a part of a query, where `+` is a space (WHATWG URL §5.1).

    >>> decode_plus("a%2Bb+c")
    'a+b c'
    """
    return decode(raw.replace("+", " ")) if "+" in raw else decode(raw)


def encode(text: str, keep: str = "") -> str:
    """Return the text with everything encoded that is neither unreserved (RFC 3986 §2.3) nor in `keep`.

    >>> encode("Zoë & co/", keep="/")
    'Zo%C3%AB%20%26%20co/'
    """
    try:
        return quote(text, safe=keep)
    except UnicodeEncodeError as error:
        raise UnspellableError(f"{text!a:.60} holds half of a surrogate pair; UTF-8 has no octets for it") from error
