"""URLs of calls: a base that is kept, paths whose parts cannot break out, queries.

Knows no contract: values are spelled as most APIs do, lists as repeated names.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import Enum
from functools import lru_cache
from typing import Any, Final
from urllib.parse import quote, urlsplit

from mockserver.errors import UsageError

_PLACEHOLDER: Final = re.compile(r"\{([^{}/?]+)\}")
_PORTS: Final = {"http": 80, "https": 443}


def base_of(url: str) -> str:
    """Return a base URL without its trailing slash; raises UsageError for what is none."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise UsageError(
            f"the base URL cannot be read: {error}", fix="give one like https://api.example.com/v1"
        ) from None
    if parts.scheme not in _PORTS or not parts.hostname or port == 0:
        shown = f"{parts.scheme}://{parts.hostname or ''}" if parts.scheme else url.rpartition("@")[2]
        raise UsageError(f"{shown!r} is no base URL", fix="give one like https://api.example.com/v1")
    if parts.username is not None:
        raise UsageError(
            f"the base URL of {parts.hostname} holds a user name",
            fix="give credentials by auth=, so that they stand in no log",
        )
    if parts.query or parts.fragment:
        raise UsageError(f"the base URL of {parts.hostname} has a query", fix="give it by params= of a call")
    return url.rstrip("/")


def origin_of(url: str) -> str:
    """Return scheme, host and port (RFC 6454 §4).

    >>> origin_of("https://API.example.com:443/v1")
    'https://api.example.com'
    """
    return _origin("/".join(url.split("/", 3)[:3]))  # without its path: a program asks a few hosts for many paths


@lru_cache(256)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = parts.port
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, _PORTS.get(parts.scheme)) else "")


def joined(base: str, url: str) -> str:
    """Return an absolute URL: below the base, whose path is kept; an absolute one stays as it is.

    >>> joined("https://api.example.com/v1", "/pets"), joined("https://api.example.com/v1", "pets")
    ('https://api.example.com/v1/pets', 'https://api.example.com/v1/pets')
    """
    if url.startswith(("http://", "https://")):
        return url.partition("#")[0]
    url = url.partition("#")[0]
    return f"{base}{url}" if url.startswith(("/", "?")) or not url else f"{base}/{url}"


def is_below(base: str, url: str) -> bool:
    """Tell whether a URL is the base or a path below it, and not of a host that only begins like it.

    >>> is_below("https://a.example", "https://a.example/x"), is_below("https://a.example", "https://a.example.evil/x")
    (True, False)
    """
    return url.startswith(base) and url[len(base) : len(base) + 1] in {"", "/", "?"}


def filled(url: str, values: Mapping[str, Any] | None) -> str:
    """Fill `{name}` of a path, each value as one segment; raises UsageError where one is missing or would break out.

    >>> filled("/pets/{id}", {"id": "a/b"})
    '/pets/a%2Fb'
    """
    if values is None:
        return url
    used: set[str] = set()

    def spelled(found: re.Match[str]) -> str:
        name = found[1]
        if name not in values:
            raise UsageError(f"{url} needs {name}", fix=f"give path={{'{name}': ...}}")
        used.add(name)
        return segment(name, _text(values[name]))

    result = _PLACEHOLDER.sub(spelled, url)
    unused = [name for name in values if name not in used]
    if unused:
        raise UsageError(f"{url} has no {{{unused[0]}}}", fix="name the parts of the path in braces")
    return result


def segment(name: str, text: str) -> str:
    """Return a text as one path segment; raises UsageError for one that would lead elsewhere."""
    if text in {"", ".", ".."}:
        said = "is empty" if not text else f"is {text!r}"
        raise UsageError(f"{name} {said}, which would ask for another path", fix=f"give {name} a value")
    return quote(text, safe="")


def with_query(url: str, params: Mapping[str, Any] | Iterable[tuple[str, Any]] | None) -> str:
    """Add a query; None leaves a name out, a list repeats it.

    >>> with_query("/pets?a=1", {"tag": ["x", "y"], "limit": None, "all": True})
    '/pets?a=1&tag=x&tag=y&all=true'
    """
    if not params:
        return url
    pairs = params.items() if isinstance(params, Mapping) else params
    query = "&".join(
        f"{quote(name, safe='')}={quote(_text(each), safe='')}"
        for name, value in pairs
        for each in (value if isinstance(value, list | tuple | set | frozenset) else (value,))
        if each is not None
    )
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def _text(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case Enum():
            return _text(value.value)
        case datetime() | date():
            return value.isoformat()
        case _:
            return str(value)
