"""The shapes of a contract's schemas: each is made when it is first asked for. Knows no operation."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from mockserver.coverage.graph import PLAIN, Branch, Judge, Shape, Union, text_of
from mockserver.coverage.points import Kind, Point, Said
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.schema.bundle import Bundle, Bundles, Piece
from mockserver.schema.compile import Validators
from mockserver.schema.conversion import Scope
from mockserver.schema.dialects import Dialect, Direction
from mockserver.schema.judges import Judges
from mockserver.schema.kinds import KINDS, TYPE_KINDS
from mockserver.values import JSON

_DEPTH = 12
_NULL = {"type": "null"}
_NOT_NULL: frozenset[str] = frozenset(KINDS) - {"null"}


class Shapes:
    """The shapes of one contract; the same question has the same answer for ever."""

    def __init__(self, documents: Documents, dialect: Dialect, validators: Validators) -> None:
        self._documents = documents
        self._validators = validators
        self._bundles = Bundles(documents, dialect)
        self._judges = Judges(validators, exact_integers=dialect.exact_integers)
        self._known: dict[tuple[str, ...], Shape] = {}

    def of(self, node: Node, said: Said) -> Shape:
        """Return the shape of the schema at a place; raise UnreadableDocument when it is broken."""
        return self._shape(node, said, (), frozenset())

    def _shape(self, node: Node, said: Said, scope: Scope, required: frozenset[str]) -> Shape:
        anchors = (f"{name}={anchor.uri}#{anchor.pointer}" for name, anchor in scope)
        key = (said, node.uri, node.pointer, "\n".join(sorted(required)), *anchors)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = Shape(is_shared=True)
            direction: Direction = "request" if said == "sent" else "response"
            piece = self._bundles.piece(node, direction, scope)
            _Making(self, piece, node, said, direction).fill(found, piece.schema, (), required)
            if found.is_plain:
                found = self._known[key] = PLAIN
        return found

    def piece(self, node: Node, direction: Direction, scope: Scope) -> Piece:
        """Return a schema in the words of 2020-12."""
        return self._bundles.piece(node, direction, scope)

    def key(self, said: Said, uri: str, pointer: str, what: str) -> str:
        """Return the name of a point of a schema."""
        return f"{said} {self._documents.beside_root(uri)}#{pointer} {what}"

    def judge(self, uri: str, pointer: str, direction: Direction) -> Judge:
        """Return what tells whether a value keeps the schema at a place."""
        bundle = self._bundles.of(self._documents.node(uri, pointer), direction)
        return self._judges.of(bundle.schema).is_valid

    def matching(self, pattern: str) -> Judge:
        """Return what tells whether a name fits a pattern."""
        return self._validators.compile({"pattern": pattern}).is_valid

    def referred(self, piece: Piece, name: str, said: Said, required: frozenset[str]) -> Shape:
        """Return the shape that a reference of a piece leads to."""
        target, scope = piece.references[name]
        return self._shape(target, said, scope, required)


class _Making:
    """The making of one shape and of those that are written inside it."""

    def __init__(self, shapes: Shapes, piece: Piece, node: Node, said: Said, direction: Direction) -> None:
        self._shapes = shapes
        self._piece = piece
        self._bundle = Bundle(piece.schema, {"": (node.uri, node.pointer)})
        self._said = said
        self._direction = direction

    def fill(self, shape: Shape, schema: JSON, path: tuple[str | int, ...], required: frozenset[str]) -> None:
        """Say in a shape what can differ among the values of a schema."""
        if not isinstance(schema, dict):
            return
        required |= self._required(self._piece, schema)
        if "x-nullable-wrap" in schema:  # how a bundle writes `nullable` beside a union
            self._types(shape, {"null": "null", "value": "not null"}, path)
            shape.parts.append(self._below(schema["anyOf"][0], (*path, "anyOf", 0), required))
            return
        types = schema.get("type")
        if isinstance(types, list) and len(types) > 1:
            self._types(shape, {name: name for name in types}, path)
        self._enum(shape, schema, path)
        self._members(shape, schema, path, required)
        for index, item in enumerate(schema.get("prefixItems", ())):
            shape.prefix.append(self._below(item, (*path, "prefixItems", index)))
        shape.items = self._optional(schema, "items", path)
        for keyword in ("anyOf", "oneOf"):
            if isinstance(schema.get(keyword), list):
                self._union(shape, schema, keyword, path, required)
        for index, part in enumerate(schema.get("allOf", ())):
            shape.parts.append(self._below(part, (*path, "allOf", index), required))
        if isinstance(schema.get("$ref"), str):
            shape.parts.append(self._referred(schema["$ref"], required))
        shape.parts = [part for part in shape.parts if part is not PLAIN]
        self._conditions(shape, schema, path, required)

    def _below(self, schema: JSON, path: tuple[str | int, ...], required: frozenset[str] = frozenset()) -> Shape:
        if isinstance(schema, dict) and len(schema) == 1 and isinstance(schema.get("$ref"), str):
            return self._referred(schema["$ref"], required)
        shape = Shape()
        self.fill(shape, schema, path, required)
        return PLAIN if shape.is_plain else shape

    def _referred(self, reference: str, required: frozenset[str] = frozenset()) -> Shape:
        return self._shapes.referred(self._piece, _name(reference), self._said, required)

    def _optional(self, schema: dict[str, JSON], keyword: str, path: tuple[str | int, ...]) -> Shape | None:
        held = schema.get(keyword)
        below = self._below(held, (*path, keyword)) if isinstance(held, dict) else PLAIN
        return None if below is PLAIN else below

    def _point(self, shape: Shape, kind: Kind, path: tuple[str | int, ...], what: str, step: str = "") -> str:
        """Add a point that stands at `path`, or at a `step` below it, and return its key."""
        uri, pointer = self._bundle.place(path)
        key = self._shapes.key(self._said, uri, pointer, f"{kind} {what}")
        shape.points.append(Point(key, kind, self._said, uri, pointer + step, what))
        return key

    def _types(self, shape: Shape, names: Mapping[str, str], path: tuple[str | int, ...]) -> None:
        for name, told in names.items():
            shape.types.append((TYPE_KINDS.get(name, _NOT_NULL), self._point(shape, "type", path, told)))

    def _enum(self, shape: Shape, schema: dict[str, JSON], path: tuple[str | int, ...]) -> None:
        values = schema.get("enum")
        if not isinstance(values, list) or len(values) < 2:  # of one value there is no choice
            return
        for index, value in enumerate(values):
            spelled = text_of(value)
            shape.enum[spelled] = self._point(shape, "enum", path, spelled, f"/enum/{index}")

    def _members(
        self, shape: Shape, schema: dict[str, JSON], path: tuple[str | int, ...], required: frozenset[str]
    ) -> None:
        for name, member in (schema.get("properties") or {}).items():
            if member is False or (self._said == "sent" and self._is_read_only(self._piece, member)):
                continue
            place = (*path, "properties", name)
            below = self._below(member, place)
            if below is not PLAIN:
                shape.properties[name] = below
            if name not in required:
                present = self._point(shape, "optional", place, "there")
                shape.options.append((name, present, self._point(shape, "optional", place, "left out")))
        shape.declared = frozenset(schema.get("properties") or ())
        for pattern, member in (schema.get("patternProperties") or {}).items():
            below = self._below(member, (*path, "patternProperties", pattern))
            shape.patterns.append((self._shapes.matching(pattern), below))
        shape.additional = self._optional(schema, "additionalProperties", path)

    def _union(
        self, shape: Shape, schema: dict[str, JSON], keyword: str, path: tuple[str | int, ...], required: frozenset[str]
    ) -> None:
        branches: list[Branch] = []
        by_reference: dict[str, Branch] = {}
        names = _labels(schema[keyword])
        for index, (branch, name) in enumerate(zip(schema[keyword], names, strict=True)):
            place = (*path, keyword, index)
            below = self._below(branch, place, required)
            if len(names) < 2:  # of one branch there is no choice
                shape.parts.append(below)
                return
            key = self._point(shape, "union", path, name, f"/{keyword}/{index}")
            made = Branch(key, below, self._judging(schema[keyword], index, place))
            branches.append(made)
            if isinstance(branch, dict) and isinstance(branch.get("$ref"), str):
                by_reference[branch["$ref"]] = made
        discriminator = schema.get("discriminator")
        tag = discriminator.get("propertyName", "") if isinstance(discriminator, dict) else ""
        mapping = discriminator.get("mapping", {}) if isinstance(discriminator, dict) else {}
        named = {_name(reference): branch for reference, branch in by_reference.items()}
        named.update((word, by_reference[ref]) for word, ref in mapping.items() if ref in by_reference)
        shape.unions.append(Union(tuple(branches), tag, named))

    def _judging(self, branches: list[JSON], index: int, place: tuple[str | int, ...]) -> Callable[[], Judge]:
        """Return what makes the judge of a branch; `it or null` needs no schema to be compiled."""
        nulls = [branch == _NULL for branch in branches]
        if len(branches) == 2 and sum(nulls) == 1:
            wants_null = nulls[index]
            return lambda: lambda value: (value is None) == wants_null
        uri, pointer = self._bundle.place(place)
        return lambda: self._shapes.judge(uri, pointer, self._direction)

    def _conditions(
        self, shape: Shape, schema: dict[str, JSON], path: tuple[str | int, ...], required: frozenset[str]
    ) -> None:
        if "if" in schema and ("then" in schema or "else" in schema):
            uri, pointer = self._bundle.place((*path, "if"))
            condition = Branch("", Shape(), lambda: self._shapes.judge(uri, pointer, self._direction))
            then, other = (
                self._below(schema[word], (*path, word), required) if isinstance(schema.get(word), dict) else None
                for word in ("then", "else")
            )
            shape.when.append((condition, then, other))
        for name, dependent in (schema.get("dependentSchemas") or {}).items():
            holds = Branch("", Shape(), lambda name=name: lambda value: isinstance(value, dict) and name in value)  # type: ignore[misc]
            shape.when.append((holds, self._below(dependent, (*path, "dependentSchemas", name), required), None))

    def _required(self, piece: Piece, schema: JSON, depth: int = 0) -> frozenset[str]:
        """Return what a value must have, whichever member of an allOf says so."""
        if not isinstance(schema, dict) or depth > _DEPTH:
            return frozenset()
        found = frozenset(schema.get("required") or ())
        for part in schema.get("allOf") or ():
            found |= self._required(piece, part, depth + 1)
        if isinstance(schema.get("$ref"), str):
            target, scope = piece.references[_name(schema["$ref"])]
            below = self._shapes.piece(target, self._direction, scope)
            found |= self._required(below, below.schema, depth + 1)
        return found

    def _is_read_only(self, piece: Piece, schema: JSON, depth: int = 0) -> bool:
        """Tell whether a property is not to be sent (OAS 3.1 §4.8.24.3: readOnly)."""
        if not isinstance(schema, dict) or depth > _DEPTH:
            return False
        if schema.get("readOnly") is True:
            return True
        if not isinstance(schema.get("$ref"), str):
            return False
        target, scope = piece.references[_name(schema["$ref"])]
        below = self._shapes.piece(target, self._direction, scope)
        return self._is_read_only(below, below.schema, depth + 1)


def _name(reference: str) -> str:
    return reference.removeprefix("#/$defs/")


def _labels(branches: list[JSON]) -> list[str]:
    """Return a name for each branch, the same wherever it stands in the list; equal ones are numbered."""
    names = [_label(branch) for branch in branches]
    return [
        f"{name} {names[: index + 1].count(name)}" if names.count(name) > 1 else name
        for index, name in enumerate(names)
    ]


def _label(branch: JSON) -> str:
    if not isinstance(branch, dict):
        return text_of(branch)
    if isinstance(branch.get("$ref"), str):
        return pointers.split(branch["$ref"][1:])[-1]
    for word in ("title", "const", "format", "pattern", "type", "required"):
        if word in branch:
            held = branch[word]
            return held if isinstance(held, str) else text_of(held)
    if branch.get("properties"):
        return f"with {', '.join(branch['properties'])}"
    return next(iter(branch), "anything")
