"""The places of a value, as its schema knows them, and the value with something else there.

A place is a pointer in which `*` stands for any item of a list and any name of a map: `/items/*/price/amount`. What
the schema does not speak of has no place.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.document.pointer import child, parent
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON

Path: TypeAlias = tuple[str | int, ...]
How: TypeAlias = Literal["left out", "changed", "null", "of another type"]

HOWS: Final[tuple[How, ...]] = ("changed", "left out", "null", "of another type")
_DEEPEST: Final = 24
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_NEXT: Final = {"9": "0", "z": "y", "Z": "Y", "f": "e", "F": "E"}


def places(value: JSON, bundle: Bundle | None, *, hidden: str = "") -> dict[str, list[Path]]:
    """Return each place of a value that its schema speaks of, and where it is in the value.

    A root that is no object has the place "". `hidden` is a keyword that takes the place from what is said in one
    direction: OAS 3.0.3 §4.7.24.2, `readOnly` properties are not sent.
    """
    found: dict[str, list[Path]] = {}
    if not isinstance(value, dict):
        found[""] = [()]
    if bundle is not None:
        for place, path in _places(value, bundle.schema, [bundle.schema], "", (), hidden):
            found.setdefault(place, []).append(path)
    return found


def _places(
    value: JSON, root: JSON, nodes: Sequence[JSON], at: str, path: Path, hidden: str
) -> Iterator[tuple[str, Path]]:
    if len(path) > _DEEPEST:
        return
    schemas = [one for node in nodes for one in _flat(node, root, _DEEPEST)]
    if isinstance(value, dict):
        for name, part in value.items():
            own = [one["properties"][name] for one in schemas if name in one.get("properties", {})]
            inner = own or [more for one in schemas for more in _of_any_name(one, name)]
            if inner and not any(one.get(hidden) is True for one in inner if isinstance(one, dict)):
                place = child(at, name) if own else f"{at}/*"
                yield place, (*path, name)
                yield from _places(part, root, inner, place, (*path, name), hidden)
    elif isinstance(value, list):
        for index, part in enumerate(value):
            inner = [one["items"] for one in schemas if "items" in one]
            inner += [one["prefixItems"][index] for one in schemas if index < len(one.get("prefixItems", ()))]
            yield from _places(part, root, inner, f"{at}/*", (*path, index), hidden)


def _flat(node: JSON, root: JSON, fuel: int) -> Iterator[Mapping[str, JSON]]:
    """Yield a schema and all that stand beside it: what it refers to, and what it is composed of."""
    if not isinstance(node, dict) or fuel <= 0:
        return
    yield node
    reference = node.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        yield from _flat(root["$defs"].get(reference.removeprefix("#/$defs/")), root, fuel - 1)
    for union in ("allOf", "oneOf", "anyOf"):
        for part in node.get(union, ()):
            yield from _flat(part, root, fuel - 1)
    for conditional in ("then", "else"):
        yield from _flat(node.get(conditional), root, fuel - 1)


def _of_any_name(schema: Mapping[str, JSON], name: str) -> Iterator[JSON]:
    """Yield the schemas of members that have no name of their own in the contract."""
    for pattern, inner in (schema.get("patternProperties") or {}).items():
        if re.search(pattern, name):
            yield inner
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        more = schema.get(keyword)
        if more is True or isinstance(more, dict):
            yield more


def members(schema: JSON, path: Path, part: str) -> Iterator[Path]:
    """Yield the paths of the schemas that speak of one part of a place, given a schema and its path."""
    if not isinstance(schema, dict):
        return
    if part in schema.get("properties", {}):
        yield (*path, "properties", part)
        return
    names = schema.get("patternProperties") or {}
    yield from ((*path, "patternProperties", one) for one in names if part == "*" or re.search(one, part))
    if part == "*":
        yield from ((*path, "prefixItems", index) for index in range(len(schema.get("prefixItems", ()))))
    for keyword in ("additionalProperties", "unevaluatedProperties", *(("items",) if part == "*" else ())):
        if keyword in schema:
            yield (*path, keyword)


def objects(value: JSON, found: Mapping[str, Sequence[Path]]) -> dict[str, list[Path]]:
    """Return the objects among the places, the root and the items of lists included, and where they are."""
    holders: dict[str, list[Path]] = {}
    for place, paths in found.items():
        if place:
            holders.setdefault(parent(place), []).extend(
                path[:-1] for path in paths if isinstance(at(value, path[:-1]), dict)
            )
    return {place: list(dict.fromkeys(paths)) for place, paths in holders.items() if paths}


def at(value: JSON, path: Path) -> JSON:
    """Return what stands somewhere in a value; None where there is nothing any more."""
    for part in path:
        if isinstance(value, dict):
            value = value.get(part)
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def mutated(value: JSON, paths: Iterable[Path], how: How) -> JSON:
    """Return a value with something else, or nothing, in some of its places: the deepest first."""
    out = copy.deepcopy(value)
    for path in sorted(paths, key=len, reverse=True):
        if not path:
            return _other(value, how)
        holder = at(out, path[:-1])
        name = path[-1]
        if isinstance(holder, dict) and name in holder:
            if how == "left out":
                del holder[name]
            else:
                holder[name] = _other(holder[name], how)
    return out


def with_members(value: JSON, named: Mapping[str, Sequence[Path]]) -> JSON:
    """Return a value with one member more in some of its objects: name to paths; it looks like its neighbours."""
    out = copy.deepcopy(value)
    for name, paths in named.items():
        for path in paths:
            holder = at(out, path)
            holder[name] = next((part for part in holder.values() if not isinstance(part, dict | list)), "a")
    return out


def _other(value: JSON, how: How) -> JSON:
    if how == "null":
        return None
    if how == "of another type":
        return 7 if isinstance(value, str | None) else [] if isinstance(value, dict) else "x"
    if how == "left out":
        return "" if isinstance(value, str) else [] if isinstance(value, list) else None
    match value:
        case bool():
            return not value
        case int() | float():
            return value + 1
        case str():
            return other_text(value)
        case list():
            return value[:-1] if value else ["x"]
        case dict():
            return {}
        case _:
            return "x"


def other_text(text: str) -> str:
    """Return another text of the same look.

    >>> other_text("2026-01-02T03:04:05Z"), other_text("RC1")
    ('2031-07-08T03:04:05Z', 'RC2')
    """
    if _DAY.match(text):
        return f"2031-07-08{text[10:]}"
    for index in range(len(text) - 1, -1, -1):
        one = text[index]
        if one.isascii() and one.isalnum():
            return text[:index] + _NEXT.get(one, chr(ord(one) + 1)) + text[index + 1 :]
    return text + "x"
