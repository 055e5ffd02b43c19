"""The language of the tables: what an OpenAPI object may hold, one row per field.

Knows how a row is read, and what it comes to in one version of OpenAPI. Does not know any OpenAPI object (the tables
are in shapes_2, shapes_3 and shapes_schema) and looks at no document (that is structure).

A row is a name, a type and remarks, in columns two or more blanks apart.

    string  count  uri ...   a LEAF
    Name                     an object, described by the table of that name
    =a,b,c                   one of these strings
    [T]   [T]+   [T]!        a list of T; with at least one entry; without repetition
    {T}   {key:T}   {T}1     a map to T; with keys that follow KEYS["key"]; with exactly one entry
    T|U                      either, told apart by their JSON types; `Ref` among them is a Reference Object

    <key>                    as a name: all other fields, if their names follow KEYS["key"]
    required                 the field must be there; `required until 3.0`: up to that version
    since 3.1, until 3.0     the versions that know the row
    ignored                  the field is known but means nothing here, which is worth a warning
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from mockserver.checks.document.flaw import Level
from mockserver.checks.document.leaves import KEYS, LEAVES, KeyRule, Leaf, anything
from mockserver.schema.dialects import Version
from mockserver.values import Struct, replace

_COLUMNS: Final = re.compile(r"\s{2,}")
_LAST: Final = "9"  # after every version of OpenAPI


class Expected(Struct, frozen=True):
    """What a value must be, by its JSON type: an object (`shape` or `values`), a list (`items`) or a scalar (`leaf`).

    `plain` is the Python type that needs no second look. `anything` is everything, unlooked at.
    """

    phrase: str
    anything: bool = False
    plain: type | None = None
    leaf: Leaf | None = None
    shape: str = ""
    reference: bool = False
    values: Expected | None = None
    keys: KeyRule | None = None
    single: bool = False
    items: Expected | None = None
    filled: bool = False
    distinct: bool = False
    ignored: bool = False


class Table(Struct, frozen=True):
    """One object of OpenAPI as its specification prints it. Fields that no row knows are of level `unknown`."""

    name: str
    rows: str
    noun: str = ""
    unknown: Mapping[str, Level | None] | None = None


class Variants(Struct, frozen=True):
    """An object whose table depends on the value of its field `by`; each row of `tables` is such a value and a table.

    Any other value is a flaw, unless `otherwise` names the table for it.
    """

    name: str
    by: str
    tables: str
    otherwise: str = ""


class Shape(Struct, frozen=True):
    """A table in one version. `elsewhere` says of fields that only other versions know which these are."""

    name: str
    noun: str
    fields: Mapping[str, Expected]
    required: tuple[str, ...]
    patterned: Expected | None
    unknown: Level | None
    elsewhere: Mapping[str, str]


class Choice(Struct, frozen=True):
    """Variants in one version."""

    noun: str
    by: str
    shapes: Mapping[str, str]
    otherwise: str


class Tables(Struct, frozen=True):
    """All tables of one version, and what the whole document is."""

    version: Version
    root: Expected
    shapes: Mapping[str, Shape | Choice]


def compiled(tables: Iterable[Table | Variants], version: Version, aliases: Mapping[str, str]) -> Tables:
    """Read the tables as one version has them; an alias is a type that stands for another."""
    shapes: dict[str, Shape | Choice] = {}
    for table in tables:
        if isinstance(table, Table):
            shapes[table.name] = _shape(table, version, aliases)
        else:
            known = {row[0]: row[1] for row in _rows(table.tables) if _known(row[2:], version)}
            shapes[table.name] = Choice(_words(table.name), table.by, known, table.otherwise)
    return Tables(version, _expected("OpenAPI", aliases), shapes)


def _shape(table: Table, version: Version, aliases: Mapping[str, str]) -> Shape:
    fields: dict[str, Expected] = {}
    required: list[str] = []
    patterned: Expected | None = None
    elsewhere: dict[str, str] = {}
    for name, written, *remarks in _rows(table.rows):
        if not _known(remarks, version):
            if "ignored" not in remarks:
                elsewhere[name] = _versions(remarks)
            continue
        expected = _expected(written, aliases)
        if name.startswith("<"):
            patterned = replace(expected, keys=KEYS[name[1:-1]])
            continue
        fields[name] = replace(expected, ignored=True, plain=None) if "ignored" in remarks else expected
        required += [name] if _required(remarks, version) else []
    unknown: Level | None = (table.unknown or {}).get(version, "error")
    elsewhere = {name: versions for name, versions in elsewhere.items() if name not in fields}
    noun = table.noun or _words(table.name)
    return Shape(table.name, noun, fields, tuple(required), patterned, unknown, elsewhere)


def _rows(text: str) -> list[list[str]]:
    return [_COLUMNS.split(line.strip()) for line in text.splitlines() if line.strip()]


def _known(remarks: Iterable[str], version: Version) -> bool:
    since, until = _range(remarks)
    return since <= version <= until


def _range(remarks: Iterable[str]) -> tuple[str, str]:
    since, until = "", _LAST
    for remark in remarks:
        first, _, last = remark.partition(" ")
        if first == "since":
            since = last
        elif first == "until":
            until = last
    return since, until


def _versions(remarks: Iterable[str]) -> str:
    since, until = _range(remarks)
    return f"since OpenAPI {since}" if since else f"until OpenAPI {until}"


def _required(remarks: Iterable[str], version: Version) -> bool:
    return any(
        remark == "required"
        or (remark.startswith("required until ") and version <= remark.removeprefix("required until "))
        for remark in remarks
    )


def _words(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()


def _expected(written: str, aliases: Mapping[str, str]) -> Expected:
    """Read a type."""
    first, *others = (_one(part, aliases) for part in _split(written))
    for other in others:
        first = _either(first, other)
    return first


def _either(one: Expected, other: Expected) -> Expected:
    """Join two types that no value can have both of."""
    return Expected(
        phrase=f"{one.phrase} or {other.phrase}" if other.phrase else one.phrase,
        plain=one.plain or other.plain,
        leaf=one.leaf or other.leaf,
        shape=one.shape or other.shape,
        reference=one.reference or other.reference,
        values=one.values or other.values,
        keys=one.keys or other.keys,
        single=one.single or other.single,
        items=one.items or other.items,
        filled=one.filled or other.filled,
        distinct=one.distinct or other.distinct,
    )


def _one(written: str, aliases: Mapping[str, str]) -> Expected:
    if written in aliases:
        return _expected(aliases[written], aliases)
    if written == "any":
        return ANY
    if written == "Ref":
        return Expected("", reference=True)
    if written.startswith("["):
        inner, _, flags = written[1:].rpartition("]")
        items = _expected(inner, aliases)
        return Expected("a list", items=items, filled="+" in flags, distinct="!" in flags)
    if written.startswith("{"):
        inner, _, flags = written[1:].rpartition("}")
        key, colon, value = inner.partition(":")
        keys = KEYS[key] if colon else None
        values = _expected(value if colon else inner, aliases)
        return Expected("an object", values=values, keys=keys, single=flags == "1")
    if written.startswith("="):
        leaf = _one_of(tuple(written[1:].split(",")))
        return Expected(leaf.phrase, leaf=leaf)
    if written in LEAVES:
        leaf = LEAVES[written]
        plain = leaf.types[0] if leaf.accepts is anything and len(leaf.types) == 1 else None
        return Expected(leaf.phrase, leaf=leaf, plain=plain)
    return Expected("an object", shape=written)


def _one_of(values: tuple[str, ...]) -> Leaf:
    phrase = f'"{values[0]}"' if len(values) == 1 else "one of " + ", ".join(values)
    return Leaf(phrase, (str,), values[0], frozenset(values).__contains__)


def _split(written: str) -> list[str]:
    """Split at the bars that stand in no brackets."""
    parts, depth = [""], 0
    for character in written:
        depth += (character in "[{") - (character in "]}")
        if character == "|" and not depth:
            parts.append("")
        else:
            parts[-1] += character
    return parts


ANY: Final = Expected("anything", anything=True)
