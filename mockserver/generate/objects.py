"""Which properties an object gets.

All of them unless something speaks against it: what must not be there, what never ends, a greatest number, rivals that
would fit too. Chooses names and the schemas that hold for them; values are drawn by others.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from mockserver.generate import words
from mockserver.generate.dice import Roll, fork
from mockserver.generate.facts import Facts, Pieces, identity
from mockserver.generate.heights import ENDLESS, Heights
from mockserver.generate.leaves import leaf_draw
from mockserver.generate.members import declared_names, property_pieces
from mockserver.generate.merge import Book
from mockserver.generate.names import singular
from mockserver.generate.patterns import draw_string
from mockserver.generate.place import Place
from mockserver.generate.regex import Unreadable, parse
from mockserver.values import JSON, Struct

_MOST_EXTRAS = 2000
_POOL = 12
_SALT = 77
_ENDINGS = (*words.THINGS, *"abcdefghijklmnopqrstuvwxyz")


class Selection(Struct, frozen=True):
    """Names with what holds for them, which of them must be there, and how many names more are needed."""

    fields: Mapping[str, Pieces]
    required: frozenset[str]
    more: int


def select(
    book: Book, heights: Heights, facts: Facts, wanted: Callable[[str], bool], *, lean: bool = False
) -> Selection | None:
    """Choose properties: all that must be there, and of the others those that are wanted; None when it cannot be.

    `lean`: the value has to end.
    """
    possible: dict[str, Pieces] = {}
    for name in declared_names(facts):
        pieces = property_pieces(book, facts, name)
        if pieces is not None and heights.of(pieces) < ENDLESS:
            possible[name] = pieces
        elif name in facts.required:
            return None
    chosen = {name for name in possible if name in facts.required or wanted(name)}
    if not _settle_dependents(book, facts, possible, chosen):
        return None
    missing = len(chosen) < facts.fewest_properties
    spare = [name for name in _spare(heights, facts, possible, lean=lean) if name not in chosen] if missing else []
    for name in sorted(spare, key=lambda name: heights.of(possible[name])):
        if len(chosen) >= facts.fewest_properties:
            break
        with_name = {*chosen, name}
        if _settle_dependents(book, facts, possible, with_name):
            chosen = with_name
    _shun_rivals(book, facts, possible, chosen)
    if facts.most_properties is not None:
        _shrink(facts, possible, chosen)
        if len(chosen) > facts.most_properties:
            return None
    fields = {name: pieces for name, pieces in possible.items() if name in chosen}
    return Selection(fields, frozenset(facts.required), max(0, facts.fewest_properties - len(fields)))


def _spare(heights: Heights, facts: Facts, possible: Mapping[str, Pieces], *, lean: bool) -> Iterator[str]:
    """Yield the properties that may make up the number; where it has to end, those that end at once if others may."""
    lean = lean and all(part.additional is not False for part in facts.objects)
    return (name for name, pieces in possible.items() if not lean or heights.of(pieces) == 0)


def _settle_dependents(book: Book, facts: Facts, possible: dict[str, Pieces], chosen: set[str]) -> bool:
    """Add what chosen names need beside them, or take the names away; False when a required one cannot stay."""
    todo = [name for name in facts.dependent if name in chosen]
    gone: set[str] = set()  # what was taken away is not asked back by another
    while todo:
        name = todo.pop()
        for other in facts.dependent.get(name, ()):
            if other in chosen:
                continue
            if other not in possible:
                pieces = None if other in gone else property_pieces(book, facts, other)
                if pieces is None or other in facts.forbidden:
                    if name in facts.required:
                        return False
                    chosen.discard(name)
                    possible.pop(name, None)
                    gone.add(name)
                    todo = [left for left in facts.dependent if left in chosen]
                    break
                possible[other] = pieces
            chosen.add(other)
            todo.append(other)
    return all(other in chosen for name in chosen for other in facts.dependent.get(name, ()))


def _shrink(facts: Facts, possible: Mapping[str, Pieces], chosen: set[str]) -> None:
    most = facts.most_properties or 0
    for name in reversed(list(possible)):
        if len(chosen) <= most:
            return
        needed = any(name in others for left, others in facts.dependent.items() if left in chosen)
        if name in chosen and name not in facts.required and not needed:
            chosen.discard(name)


def _shun_rivals(book: Book, facts: Facts, possible: Mapping[str, Pieces], chosen: set[str]) -> None:
    """Leave out optional properties that a rival needs, where nothing else keeps the object apart from it."""
    for rival in facts.rivals:
        needed = set(_needed(book, rival))
        if not needed or not needed <= chosen or _told_apart(book, rival, possible, chosen):
            continue
        own = set(declared_names(facts)) - facts.required.keys()
        for name in reversed(list(possible)):
            if name in needed and name in own and len(chosen) > facts.fewest_properties:
                chosen.discard(name)
                break


def _needed(book: Book, schema: JSON) -> Iterator[str]:
    schema = book.resolved(schema)
    if isinstance(schema, dict):
        yield from schema.get("required", ())
        for part in schema.get("allOf", ()):
            found = book.resolved(part)
            if isinstance(found, dict):
                yield from found.get("required", ())


def _told_apart(book: Book, rival: JSON, possible: Mapping[str, Pieces], chosen: set[str]) -> bool:
    """Tell whether a property that is there has no value in common with what the rival wants it to be."""
    rival = book.resolved(rival)
    properties = rival.get("properties", {}) if isinstance(rival, dict) else {}
    return any(name in properties and _apart(book, possible[name], properties[name]) for name in chosen)


def _apart(book: Book, pieces: Pieces, schema: JSON) -> bool:
    other = book.pieces((schema,))
    if other is None:
        return True
    mine, theirs = book.forms(pieces), book.forms(other)
    if {form.kind for form in mine}.isdisjoint(form.kind for form in theirs):
        return True
    if any(form.facts.values is None for form in (*mine, *theirs)):
        return False
    values = {identity(value) for form in mine for value in form.facts.values or ()}
    return values.isdisjoint(identity(value) for form in theirs for value in form.facts.values or ())


_FREE = frozenset(
    {
        "metadata", "meta", "label", "labels", "annotations", "tags", "attributes", "properties", "custom", "extra",
        "extras", "context", "variables", "parameters", "options",
    }
)  # fmt: skip


def is_map(facts: Facts, place: Place) -> bool:
    """Tell whether an object is one of names that are not known before."""
    if facts.declares:
        return False
    if any(part.patterns or part.additional not in (None, False) for part in facts.objects):
        return True
    closed = any(part.additional is False for part in facts.objects) or bool(facts.unevaluated_properties)
    return not closed and not _FREE.isdisjoint(place.words[-1:])


class Extra(Struct, frozen=True):
    """Names that are not declared, and what holds for all of them."""

    names: tuple[str, ...]
    pieces: Pieces


def extras(book: Book, heights: Heights, facts: Facts, place: Place, count: int, taken: frozenset[str]) -> list[Extra]:
    """Return names for properties that no schema declares, together at least `count` if there are so many."""
    found: dict[tuple[int, ...], tuple[Pieces, dict[str, None]]] = {}
    known = set(taken)
    for names in _candidates(book, facts, place, count):
        for name in names:
            if name in known or len(known) - len(taken) >= max(count, _POOL):
                continue
            pieces = property_pieces(book, facts, name)
            if pieces is not None and heights.of(pieces) < ENDLESS:
                known.add(name)
                found.setdefault(tuple(map(id, pieces)), (pieces, {}))[1][name] = None
        if len(known) - len(taken) >= count:
            break
    return [Extra(tuple(names), pieces) for pieces, names in found.values()]


_MAP_KEYS: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("language", "translation", "locale", "title"), tuple(code for code, _ in words.LANGUAGES)),
    **dict.fromkeys(("currency", "rate", "price", "balance", "amount"), words.CURRENCIES),
    **dict.fromkeys(("header",), ("Content-Type", "X-Request-Id", "Cache-Control")),
    **dict.fromkeys(("country",), tuple(code for _, code, _ in words.COUNTRIES)),
    **dict.fromkeys(("file",), tuple(f"{name}.txt" for name in words.FILES)),
    **dict.fromkeys(("error",), ("name", "email", "amount")),
    **dict.fromkeys(("environment", "env", "variable"), ("LOG_LEVEL", "REGION", "PORT")),
}  # fmt: skip


def _candidates(book: Book, facts: Facts, place: Place, count: int) -> Iterator[Iterator[str]]:
    """Yield rows of names, the next for those who found too few in the last.

    Those that patterns spell and `propertyNames` asks for, those that are usual in a map, words, numbered ones.
    """
    patterns = [pattern for part in facts.objects for pattern in part.patterns]
    word = singular(place.words[-1]) if place.words else ""
    yield chain(chain.from_iterable(_spelled(pattern, 4) for pattern in patterns), _asked(book, facts, count))
    if not facts.names:
        yield iter(_MAP_KEYS.get(word, words.KEYS))
        yield iter(words.THINGS)
        yield (f"{word or 'key'}_{index}" for index in range(1, min(count, _MOST_EXTRAS) + 1))
    yield chain.from_iterable(_spelled(pattern, 4 * count) for pattern in patterns)
    # a pattern that has no end admits any
    starts = [next(_spelled(pattern, 1), "") for pattern in patterns]
    yield (start + ending for start in starts for ending in _ENDINGS)
    yield iter((*words.KEYS, *_ENDINGS))


def _asked(book: Book, facts: Facts, count: int) -> Iterator[str]:
    names = book.pieces(facts.names)
    for form in book.forms(names) if names else ():
        draw = leaf_draw(book, names or (), form, Place("key")) if form.kind == "string" else None
        if draw is not None:
            yield from (str(draw(fork(trial, _SALT))) for trial in range(3 * count))


def _spelled(pattern: str, count: int) -> Iterator[str]:
    try:
        tree = parse(pattern)
    except Unreadable:
        return
    roll = Roll(_SALT)
    for _ in range(count):
        yield draw_string(tree, roll)
