"""Which of the documented answers to give.

Knows statuses, preferences and Accept. Does not know values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.answers.prefer import Preferences
from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.plan import Plan, bounded, response_for
from mockserver.values import Struct
from mockserver.wire.bodies import is_sequential
from mockserver.wire.media_type import concrete, is_json, negotiate


class Chosen(Struct, frozen=True):
    """An answer to give: the status code, what documents it (None: nothing does), and how its body is spelled."""

    status: int
    documented: ResponseSpec | None
    media: MediaType | None
    content_type: str


class NotAcceptable(Struct, frozen=True):
    """Accept excludes every media type of the answer."""

    offers: tuple[str, ...]
    otherwise: Chosen


class NotDocumented(Struct, frozen=True):
    """The request prefers a status that the operation does not have."""

    code: int
    documented: tuple[str, ...]


Refusal: TypeAlias = Literal["malformed", "invalid", "security", "path", "accept", "media-type", "preference", "broken"]

_WAYS_OUT: Mapping[Refusal, tuple[int, ...]] = {
    # the natural status first, then those of the same class that contracts document instead
    "malformed": (400, 422),
    "invalid": (422, 400),
    "security": (401, 403),
    "path": (400, 422, 404),
    "accept": (406, 400, 422),
    "media-type": (415, 400, 422),
    "preference": (400, 422, 404),
    "broken": (501, 500),
}


_LONGEST = 256
"""Characters of an Accept that is remembered: a memory bounded in number must be bounded in what it holds as well."""


class Chooser:
    """Chooses answers, and remembers what it chose: most requests ask for the same thing in the same words."""

    def __init__(self, limit: int = 8192) -> None:
        self._limit = limit
        self._chosen: dict[tuple[Plan, str | None, bool | None], Chosen | NotAcceptable | NotDocumented] = {}
        self._refused: dict[tuple[Plan, str | None, Refusal], Chosen] = {}

    def success(
        self, plan: Plan, preferences: Preferences, accept: str | None, *, stream: bool | None = None
    ) -> Chosen | NotAcceptable | NotDocumented:
        """Choose the answer to a request that keeps the contract."""
        if preferences.code is not None or (accept is not None and len(accept) > _LONGEST):
            return success(plan, preferences, accept, stream=stream)
        found = self._chosen.get((plan, accept, stream))
        if found is None:
            found = success(plan, preferences, accept, stream=stream)
            bounded(self._chosen, self._limit)[plan, accept, stream] = found
        return found

    def refusal(self, plan: Plan, why: Refusal, accept: str | None) -> Chosen:
        """Choose the answer to a request that does not keep the contract."""
        if accept is not None and len(accept) > _LONGEST:
            return refusal(plan, why, accept)
        found = self._refused.get((plan, accept, why))
        if found is None:
            found = bounded(self._refused, self._limit)[plan, accept, why] = refusal(plan, why, accept)
        return found


def success(
    plan: Plan, preferences: Preferences, accept: str | None, *, stream: bool | None = None
) -> Chosen | NotAcceptable | NotDocumented:
    """Choose the answer to a request that keeps the contract; `stream`: what its body says about streaming."""
    if preferences.code is not None:
        documented = response_for(plan.responses, preferences.code)
        if documented is None:
            return NotDocumented(preferences.code, tuple(response.status for response in plan.responses))
        return _negotiated(preferences.code, documented, accept, stream=stream, error=preferences.code >= 400)
    code, documented = _lowest(plan.responses)
    return _negotiated(code, documented, accept, stream=stream, error=code >= 400)


def _lowest(responses: tuple[ResponseSpec, ...]) -> tuple[int, ResponseSpec | None]:
    """Return the lowest documented success: a code, a range, `default` as 200; then whatever there is."""
    codes = sorted(
        ((int(response.status), response) for response in responses if response.status.isdigit()),
        key=lambda pair: pair[0],
    )
    named = {response.status: response for response in responses}
    for code, response in codes:
        if 200 <= code < 300:
            return code, response
    if "2XX" in named:
        return 200, named["2XX"]
    for code, response in codes:
        if 300 <= code < 400:
            return code, response
    if "default" in named:
        return 200, named["default"]
    if "3XX" in named:
        return 302, named["3XX"]
    for code, response in codes:
        if code >= 400:
            return code, response
    for status, response in named.items():
        if status[0] != "1":  # RFC 9110 §15.2: an interim answer is no answer
            return int(status[0]) * 100, response
    return 200, None


def _negotiated(
    code: int, documented: ResponseSpec | None, accept: str | None, *, stream: bool | None, error: bool
) -> Chosen | NotAcceptable:
    if documented is None or not documented.content or code in {204, 304} or code < 200:
        return Chosen(code, documented, None, "")
    offers = [media.name for media in documented.content]
    asked = [name for name in offers if is_sequential(name) == stream]
    if stream and asked:
        return Chosen(code, documented, documented.content[offers.index(asked[0])], concrete(asked[0]))
    found = negotiate(accept, asked or offers)
    if found is None:
        otherwise = _without_accept(code, documented)
        return otherwise if error else NotAcceptable(tuple(offers), otherwise)
    return Chosen(code, documented, documented.content[offers.index(found)], concrete(found, accept))


def _without_accept(code: int, documented: ResponseSpec) -> Chosen:
    """Spell an error answer as documented, JSON first: an error must not fail for its spelling."""
    media = next((item for item in documented.content if is_json(item.name)), documented.content[0])
    return Chosen(code, documented, media, concrete(media.name))


def refusal(plan: Plan, why: Refusal, accept: str | None) -> Chosen:
    """Choose the answer to a request that does not keep the contract: documented wherever there is a way."""
    named = {response.status: response for response in plan.responses}
    ways = _WAYS_OUT[why]
    for code in ways:
        if str(code) in named:
            return _error(code, named[str(code)], accept)
    for wider in (f"{ways[0] // 100}XX", "default"):
        if wider in named:
            return _error(ways[0], named[wider], accept)
    return Chosen(ways[0], None, None, "")


def _error(code: int, documented: ResponseSpec, accept: str | None) -> Chosen:
    chosen = _negotiated(code, documented, accept, stream=None, error=True)
    return chosen if isinstance(chosen, Chosen) else _without_accept(code, documented)
