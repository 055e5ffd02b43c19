"""Who is asked for: the parts of a request that an answer should repeat, and the seed that makes it stable.

The same request gets the same object tomorrow, on another machine and after a restart, so nothing here may depend on
Python's `hash`.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import unquote

from mockserver.contract.model import Operation
from mockserver.contract.plan import MediaPlan, ParameterPlan
from mockserver.contract.reading import NO_BODY, Body, Reading
from mockserver.exchange import Request
from mockserver.generate.echo import WRAPPERS
from mockserver.values import JSON
from mockserver.wire.media_type import parse
from mockserver.wire.parts import split_parts
from mockserver.wire.reading import SpellingError

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_NO_IDS = frozenset({"email", "key", "login", "name", "number", "slug", "uid", "username", "uuid", "version"})
_ECHOING = frozenset({"POST", "PUT", "PATCH"})
_DEEPEST = 2
_PAGE = ("has_more", "url", "data")  # such a url is where the list itself is


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


def wanted_of(
    operation: Operation, reading: Reading, request: Request, *, own: bool, answered: MediaPlan
) -> dict[str, JSON]:
    """Return the property values that an answer should repeat: fields and files of the body, then ids of the path.

    `own`: the last path parameter names the thing that is `answered`.
    """
    wanted: dict[str, JSON] = {}
    if operation.method in _ECHOING and isinstance(reading.body, Body) and isinstance(reading.body.value, dict):
        wanted.update(_fields(reading.body.value))
        if reading.body.plan.media.name.startswith("multipart/"):
            wanted = {**_file(request), **wanted}
    elif operation.method == "DELETE":
        wanted["deleted"] = True
    elif operation.method == "GET" and _is_page(answered):
        wanted["url"] = request.path
    last = len(reading.path) - 1
    for index, value in enumerate(reading.path):
        if value.valid:
            for name in _echoing(value.plan, answered, own and index == last):
                wanted[name] = value.value
    return wanted


@lru_cache(maxsize=4096)
def _echoing(plan: ParameterPlan, answered: MediaPlan, own: bool) -> tuple[str, ...]:  # noqa: FBT001 - a cache's key
    """Return the properties of an answer that repeat a path parameter; `own`: it names the thing that is answered."""
    names = _property_names(plan.parameter.name, own)
    if own and not any(map(answered.spec.shape.declares, names)):
        return (*names, "id")  # nothing of the thing is called so, and this is how it is asked for
    return names


@lru_cache(maxsize=4096)
def _is_page(answered: MediaPlan) -> bool:
    return all(map(answered.spec.shape.declares, _PAGE))


def _fields(body: Mapping[str, JSON]) -> Mapping[str, JSON]:
    """Return the fields of a body, those of what it wraps included."""
    fields = body
    if WRAPPERS.isdisjoint(body):
        return fields
    for _ in range(_DEEPEST):
        inner = next((name for name in body if name in WRAPPERS), "")
        if not isinstance(body.get(inner), dict):
            break
        body = body[inner]
        fields = {**body, **fields}
    return fields


def _file(request: Request) -> Mapping[str, JSON]:
    """Return what can be said of the file that was sent."""
    media = parse(request.header("content-type") or "")
    try:
        parts = split_parts(request.body, media.parameter("boundary") if media is not None else "")
    except SpellingError:
        return {}
    for part in parts:
        if part.filename:
            size, kind = len(part.octets), part.content_type or "application/octet-stream"
            return {
                **dict.fromkeys(("filename", "name", "original_filename", "title"), part.filename),
                **dict.fromkeys(("size", "bytes", "file_size", "size_bytes", "content_length"), size),
                **dict.fromkeys(("content_type", "mime_type", "media_type", "file_type"), kind),
            }
    return {}


def wants_stream(reading: Reading) -> bool | None:
    """Return what the body says about streaming: `stream` is how clients of event streams ask, whatever they accept."""
    body = reading.body
    if body is NO_BODY or not isinstance(body, Body) or not isinstance(body.value, dict):
        return None
    stream = body.value.get("stream")
    return stream if isinstance(stream, bool) else None


def _property_names(parameter: str, own: bool) -> tuple[str, ...]:  # noqa: FBT001 - as above
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
