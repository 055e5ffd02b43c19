"""Which schemas a property or an item is judged by: its own, those of patterns, those of all others (2020-12 §10.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from mockserver.schema.terms import Term, Terms
from mockserver.values import JSON


def required_names(terms: Iterable[Term]) -> Iterator[str]:
    """Yield the properties that must be there."""
    for term in terms:
        if isinstance(term.schema, dict):
            yield from term.schema.get("required", ())


def constraints_on(schema: JSON, name: str, matches: Callable[[str, str], bool]) -> Iterator[JSON]:
    """Yield the schemas that one schema judges a property by; `matches` tells whether a pattern matches a name."""
    if not isinstance(schema, dict):
        return
    declared = False
    if name in schema.get("properties", {}):
        declared = True
        yield schema["properties"][name]
    for pattern, inner in schema.get("patternProperties", {}).items():
        if matches(pattern, name):
            declared = True
            yield inner
    if not declared and "additionalProperties" in schema:
        yield schema["additionalProperties"]


def constraints_of(terms: Terms, atoms: Iterable[Term], name: str) -> Iterator[Term]:
    """Yield the terms that several terms judge a property by."""
    for atom in atoms:
        for schema in constraints_on(atom.schema, name, terms.matches):
            yield Term(atom.edition, schema)


def other_names(atoms: tuple[Term, ...], right: Term) -> Iterator[tuple[tuple[Term, ...], Term]]:
    """Yield, for every class of names that nobody declares, what is known of it and what is wanted of it."""
    patterns = right.schema.get("patternProperties", {})
    additional = right.schema.get("additionalProperties", True)
    for pattern, schema in patterns.items():
        yield tuple(_known(atoms, pattern)), Term(right.edition, schema)
    if additional is True:
        return
    wanted = Term(right.edition, additional)
    theirs = {
        pattern
        for atom in atoms
        if isinstance(atom.schema, dict)
        for pattern in atom.schema.get("patternProperties", ())
        if pattern not in patterns
    }
    for pattern in sorted(theirs):
        yield tuple(_known(atoms, pattern)), wanted
    yield tuple(_known(atoms, None, frozenset(theirs | set(patterns)))), wanted


def _known(atoms: Iterable[Term], pattern: str | None, excluded: frozenset[str] = frozenset()) -> Iterator[Term]:
    """Yield what is said of the names that match a pattern, or of those that match none of the excluded ones."""
    for atom in atoms:
        if not isinstance(atom.schema, dict):
            continue
        own = atom.schema.get("patternProperties", {})
        if pattern is not None and pattern in own:
            yield Term(atom.edition, own[pattern])
        elif "additionalProperties" in atom.schema and set(own) <= excluded:
            yield Term(atom.edition, atom.schema["additionalProperties"])


def items_at(terms: Iterable[Term], index: int) -> Iterator[Term]:
    """Yield the terms that several terms judge an item by."""
    for term in terms:
        if isinstance(term.schema, dict):
            first = term.schema.get("prefixItems", ())
            if index < len(first):
                yield Term(term.edition, first[index])
            elif "items" in term.schema:
                yield Term(term.edition, term.schema["items"])
