"""What some terms come down to together, and the cases that they may be split into.

Alternatives that cannot be are dropped, conditions that are met are taken, and what is left is split only on demand:
this keeps a union of many tagged objects from costing a proof for each pair of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from mockserver.schema.kinds import KINDS
from mockserver.schema.marks import Marker, Marks, is_listed
from mockserver.schema.terms import OF_KIND, Term, Terms, label

_MOST_PASSES = 4
_MOST_UNIONS = 2
_UNIONS = ("anyOf", "oneOf")
_CONDITION = ("if", "then", "else")
_PLAIN = frozenset({"type", "const", "enum"})

Atoms = tuple[Term, ...]


class Cases:
    """Answers for the terms of one proof or many; remembers its answers."""

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.marker = Marker(terms, frozenset(KINDS))
        self._settled: dict[frozenset[tuple[int, int]], tuple[Atoms, Atoms]] = {}
        self._split: dict[tuple[int, int], list[Atoms]] = {}
        self._kept: list[Atoms] = []

    def settled(self, left: Atoms) -> tuple[Atoms, Atoms]:
        """Return the atoms of terms without what is decided by the others, and all terms met on the way."""
        key = frozenset(term.key for term in left)
        found = self._settled.get(key)
        if found is None:
            self._kept.append(left)
            found = self._settled[key] = self._settle(left)
        return found

    def _settle(self, left: Atoms) -> tuple[Atoms, Atoms]:
        atoms, met = self.terms.expanded(left)
        for _ in range(_MOST_PASSES):
            whole = self.marker.of(atoms)
            decided = {atom.key: self._decided(atom, whole) for atom in atoms if _is_open(atom)}
            if all(len(parts) == 1 and parts[0].key == key for key, parts in decided.items()):
                break
            parts = [part for atom in atoms for part in decided.get(atom.key, (atom,))]
            atoms, more = self.terms.expanded(parts)
            met = tuple({term.key: term for term in (*met, *more)}.values())
        return atoms, met

    def _decided(self, atom: Term, whole: Marks) -> Atoms:
        """Return what an atom says beside others that have these marks."""
        schema, edition = atom.schema, atom.edition
        if schema.keys() == {"not"}:
            return () if self._of(Term(edition, schema["not"])).apart(whole) else (atom,)
        for union in _UNIONS:
            if union in schema:
                return self._possible(atom, union, whole)
        word = self._taken(Term(edition, schema["if"]), whole)
        if not word:
            return (atom,)
        rest = self._without(atom, _CONDITION)
        return (*rest, Term(edition, schema[word])) if word in schema else rest

    def _possible(self, atom: Term, union: str, whole: Marks) -> Atoms:
        branches = atom.schema[union]
        possible = [
            index for index, branch in enumerate(branches) if not self._of(Term(atom.edition, branch)).apart(whole)
        ]
        if len(possible) == len(branches) > 1:
            return (atom,)
        rest = self._without(atom, (union,))
        if not possible:
            return (Term(atom.edition, schema=False),)
        if len(possible) == 1:
            return (*rest, Term(atom.edition, branches[possible[0]]))
        named = label(f"{union} {possible}")
        fewer = self.terms.made(
            atom.edition, (atom.schema, named), lambda: {union: [branches[index] for index in possible]}
        )
        return (*rest, fewer)

    def _taken(self, condition: Term, whole: Marks) -> str:
        """Return which way a condition goes, where the marks tell."""
        if self._of(condition).apart(whole):
            return "else"
        asked = self.terms.expanded([condition])[0]
        if not all(_is_plain(atom) for atom in asked):
            return ""
        marks = self.marker.of(asked)
        if not whole.own.within(marks.own):
            return ""
        if "object" in whole.own.kinds:
            tags = all(name in whole.tags and whole.tags[name].within(mark) for name, mark in marks.tags.items())
            if not tags or not marks.required <= whole.required:
                return ""
        return "then"

    def of(self, atoms: Atoms, right: Term) -> Iterator[list[Atoms]]:
        """Yield ways to split the atoms on the left: together the cases of one way are all that there is."""
        yield from islice(self.unions(atoms), _MOST_UNIONS)
        kinds = self.terms.kinds(atoms)
        if len(kinds) > 1 and isinstance(right.schema, dict) and {*_UNIONS, "if"} & right.schema.keys():
            yield [(*atoms, Term(right.edition, OF_KIND[kind])) for kind in sorted(kinds)]

    def unions(self, atoms: Atoms) -> Iterator[list[Atoms]]:
        """Yield ways to split the atoms by the alternatives of one of them."""
        for atom in atoms:
            cases = self._split.get(atom.key)
            if cases is None:
                cases = self._split[atom.key] = list(self._cases_of(atom)) if isinstance(atom.schema, dict) else []
                self._kept.append((atom,))
            if cases:
                rest = tuple(other for other in atoms if other is not atom)
                yield [(*rest, *case) for case in cases]

    def _cases_of(self, atom: Term) -> Iterator[Atoms]:
        schema, edition = atom.schema, atom.edition
        for union in _UNIONS:
            if union in schema:
                rest = self._without(atom, (union,))
                branches = [Term(edition, branch) for branch in schema[union]]
                for branch in branches:
                    rivals = [other for other in branches if other is not branch] if union == "oneOf" else []
                    met = (other for other in rivals if not self.marker.apart([branch], [other]))
                    yield (*rest, branch, *(self.refused(other) for other in met))
                return
        if "if" in schema:
            rest, condition = self._without(atom, _CONDITION), Term(edition, schema["if"])
            yield *rest, condition, Term(edition, schema.get("then", True))
            yield *rest, self.refused(condition), Term(edition, schema.get("else", True))

    def refused(self, term: Term) -> Term:
        """Return the term of what does not fit a term."""
        return self.terms.made(term.edition, (term.schema,), lambda: {"not": term.schema})

    def _without(self, atom: Term, keywords: tuple[str, ...]) -> Atoms:
        kept = [keyword for keyword in atom.schema if keyword not in keywords]
        return (self.terms.part(atom, kept, f"without {keywords[0]}"),) if kept else ()

    def _of(self, term: Term) -> Marks:
        return self.marker.of([term])


def _is_open(atom: Term) -> bool:
    """Tell whether what an atom says depends on others; what it does not admit by its type alone is known at once."""
    schema = atom.schema
    if not isinstance(schema, dict):
        return False
    if schema.keys() == {"not"}:
        return not (isinstance(schema["not"], dict) and schema["not"].keys() == {"type"})
    return any(keyword in schema for keyword in (*_UNIONS, "if"))


def _is_plain(atom: Term) -> bool:
    """Tell whether marks tell all that an atom says."""
    schema = atom.schema
    if not isinstance(schema, dict):
        return schema is True
    if not schema.keys() <= _PLAIN | {"required", "properties"} or not is_listed(schema):
        return False
    inner = schema.get("properties", {}).values()
    return all(one is True or (isinstance(one, dict) and one.keys() <= _PLAIN and is_listed(one)) for one in inner)
