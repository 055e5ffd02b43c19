"""Which alternatives and which listed values can never be, by proof?

Asks the algebra about small schemas and the judge about values. What the text alone shows is for `rules_schemas`;
unions with a discriminator are for `discriminators`, since it chooses there and not the shape.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from mockserver.checks.document.flaw import called, pointer_of
from mockserver.checks.document.parts import Mets
from mockserver.checks.document.rules_schemas import kinds_of, why_unreachable
from mockserver.checks.document.rules_whole import Found
from mockserver.checks.mismatches import shown
from mockserver.contract.plan import Plans
from mockserver.document.documents import Node
from mockserver.errors import UnreadableDocument
from mockserver.messages import BY_ID
from mockserver.schema.algebra import admits_nothing, covers, is_small
from mockserver.schema.dialects import DIRECTIONS
from mockserver.schema.kinds import kind_of
from mockserver.values import JSON, replace
from mockserver.violation import Violation

_RULE: Final = "document-unreachable"

_MOST: Final = 8
_UNIONS: Final = ("oneOf", "anyOf")
_NARROWING: Final = frozenset(
    {
        "minLength", "maxLength", "pattern", "format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum",
        "multipleOf", "minItems", "maxItems", "items", "properties", "required", "not", "allOf", "const",
    }
)  # fmt: skip
_AROUND: Final = _NARROWING | {"type", "enum", "additionalProperties"}


def alternatives(plans: Plans, mets: Mets) -> Iterator[Violation]:
    """Yield a finding for each alternative and each value of an enum that nothing can be."""
    for uri, met in mets.items():
        for found in met["SchemaObject"]:
            schema = found[0]
            if isinstance(schema.get("enum"), list) and not _NARROWING.isdisjoint(schema):
                yield from _values(plans, uri, found)
            for union in _UNIONS:
                branches = schema.get(union)
                if isinstance(branches, list) and 2 <= len(branches) <= _MOST and "discriminator" not in schema:
                    yield from _branches(plans, uri, found, union)


def _values(plans: Plans, uri: str, found: Found) -> Iterator[Violation]:
    schema, place = found
    node = plans.contract.documents.node(uri, pointer_of(place))
    rest = replace(node, tree={keyword: value for keyword, value in schema.items() if keyword != "enum"})
    try:
        judges = [plans.judged(rest, direction)[1] for direction in DIRECTIONS]
    except UnreadableDocument:
        return
    kinds = kinds_of(schema)  # a value of another type is told by the text alone
    values = [value for value in schema["enum"] if value is not None and (kinds is None or kind_of(value) in kinds)]
    odd = [value for value in values if not any(judge.is_valid(value) for judge in judges)]
    if odd and len(odd) < len(values):
        why = next(iter(judges[0].mismatches(odd[0])), None)
        reason = f": {why.message[:100]}" if why is not None else ""
        message = f"{shown(odd[0])} in the enum of {called('schema', schema, place)} is never possible{reason}"
        yield _finding((uri, f"{node.pointer}/enum"), message, "take it out, or change what rules it out")


def _branches(plans: Plans, uri: str, found: Found, union: str) -> Iterator[Violation]:
    schema, place = found
    node = plans.contract.documents.node(uri, pointer_of(place))
    around = {keyword: value for keyword, value in schema.items() if keyword not in _UNIONS}
    told = {index: _why(plans, node, around, union, index) for index in range(len(schema[union]))}
    if all(told.values()):
        return  # then nothing fits at all, which is a contradiction
    for index, why in told.items():
        if why:
            message = f"alternative {index + 1} of {union} in {called('schema', schema, place)} is never chosen: {why}"
            yield _finding((uri, f"{node.pointer}/{union}/{index}"), message, "take it out, or tell it from the others")


def _why(plans: Plans, node: Node, around: dict[str, JSON], union: str, index: int) -> str:
    branches = node.tree[union]
    branch = branches[index]
    if not isinstance(branch, dict) or branches.count(branch) > 1 or why_unreachable(node.tree, union, branch):
        return ""  # told by the text alone
    alone = node.child(union, index)
    if not _AROUND.isdisjoint(around):
        parts = around.get("allOf")
        within = replace(node, tree={**around, "allOf": [*(parts if isinstance(parts, list) else ()), branch]})
        if _is_proved(plans, (within,), admits_nothing) and not _is_proved(plans, (alone,), admits_nothing):
            return "what stands around it rules it out"
    if union == "oneOf":
        for other in range(len(branches)):
            pair = (node.child(union, other), alone)
            if other != index and _is_proved(plans, pair, covers):
                return f"what fits it fits alternative {other + 1} as well, and oneOf wants exactly one"
    return ""


def _is_proved(plans: Plans, nodes: tuple[Node, ...], question: Callable[..., bool]) -> bool:
    """Tell whether something is proved of schemas in both directions; of large ones the algebra is not asked."""
    for direction in DIRECTIONS:
        try:
            schemas = [plans.bundled(node, direction).schema for node in nodes]
        except UnreadableDocument:
            return False
        if not is_small(*schemas) or not question(*schemas):
            return False
    return True


def _finding(at: tuple[str, str], message: str, fix: str) -> Violation:
    return Violation(_RULE, "contract", BY_ID[_RULE].level, "", *at, "", message, fix)
