"""What keywords of one schema mean together: what collides, what is ignored, what can never be chosen.

Knows one schema at a time, as it is written, whether an operation uses it or not. Follows no references and draws no
values: that is for `schemas`, which asks the algebra about all that operations use.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from mockserver.checks.document.flaw import Flaw, Place, called, pointer_of, shown
from mockserver.schema.compile import usable_pattern
from mockserver.schema.dialects import Version
from mockserver.schema.kinds import TYPE_KINDS, kind_of
from mockserver.values import JSON

_BOUNDS = (
    ("minLength", "maxLength"),
    ("minItems", "maxItems"),
    ("minProperties", "maxProperties"),
    ("minContains", "maxContains"),
    ("minimum", "maximum"),
)
_FORMATS: Mapping[str, str] = {
    **dict.fromkeys(("int32", "int64", "float", "double"), "number"),
    **dict.fromkeys(("date", "date-time", "email", "hostname", "ipv4", "ipv6", "uri", "uuid", "byte"), "string"),
}
"""The type that a format speaks of (OAS 3.1 §4.4.2; 2020-12 validation §7); some write numbers as texts."""


def judged_schema(schema: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """Find what is wrong between the keywords of a schema."""
    name = called("schema", schema, place)
    yield from _impossible(schema, place, name)
    yield from _repeated(schema, place, name, version)
    yield from _ignored(schema, place, name)
    yield from _branches(schema, place, name)
    yield from _patterns(schema, place)


def _impossible(schema: dict[str, JSON], place: Place, name: str) -> Iterator[Flaw]:
    for low, high in _BOUNDS:
        least, most = schema.get(low), schema.get(high)
        if least is not None and most is not None and _is_number(least) and _is_number(most) and least > most:
            message = f"no value fits {name}: {low} {least} and {high} {most} contradict each other"
            yield Flaw("document-contradiction", pointer_of(place), message, f"change {low} or {high}", "error")
    values = schema.get("enum")
    if isinstance(values, list) and values and "const" in schema and schema["const"] not in values:
        message = f"no value fits {name}: const {shown(schema['const'])} is not in its enum"
        yield Flaw("document-contradiction", pointer_of(place), message, "change const or enum", "error")
    kinds = kinds_of(schema)
    if isinstance(values, list) and values and kinds is not None:
        odd = [value for value in values if kind_of(value) not in kinds and value is not None]
        if odd and len(odd) == len(values):
            message = f"no value fits {name}: its enum has no value of type {_typed(schema)}"
            fix = _quoted(odd, kinds) or "change type or enum"
            yield Flaw("document-contradiction", pointer_of(place), message, fix, "error")
        elif odd:
            message = f"{shown(odd[0])} in the enum of {name} is never possible: the type is {_typed(schema)}"
            fix = _quoted(odd, kinds) or "take it out"
            yield Flaw("document-unreachable", pointer_of((place, "enum", False)), message, fix, "warning")


def _quoted(values: list[JSON], kinds: frozenset[str]) -> str:
    """Return the fix where YAML read a text as something else."""
    if "string" not in kinds or not isinstance(values[0], bool | int | float):
        return ""
    return f'put it in quotes: "{shown(values[0])}"'


def _repeated(schema: dict[str, JSON], place: Place, name: str, version: Version) -> Iterator[Flaw]:
    values = schema.get("enum")
    met: set[str] = set()
    for value in values if isinstance(values, list) else ():
        if version == "2.0" and not isinstance(value, dict | list):
            continue  # a finding of the table
        spelled = _spelled(value)
        if spelled in met:
            message = f"the enum of {name} lists {shown(value)} twice"
            yield Flaw("document-repeated", pointer_of((place, "enum", False)), message, "list it once", "warning")
            return
        met.add(spelled)


def _spelled(value: JSON) -> str:
    """Spell a value so that equal ones (2020-12 core §4.2.2) are spelled alike: 1 and 1.0, members in any order."""
    return json.dumps(_whole(value), sort_keys=True)


def _whole(value: JSON) -> JSON:
    match value:
        case float() if value.is_integer():
            return int(value)
        case list():
            return [_whole(item) for item in value]
        case dict():
            return {name: _whole(item) for name, item in value.items()}
        case _:
            return value


def _ignored(schema: dict[str, JSON], place: Place, name: str) -> Iterator[Flaw]:
    of_type, kinds = _FORMATS.get(str(schema.get("format"))), kinds_of(schema)
    spoken_of = TYPE_KINDS[of_type] if of_type is not None else frozenset()
    if kinds is not None and spoken_of and not kinds & (spoken_of | {"string"}):
        message = f"format {schema['format']} of {name} speaks of a {of_type}, and the type is {_typed(schema)}"
        fix = f"write type: {of_type}, or another format"
        yield Flaw("document-ignored", pointer_of((place, "format", False)), message, fix, "warning")
    for branch, dead in (("then", False), ("else", True)):
        at: Place = (place, branch, False)
        if branch in schema and "if" not in schema:
            # JSON Schema core §10.2.2
            message = f"{branch} of {name} stands without if, and is ignored"
            yield Flaw("document-ignored", pointer_of(at), message, f"add if, or take {branch} out", "warning")
        elif branch in schema and schema["if"] is dead:
            message = f"{branch} of {name} is never reached: if is always {str(dead).lower()}"
            yield Flaw("document-unreachable", pointer_of(at), message, "write the condition that is meant", "warning")


def _branches(schema: dict[str, JSON], place: Place, name: str) -> Iterator[Flaw]:
    for union in ("oneOf", "anyOf"):
        branches = schema.get(union)
        if not isinstance(branches, list):
            continue
        for index, branch in enumerate(branches):
            why = why_unreachable(schema, union, branch)
            if why:
                message = f"alternative {index + 1} of {union} in {name} is never chosen: {why}"
                at = pointer_of(((place, union, False), index, False))
                yield Flaw("document-unreachable", at, message, "take it out, or tell it from the others", "warning")


def why_unreachable(schema: dict[str, JSON], union: str, branch: JSON) -> str:
    """Return why an alternative of a union is never chosen, as far as the text alone shows it."""
    branches = [one for one in schema[union] if isinstance(one, dict)]
    if not isinstance(branch, dict):
        return "it admits nothing" if branch is False else ""
    above, own = kinds_of(schema), kinds_of(branch)
    if above is not None and own is not None and not above & own:
        return f"its type is {_typed(branch)}, and that of the whole is {_typed(schema)}"
    if sum(other == branch for other in branches) > 1:
        first = next(other for other in branches if other == branch) is branch
        return "" if first and union == "anyOf" else "another alternative says the same"
    if union == "oneOf" and branch.keys() <= {"type", "description", "title"} and own:
        for other in branches:
            wider = kinds_of(other) if other.keys() <= {"type", "description", "title"} else None
            if other is not branch and wider is not None and own < wider:
                return f"what is {_typed(branch)} is {_typed(other)}, too, and oneOf wants exactly one"
    return ""


def _patterns(schema: dict[str, JSON], place: Place) -> Iterator[Flaw]:
    """OAS 3.1 §4.4.1: patterns are of ECMA-262; what none of its spellings reads constrains nothing."""
    patterned = schema.get("patternProperties")
    written: list[tuple[Place, JSON]] = [((place, "pattern", False), schema.get("pattern"))]
    below: Place = (place, "patternProperties", False)
    written.extend(((below, key, True), key) for key in (patterned if isinstance(patterned, dict) else ()))
    for at, pattern in written:
        if isinstance(pattern, str) and usable_pattern(pattern) is None:
            message = f"{shown(pattern)} is no regular expression"
            yield Flaw("document-pattern", pointer_of(at), message, "write it as ECMA-262 does", "warning")


def kinds_of(schema: dict[str, JSON]) -> frozenset[str] | None:
    """Return the kinds of value that the type of a schema allows; None where it says nothing."""
    types = schema.get("type")
    names = [types] if isinstance(types, str) else types if isinstance(types, list) else []
    if not names or not all(isinstance(name, str) and name in TYPE_KINDS for name in names):
        return None
    kinds: frozenset[str] = frozenset().union(*(TYPE_KINDS[name] for name in names))
    return kinds | {"null"} if schema.get("nullable") is True or schema.get("x-nullable") is True else kinds


def _typed(schema: dict[str, JSON]) -> str:
    types = schema.get("type")
    return " or ".join(map(str, types)) if isinstance(types, list) else str(types)


def _is_number(value: JSON) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
