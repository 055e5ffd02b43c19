"""The words of a name.

Splits what people call a property, in any of their spellings. Knows no schemas.
"""

from __future__ import annotations

import re
from functools import lru_cache

_WORDS = re.compile(r"[A-Z]{2,}s(?![a-z])|[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[a-z]+|\d+")
_LONGEST = 64
_IRREGULAR = {"people": "person", "children": "child", "addresses": "address", "statuses": "status", "indices": "index"}


@lru_cache(maxsize=8192)
def words_of(name: str) -> tuple[str, ...]:
    """Return the lower-case words of a name.

    >>> words_of("shippingAddressLine1")
    ('shipping', 'address', 'line', '1')
    >>> words_of("X-Request-ID")
    ('x', 'request', 'id')
    >>> words_of("externalIPs")
    ('external', 'ips')
    """
    return tuple(word.lower() for word in _WORDS.findall(name))


@lru_cache(maxsize=2048)
def singular(word: str) -> str:
    """Return a word for one of them.

    >>> [singular(word) for word in ("companies", "addresses", "users", "status", "boxes")]
    ['company', 'address', 'user', 'status', 'box']
    """
    if word in _IRREGULAR:
        return _IRREGULAR[word]
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if word.endswith(("xes", "ches", "shes", "sses")):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is")) and len(word) > 3:
        return word[:-1]
    return word


def folded(name: str) -> str:
    """Return what the spellings of one name have in common; what is longer than any name is itself.

    >>> folded("shipment_id") == folded("shipmentId") == folded("Shipment-ID")
    True
    """
    return _folded(name) if len(name) <= _LONGEST else name


@lru_cache(maxsize=8192)
def _folded(name: str) -> str:
    return "".join(filter(str.isalnum, name)).lower()
