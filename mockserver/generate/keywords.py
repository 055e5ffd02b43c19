"""What each keyword adds to facts that stands for itself.

One function per keyword and one list of them; keywords that hold schemas are read by `merge`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from mockserver.generate.facts import Facts
from mockserver.generate.negate import BROKEN
from mockserver.schema.conversion import EXPANDABLE
from mockserver.schema.kinds import TYPE_KINDS, Kind
from mockserver.values import JSON

Reader: TypeAlias = Callable[[Facts, JSON], None]

_PREFERRED: Mapping[str, tuple[Kind, ...]] = {"number": ("fraction", "integer")}


def _types(facts: Facts, value: JSON) -> None:
    named = [value] if isinstance(value, str) else list(value)
    kinds: list[Kind] = []
    for name in named:
        kinds.extend(_PREFERRED.get(name, tuple(TYPE_KINDS.get(name, ()))))
    if not facts.declared:
        facts.order = [*kinds, *(kind for kind in facts.order if kind not in kinds)]
    facts.declared = True
    facts.limit_kinds(kinds)


def _expandable(facts: Facts, _value: JSON) -> None:
    facts.expandable = True


def _shortest(facts: Facts, value: JSON) -> None:
    facts.shortest = max(facts.shortest, int(value))
    facts.expect("string")


def _longest(facts: Facts, value: JSON) -> None:
    facts.longest = int(value) if facts.longest is None else min(facts.longest, int(value))
    facts.expect("string")


def _fewest_items(facts: Facts, value: JSON) -> None:
    facts.fewest_items = max(facts.fewest_items, int(value))
    facts.expect("array")


def _most_items(facts: Facts, value: JSON) -> None:
    facts.most_items = int(value) if facts.most_items is None else min(facts.most_items, int(value))
    facts.expect("array")


def _fewest_properties(facts: Facts, value: JSON) -> None:
    facts.fewest_properties = max(facts.fewest_properties, int(value))
    facts.expect("object")


def _most_properties(facts: Facts, value: JSON) -> None:
    facts.most_properties = int(value) if facts.most_properties is None else min(facts.most_properties, int(value))
    facts.expect("object")


def _minimum(facts: Facts, value: JSON) -> None:
    facts.at_least(value, open_=False)
    facts.expect("fraction", "integer")


def _exclusive_minimum(facts: Facts, value: JSON) -> None:
    facts.at_least(value, open_=True)
    facts.expect("fraction", "integer")


def _maximum(facts: Facts, value: JSON) -> None:
    facts.at_most(value, open_=False)
    facts.expect("fraction", "integer")


def _exclusive_maximum(facts: Facts, value: JSON) -> None:
    facts.at_most(value, open_=True)
    facts.expect("fraction", "integer")


def _multiple(facts: Facts, value: JSON) -> None:
    facts.multiples.append(value)
    facts.expect("fraction", "integer")


def _pattern(facts: Facts, value: JSON) -> None:
    if value not in facts.patterns:
        facts.patterns.append(value)
    facts.expect("string")


def _format(facts: Facts, value: JSON) -> None:
    if value not in facts.formats:
        facts.formats.append(value)
    if facts.declared or facts.order:
        return
    numeric = value in {"int32", "int64", "float", "double", "number", "integer"}
    facts.expect(*(("integer", "fraction") if numeric else ("string",)))


def _encoding(facts: Facts, value: JSON) -> None:
    facts.encodings.append(value)
    facts.expect("string")


def _content_type(facts: Facts, value: JSON) -> None:
    media = value.partition(";")[0].strip().lower()
    facts.holds_json = facts.holds_json or media == "application/json" or media.endswith("+json")


def _broken(facts: Facts, _value: JSON) -> None:
    facts.broken = True


def _required(facts: Facts, value: JSON) -> None:
    facts.required.update(dict.fromkeys(value))
    facts.expect("object")


def _dependent(facts: Facts, value: JSON) -> None:
    for name, others in value.items():
        facts.dependent.setdefault(name, []).extend(others)
    facts.expect("object")


def _names(facts: Facts, value: JSON) -> None:
    facts.names.append(value)
    facts.expect("object")


def _unique(facts: Facts, value: JSON) -> None:
    facts.unique = facts.unique or value is True
    facts.expect("array")


def _text(facts: Facts, value: JSON) -> None:
    if isinstance(value, str):
        facts.texts.append(value)


def _title(facts: Facts, value: JSON) -> None:
    if isinstance(value, str):
        facts.titles.append(value)


def _examples(facts: Facts, value: JSON) -> None:
    if isinstance(value, list):
        facts.examples.extend(value)


READERS: Mapping[str, Reader] = {
    "type": _types,
    EXPANDABLE: _expandable,
    "enum": lambda facts, value: facts.admit(value),
    "const": lambda facts, value: facts.admit([value]),
    "minimum": _minimum,
    "maximum": _maximum,
    "exclusiveMinimum": _exclusive_minimum,
    "exclusiveMaximum": _exclusive_maximum,
    "multipleOf": _multiple,
    "minLength": _shortest,
    "maxLength": _longest,
    "pattern": _pattern,
    "format": _format,
    "contentEncoding": _encoding,
    "contentMediaType": _content_type,
    "contentSchema": lambda facts, value: facts.contents.append(value),
    "minItems": _fewest_items,
    "maxItems": _most_items,
    "uniqueItems": _unique,
    "required": _required,
    BROKEN: _broken,
    "dependentRequired": _dependent,
    "propertyNames": _names,
    "minProperties": _fewest_properties,
    "maxProperties": _most_properties,
    "title": _title,
    "description": _text,
    "example": lambda facts, value: facts.examples.append(value),
    "examples": _examples,
    "default": lambda facts, value: facts.defaults.append(value),
}
"""What each keyword adds that stands for itself."""
