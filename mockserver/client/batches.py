"""Many calls at once: results and errors side by side, and what counts as enough.

Knows what a call is and when a batch has failed; how calls run at once is for the clients.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from mockserver.client.answer import Answer
from mockserver.client.errors import About, APIError, ClientError, PartialFailure, Problem, ServerError
from mockserver.errors import UsageError
from mockserver.values import JSON

Enough: TypeAlias = Literal["all", "quorum", "best_effort"]
Call: TypeAlias = str | tuple[str, Mapping[str, Any]] | Callable[[], Any]
"""An operation, an operation with its arguments, or a function that calls."""


class Batch(NamedTuple):
    """What came of each call, by its place; an error where there is no result."""

    results: tuple[JSON, ...]
    errors: tuple[Exception | None, ...]

    @property
    def failed(self) -> tuple[int, ...]:
        """The places of the calls that failed: call these again, and no others."""
        return tuple(place for place, error in enumerate(self.errors) if error is not None)

    @property
    def ok(self) -> bool:
        """Whether none failed."""
        return not self.failed

    def enough(self, policy: Enough, *, service: str = "") -> Batch:
        """Return it, if that is enough; raises PartialFailure."""
        failed, count = self.failed, len(self.errors)
        good = count - len(failed)
        needed = {"all": count, "quorum": count // 2 + 1, "best_effort": 0}.get(policy)
        if needed is None:
            raise UsageError(f"a batch has no policy {policy!r}", fix="say all, quorum or best_effort")
        if good >= min(needed, count):
            return self
        first = self.errors[failed[0]]
        results = {place: self.results[place] for place in range(count) if place not in failed}
        errors = {place: error for place in failed if (error := self.errors[place]) is not None}
        said = f"{len(failed)} of {count} calls failed, the first: {first}".partition("\n")[0]
        raise PartialFailure.of(f"{service}: {said}" if service else said, results, errors)


def parts(answer: Answer) -> Batch:
    """Return what an answer says of each of several things it was asked for, such as 207 (RFC 4918 §13).

    A part is an object with `status`; its error is made of it. The list is the answer itself, or its first list.
    """
    told = answer.data
    lists = [told] if isinstance(told, list) else [each for each in _members(told) if isinstance(each, list)]
    if not lists:
        raise UsageError("the answer holds no list of parts", fix="look at its data")
    errors = [_part_error(answer, part) for part in lists[0]]
    return Batch(tuple(lists[0]), tuple(errors))


def _members(told: JSON) -> Sequence[JSON]:
    return tuple(told.values()) if isinstance(told, dict) else ()


def _part_error(answer: Answer, part: JSON) -> APIError | None:
    if not isinstance(part, dict):
        return None
    statuses = (part.get(name) for name in ("status", "statusCode", "code"))
    status = next((each for each in statuses if isinstance(each, int)), None)
    if status is None or 100 <= status < 400:
        return None
    told = next((part[name] for name in ("error", "problem", "body") if isinstance(part.get(name), dict)), part)
    texts = {name: str(told.get(name) or "") for name in ("type", "title", "detail")}
    about = About(
        operation=answer.operation,
        status=status,
        problem=Problem(texts["type"] or "about:blank", texts["title"], status, texts["detail"]),
        retryable=status in {408, 425, 429, 502, 503, 504},
        attempts=answer.attempts,
        request_id=answer.request_id,
    )
    kind = ClientError if 400 <= status < 500 else ServerError
    said = texts["title"] or texts["detail"]
    return kind(f"a part was answered {status}{': ' if said else ''}{said}", about=about)
