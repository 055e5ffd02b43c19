"""Do examples keep their schema: those of media types, parameters and headers, whether an operation uses them or not?

A value that no operation led to is wrong when neither a request nor a response may have it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, TypeAlias
from urllib.parse import quote

from mockserver.checks.document.flaw import Place, pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.checks.mismatches import leaves
from mockserver.contract import openapi3
from mockserver.contract.model import Example, MediaType
from mockserver.contract.plan import READERS, MediaPlan, ParameterPlan, Plans
from mockserver.document import pointer as pointers
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.schema.bundle import Bundle
from mockserver.schema.compile import Validator
from mockserver.schema.dialects import DIRECTIONS
from mockserver.values import JSON
from mockserver.violation import Violation
from mockserver.wire.bodies import decode_body
from mockserver.wire.json import loads
from mockserver.wire.media_type import is_json
from mockserver.wire.parameters import ABSENT, Decoded, HeaderDecoder, QueryDecoder, Reading, path_decoder

Judged: TypeAlias = set[tuple[str, str]]
"""The places of the examples that were judged."""
_DELIMITERS: Final = ",|;=.:[]*@!$'()+&"
_PARAMETERS: Final = (
    "QueryParameter",
    "HeaderParameter",
    "PathParameter",
    "CookieParameter",
    "FormParameter",
    "Header",
)


def bad_media_example(
    operation: str, example: Example, plans: Sequence[MediaPlan], judged: Judged
) -> Iterator[Violation]:
    """Yield a finding when an example fits none of the plans of a body."""
    judged.add((example.node.uri, example.node.pointer))
    value = example.value
    if example.external or any(plan.accepts(value) or _is_sound_text(plan, value) for plan in plans):
        return
    judge = next(((one.bundle, one.validator) for one in plans if one.bundle and one.validator), None)
    if judge is not None:
        yield _bad(operation, example, *judge)


def bad_parameter_example(
    operation: str, example: Example, plans: Sequence[ParameterPlan], judged: Judged
) -> Iterator[Violation]:
    """Yield a finding when an example fits none of the plans of a parameter, as a value or as it is spelled."""
    judged.add((example.node.uri, example.node.pointer))
    judges = [(plan, plan.bundle, plan.validator) for plan in plans if plan.bundle and plan.validator]
    if example.external or not judges:
        return
    if not any(judge.is_valid(example.value) or _is_spelled(plan, example.value, judge) for plan, _, judge in judges):
        yield _bad(operation, example, *judges[0][1:])


def _is_spelled(plan: ParameterPlan, text: JSON, judge: Validator) -> bool:
    """Tell whether a text spells a value that fits: an example is "as specified in the parameter encoding".

    OAS 3.1 §4.8.12.2, of `example`.
    """
    if not isinstance(text, str):
        return False
    reading: Reading = ABSENT
    match plan.spec.location:
        case "query":
            name = plan.spec.name
            raw = f"{quote(name)}={quote(text, safe=_DELIMITERS)}"
            reading = QueryDecoder([plan.spec]).decode(raw).parameters.get(name, ABSENT)
        case "path":
            reading = path_decoder(plan.spec)(quote(text, safe=_DELIMITERS))
        case "header":
            reading = HeaderDecoder([plan.spec]).decode(((plan.spec.name, text),)).get(plan.spec.name, ABSENT)
    return isinstance(reading, Decoded) and any(map(judge.is_valid, (reading.value, *reading.alternatives)))


def unused_examples(plans: Plans, mets: Mets, judged: Judged) -> Iterator[Violation]:
    """Yield a finding for each bad example that no operation led to."""
    unused = _Unused(plans, judged)
    for uri, met in mets.items():
        for kind in _PARAMETERS:
            for _, place in met[kind]:
                yield from unused.parameter(uri, place)
        for value, place in met["MediaType"]:
            if "example" in value or "examples" in value:
                yield from unused.media(uri, place)
        for value, place in met["Response"]:
            if isinstance(value.get("examples"), dict) and isinstance(value.get("schema"), dict):
                yield from unused.response(uri, place)
        for _, place in met["BodyParameter"]:
            yield from unused.body(uri, place)


class _Unused:
    """Judges the examples that were not judged with an operation."""

    def __init__(self, plans: Plans, judged: Judged) -> None:
        self._plans = plans
        self._documents = plans.contract.documents
        self._judged = judged

    def parameter(self, uri: str, place: Place) -> Iterator[Violation]:
        """Judge the examples beside the schema of a parameter or a header."""
        node = self._documents.node(uri, pointer_of(place))
        read = READERS[self._plans.contract.dialect.version].parameter_at
        try:
            parameter = read(self._documents, node)
            if parameter is None or parameter.media_type or not self._new(parameter.examples):
                return
            plans = [self._plans.parameter(parameter, direction) for direction in DIRECTIONS]
        except UnreadableDocument:
            return  # a finding of references
        for example in self._new(parameter.examples):
            yield from bad_parameter_example("", example, plans, self._judged)

    def media(self, uri: str, place: Place) -> Iterator[Violation]:
        """Judge the examples of a media type of OpenAPI 3."""
        node = self._documents.node(uri, pointer_of(place))
        try:
            media = openapi3.media_type(self._documents, pointers.split(node.pointer)[-1], node)
        except UnreadableDocument:
            return  # a finding of references
        yield from self._bodies(media, media.examples)

    def response(self, uri: str, place: Place) -> Iterator[Violation]:
        """Judge the examples of a response of OpenAPI 2.0, which are named after their media types."""
        node = self._documents.node(uri, pointer_of(place))
        for name, value in node.tree["examples"].items():
            media = MediaType(name, node, node.child("schema"))
            yield from self._bodies(media, (Example("", value, node.child("examples", name)),))

    def body(self, uri: str, place: Place) -> Iterator[Violation]:
        """Judge the examples of a body of OpenAPI 2.0: extensions, as Dredd, schemathesis and Stoplight write them."""
        node = self._documents.node(uri, pointer_of(place))
        if not isinstance(node.tree.get("schema"), dict):
            return
        media = MediaType("application/json", node, node.child("schema"))
        if "x-example" in node.tree:
            yield from self._bodies(media, (Example("", node.tree["x-example"], node.child("x-example")),))
        written = node.tree.get("x-examples")
        for name, value in written.items() if isinstance(written, dict) else ():
            at = node.child("x-examples", name)
            wrapped = isinstance(value, dict) and "value" in value and "/" not in name
            example = Example(name, value["value"], at.child("value")) if wrapped else Example(name, value, at)
            yield from self._bodies(media, (example,))

    def _bodies(self, media: MediaType, examples: tuple[Example, ...]) -> Iterator[Violation]:
        examples = self._new(examples)
        if not examples:
            return
        try:
            judged = [self._plans.media(media, direction) for direction in DIRECTIONS]
        except UnreadableDocument:
            return  # a finding of references
        for example in examples:
            yield from bad_media_example("", example, judged, self._judged)

    def _new(self, examples: tuple[Example, ...]) -> tuple[Example, ...]:
        return tuple(one for one in examples if (one.node.uri, one.node.pointer) not in self._judged)


def _is_sound_text(media: MediaPlan, text: JSON) -> bool:
    """Tell whether an example that is written as text is the text of a sound body."""
    if not isinstance(text, str):
        return False
    if is_json(media.media.name):
        try:
            return media.accepts(loads(text.encode()))
        except ValueError:
            return False
    outcome = decode_body(media.spec, media.media.name, text.encode())
    return isinstance(outcome, Decoded) and media.accepts(outcome.value)


def _bad(operation: str, example: Example, bundle: Bundle, validator: Validator) -> Violation:
    why, inside, witness = cause(example.value, validator, bundle)
    name = f" {example.name}" if example.name else ""
    at = (example.node.uri, example.node.pointer + inside)
    message = f"the example{name} does not keep its schema{why}"
    rule = BY_ID["document-example"]
    return Violation(
        rule.id, "contract", rule.level, operation, *at, "", message, "mend the example, or the schema", witness
    )


def cause(value: JSON, validator: Validator, bundle: Bundle) -> tuple[str, str, JSON]:
    """Return why a value does not keep a schema, where in it, and what stands there."""
    for mismatch in validator.mismatches(value):
        for leaf in leaves(mismatch, bundle.schema):
            return f": {leaf.message[:200]}", pointers.join(leaf.path), leaf.instance
    return "", "", value
