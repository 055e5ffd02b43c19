"""What is asked of a client, and what it is answered: the cases of one operation in both directions.

A request is a value for each place where something can be said (`path.id`, `query.limit`, `body.to`); an answer is a
documented status with a body of its schema. Sent cases vary the request and are answered with the least success;
answered cases say the least and vary the answer. Does not know how a client spells any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.contract.plan import MediaPlan, ParameterPlan, Plan, Plans
from mockserver.generate.boundary import Boundary, Variation
from mockserver.generate.generator import Unsatisfiable
from mockserver.jobs.verify.answers import Given, answers_of
from mockserver.jobs.verify.places import bare
from mockserver.jobs.verify.spellable import is_carried, is_spellable
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, field, replace
from mockserver.wire.media_type import is_json

Place: TypeAlias = tuple[str, ...]
"""Where something is said: location and name, or `("body",)` for the whole of it and `("body", name)` for a part.

Further names lead to a member: `("query", "to", "country")`.
"""
_MOST: Final = 260
"""How many variations of one body are said at most."""
Direction: TypeAlias = Literal["sent", "answered", "refused", "broken"]
Said: TypeAlias = Mapping[Place, JSON]

_FEW = frozenset({"the least", "with everything", "null", "an empty list"})


class Case(Struct, frozen=True):
    """One call of a client: what it is told to say, and what it is answered; `joint`: both were varied."""

    direction: Direction
    said: Said
    given: Given | None
    why: str
    at: str = ""
    joint: bool = False


class Cases(Struct, frozen=True):
    """The cases of one operation. `places` are those that the client's method can speak of."""

    plans: Plans
    plan: Plan
    validators: Validators
    places: frozenset[Place]
    must: frozenset[Place] = frozenset()
    needs: frozenset[str] = field(default_factory=frozenset)

    def least(self) -> Said:
        """Return the least that can be said; raise Unsatisfiable."""
        return self._apart(self._least())

    def _apart(self, said: Said) -> Said:
        """Return what is said with each value taken apart that the client says in parts."""
        deep = [place for place in self.places if len(place) > 2]
        if not deep:
            return said
        out = {place: value for place, value in said.items() if place in self.places}
        for place in deep:
            value = said.get(place[:2], ...)
            for name in place[2:]:
                value = member(value, name)
            if value is not ...:
                out[place] = value
        return out

    def tops(self) -> frozenset[Place]:
        """Return the parameters, and the parts of the body, that the client can speak of."""
        return frozenset(place[:2] for place in self.places)

    def _must_tops(self) -> frozenset[Place]:
        return frozenset(place[:2] for place in self.must)

    def _least(self) -> Said:
        said: dict[Place, JSON] = {}
        for entry in self.parameters():
            place = (entry.parameter.location, entry.parameter.name)
            if entry.parameter.required or place in self._must_tops():
                said[place] = next(self._values(entry)).value
        return {**said, **next(self._bodies(), {})}

    def sent(self) -> Iterator[Case]:
        """Yield requests, each a step from the least one."""
        seen: list[Said] = []
        for case in self._sent():
            apart = self.apart(case)
            if apart is not None and apart.said not in seen:
                if apart is not case:
                    seen.append(apart.said)
                yield apart

    def apart(self, case: Case) -> Case | None:
        """Return a case with its values taken apart, or None where the client needs what it does not say."""
        said = self._apart(case.said)
        if any(place not in said for place in self.must):
            return None
        return case if said is case.said else replace(case, said=said)

    def _sent(self) -> Iterator[Case]:
        least = self._least()
        yield Case("sent", least, None, "the least request")
        everything = dict(least)
        for entry in self.parameters():
            place = (entry.parameter.location, entry.parameter.name)
            for number, variation in enumerate(self._values(entry)):
                if number == 0:
                    everything.setdefault(place, variation.value)
                if least.get(place, ...) != variation.value:
                    at = f"{'.'.join(place)}"
                    yield Case("sent", {**least, place: variation.value}, None, variation.why, at)
        if len(everything) > len(least):
            yield Case("sent", everything, None, "every parameter")
        bodiless = {place: value for place, value in least.items() if place[0] != "body"}
        for number, (body, why, at) in enumerate(self._varied_bodies()):
            if number:
                yield Case("sent", {**bodiless, **body}, None, why, f"body#{at}")

    def parameters(self) -> Iterator[ParameterPlan]:
        """Yield the parameters that the client can speak of."""
        for entry in self.plan.parameters():
            if (entry.parameter.location, entry.parameter.name) in self.tops():
                yield entry

    def _values(self, entry: ParameterPlan) -> Iterator[Variation]:
        schema = entry.bundle.schema if entry.bundle is not None else {"type": "string"}
        found = False
        for variation in Boundary(schema, self.validators, needs=self.needs_in(entry)).values():
            if is_spellable(entry, variation.value):
                found = True
                yield variation
        if not found:
            raise Unsatisfiable(entry.parameter.node.pointer, f"no value of {entry.parameter.name} can be spelled")

    def needs_in(self, entry: ParameterPlan) -> frozenset[str]:
        """Return the members of a parameter that the client cannot leave out."""
        top = (entry.parameter.location, entry.parameter.name)
        names = (name for place in self.must if place[:2] == top for name in place[2:])
        return self.needs | frozenset(bare(name) for name in names)

    def request_media(self) -> MediaPlan | None:
        """Return the body that is spoken of: the JSON one where there are several."""
        if self.plan.body is None or not self.plan.body.content or not any(one[0] == "body" for one in self.places):
            return None
        content = self.plan.body.content
        media = next((one for one in content if is_json(one.name)), content[0])
        return self.plans.media(media, "request")

    def _bodies(self) -> Iterator[Said]:
        for said, _, _ in self._varied_bodies():
            yield said

    def _varied_bodies(self) -> Iterator[tuple[Said, str, str]]:
        media = self.request_media()
        if media is None:
            return
        schema = media.bundle.schema if media.bundle is not None else {"type": "string"}
        required = self.plan.body is not None and self.plan.body.required
        whole = ("body",) in self.places
        names = {place[1] for place in self.tops() if len(place) == 2 and place[0] == "body"}
        seen: list[Said] = []
        for variation in Boundary(schema, self.validators, needs=self.needs_in_body()).values():
            if not is_carried(media, variation.value):
                continue
            if whole:
                said: Said = {("body",): variation.value}
            elif isinstance(variation.value, dict):
                said = {("body", name): value for name, value in variation.value.items() if name in names}
            else:
                continue
            if any(place not in said for place in self._must_tops() if place[0] == "body"):
                continue
            if said not in seen:
                if not seen and not required and not any(place[0] == "body" for place in self.must):
                    seen.append({})
                    yield {}, "no body", ""
                seen.append(said)
                yield said, variation.why, variation.at
            if len(seen) >= _MOST:
                return

    def needs_in_body(self) -> frozenset[str]:
        """Return the members of the body that the client cannot leave out."""
        names = (name for place in self.must for name in place[1:] if place[0] == "body")
        return self.needs | frozenset(bare(name) for name in names)

    def answered(self) -> Iterator[Case]:
        """Yield answers that the contract documents, successes before errors, each with the least request."""
        least = self.least()
        thorough: set[int] = set()
        for given in self.answers():
            if given.status >= 400 and given.media is not None:
                schema = id(given.media.validator)
                if given.why not in _FEW and schema in thorough and given.status not in thorough:
                    continue
                if schema not in thorough:
                    thorough |= {schema, given.status}
            yield Case("refused" if given.status >= 400 else "answered", least, given, given.why, given.at)

    def answers(self) -> Iterator[Given]:
        """Yield every documented answer with its variations."""
        return answers_of(self.plans, self.plan, self.validators)

    def leasts(self) -> Iterator[Given]:
        """Yield the least answer of each documented status and media type."""
        return answers_of(self.plans, self.plan, self.validators, most=1)


def member(value: JSON, name: str) -> JSON:
    """Return a member of an object, or of the one object of a list; `...` where there is none.

    >>> member([{"weight": 3}], "weight"), member([{"weight": 3}, {"weight": 4}], "weight")
    (3, Ellipsis)
    """
    if isinstance(value, list) and len(value) == 1:
        (value,) = value
    return value.get(name, ...) if isinstance(value, dict) else ...


def places_of(plan: Plan, media: MediaPlan | None) -> tuple[Place, ...]:
    """Return every place of an operation where something can be said."""
    found: list[Place] = [(entry.parameter.location, entry.parameter.name) for entry in plan.parameters()]
    if media is not None:
        found.append(("body",))
        found.extend(("body", name) for name in media.spec.shape.property_names)
    return tuple(found)


def body_media(plans: Plans, plan: Plan) -> Sequence[MediaPlan]:
    """Return how the body of a request may be spelled, JSON first."""
    if plan.body is None:
        return ()
    ordered = sorted(plan.body.content, key=lambda one: not is_json(one.name))
    return [plans.media(one, "request") for one in ordered]
