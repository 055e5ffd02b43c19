"""Who is asked for: the parts of a request that an answer should repeat, and the seed that makes it stable.

The same request gets the same object tomorrow, on another machine and after a restart, so nothing here may depend on
Python's `hash`.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from urllib.parse import unquote

from mockserver.contract.model import Operation
from mockserver.contract.reading import Body, Reading
from mockserver.exchange import Request
from mockserver.values import JSON

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NO_IDS = frozenset({"email", "key", "login", "name", "number", "slug", "uid", "username", "uuid", "version"})
_ECHOING = frozenset({"POST", "PUT", "PATCH"})


def seed_of(seed: int, operation: Operation, request: Request, ignored: frozenset[str] = frozenset()) -> int:
    """Return the seed of an answer: one object for one target, another for another body that creates.

    `ignored` are query parameters that ask for a part of the same thing.
    """
    digest = _begun(seed, operation.template).copy()
    target = _without(request.target, ignored) if ignored and "?" in request.target else request.target
    digest.update(target.encode("utf-8", "surrogateescape"))
    if operation.method == "POST":
        digest.update(request.body)
    return int.from_bytes(digest.digest(), "big")


def _without(target: str, names: frozenset[str]) -> str:
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if _bare(pair.partition("=")[0]) not in names]
    return f"{path}?{'&'.join(kept)}" if kept else path


def _bare(name: str) -> str:
    return unquote(name).removesuffix("[]")


@lru_cache(maxsize=4096)
def _begun(seed: int, template: str) -> hashlib.blake2b:
    return hashlib.blake2b(f"{seed} {template}".encode(), digest_size=8)


def wanted_of(operation: Operation, reading: Reading) -> dict[str, JSON]:
    """Return the property values that an answer should repeat: fields of the body, then ids of the path."""
    wanted: dict[str, JSON] = {}
    if operation.method in _ECHOING and isinstance(reading.body, Body) and isinstance(reading.body.value, dict):
        wanted.update(reading.body.value)
    last = len(reading.path) - 1
    for index, value in enumerate(reading.path):
        if value.valid:
            own = index == last and operation.template.endswith(("}", "}/"))
            for name in _property_names(value.plan.parameter.name, own):
                wanted[name] = value.value
    return wanted


def wants_stream(reading: Reading) -> bool | None:
    """Return what the body says about streaming: `stream` is how clients of event streams ask, whatever they accept."""
    body = reading.body
    stream = body.value.get("stream") if isinstance(body, Body) and isinstance(body.value, dict) else None
    return stream if isinstance(stream, bool) else None


@lru_cache(maxsize=4096)
def _property_names(parameter: str, own: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache's key
    """Return the properties that may hold a path parameter; `own`: it names the thing that is asked for.

    >>> _property_names("petId", True)
    ('petId', 'pet_id', 'id')
    >>> _property_names("account", True)
    ('account', 'id')
    """
    words = [word.lower() for word in _WORDS.findall(parameter)]
    camel = "".join(word if index == 0 else word.title() for index, word in enumerate(words))
    names = [parameter, "_".join(words), camel]
    if own and words:
        names.append(words[-1])
        if words[-1] not in _NO_IDS:
            names.append("id")
    return tuple(dict.fromkeys(name for name in names if name))
