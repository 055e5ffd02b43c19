"""What is drawn for an operation: all that is said in a request, and one of the documented answers to it, together.

One tape decides both, so both become simpler as it becomes smaller. A drawn case is written down as JSON as well (the
request place by place, and the body of the answer), so that a finding can be told on a smaller one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.contract.plan import MediaPlan, ParameterPlan
from mockserver.generate.dice import Roll
from mockserver.generate.generator import Unsatisfiable
from mockserver.generate.tape import Tape
from mockserver.generate.varied import Varied
from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.cases import Case, Cases, Direction, Place, Said
from mockserver.jobs.verify.spellable import is_carried, is_spellable
from mockserver.values import JSON, Struct
from mockserver.wire.media_type import is_json

_TRIES: Final = 3
_SHARES: Final = (50, 15, 85)
_BODY: Final = "body"
_TRIALS: Final = 24
_SHORTEST, _LONGEST = 16, 512
"""Bytes of a row."""


class Drawn(Struct, frozen=True):
    """A case, and what it was made of: which answer, and the JSON of what was said and answered."""

    case: Case
    number: int
    written: dict[str, JSON]


class Drawing:
    """The draws of one operation, in the directions that are asked for."""

    def __init__(self, cases: Cases, directions: Sequence[Direction]) -> None:
        self._cases = cases
        self._least = cases.least()
        self._says = "sent" in directions
        self._entries: dict[str, ParameterPlan] = {}
        self._media = cases.request_media()
        self._varied: dict[tuple[int, frozenset[str], bool], Varied] = {}
        for entry in cases.parameters():
            self._entries[f"{entry.parameter.location} {entry.parameter.name}"] = entry
        self._givens = [given for given in cases.leasts() if _direction(given) in directions]
        fine = [number for number, given in enumerate(self._givens) if given.status < 400]
        refused = [number for number, given in enumerate(self._givens) if given.status >= 400]
        self._groups = [group for group in (fine, refused) if group]
        self.length = _LONGEST
        if self.parts:
            self.length = self._length()

    @property
    def parts(self) -> int:
        """How many schemas are drawn from on the side of answers, at least one where something is said."""
        medias = [given.media for given in self._givens if _has_schema(given)]
        schemas = {id(media.validator) for media in medias if media is not None}
        return max(len(schemas), int(self._says and bool(self._entries or self._media)))

    def read(self, row: bytes) -> Drawn | None:
        """Return the case that a row of bytes tells of; None where nobody could say it."""
        return self._read(Tape(row))

    def _length(self) -> int:
        """Return how many bytes most cases are decided by: each of a row costs."""
        tapes = [Tape(_noise(number)) for number in range(_TRIALS)]
        for tape in tapes:
            self._read(tape)
        asked = sorted(tape.read for tape in tapes)[_TRIALS * 3 // 4]
        return max(_SHORTEST, min(_LONGEST, asked))

    def _read(self, tape: Tape) -> Drawn | None:
        written: dict[str, JSON] = {}
        number = tape.choice(tape.choice(self._groups)) if self._groups else -1
        if self._says:
            written["request"] = self._request(tape)
        if number >= 0 and _has_schema(given := self._givens[number]):
            written["answer"] = self._answer(given, tape)
        case = self._made(number, written)
        return Drawn(case, number, written) if case is not None else None

    def case(self, number: int, written: dict[str, JSON]) -> Case | None:
        """Return the case that was written down; None for what is not allowed, or what nobody can spell."""
        for key, value in written.get("request", {}).items():
            entry = self._entries.get(key)
            if entry is not None and not (is_spellable(entry, value) and _is_valid(entry, value)):
                return None
            if entry is None and self._media is not None and not _is_sent(self._media, value):
                return None
        if "answer" in written and not _is_answered(self._givens[number], written["answer"]):
            return None
        if "request" in written and not self._required() <= written["request"].keys():
            return None
        return self._made(number, written)

    def _required(self) -> set[str]:
        musts = {place[:2] for place in self._cases.must}
        found = {
            key
            for key, entry in self._entries.items()
            if entry.parameter.required or (entry.parameter.location, entry.parameter.name) in musts
        }
        return found | ({_BODY} if self._needs_body() else set())

    def _needs_body(self) -> bool:
        if self._media is None:
            return False
        body = self._cases.plan.body
        return (body is not None and body.required) or any(place[0] == _BODY for place in self._cases.must)

    def _made(self, number: int, written: dict[str, JSON]) -> Case | None:
        said = self._said(written["request"]) if "request" in written else self._least
        given = self._givens[number] if number >= 0 else None
        if given is not None and _has_schema(given):
            given = (
                Given(given.status, given.documented, given.media, written["answer"], "drawn")
                if "answer" in written
                else None
            )
        direction = _direction(given) if given is not None else "sent"
        case = Case(direction, said, given, "drawn", joint="request" in written)
        return self._cases.apart(case) if case.joint else case

    def _said(self, request: dict[str, JSON]) -> Said:
        said: dict[Place, JSON] = {}
        for key, value in request.items():
            entry = self._entries.get(key)
            if entry is not None:
                said[entry.parameter.location, entry.parameter.name] = value
            elif (_BODY,) in self._cases.places:
                said[_BODY,] = value
            elif isinstance(value, dict):
                tops = self._cases.tops()
                said.update({(_BODY, name): item for name, item in value.items() if (_BODY, name) in tops})
        return said

    def _request(self, tape: Tape) -> dict[str, JSON]:
        request: dict[str, JSON] = {}
        required = self._required()
        share = tape.choice(_SHARES)
        for key, entry in self._entries.items():
            if key not in required and not tape.chance(share):
                continue
            value = self._parameter(entry, tape)
            if value is ...:
                value = self._least.get((entry.parameter.location, entry.parameter.name), ...)
            if value is not ...:
                request[key] = value
        if self._media is not None and (_BODY in required or tape.chance(max(_SHARES))):
            for value in self._bodies(self._media, tape):
                request[_BODY] = value
                break
        return request

    def _parameter(self, entry: ParameterPlan, tape: Tape) -> JSON:
        """Return a value that can be spelled, what cannot be spelled taken out of it; `...` where none was met."""
        varied = self._of(entry, self._cases.needs_in(entry))
        for _ in range(_TRIES):
            value = varied.value(tape)
            if is_spellable(entry, value):
                return value
            value = _tidied(value, plainly=entry.parameter.location in {"header", "cookie"})
            if is_spellable(entry, value) and _is_valid(entry, value):
                return value
        return ...

    def _bodies(self, media: MediaPlan, tape: Tape) -> Iterator[JSON]:
        varied = self._of(media, self._cases.needs_in_body())
        for _ in range(_TRIES):
            value = varied.value(tape)
            if is_json(media.media.name) or is_carried(media, value):
                yield value

    def _answer(self, given: Given, tape: Tape) -> JSON:
        media = given.media
        if media is None:
            return given.value
        varied = self._of(media, frozenset(), answered=True)
        for _ in range(_TRIES):
            value = varied.value(tape)
            if is_json(media.media.name):
                return value
            value = _tidied(value, also="\n")  # RFC 4180 §2, XML 1.0 §2.2: no control characters
            if media.accepts(value) and is_carried(media, value):
                return value
        return given.value

    def _of(self, plan: ParameterPlan | MediaPlan, needs: frozenset[str], *, answered: bool = False) -> Varied:
        key = (id(plan.validator), needs, answered)  # equal schemas have one validator
        found = self._varied.get(key)
        if found is None:
            schema: JSON = plan.bundle.schema if plan.bundle is not None else {"type": "string"}
            found = self._varied[key] = Varied(schema, self._cases.validators, needs=needs, answered=answered)
        return found


def drawing(cases: Cases, directions: Sequence[Direction]) -> Drawing | None:
    """Return the draws of an operation; None where not even the least can be said."""
    try:
        return Drawing(cases, directions)
    except Unsatisfiable:
        return None


def _direction(given: Given) -> Direction:
    return "refused" if given.status >= 400 else "answered"


def _noise(number: int) -> bytes:
    roll = Roll(number)
    return b"".join(roll.next().to_bytes(4, "big")[1:] for _ in range(_LONGEST // 3))


def _has_schema(given: Given) -> bool:
    media = given.media
    return (
        media is not None
        and given.spelled is None
        and media.bundle is not None
        and not media.per_item
        and not media.spec.item
    )


def _is_valid(entry: ParameterPlan, value: JSON) -> bool:
    return entry.validator is None or entry.validator.is_valid(value)


def _is_sent(media: MediaPlan, value: JSON) -> bool:
    return media.accepts(value) and is_carried(media, value)


def _is_answered(given: Given, value: JSON) -> bool:
    media = given.media
    if media is None:
        return False
    return media.accepts(value) and (is_json(media.media.name) or is_carried(media, value))


def _tidied(value: JSON, *, plainly: bool = False, also: str = "") -> JSON:
    """Return a value with what is not printed taken out of its texts; `plainly`: what is not ASCII as well."""
    match value:
        case str():
            kept = (each for each in value if each.isprintable() or each in also)
            return "".join(each for each in kept if each.isascii() or not plainly).strip()
        case list():
            return [_tidied(item, plainly=plainly, also=also) for item in value]
        case dict():
            return {name: _tidied(item, plainly=plainly, also=also) for name, item in value.items()}
        case _:
            return value
