"""Why a request was refused, told in the shape that the contract has for errors.

The explanation goes into a property that the contract's own error schema has for it, and only where the body stays
sound; it is never a shape of ours where the contract has one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from http import HTTPStatus
from itertools import chain

from mockserver.answers.changes import Path, get, put
from mockserver.answers.entries import SUBJECTS, TEXTS, subject_of, with_entries
from mockserver.contract.plan import MediaPlan
from mockserver.values import JSON
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


def explained(value: JSON, media: MediaPlan, status: int, violations: Violations) -> JSON:
    """Put status, its phrase and the explanation where the error has a place for them."""
    text = explanation(violations) or phrase(status)
    value, listed = with_entries(value, violations, media.accepts)
    if isinstance(value, dict) and "problem" in media.media.name:  # RFC 9457 §3.1
        for name, said in (("type", "about:blank"), ("title", phrase(status)), ("detail", text)):
            value = _tried(value, (name,), said, media)
        if value.get("detail") == text:
            return value
    for path in _places(value, (), _STATUSES):
        present = get(value, path)
        if isinstance(present, int | str) and not isinstance(present, bool):
            value = _tried(value, path, type(present)(status), media)
    for path in _places(value, (), _KINDS):
        present = get(value, path)
        if isinstance(present, str) and present not in kinds(status):
            known = _shape_at(media.spec.shape, path).enum
            told = (put(value, path, kind) for kind in kinds(status) if known is None or kind in known)
            value = next((changed for changed in told if media.accepts(changed)), value)
    for path in _places(value, (), TEXTS):
        if isinstance(get(value, path), str) and not (listed and 0 in path):
            changed = _tried(value, path, text, media)
            if changed is not value:
                return _with_subject(changed, path[:-1], violations, media)
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


def _with_subject(value: JSON, path: Path, violations: Violations, media: MediaPlan) -> JSON:
    """Name what is wrong beside the sentence, where the error names something there."""
    for name, present in get(value, path).items() if violations else ():
        if name in SUBJECTS and isinstance(present, str):
            value = _tried(value, (*path, name), subject_of(violations[0], present), media)
    return value


def _tried(value: JSON, path: Path, replacement: JSON, media: MediaPlan) -> JSON:
    changed = put(value, path, replacement)
    return changed if media.accepts(changed) else value


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
