"""What is asked of a client, and what it is answered: the cases of one operation in both directions.

A request is a value for each place where something can be said (`path.id`, `query.limit`, `body.to`); an answer is a
documented status with a body of its schema. Sent cases vary the request and are answered with the least success;
answered cases say the least and vary the answer. Does not know how a client spells any of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Literal, TypeAlias

from mockserver.answers.files import file_of
from mockserver.answers.headers import contract_headers
from mockserver.answers.imagine import Imagination
from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.plan import MediaPlan, ParameterPlan, Plan, Plans
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Request, Response
from mockserver.generate.boundary import Boundary, Variation
from mockserver.generate.generator import Unsatisfiable
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, field, replace
from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.media_type import concrete, is_json, negotiate
from mockserver.wire.parameters import encode_cookie, encode_header, encode_path, encode_query
from mockserver.wire.reading import Decoded, UnspellableError

Place: TypeAlias = tuple[str, ...]
"""Where something is said: location and name, or `("body",)` for the whole of it and `("body", name)` for a part.

Further names lead to a member: `("query", "to", "country")`.
"""
Direction: TypeAlias = Literal["sent", "answered", "refused"]
Said: TypeAlias = Mapping[Place, JSON]

_MOST = 160
_FEW = frozenset({"the least", "with everything", "null", "an empty list"})


class Given(Struct, frozen=True):
    """An answer: status, how the body is spelled (None: there is none), its value, what is special about it.

    `spelled` is the answer to the letter, where it is not to be spelled from the value.
    """

    status: int
    documented: ResponseSpec
    media: MediaPlan | None
    value: JSON
    why: str
    at: str = ""
    spelled: Response | None = None


class Case(Struct, frozen=True):
    """One call of a client: what it is told to say, and what it is answered."""

    direction: Direction
    said: Said
    given: Given | None
    why: str
    at: str = ""


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
                value = value.get(name, ...) if isinstance(value, dict) else ...
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
        for variation in Boundary(schema, self.validators, needs=self.needs | self._needed_in(entry)).values():
            if is_spellable(entry, variation.value):
                found = True
                yield variation
        if not found:
            raise Unsatisfiable(entry.parameter.node.pointer, f"no value of {entry.parameter.name} can be spelled")

    def _needed_in(self, entry: ParameterPlan) -> frozenset[str]:
        """Return the members of a parameter that the client cannot leave out."""
        top = (entry.parameter.location, entry.parameter.name)
        names = (name for place in self.must if place[:2] == top for name in place[2:])
        return frozenset("".join(filter(str.isalnum, name)).lower() for name in names)

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
        for variation in Boundary(schema, self.validators, needs=self.needs | self._must_names()).values():
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

    def _must_names(self) -> frozenset[str]:
        names = (name for place in self.must for name in place[1:] if place[0] == "body")
        return frozenset("".join(filter(str.isalnum, name)).lower() for name in names)

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
        for documented in sorted(self.plan.responses, key=lambda one: status_of(one, self.plan)):
            status = status_of(documented, self.plan)
            if 300 <= status < 400 or status < 200:
                continue  # a redirect leads the library elsewhere; what comes of it is not this operation's answer
            if not documented.content or status in {204, 205}:
                yield Given(status, documented, None, None, "the least")
                continue
            for media in documented.content:
                yield from self._of_media(status, documented, media)

    def _of_media(self, status: int, documented: ResponseSpec, media: MediaType) -> Iterator[Given]:
        try:
            plan = self.plans.media(media, "response")
        except MockserverError:
            return  # told by lint; there is no such answer
        if plan.bundle is None or plan.per_item or plan.spec.item:
            yield Given(status, documented, plan, None, "the least")
            return
        count = 0
        for variation in Boundary(plan.bundle.schema, self.validators, spelled=False).values():
            if is_json(media.name) or is_carried(plan, variation.value):
                count += 1
                yield Given(status, documented, plan, variation.value, variation.why, variation.at)
            if count >= _MOST:
                return


def status_of(documented: ResponseSpec, plan: Plan) -> int:
    """Return a status for what is documented: the code, the first of a range, 500 or 200 for `default`."""
    if documented.status.isdigit():
        return int(documented.status)
    if documented.status[:1].isdigit():
        first = int(documented.status[0]) * 100
        taken = {one.status for one in plan.responses}
        return next(code for code in range(first, first + 100) if str(code) not in taken)
    has_success = any(one.status.startswith("2") for one in plan.responses)
    return 500 if has_success else 200


def is_spellable(entry: ParameterPlan, value: JSON) -> bool:
    """Tell whether a value of a parameter survives its own style: what does not is no client's fault."""
    spec = entry.spec
    try:
        match spec.location:
            case "path":
                spelled = encode_path(spec, value)
                # RFC 3986 §5.2.4: dot segments are taken away, and an empty one is no segment
                return spelled not in {"", ".", ".."} and _plain_text(value)
            case "query":
                encode_query(spec, value)
                return not (value in ([], {}) or _holds_delimiter(entry, value))
            case "header":
                lines = encode_header(spec, value)
                return all(_is_field(line) for line in lines) and bool("".join(lines))
            case "cookie":
                line = encode_cookie(spec, value)
                return _is_field(line) and not set(line) & set(' ;,"\\')
            case _:
                return True
    except UnspellableError:
        return False


def _plain_text(value: JSON) -> bool:
    return not isinstance(value, str) or value.isprintable()


def _holds_delimiter(entry: ParameterPlan, value: JSON) -> bool:
    """Tell whether an item holds what parts the items: most libraries cannot spell the difference."""
    if not isinstance(value, list) or entry.spec.explode:
        return False
    return any(isinstance(item, str) and set(item) & set(",| %") for item in value)


def _is_field(line: str) -> bool:
    """Tell whether a text can stand in a header as it is (RFC 9110 §5.5)."""
    return line.isascii() and line.isprintable() and line == line.strip()


def is_carried(media: MediaPlan, value: JSON) -> bool:
    """Tell whether a body survives its own media type."""
    try:
        content_type, body = encode_body(media.spec, value)
    except UnspellableError:
        return False
    decoded = decode_body(media.spec, content_type, body)
    return isinstance(decoded, Decoded) and (decoded.value == value or value in decoded.alternatives)


def response_of(given: Given, request: Request, plans: Plans, imagination: Imagination) -> Response | None:
    """Spell an answer; None when the request does not accept it."""
    if given.spelled is not None:
        content_type = given.spelled.header("content-type") if given.status < 400 else None
        refused = content_type is not None and negotiate(request.header("accept"), [content_type]) is None
        return None if refused else given.spelled
    headers: Headers = tuple(contract_headers(given.documented, plans, imagination, 0, {}))
    if given.media is None:
        return Response(given.status, headers)
    name = given.media.media.name
    if given.status < 400 and negotiate(request.header("accept"), [name]) is None:
        return None
    if given.media.bundle is None or given.media.per_item or given.media.spec.item:
        content_type = concrete(name)
        imagined = imagination.body(given.media, content_type, 0, wanted={})
        return Response(given.status, (("Content-Type", imagined.content_type), *headers), imagined.body)
    try:
        content_type, body = encode_body(given.media.spec, given.value)
    except UnspellableError:
        content_type, body = concrete(name), file_of(concrete(name))
    return Response(given.status, (("Content-Type", content_type), *headers), body)


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
