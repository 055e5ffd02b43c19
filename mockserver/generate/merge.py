"""Schemas that hold together, merged into one list of facts for each way to satisfy their unions.

Follows `$ref` and `allOf`; turns `anyOf`, `oneOf`, `if`, `not`, `dependentSchemas` and discriminators into choices
between branches. Knows no values: whether facts that look possible are so is found out by drawing.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping

from mockserver.document import pointer as pointers
from mockserver.errors import MockserverError
from mockserver.generate.facts import ArrayPart, Contains, Facts, ObjectPart, Pieces, Unevaluated
from mockserver.generate.keywords import READERS
from mockserver.generate.negate import plain_negation
from mockserver.generate.unions import Group, Unions, plain_name
from mockserver.schema.compile import Validators
from mockserver.schema.kinds import KINDS, Kind, kind_of
from mockserver.values import JSON, Struct

_MOST_FORMS = 100  # streams of some APIs have eighty kinds of events
_MOST_STEPS = 400


class Exhausted(MockserverError):
    """No value was found in as many steps as were allowed; there may be one."""

    def __init__(self) -> None:
        super().__init__("no value was found in time", fix="simplify the schema")


class Form(Struct, frozen=True):
    """One way to satisfy schemas: the facts, and the kind of value."""

    facts: Facts
    kind: Kind


Choices = Mapping[Hashable, int]


class Book:
    """One bundle, and what was read in it. Schemas are known by their identity, so all that are made are kept.

    `effort` is how many schemas may be looked at before it raises Exhausted; each look counts.
    """

    def __init__(self, bundle: JSON, validators: Validators, *, effort: int | None = None) -> None:
        self.effort = math.inf if effort is None else effort
        self.bundle = bundle
        self.validators = validators
        self.root: JSON = bundle
        if isinstance(bundle, dict) and "$defs" in bundle:
            self.root = {key: value for key, value in bundle.items() if key != "$defs"}
        self._definitions: Mapping[str, JSON] = bundle.get("$defs", {}) if isinstance(bundle, dict) else {}
        for schema in self._definitions.values():
            if schema == self.root and schema:
                self.root = schema  # what is recursive stands in its own closure
        self._names = {id(schema): name for name, schema in self._definitions.items()}
        self._made: dict[Hashable, JSON] = {}
        self._forms: dict[tuple[tuple[int, ...], bool], tuple[Form, ...]] = {}
        self._judges: dict[tuple[int, ...], Callable[[JSON], bool]] = {}
        self._matchers: dict[str, Callable[[str], bool]] = {}
        self._references: dict[str, frozenset[str]] = {}
        self._asked: set[tuple[int, ...]] = set()
        self.unions = Unions(self)

    def resolve(self, reference: str) -> JSON:
        """Return what a reference of this bundle leads to."""
        if reference.startswith("#/$defs/") and reference[8:] in self._definitions:
            return self._definitions[reference[8:]]
        if reference == "#":
            return self.root
        try:
            return pointers.look_up(self.bundle, pointers.from_fragment(reference[1:]))
        except LookupError:
            return True

    def name_of(self, schema: JSON) -> str:
        """Return the name of a schema in the contract, or nothing."""
        return plain_name(self._names.get(id(schema), ""))

    def made(self, key: Hashable, schema: JSON) -> JSON:
        """Return the one schema that was made under a key."""
        return self._made.setdefault(key, schema)

    def pieces(self, schemas: Iterable[JSON]) -> Pieces | None:
        """Return schemas as pieces; None when one of them is `false`."""
        out: dict[int, JSON] = {}
        self.work()
        for schema in schemas:
            followed = set[int]()
            while isinstance(schema, dict) and len(schema) == 1 and "$ref" in schema and id(schema) not in followed:
                followed.add(id(schema))
                schema = self.resolve(schema["$ref"])  # noqa: PLW2901 - the schema that is meant
            if schema is False:
                return None
            if isinstance(schema, dict) and schema:
                out[id(schema)] = schema
        return tuple(out.values())

    def work(self) -> None:
        """Count one step."""
        self.effort -= 1
        if self.effort < 0:
            raise Exhausted

    def judge(self, pieces: Pieces) -> Callable[[JSON], bool]:
        """Return the question whether a value fits all pieces."""
        key = tuple(map(id, pieces))
        found = self._judges.get(key)
        if found is None:
            found = self._judges[key] = self.validators.compile(self.closed(pieces)).is_valid
        return found

    def matches(self, pattern: str, name: str) -> bool:
        """Tell whether a pattern of `patternProperties` speaks of a name; one that no engine reads speaks of none."""
        found = self._matchers.get(pattern)
        if found is None:
            validator = self.validators.compile({"pattern": pattern})
            found = self._matchers[pattern] = (lambda _name: False) if validator.dropped else validator.is_valid
        return found(name)

    def closed(self, pieces: Pieces) -> JSON:
        """Return one schema for all pieces, with those definitions that it refers to."""
        names: set[str] = set()
        todo = list(_references(pieces))
        while todo:
            name = todo.pop()
            if name not in names and name in self._definitions:
                names.add(name)
                if name not in self._references:
                    self._references[name] = frozenset(_references(self._definitions[name]))
                todo.extend(self._references[name])
        schema = dict(pieces[0]) if len(pieces) == 1 else {"allOf": list(pieces)} if pieces else {}
        return {**schema, "$defs": {name: self._definitions[name] for name in sorted(names)}} if names else schema

    def forms(self, pieces: Pieces, *, thorough: bool = False) -> tuple[Form, ...]:
        """Return the ways to satisfy pieces, what is most telling first.

        `thorough` forms keep off what they must not be; the others trust that they will not meet it by chance.
        """
        key = (tuple(map(id, pieces)), thorough)
        found = self._forms.get(key)
        if found is None:
            reading = [form for facts in self._readings(pieces, thorough) for form in _forms_of(facts)]
            found = self._forms[key] = tuple(sorted(reading, key=strangeness)[:_MOST_FORMS])
        return found

    def contradiction(self, pieces: Pieces) -> str:
        """Return what speaks against all ways to satisfy pieces."""
        facts, _ = _Merge(self, {}, thorough=False).read(pieces)
        return facts.contradiction or "no branch of its unions is possible"

    def _readings(self, pieces: Pieces, thorough: bool) -> Iterator[Facts]:  # noqa: FBT001 - as in `forms`
        todo: list[dict[Hashable, int]] = [{}]
        steps = found = 0
        while todo and steps < _MOST_STEPS and found < _MOST_FORMS:
            steps += 1
            choices = todo.pop()
            facts, group = _Merge(self, choices, thorough=thorough).read(pieces)
            if facts.contradiction:
                continue
            if group is None:
                found += 1
                yield facts
            else:
                todo.extend({**choices, group.key: index} for index in reversed(range(len(group.branches))))

    def resolved(self, schema: JSON) -> JSON:
        """Follow a reference that stands alone."""
        found = self.pieces((schema,))
        return False if found is None else found[0] if found else True

    def kinds_of(self, schema: JSON) -> frozenset[Kind]:
        """Return the kinds that may fit a schema, at least."""
        pieces = self.pieces((schema,))
        if pieces is None:
            return frozenset()
        key = tuple(map(id, pieces))
        if key in self._asked:  # a union that is its own branch
            return frozenset(KINDS)
        self._asked.add(key)
        try:
            return frozenset(form.kind for form in self.forms(pieces))
        finally:
            self._asked.discard(key)


class _Merge:
    """One walk through all pieces with the branches chosen so far; stops asking at the first open union."""

    def __init__(self, book: Book, choices: Choices, *, thorough: bool) -> None:
        self._book = book
        self._choices = choices
        self._thorough = thorough
        self._seen: set[int] = set()
        self._open: Group | None = None
        self._composed = False
        self._top: JSON = None
        self.facts = Facts()

    def read(self, pieces: Pieces) -> tuple[Facts, Group | None]:
        self._top = pieces[0] if pieces else None
        for piece in pieces:
            self._absorb(piece)
        self.facts.settle()
        return self.facts, self._open

    def _absorb(self, schema: JSON) -> None:
        facts = self.facts
        if schema is False:
            facts.contradiction = "false"
            return
        if not isinstance(schema, dict) or id(schema) in self._seen:
            return
        self._seen.add(id(schema))
        self._book.work()
        name = self._book.name_of(schema)
        if name:
            facts.titles.append(name)
        objects, arrays = len(facts.objects), len(facts.arrays)
        for keyword, value in schema.items():
            reader = READERS.get(keyword)
            if reader is not None:
                reader(facts, value)
        if not schema.keys().isdisjoint(_STRUCTURE):
            self._structure(schema)
            self._unevaluated(schema, objects, arrays)

    def _structure(self, schema: Mapping[str, JSON]) -> None:
        self._object(schema)
        self._array(schema)
        if "$ref" in schema:
            self._absorb(self._book.resolve(schema["$ref"]))
        if "allOf" in schema:
            self._all_of(schema)
        if "discriminator" in schema:
            self._discriminate(schema)
        if "not" in schema:
            self._not(schema["not"])
        if not schema.keys().isdisjoint(_CHOICES):
            for group in self._book.unions.of(schema, thorough=self._thorough):
                self._choose(group)

    def _all_of(self, schema: Mapping[str, JSON]) -> None:
        above = self._composed
        self._composed = above or len(schema["allOf"]) > 1 or "properties" in schema
        for part in schema["allOf"]:
            self._absorb(part)
        self._composed = above

    def _choose(self, group: Group) -> None:
        chosen = self._choices.get(group.key)
        if chosen is None:
            self._open = self._open or group
            return
        branch = group.branches[chosen]
        for piece in branch.pieces:
            self._absorb(piece)
        self.facts.rivals.extend(branch.rivals)
        self.facts.judged = self.facts.judged or branch.judged

    def _discriminate(self, schema: Mapping[str, JSON]) -> None:
        """Let a discriminator without a union name what is drawn (OAS 3.1.1 §4.8.25: a parent and its heirs)."""
        discriminator = schema["discriminator"]
        if "propertyName" not in discriminator or "oneOf" in schema or "anyOf" in schema:
            return
        book = self._book
        mapping = discriminator.get("mapping") or {}
        targets = {name: book.resolve(reference) for name, reference in mapping.items()}
        names = tuple(name for name, target in targets.items() if target is not schema and id(target) in self._seen)
        if not names and mapping and not self._composed:
            self.facts.hints.setdefault(discriminator["propertyName"], tuple(mapping))
            self._choose(book.unions.heirs(schema))
            return
        own = tuple(name for name, target in targets.items() if target is schema)
        names = names or own or tuple(filter(None, [book.name_of(self._top)]))
        if names:
            self.facts.hints.setdefault(discriminator["propertyName"], names)

    def _object(self, schema: Mapping[str, JSON]) -> None:
        if schema.keys().isdisjoint(_OBJECT):
            return
        part = ObjectPart(
            schema.get("properties", {}), schema.get("patternProperties", {}), schema.get("additionalProperties")
        )
        self.facts.objects.append(part)
        self.facts.forbidden.update(name for name, value in part.properties.items() if value is False)
        self.facts.expect("object")

    def _array(self, schema: Mapping[str, JSON]) -> None:
        facts = self.facts
        if "items" in schema or "prefixItems" in schema:
            facts.arrays.append(ArrayPart(tuple(schema.get("prefixItems", ())), schema.get("items")))
            facts.expect("array")
        if "contains" in schema:
            low, high = int(schema.get("minContains", 1)), schema.get("maxContains")
            facts.contains.append(Contains(schema["contains"], low, None if high is None else int(high)))
            facts.judged = facts.judged or high is not None
            facts.expect("array")

    def _unevaluated(self, schema: Mapping[str, JSON], objects: int, arrays: int) -> None:
        facts = self.facts
        if "unevaluatedProperties" in schema:
            facts.unevaluated_properties.append(
                Unevaluated(schema["unevaluatedProperties"], objects, len(facts.objects))
            )
            facts.judged = True
            facts.expect("object")
        if "unevaluatedItems" in schema:
            facts.unevaluated_items.append(Unevaluated(schema["unevaluatedItems"], arrays, len(facts.arrays)))
            facts.judged = True
            facts.expect("array")

    def _not(self, refused: JSON) -> None:
        refused = self._book.resolved(refused)
        plain = plain_negation(refused)
        if plain is None:
            self.facts.judged = True
            self.facts.rivals.append(refused)
        else:
            plain(self.facts)


_OBJECT = frozenset({"properties", "patternProperties", "additionalProperties"})
_CHOICES = frozenset({"anyOf", "oneOf", "if", "dependentSchemas", "discriminator", "not"})
_STRUCTURE = _OBJECT | _CHOICES | {
    "$ref", "allOf", "items", "prefixItems", "contains", "unevaluatedProperties", "unevaluatedItems",
}  # fmt: skip


def _references(node: JSON) -> Iterator[str]:
    todo = [node]
    while todo:
        at = todo.pop()
        if isinstance(at, dict):
            reference = at.get("$ref")
            if isinstance(reference, str) and reference.startswith("#/$defs/"):
                yield reference[8:]
            todo.extend(value for value in at.values() if isinstance(value, dict | list))
        elif isinstance(at, list | tuple):
            todo.extend(value for value in at if isinstance(value, dict | list))


_USUAL: tuple[Kind, ...] = ("string", "integer", "object", "array", "boolean", "fraction", "null")


def _forms_of(facts: Facts) -> Iterator[Form]:
    """Yield the kinds of value that facts admit: what is declared or spoken of first."""
    spoken = [kind for kind in facts.order if kind in facts.kinds]
    present = None if facts.values is None else {kind_of(value) for value in facts.values}
    for kind in (*spoken, *(kind for kind in _USUAL if kind in facts.kinds and kind not in spoken)):
        if present is None or kind in present:
            yield Form(facts, kind)


POOREST_MEANT = 2
"""What is poorer is admitted, but no schema speaks of it: a text where only properties are written, without a type."""


def strangeness(form: Form) -> int:
    """Return by how much others are rather taken: those that tell more, and those in which nothing looks broken."""
    return poverty(form) + form.facts.broken


def poverty(form: Form) -> int:
    """Return how little a form tells: an object with properties tells most, null nothing."""
    facts = form.facts
    if form.kind not in facts.order and facts.values is None:
        return 3 if form.kind != "null" else 4
    if form.kind == "object" and facts.declares:
        return 0
    return 2 if form.kind == "null" else 1
