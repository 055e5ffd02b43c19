"""One edition of a contract's schemas, in one direction, to be compared with another edition.

Converts piece by piece, so that what did not change is never looked at. A schema has two forms here: as it is written
(with its annotations, for telling what changed) and as it is judged (discriminated, without annotations, with the
formats and patterns that are asserted, for proving what that means).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.schema.bundle import Bundles
from mockserver.schema.compile import FORMATS, usable_pattern
from mockserver.schema.conversion import Scope
from mockserver.schema.dialects import LISTS, MAPS, SINGLE, Dialect, Direction
from mockserver.schema.discriminated import discriminated
from mockserver.values import JSON, replace

KEPT = frozenset({"x-sunset", "x-extensible-enum", "x-stability-level"})
"""Extensions that tell how a schema will change; kept in the written form."""
WRAP = "x-nullable-wrap"
_ASSERTED = frozenset(FORMATS) | {
    "date", "date-time", "duration", "email", "hostname", "idn-email", "idn-hostname", "ipv4", "ipv6", "iri",
    "iri-reference", "json-pointer", "regex", "relative-json-pointer", "time", "uri", "uri-reference", "uri-template",
    "uuid",
}  # fmt: skip
CONSTRAINTS = frozenset(
    {
        "$ref", "type", "enum", "const", "multipleOf", "maximum", "exclusiveMaximum", "minimum", "exclusiveMinimum",
        "maxLength", "minLength", "pattern", "format", "items", "prefixItems", "maxItems", "minItems", "uniqueItems",
        "contains", "minContains", "maxContains", "maxProperties", "minProperties", "required", "properties",
        "patternProperties", "additionalProperties", "propertyNames", "dependentRequired", "dependentSchemas", "allOf",
        "anyOf", "oneOf", "not", "if", "then", "else", "unevaluatedItems", "unevaluatedProperties",
    }
)  # fmt: skip
_REFERENCE = "#/$defs/"


class Edition:
    """The schemas of one contract in one direction. Remembers every schema that it made, so that they have names.

    `lexical`: the values are spelled as text where they are read, so any scalar is a text as well.
    """

    def __init__(self, documents: Documents, dialect: Dialect, direction: Direction, *, lexical: bool = False) -> None:
        self._lexical = lexical
        self.documents = documents
        self._bundles = Bundles(documents, replace(dialect, keywords=dialect.keywords | KEPT))
        self._direction: Direction = direction
        self._targets: dict[str, tuple[Node, Scope]] = {}
        self._definitions: dict[str, JSON] = {}
        self._judged: dict[str, JSON] = {}
        self._parts: dict[int, tuple[JSON, JSON]] = {}
        self._references: dict[int, tuple[JSON, frozenset[str]]] = {}

    def written(self, node: Node) -> JSON:
        """Return the written form of the schema at a place; raise UnreadableDocument when it is broken."""
        piece = self._bundles.piece(node, self._direction)
        self._targets.update(piece.references)
        return piece.schema

    def target(self, name: str) -> Node:
        """Return where a definition is written."""
        return self._targets[name][0]

    def definition(self, name: str) -> JSON:
        """Return the written form of a definition."""
        if name not in self._definitions:
            piece = self._bundles.piece(self._targets[name][0], self._direction, self._targets[name][1])
            self._targets.update(piece.references)
            self._definitions[name] = piece.schema
        return self._definitions[name]

    def judged_definition(self, name: str) -> JSON:
        """Return the judged form of a definition."""
        if name not in self._judged:
            self._judged[name] = self._as_judged(self.definition(name))
        return self._judged[name]

    def judged(self, schema: JSON) -> JSON:
        """Return the judged form of a written schema; the same object for the same object."""
        found = self._parts.get(id(schema))
        if found is None:
            found = self._parts[id(schema)] = (schema, self._as_judged(schema))
        return found[1]

    def _as_judged(self, schema: JSON) -> JSON:
        plain = _plain(discriminated(schema, _Lazily(self)))
        return _spelled(plain) if self._lexical else plain

    def references(self, schema: JSON) -> frozenset[str]:
        """Return the names of the definitions that a schema refers to itself."""
        found = self._references.get(id(schema))
        if found is None:
            names = frozenset(reference.removeprefix(_REFERENCE) for reference in _references(schema))
            found = self._references[id(schema)] = (schema, names)
        return found[1]

    def bundle(self, schema: JSON, *, prefix: str = "", judged: bool = True) -> JSON:
        """Return a schema in its judged (or written) form with all that it refers to; `prefix` parts two editions."""
        definitions: dict[str, JSON] = {}
        todo = set(self.references(schema))
        while todo:
            name = todo.pop()
            below = self.judged_definition(name) if judged else self.definition(name)
            definitions[prefix + name] = _renamed(below, prefix) if prefix else below
            todo |= {other for other in self.references(below) if prefix + other not in definitions}
        root = _renamed(schema, prefix) if prefix else schema
        if not definitions:
            return root
        return {**(root if isinstance(root, dict) else {"allOf": [root]}), "$defs": definitions}

    def size(self, schema: JSON) -> int:
        """Return how many definitions a schema leads to."""
        seen: set[str] = set()
        todo = set(self.references(schema))
        while todo:
            name = todo.pop()
            seen.add(name)
            todo |= self.references(self.judged_definition(name)) - seen
        return len(seen)


class _Lazily(Mapping[str, JSON]):
    """The definitions of an edition, made when they are asked for."""

    def __init__(self, edition: Edition) -> None:
        self._edition = edition

    def __getitem__(self, name: str) -> JSON:
        return self._edition.definition(name)

    def __iter__(self) -> Iterator[str]:
        return iter(())

    def __len__(self) -> int:
        return 0


def referred(schema: JSON) -> str:
    """Return the name of the definition that a schema is nothing but a reference to; empty for another schema."""
    if (
        isinstance(schema, dict)
        and isinstance(schema.get("$ref"), str)
        and not (schema.keys() & CONSTRAINTS) - {"$ref"}
    ):
        return str(schema["$ref"]).removeprefix(_REFERENCE)
    return ""


def reference(name: str) -> JSON:
    """Return a reference to a definition."""
    return {"$ref": _REFERENCE + name}


def below(schema: dict[str, JSON]) -> Iterator[tuple[tuple[str | int, ...], JSON]]:
    """Yield the schemas directly inside a schema, with the way to each."""
    for keyword, value in schema.items():
        if keyword in SINGLE:
            yield (keyword,), value
        elif keyword in LISTS:
            yield from (((keyword, index), item) for index, item in enumerate(value))
        elif keyword in MAPS:
            yield from (((keyword, name), item) for name, item in value.items())


def _references(schema: JSON) -> Iterator[str]:
    if isinstance(schema, dict):
        if isinstance(schema.get("$ref"), str):
            yield schema["$ref"]
        for _, inner in below(schema):
            yield from _references(inner)
        if isinstance(schema.get("discriminator"), dict):
            yield from schema["discriminator"].get("mapping", {}).values()
            if "defaultMapping" in schema["discriminator"]:
                yield schema["discriminator"]["defaultMapping"]


def _mapped(schema: JSON, change: JSON) -> JSON:
    """Return a schema with every schema directly inside it exchanged."""
    out: dict[str, JSON] = {}
    for keyword, value in schema.items():
        if keyword in SINGLE:
            out[keyword] = change(value)
        elif keyword in LISTS:
            out[keyword] = [change(item) for item in value]
        elif keyword in MAPS:
            out[keyword] = {name: change(item) for name, item in value.items()}
        else:
            out[keyword] = value
    return out


def _plain(schema: JSON) -> JSON:
    """Leave out what no validator asserts."""
    if not isinstance(schema, dict):
        return schema
    out = _mapped({key: value for key, value in schema.items() if key in CONSTRAINTS}, _plain)
    if out.get("format") not in _ASSERTED:
        out.pop("format", None)
    if "pattern" in out:
        out["pattern"] = usable_pattern(out["pattern"])
        if out["pattern"] is None:
            del out["pattern"]
    if "patternProperties" in out:
        named = {usable_pattern(key): value for key, value in out["patternProperties"].items()}
        out["patternProperties"] = {key: value for key, value in named.items() if key is not None}
    return {key: value for key, value in out.items() if not _says_nothing(key, value)}


_OF_TEXTS = frozenset({"enum", "const", "format", "pattern", "minLength", "maxLength"})


def _spelled(schema: JSON) -> JSON:
    """Let a text be the number or the boolean that is spelled like it: any, where it may be any text."""
    if not isinstance(schema, dict):
        return schema
    out = _mapped(schema, _spelled)
    types = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", [])
    if "string" in types and not _OF_TEXTS & schema.keys():
        out["type"] = sorted({*types, "number", "boolean"} - {"integer"})
    listed = [*out.get("enum", ()), *([out["const"]] if "const" in out else [])]
    alike = [value for text in listed if isinstance(text, str) for value in _spelled_like(text)]
    if alike and ("enum" not in out or "const" not in out):
        out.pop("const", None)
        out["enum"] = [*listed, *alike]
        if types:
            out["type"] = sorted({*types, "number", "boolean"} - {"integer"})
    return out


def _no_number(word: str) -> JSON:
    raise ValueError(word)  # RFC 8259 §6: NaN and Infinity are no numbers


def _spelled_like(text: str) -> Iterator[JSON]:
    """Yield the number or the boolean that has this text, if there is one.

    >>> list(_spelled_like("1")), list(_spelled_like("true")), list(_spelled_like("01"))
    ([1], [True], [])
    """
    try:
        value = json.loads(text, parse_constant=_no_number)
    except ValueError:
        return
    if isinstance(value, bool | int | float) and json.dumps(value) == text:
        yield value


def _says_nothing(keyword: str, value: JSON) -> bool:
    return (keyword in {"required", "properties", "patternProperties", "dependentRequired", "dependentSchemas"}) and (
        not value
    )


def _renamed(schema: JSON, prefix: str) -> JSON:
    if not isinstance(schema, dict):
        return schema
    out = _mapped(schema, lambda inner: _renamed(inner, prefix))
    if isinstance(out.get("$ref"), str):
        out["$ref"] = _REFERENCE + prefix + out["$ref"].removeprefix(_REFERENCE)
    if isinstance(out.get("discriminator"), dict):
        found = out["discriminator"]
        mapping = {name: _REFERENCE + prefix + to.removeprefix(_REFERENCE) for name, to in found["mapping"].items()}
        out["discriminator"] = {**found, "mapping": mapping}
    return out


def place(node: Node, steps: tuple[str | int, ...], schema: JSON) -> tuple[str, str]:
    """Return document and pointer of a place below a written schema; steps that conversion added are left out."""
    kept: list[str | int] = []
    index = 0
    while index < len(steps):
        if isinstance(schema, dict) and WRAP in schema and steps[index : index + 2] == ("anyOf", 0):
            schema, index = schema["anyOf"][0], index + 2
            continue
        kept.append(steps[index])
        try:
            schema = schema[steps[index]]
        except (KeyError, IndexError, TypeError):
            schema = None
        index += 1
    return node.uri, node.pointer + pointers.join(kept)
