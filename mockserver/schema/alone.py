"""What decides alone about a part of a value: its own schema, where nothing else has a say.

A member that is exchanged in a value that fits leaves the rest as it was. Where only `properties`, `items` and their
like lead to it, the value fits again exactly if the new member fits those; unions, `if`, `not` and whatever else looks
at a value as a whole decide for themselves. Compiles nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.values import JSON

# what looks at members together with others (core 2020-12 §10, validation §6): after it nothing can be said of one
_TOGETHER = frozenset(
    {
        "anyOf", "oneOf", "not", "if", "then", "else", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems",
        "patternProperties", "prefixItems", "contains", "uniqueItems", "enum", "const", "discriminator", "$dynamicRef",
    }
)  # fmt: skip
_UNIONS = frozenset({"anyOf", "oneOf"})
_UNKNOWN: JSON = {"$ref": "#"}  # nothing can be said of what is nowhere, nor of what holds itself


def alone(schema: JSON, path: Sequence[str | int]) -> JSON:
    """Return the schema that decides about the member at a place of a value that fits; None where none does alone.

    >>> alone({"properties": {"a": {"items": {"maxLength": 9}}}}, ("a", 0)), alone({"not": {"maxItems": 1}}, (0,))
    ({'maxLength': 9}, None)
    """
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    pieces = _at(schema, path, definitions)
    if pieces is None:
        return None
    pieces = [_followed(piece, definitions) for piece in pieces if piece is not True]
    if any(map(_refers, pieces)):
        return None
    return pieces[0] if len(pieces) == 1 else {"allOf": pieces} if pieces else True


def is_apart(schema: JSON, path: Sequence[str | int]) -> bool:
    """Tell whether a member at a place of a value that fits can be exchanged for any that keeps its own schema.

    >>> is_apart({"properties": {"a": {}}}, ("a",)), is_apart({"not": {"required": ["a"]}}, ("a",))
    (True, False)
    """
    return _at(schema, path, schema.get("$defs", {}) if isinstance(schema, dict) else {}) is not None


def fewest(schema: JSON, path: Sequence[str | int]) -> int | None:
    """Return how few items of a list at a place of a value that fits would do, any of them; None where more counts.

    >>> fewest({"properties": {"a": {"minItems": 2}}}, ("a",)), fewest({"contains": {}}, ())
    (2, None)
    """
    definitions = schema.get("$defs", {}) if isinstance(schema, dict) else {}
    pieces = _at(schema, path, definitions)
    found = list(_said(pieces, definitions, "array")) if pieces is not None else [_UNKNOWN]
    if any(not (_TOGETHER - {"uniqueItems"}).isdisjoint(piece) or piece is _UNKNOWN for piece in found):
        return None
    return max((int(piece.get("minItems", 0)) for piece in found), default=0)


def _at(schema: JSON, path: Sequence[str | int], definitions: Mapping[str, JSON]) -> list[JSON] | None:
    """Return what a member must keep; None where the values beside it count."""
    pieces: list[JSON] = [schema]
    for step in path:
        found = list(_said(pieces, definitions, "object" if isinstance(step, str) else "array"))
        if any(not _TOGETHER.isdisjoint(piece) for piece in found):
            return None
        pieces = [member for piece in found for member in _members(piece, step)]
    return pieces


def _said(pieces: Sequence[JSON], definitions: Mapping[str, JSON], kind: str) -> Iterator[Mapping[str, JSON]]:
    """Yield the schemas that a value of a kind keeps, one by one: through references, `allOf`, and nullable ones."""
    todo, seen = list(pieces), set[int]()
    while todo:
        piece = todo.pop()
        if not isinstance(piece, dict) or id(piece) in seen:
            continue
        seen.add(id(piece))
        reference = piece.get("$ref")
        if reference is not None:
            todo.append(definitions.get(reference.removeprefix("#/$defs/"), _UNKNOWN))
        todo.extend(piece.get("allOf", ()))
        unions = _UNIONS & piece.keys()
        ways = {union: [way for way in piece[union] if _may_be(way, kind)] for union in unions}
        if unions and all(len(way) == 1 for way in ways.values()):
            todo.extend(way[0] for way in ways.values())
            piece = {name: value for name, value in piece.items() if name not in unions}
        yield piece


def _may_be(schema: JSON, kind: str) -> bool:
    kinds = schema.get("type", kind) if isinstance(schema, dict) else kind
    return kind == kinds or kind in kinds


def _members(piece: Mapping[str, JSON], step: str | int) -> Iterator[JSON]:
    if isinstance(step, int):
        yield piece.get("items", True)
    else:
        yield piece.get("properties", {}).get(step, piece.get("additionalProperties", True))


def _followed(schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
    for _ in definitions:
        if not isinstance(schema, dict) or len(schema) > 1 or "$ref" not in schema:
            break
        schema = definitions.get(schema["$ref"].removeprefix("#/$defs/"), _UNKNOWN)
    return schema


def _refers(schema: JSON) -> bool:
    """Tell whether anything in a schema is a reference, or a dynamic one."""
    if isinstance(schema, dict):
        return "$ref" in schema or "$dynamicRef" in schema or any(map(_refers, schema.values()))
    return isinstance(schema, list) and any(map(_refers, schema))
