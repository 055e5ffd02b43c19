"""Query parameters, both directions, all of an operation in one pass over the raw query.

Knows which names belong to which parameter; what the texts of a name spell is for `fields.py`. Pairs are parted by `&`
only, name and value by the first `=`, and both are decoded after that.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from typing import Final, Generic, TypeVar
from urllib.parse import unquote_plus

from mockserver.values import JSON, Struct, field
from mockserver.wire import percent
from mockserver.wire.brackets import Path, split_name
from mockserver.wire.delimited import Text
from mockserver.wire.fields import Field, field_of, spell
from mockserver.wire.reading import ABSENT, Decoded, Reading, Undecodable, keyed
from mockserver.wire.specs import ParameterSpec

Leaf = TypeVar("Leaf")

_NO_MEMBERS: Final[Mapping[str, Field]] = {}


class Gathered(Struct, Generic[Leaf]):
    """What stands behind each name: values, entries of names with brackets, and names that nobody declared.

    `spelled` is, for each root of names with brackets, the first of those names.
    """

    values: dict[str, list[Leaf]] = field(default_factory=dict)
    nested: dict[str, list[tuple[Path, Leaf]]] = field(default_factory=dict)
    spelled: dict[str, str] = field(default_factory=dict)
    undeclared: dict[str, None] = field(default_factory=dict)


class ReadQuery(Struct, frozen=True):
    """What each parameter was given, by name, and the names in the query that no parameter has."""

    parameters: Mapping[str, Reading]
    undeclared: tuple[str, ...] = ()


class QueryDecoder:
    """Decodes the query parameters of one operation; made once, then only read.

    >>> from mockserver.wire.suggest import shape_of
    >>> page = ParameterSpec("page", "query", "form", True, False, shape_of({"type": "integer"}))
    >>> QueryDecoder([page]).decode("page=2&x=1")
    ReadQuery(parameters={'page': Decoded(value=2, alternatives=(), notes=())}, undeclared=('x',))
    """

    def __init__(self, specs: Iterable[ParameterSpec], *, lenient: bool = False) -> None:
        self._fields = {spec.name: field_of(spec, percent.decode_plus, lenient=lenient) for spec in specs}
        self._members = {name: self._members_of(one.spec, lenient=lenient) for name, one in self._fields.items()}
        members = {name: below for one in self._members.values() for name, below in one.items()}
        self._known = self._fields.keys() | members.keys()
        self._roots = {
            name
            for name, one in {**members, **self._fields}.items()
            if one.spec.shape.suggests_array or one.spec.shape.suggests_object or one.spec.style == "deepObject"
        }

    def decode(self, raw_query: str) -> ReadQuery:
        """Decode a raw query, without its question mark."""
        gathered = gather(pairs_in(raw_query), self._known, self._roots)
        values, nested = gathered.values, gathered.nested
        parameters: dict[str, Reading] = {}
        for name, one in self._fields.items():
            sent = values.get(name, ())
            if name in nested:
                parameters[name] = one.read(sent, nested[name], sent=gathered.spelled[name])
            elif sent:
                parameters[name] = one.read(sent)
            else:
                parameters[name] = self._from_members(name, gathered)
        return ReadQuery(parameters, tuple(gathered.undeclared))

    def _members_of(self, spec: ParameterSpec, *, lenient: bool) -> Mapping[str, Field]:
        """Return the names that an exploded object takes: its declared properties, if no parameter is called so.

        Nothing else, even where the schema allows further properties: an unknown name may be anybody's.
        """
        shape = spec.shape
        if not (shape.suggests_object and spec.explode) or spec.style == "deepObject" or spec.media_type:
            return _NO_MEMBERS
        return {
            name: field_of(member_spec(spec, name), percent.decode_plus, lenient=lenient)
            for name in shape.property_names
            if name not in self._fields
        }

    def _from_members(self, name: str, gathered: Gathered[str]) -> Reading:
        members = self._members[name]
        return members_of(members, gathered) if members else ABSENT


def member_spec(spec: ParameterSpec, name: str) -> ParameterSpec:
    """Return how one property of an exploded object is spelled: as a parameter of that name."""
    return ParameterSpec(name, spec.location, "form", explode=True, required=False, shape=spec.shape.property(name))


def members_of(members: Mapping[str, Field], gathered: Gathered[str]) -> Reading:
    """Return the object that an exploded parameter spells with the names of its properties."""
    found: dict[str, Decoded] = {}
    for name, one in members.items():
        if name not in gathered.values and name not in gathered.nested:
            continue
        values, nested = gathered.values.get(name, ()), gathered.nested.get(name, ())
        match one.read(values, nested, sent=gathered.spelled.get(name, "")):
            case Decoded() as decoded:
                found[name] = decoded
            case Undecodable(message):
                return Undecodable(f"{name}: {message}")
    return keyed(found) if found else ABSENT


def pairs_in(raw: str) -> Iterable[tuple[str, str]]:
    """Return the raw names and values of a query; a name without `=` has the empty value."""
    return [(name, value) for name, _, value in [pair.partition("=") for pair in raw.split("&") if pair]]


def gather(
    pairs: Iterable[tuple[str, Leaf]],
    known: Container[str],
    roots: Container[str],
    decode: Text = unquote_plus,
) -> Gathered[Leaf]:
    """Sort what was sent by name: `known` names stand for themselves, `roots` may have brackets behind them."""
    gathered: Gathered[Leaf] = Gathered()
    values = gathered.values
    for raw_name, value in pairs:
        name = raw_name
        if name not in known and ((name := decode(raw_name)) == raw_name or name not in known):
            found = split_name(name, roots)
            if found is None:
                gathered.undeclared[name] = None
                continue
            root, path = found
            gathered.spelled.setdefault(root, name)
            gathered.nested.setdefault(root, []).append((path, value))
        elif name in values:
            values[name].append(value)
        else:
            values[name] = [value]
    return gathered


def encode_query(spec: ParameterSpec, value: JSON) -> list[str]:
    """Return the raw `name=value` pairs of a query parameter; see `fields.spell` for what is lost.

    >>> from mockserver.wire.suggest import shape_of
    >>> encode_query(ParameterSpec("f", "query", "deepObject", True, False, shape_of({})), {"gte": 5})
    ['f%5Bgte%5D=5']
    """
    keep = percent.RESERVED_IN_QUERY if spec.allow_reserved else ""
    if isinstance(value, (list, dict)) and not spec.explode:
        keep = keep.replace(",", "")  # a delimiter here
    pairs = spell(spec, value, lambda text: percent.encode(text, keep))
    return [f"{percent.encode(name)}={text}" for name, text in pairs]
