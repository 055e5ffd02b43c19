"""Can every schema be kept?

Operations first, since they say in which direction a schema is used; then what no operation led to, where a schema is
at fault only if it is so in both directions.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.checks.document.examples import Judged, bad_media_example, bad_parameter_example
from mockserver.checks.document.flaw import pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.checks.mismatches import shown
from mockserver.contract.model import MediaType, Operation, Parameter
from mockserver.contract.plan import Broken, ParameterPlan, Plan, Plans, broken_part
from mockserver.document import pointer as pointers
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.schema.algebra import contradictions
from mockserver.schema.bundle import Bundle, is_nullable_part
from mockserver.schema.dialects import DIRECTIONS, Direction
from mockserver.schema.endless import endless
from mockserver.values import JSON
from mockserver.violation import Violation

_MUCH: Final = 40
_EMPTY: Final = "document-contradiction"


class Schemas:
    """Judges the schemas of a contract, and remembers what it judged: `examples` by place, and schemas."""

    def __init__(self, plans: Plans) -> None:
        self._plans = plans
        self._searched: set[tuple[str, str]] = set()
        self._bundles: dict[Direction, list[tuple[Operation, Bundle]]] = {direction: [] for direction in DIRECTIONS}
        self.examples: Judged = set()

    def used(self, operation: Operation) -> Iterator[Violation]:
        """Yield what is wrong with the parts of one operation: references, schemas, patterns, examples."""
        plan = self._plans.of(operation)
        if isinstance(plan, Broken):
            yield plan.violation
            return
        yield from plan.flaws
        for parameter in plan.parameters():
            yield from self._parameter(operation, parameter)
        for media in plan.body.content if plan.body is not None else ():
            yield from self._media(plan, media, "request")
        for response in plan.responses:
            for media in response.content:
                yield from self._media(plan, media, "response")
            for header in response.headers:
                yield from self._header(operation, header)

    def together(self) -> Iterator[Violation]:
        """Yield what is wrong with all schemas as one: those that cannot be compiled, and those that have no end."""
        for bundles in self._bundles.values():
            if self._broken(_joined(bundle for _, bundle in bundles)) is None:
                continue
            for operation, bundle in bundles:
                broken = self._broken(bundle.schema)
                if broken is not None:
                    yield broken_part(operation, broken)
        places = {
            name: at for bundles in self._bundles.values() for _, one in bundles for name, at in one.places.items()
        }
        joined = [_joined(bundle for _, bundle in bundles)["$defs"] for bundles in self._bundles.values()]
        found = [set(endless(definitions)) for definitions in joined]
        for name in dict.fromkeys(name for names in found for name in names):
            if all(name in names for names, known in zip(found, joined, strict=True) if name in known):
                message = "no value fits: it requires itself, without end"
                yield _finding(_EMPTY, "", places[name], message, "let one of the properties on the way be optional")

    def unused(self, mets: Mets) -> Iterator[Violation]:
        """Yield what is wrong with the schemas that no operation led to."""
        for uri, met in mets.items():
            above = "-"
            for pointer in sorted((pointer_of(place) for _, place in met["SchemaObject"]), key=pointers.split):
                if pointer.startswith(above + "/"):
                    continue
                above = pointer
                if (uri, pointer) not in self._searched:
                    yield from self._contradicted_twice(self._plans.contract.documents.node(uri, pointer))

    def _contradicted_twice(self, node: Node) -> Iterator[Violation]:
        try:
            found = [self._contradictions(self._plans.bundled(node, direction)) for direction in DIRECTIONS]
        except UnreadableDocument:
            return  # a finding of references
        yield from (_collision("", *told) for told in found[0].items() if told[0] in found[1])

    def _media(self, plan: Plan, media: MediaType, direction: Direction) -> Iterator[Violation]:
        schema = media.item_schema if media.schema is None else media.schema
        operation = plan.operation
        try:
            if schema is not None:
                bundle = self._plans.bundled(schema, direction)
                self._bundles[direction].append((operation, bundle))
                yield from self._collisions(operation, bundle)
            judged = [self._plans.media(media, direction)] if media.examples else []
        except UnreadableDocument as broken:
            yield broken_part(operation, broken)
            return
        for example in media.examples:
            yield from bad_media_example(operation.name, example, judged, self.examples)

    def _header(self, operation: Operation, header: Parameter) -> Iterator[Violation]:
        try:
            yield from self._parameter(operation, self._plans.header(header))
        except UnreadableDocument as broken:
            yield broken_part(operation, broken)

    def _parameter(self, operation: Operation, plan: ParameterPlan) -> Iterator[Violation]:
        if plan.bundle is None or plan.validator is None:
            return
        if self._plans.contract.dialect.version == "2.0":  # since 3.0 it stands in a schema, and is found there
            for pattern in plan.validator.dropped:
                message, fix = f"{shown(pattern)} is no regular expression", "write it as ECMA-262 does"
                yield _finding("document-pattern", operation.name, plan.bundle.places[""], message, fix, pattern)
        yield from self._collisions(operation, plan.bundle)
        for example in plan.parameter.examples:
            yield from bad_parameter_example(operation.name, example, [plan], self.examples)

    def _collisions(self, operation: Operation, bundle: Bundle) -> Iterator[Violation]:
        for at, keywords in self._contradictions(bundle).items():
            yield _collision(operation.name, at, keywords)

    def _contradictions(self, bundle: Bundle) -> Mapping[tuple[str, str], tuple[str, ...]]:
        """Return the places of a bundle that nothing fits, with the keywords that collide there."""
        near, places = _near(bundle)
        self._searched.update(places)
        return {
            bundle.place(pointers.split(found.pointer)): found.keywords
            for found in contradictions(near)
            if not (is_nullable_part(near, found.pointer) and "not" in found.keywords)  # a spelling of null alone
        }

    def _broken(self, schema: JSON) -> UnreadableDocument | None:
        try:
            self._plans.judge(schema)
        except UnreadableDocument as broken:
            return broken
        return None


def _near(bundle: Bundle) -> tuple[JSON, list[tuple[str, str]]]:
    """Return the schema to search for contradictions, and the places in it.

    It is the whole bundle, or the schema without what it refers to when that is much: what is left out is searched
    where it is the schema of its own, and only a collision between the two is missed.
    """
    schema = bundle.schema
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    if len(definitions) <= _MUCH:
        return schema, list(bundle.places.values())
    return {**schema, "$defs": dict.fromkeys(definitions, True)}, [bundle.places[""]]


def _joined(bundles: Iterable[Bundle]) -> dict[str, JSON]:
    """Return one schema that holds many: a name means the same in all bundles of a direction."""
    parts: list[JSON] = []
    definitions: dict[str, JSON] = {}
    for bundle in bundles:
        schema = bundle.schema
        if isinstance(schema, dict):
            definitions |= schema.get("$defs", {})
            schema = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
        parts.append(schema)
    return {"allOf": parts, "$defs": definitions}


def _collision(operation: str, at: tuple[str, str], keywords: tuple[str, ...]) -> Violation:
    named = [word for word in keywords if word != "type"] or list(keywords)
    why = f"{named[0]} leaves none" if len(named) == 1 else f"{' and '.join(named)} contradict each other"
    return _finding(_EMPTY, operation, at, f"no value fits: {why}", f"change {' or '.join(named)}")


def _finding(
    rule: str, operation: str, place: tuple[str, str], message: str, fix: str, witness: JSON = None
) -> Violation:
    return Violation(rule, "contract", BY_ID[rule].level, operation, *place, "", message, fix, witness)
