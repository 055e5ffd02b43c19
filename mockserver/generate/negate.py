"""What a value must be so that a schema does not fit it.

A plain negation says it in facts; a schema of several keywords is refused by refusing any one of them. Knows single
schemas only: `merge` follows the references and takes the choice.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping
from typing import Protocol

from mockserver.generate.facts import Facts
from mockserver.schema.kinds import TYPE_KINDS
from mockserver.values import JSON

ANNOTATIONS = frozenset(
    {
        "title", "description", "default", "example", "examples", "deprecated", "readOnly", "writeOnly", "xml", "$defs",
        "$comment", "discriminator", "x-nullable-wrap", "contentMediaType", "contentEncoding", "contentSchema",
    }
)  # fmt: skip

BROKEN = "x-broken-property"
"""What refuses by a property that looks broken says so: what refuses otherwise is rather taken."""


class Keeper(Protocol):
    """Who keeps the schemas that are made, so that each is made once."""

    def made(self, key: Hashable, schema: JSON) -> JSON:
        """Return the one schema that was made under a key."""
        ...


def plain_negation(schema: JSON) -> Callable[[Facts], None] | None:
    """Return what refusing a schema changes in facts, or None when it takes more than that."""
    if schema is False:
        return lambda _facts: None
    words = {} if schema is True else {key: value for key, value in schema.items() if key not in ANNOTATIONS}
    if not words:
        return _contradict
    if len(words) > 1:
        return None
    (keyword, value), *_ = words.items()
    match keyword:
        case "type":
            barred = [kind for name in ([value] if isinstance(value, str) else value) for kind in TYPE_KINDS[name]]
            return lambda facts: facts.limit_kinds(facts.kinds.difference(barred))
        case "const":
            return lambda facts: facts.excluded.append(value)
        case "enum":
            return lambda facts: facts.excluded.extend(value)
        case _:
            return None


def _contradict(facts: Facts) -> None:
    facts.contradiction = "nothing is left beside not"


def negations(schema: JSON, keeper: Keeper) -> list[JSON] | None:
    """Return schemas each of which refuses `schema`, the plainest first; None when nothing is known to."""
    if isinstance(schema, bool):
        return None
    found: list[JSON] = []
    for keyword in sorted(schema.keys() & _REFUSALS.keys(), key=_PLAINEST.index):
        made = _REFUSALS[keyword](schema[keyword], schema)
        found.extend(keeper.made((id(schema), "refused", keyword, index), piece) for index, piece in enumerate(made))
    return found or None


def _not(schema: JSON) -> JSON:
    return {"not": schema}


def _number(keyword: str) -> Callable[[JSON, Mapping[str, JSON]], list[JSON]]:
    return lambda value, _schema: [{"type": "number", keyword: value}]


def _more(kind: str, keyword: str) -> Callable[[JSON, Mapping[str, JSON]], list[JSON]]:
    return lambda value, _schema: [{"type": kind, keyword: int(value) + 1}]


def _fewer(kind: str, keyword: str) -> Callable[[JSON, Mapping[str, JSON]], list[JSON]]:
    return lambda value, _schema: [{"type": kind, keyword: int(value) - 1}] if value > 0 else []


def _judged(kind: str, keyword: str) -> Callable[[JSON, Mapping[str, JSON]], list[JSON]]:
    """Name the kind of value only: that the keyword fails is met by chance, and judged."""

    def refuse(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
        alone = len(schema.keys() - ANNOTATIONS) == 1  # then it is what is asked already
        return [{"type": kind} if alone else {"type": kind, "not": {keyword: value}}]

    return refuse


def _alike(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
    found = _judged("array", "uniqueItems")(value, schema) if value else []
    return [{**piece, "minItems": 2} for piece in found]


def _properties(value: JSON, _schema: Mapping[str, JSON]) -> list[JSON]:
    return [
        {"type": "object", "required": [name], "properties": {name: _not(below)}, BROKEN: True}
        for name, below in value.items()
        if below is not True and below != {}
    ]


def _required(value: JSON, _schema: Mapping[str, JSON]) -> list[JSON]:
    return [{"type": "object", "properties": {name: False}} for name in value]


def _items(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
    if schema.get("prefixItems"):
        return []
    return [{"type": "array", "contains": _not(value)}]


def _contains(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
    least = schema.get("minContains", 1)
    out: list[JSON] = []
    if least == 1:
        out.append({"type": "array", "items": _not(value)})
    elif least > 1:
        out.append({"type": "array", "contains": value, "minContains": 0, "maxContains": least - 1})
    return out


def _matching(value: JSON, _schema: Mapping[str, JSON]) -> list[JSON]:
    """Refuse by a property whose name matches a pattern."""
    return [
        {
            "type": "object",
            "minProperties": 1,
            "propertyNames": {"pattern": pattern},
            "additionalProperties": _not(below),
        }
        for pattern, below in value.items()
        if below is not True and below != {}
    ]


def _additional(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
    """Refuse by a property that is not declared; its name is one that nobody declares."""
    if value in (True, {}):
        return []
    name = "other"
    while name in schema.get("properties", {}):
        name += "_"
    return [{"type": "object", "required": [name], "properties": {name: _not(value)}}]


def _dependent(value: JSON, _schema: Mapping[str, JSON]) -> list[JSON]:
    return [
        {"type": "object", "required": [name], "properties": {other: False}}
        for name, others in value.items()
        for other in others
        if other != name
    ]


def _one_of(value: JSON, _schema: Mapping[str, JSON]) -> list[JSON]:
    none: list[JSON] = [{"allOf": [_not(option) for option in value]}]
    pairs = list(_pairs(value))
    return none + [{"allOf": list(pair)} for pair in pairs[:6]]


def _pairs(options: list[JSON]) -> Iterator[tuple[JSON, JSON]]:
    for index, one in enumerate(options):
        for other in options[index + 1 :]:
            yield one, other


def _if(value: JSON, schema: Mapping[str, JSON]) -> list[JSON]:
    out: list[JSON] = []
    if "then" in schema:
        out.append({"allOf": [value, _not(schema["then"])]})
    if "else" in schema:
        out.append({"allOf": [_not(value), _not(schema["else"])]})
    return out


_REFUSALS: Mapping[str, Callable[[JSON, Mapping[str, JSON]], list[JSON]]] = {
    "patternProperties": _matching,
    "required": _required,
    "dependentRequired": _dependent,
    "type": lambda value, _schema: [{"not": {"type": value}}],
    "const": lambda value, _schema: [{"not": {"const": value}}],
    "enum": lambda value, _schema: [{"not": {"enum": value}}],
    "properties": _properties,
    "minimum": _number("exclusiveMaximum"),
    "maximum": _number("exclusiveMinimum"),
    "exclusiveMinimum": _number("maximum"),
    "exclusiveMaximum": _number("minimum"),
    "multipleOf": _judged("number", "multipleOf"),
    "minLength": _fewer("string", "maxLength"),
    "maxLength": _more("string", "minLength"),
    "pattern": _judged("string", "pattern"),
    "format": _judged("string", "format"),
    "minItems": _fewer("array", "maxItems"),
    "maxItems": _more("array", "minItems"),
    "uniqueItems": _alike,
    "items": _items,
    "contains": _contains,
    "minProperties": _fewer("object", "maxProperties"),
    "maxProperties": _more("object", "minProperties"),
    "additionalProperties": _additional,
    "allOf": lambda value, _schema: [_not(part) for part in value],
    "anyOf": lambda value, _schema: [{"allOf": [_not(option) for option in value]}],
    "oneOf": _one_of,
    "not": lambda value, _schema: [value] if isinstance(value, dict) else [],
    "$ref": lambda value, _schema: [_not({"$ref": value})],
    "if": _if,
}  # fmt: skip
_PLAINEST = tuple(_REFUSALS)
"""What is not there, or of another kind, tells values apart better than one that is wrong."""
