"""Why a request was refused, told in the shape that the contract has for errors.

The explanation goes into a property that the contract's own error schema has for it, and only where the body stays
sound; it is never a shape of ours where the contract has one.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from itertools import chain

from mockserver.answers.changes import Path, get, put, stands
from mockserver.answers.entries import SUBJECTS, TEXTS, lists_in, subject_of, with_entries
from mockserver.answers.imagine import Imagination, Imagined, spelled
from mockserver.answers.sound import Sound, sound_of
from mockserver.contract.plan import MediaPlan, Plans, bounded
from mockserver.values import JSON, Struct
from mockserver.violation import Violations
from mockserver.wire.shape import Shape

_STATUSES = ("status", "status_code", "statusCode", "httpStatus", "http_status")
_KINDS = ("type", "code", "error_code", "errorCode", "error_type", "errorType")
_USUAL: Mapping[int, tuple[str, ...]] = {
    400: ("invalid_request", "invalid_request_error", "bad_request", "validation_error", "invalid_input"),
    401: ("unauthorized", "unauthenticated", "authentication_error", "authentication_required", "invalid_token"),
    403: ("forbidden", "permission_denied", "permission_error", "access_denied"),
    404: ("not_found", "not_found_error", "resource_not_found", "resource_missing"),
    409: ("conflict", "conflict_error", "already_exists"),
    422: ("validation_error", "unprocessable_entity", "validation_failed", "invalid_input"),
    429: ("rate_limited", "rate_limit_error", "rate_limit_exceeded", "too_many_requests", "rate_limit"),
    500: ("internal_error", "internal_server_error", "server_error", "api_error", "internal"),
    503: ("unavailable", "service_unavailable", "overloaded_error"),
}
_DEEPEST = 3


def explanation(violations: Violations) -> str:
    """Return the sentence that tells a client what was wrong."""
    errors = [violation.message for violation in violations if violation.level == "error"]
    told = errors or [violation.message for violation in violations]
    return "; ".join(told[:3]) + (f"; and {len(told) - 3} more" if len(told) > 3 else "")


def phrase(status: int) -> str:
    """Return the usual words for a status (RFC 9110 §15); a status that has none is of a class that has.

    >>> phrase(404), phrase(499)
    ('Not Found', 'Bad Request')
    """
    known = HTTPStatus._value2member_map_
    return HTTPStatus(status if status in known else status // 100 * 100).phrase


class Blank(Struct, frozen=True):
    """An error that tells its status, and where it has a place for what was wrong."""

    value: JSON
    is_problem: bool
    lists: tuple[Path, ...]
    texts: tuple[Path, ...]


def blank_of(value: JSON, media: MediaPlan, status: int, sound: Sound) -> Blank:
    """Put status and its phrase where an error has a place for them."""
    is_problem = isinstance(value, dict) and "problem" in media.media.name
    if is_problem:  # RFC 9457 §3.1
        for name, said in (("type", "about:blank"), ("title", phrase(status))):
            value = _tried(value, (name,), said, sound)
    for path in _places(value, (), _STATUSES):
        present = get(value, path)
        if isinstance(present, int | str) and not isinstance(present, bool):
            value = _tried(value, path, type(present)(status), sound)
    for path in _places(value, (), _KINDS):
        present = get(value, path)
        if isinstance(present, str) and present not in kinds(status):
            known = _shape_at(media.spec.shape, path).enum
            told = (kind for kind in kinds(status) if known is None or kind in known)
            kind = next((kind for kind in told if sound.admits(value, path, kind)), present)
            value = value if kind is present else put(value, path, kind)
    texts = tuple(path for path in _places(value, (), TEXTS) if isinstance(get(value, path), str))
    return Blank(value, is_problem, tuple(lists_in(value)), texts)


def explained(blank: Blank, status: int, violations: Violations, sound: Sound) -> JSON:
    """Put the explanation where the error has a place for it."""
    text = explanation(violations) or phrase(status)
    value, listed = with_entries(blank.value, blank.lists, violations, sound)
    if blank.is_problem:  # RFC 9457 §3.1.4
        value = _tried(value, ("detail",), text, sound)
        if value.get("detail") == text:
            return value
    for path in blank.texts:
        if stands(value, path) and not (listed and 0 in path) and sound.admits(value, path, text):
            return _with_subject(put(value, path, text), path[:-1], violations, sound)
    return value


@lru_cache(maxsize=64)
def kinds(status: int) -> tuple[str, ...]:
    """Return what APIs call an error of a status, in their spellings; what its whole class is called comes last.

    >>> kinds(404)[:4]
    ('not_found', 'NOT_FOUND', 'NotFound', 'not-found')
    """
    names = dict.fromkeys((*_USUAL.get(status, ()), *_USUAL.get(status // 100 * 100, ())))
    spelled = ((name, name.upper(), name.title().replace("_", ""), name.replace("_", "-")) for name in names)
    return tuple(chain.from_iterable(spelled))


class Explainer:
    """Tells what was wrong in the errors of one contract.

    Remembers a bounded number of errors that wait for it, one for all operations that refuse alike: what a request did
    wrong is all that its error says of it.
    """

    def __init__(self, plans: Plans, imagination: Imagination, limit: int = 128) -> None:
        self._plans = plans
        self._imagination = imagination
        self._limit = limit
        self._waiting: dict[Hashable, tuple[Imagined, JSON, Blank, Sound]] = {}

    def refusal(self, media: MediaPlan, content_type: str, status: int, violations: Violations, seed: int) -> Imagined:
        """Return an error that tells violations; raise MockserverError where the schema admits none."""
        own = media.media.examples or media.media.encodings is not None
        key = (media if own else (media.validator, media.media.name), content_type, status, seed)
        found = self._waiting.get(key)
        if found is None:
            drawn = self._imagination.body(media, content_type, seed, wanted={"status": status})
            plain, sound = drawn.value, sound_of(self._plans, media)
            found = drawn, plain, blank_of(plain, media, status, sound), sound
            bounded(self._waiting, self._limit)[key] = found
        drawn, plain, blank, sound = found
        value = explained(blank, status, violations, sound)
        return drawn if value is plain else spelled(media, content_type, value, "generated")

    def named(self, media: MediaPlan, content_type: str, status: int, drawn: Imagined) -> Imagined:
        """Return an error that nobody made, with its status told."""
        plain, sound = drawn.value, sound_of(self._plans, media)
        value = explained(blank_of(plain, media, status, sound), status, (), sound)
        return drawn if value is plain else spelled(media, content_type, value, "generated")


def _with_subject(value: JSON, path: Path, violations: Violations, sound: Sound) -> JSON:
    """Name what is wrong beside the sentence, where the error names something there."""
    for name, present in get(value, path).items() if violations else ():
        if name in SUBJECTS and isinstance(present, str):
            value = _tried(value, (*path, name), subject_of(violations[0], present), sound)
    return value


def _tried(value: JSON, path: Path, replacement: JSON, sound: Sound) -> JSON:
    return put(value, path, replacement) if sound.admits(value, path, replacement) else value


def _shape_at(shape: Shape, path: Path) -> Shape:
    for part in path:
        shape = shape.item(part) if isinstance(part, int) else shape.property(part)
    return shape


def _places(value: JSON, path: Path, names: Sequence[str]) -> Iterator[Path]:
    """Yield where one of the names stands, the shallowest first, and in the order of the names."""
    below: Iterable[tuple[str | int, JSON]] = ()
    if isinstance(value, dict):
        yield from ((*path, name) for name in names if name in value and not isinstance(value[name], dict | list))
        below = value.items()
    elif isinstance(value, list) and value:
        below = ((0, value[0]),)
    if len(path) < _DEEPEST:
        for key, item in below:
            if isinstance(item, dict | list):
                yield from _places(item, (*path, key), names)


def problem(status: int, title: str, violations: Violations) -> JSON:
    """Return problem details (RFC 9457), for contracts that have no error of their own."""
    return {
        "type": "about:blank",
        "title": title,
        "status": status,
        "detail": explanation(violations),
        "violations": [
            {"rule": violation.rule, "at": violation.at, "message": violation.message, "fix": violation.fix}
            for violation in violations
        ],
    }
