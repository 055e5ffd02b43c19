"""Can every schema be kept, and do its examples keep it?"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.mismatches import leaves, shown
from mockserver.contract.model import Example, Operation, Parameter
from mockserver.contract.plan import Broken, MediaPlan, ParameterPlan, Plan, Plans, broken_part
from mockserver.document import pointer as pointers
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.schema.algebra import contradictions
from mockserver.schema.bundle import Bundle
from mockserver.schema.compile import Validator
from mockserver.schema.dialects import Direction
from mockserver.values import JSON
from mockserver.violation import Violation
from mockserver.wire.bodies import decode_body
from mockserver.wire.json import loads
from mockserver.wire.media_type import is_json
from mockserver.wire.reading import Decoded

_MUCH = 40


def schemas(plans: Plans, operation: Operation) -> Iterator[Violation]:
    """Yield what is wrong with the parts of one operation: references, schemas, patterns, examples."""
    plan = plans.of(operation)
    if isinstance(plan, Broken):
        yield plan.violation
        return
    yield from plan.flaws
    for parameter in plan.parameters():
        yield from _parameter(operation, parameter)
    yield from _bodies(plans, plan)


def _bodies(plans: Plans, plan: Plan) -> Iterator[Violation]:
    operation = plan.operation
    contents: list[tuple[Direction, MediaPlan]] = []
    try:
        contents.extend(
            ("request", plans.media(media, "request")) for media in (plan.body.content if plan.body else ())
        )
    except UnreadableDocument as broken:
        yield broken_part(operation, broken)
    for response in plan.responses:
        try:
            contents.extend(("response", plans.media(media, "response")) for media in response.content)
        except UnreadableDocument as broken:
            yield broken_part(operation, broken)
        for header in response.headers:
            yield from _header(plans, operation, header)
    for _, media in contents:
        yield from _schema(operation, media.bundle, media.validator)
        for example in media.media.examples:
            if not example.external:
                yield from _media_example(operation, media, example)


def _header(plans: Plans, operation: Operation, header: Parameter) -> Iterator[Violation]:
    try:
        yield from _parameter(operation, plans.header(header))
    except UnreadableDocument as broken:
        yield broken_part(operation, broken)


def _parameter(operation: Operation, plan: ParameterPlan) -> Iterator[Violation]:
    yield from _schema(operation, plan.bundle, plan.validator)
    for example in plan.parameter.examples:
        if plan.validator is not None and plan.bundle is not None and not plan.validator.is_valid(example.value):
            yield _bad_example(operation, example, example.value, plan.validator, plan.bundle)


def _schema(operation: Operation, bundle: Bundle | None, validator: Validator | None) -> Iterator[Violation]:
    if bundle is None or validator is None:
        return
    for pattern in validator.dropped:
        yield _finding(
            "document-pattern",
            operation,
            bundle.places[""],
            f"{shown(pattern)} is no regular expression",
            "write it as ECMA-262 does",
            pattern,
        )
    for contradiction in contradictions(_near(bundle.schema)):
        keywords = [word for word in contradiction.keywords if word != "type"] or list(contradiction.keywords)
        yield _finding(
            "document-contradiction",
            operation,
            bundle.place(pointers.split(contradiction.pointer)),
            f"no value fits: {' and '.join(keywords)} contradict each other",
            f"change {' or '.join(keywords)}",
        )


def _near(schema: JSON) -> JSON:
    """Return the schema to search for contradictions: itself, or without what it refers to when that is much.

    What is left out is searched where it is the schema of its own; only a collision between the two is missed.
    """
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    if len(definitions) <= _MUCH:
        return schema
    return {**schema, "$defs": dict.fromkeys(definitions, True)}


def _media_example(operation: Operation, media: MediaPlan, example: Example) -> Iterator[Violation]:
    if media.validator is None or media.bundle is None:
        return
    value = example.value
    if media.accepts(value) or (isinstance(value, str) and _sound_text(media, value)):
        return
    yield _bad_example(operation, example, value, media.validator, media.bundle)


def _sound_text(media: MediaPlan, text: str) -> bool:
    """Tell whether an example that is written as text is the text of a sound body."""
    if is_json(media.media.name):
        try:
            return media.accepts(loads(text.encode()))
        except ValueError:
            return False
    outcome = decode_body(media.spec, media.media.name, text.encode())
    return isinstance(outcome, Decoded) and media.accepts(outcome.value)


def _bad_example(
    operation: Operation, example: Example, value: JSON, validator: Validator, bundle: Bundle
) -> Violation:
    why, inside, witness = cause(value, validator, bundle)
    name = f" {example.name}" if example.name else ""
    return _finding(
        "document-example",
        operation,
        (example.node.uri, example.node.pointer + inside),
        f"the example{name} does not keep its schema{why}",
        "mend the example, or the schema",
        witness,
    )


def cause(value: JSON, validator: Validator, bundle: Bundle) -> tuple[str, str, JSON]:
    """Return why a value does not keep a schema, where in it, and what stands there."""
    for mismatch in validator.mismatches(value):
        for leaf in leaves(mismatch, bundle.schema):
            return f": {leaf.message[:200]}", pointers.join(leaf.path), leaf.instance
    return "", "", value


def _finding(
    rule: str, operation: Operation, place: tuple[str, str], message: str, fix: str, witness: JSON = None
) -> Violation:
    return Violation(rule, "contract", BY_ID[rule].level, operation.name, *place, "", message, fix, witness)
