"""Values that hold no others, and values that the contract lists.

Chooses for the kind of value who draws it. Lists and objects are for `plan`.
"""

from __future__ import annotations

from copy import deepcopy

from mockserver.generate.dice import Draw, chooser, constant
from mockserver.generate.facts import Facts, Pieces, identity
from mockserver.generate.merge import Book, Form
from mockserver.generate.numbers import number_draw
from mockserver.generate.place import Place
from mockserver.generate.strings import string_draw
from mockserver.values import JSON

_NEVER = frozenset(
    {
        "deleted", "archived", "disabled", "blocked", "banned", "suspended", "locked", "draft", "expired",
        "cancelled", "canceled", "revoked", "truncated", "failed", "hidden", "removed", "error", "errors", "spam",
        "muted", "deprecated", "incomplete", "closed",
    }
)  # fmt: skip
_ALWAYS = frozenset(
    {
        "active", "enabled", "success", "ok", "verified", "visible", "available", "valid", "accepted", "succeeded",
        "confirmed", "published", "allowed",
    }
)  # fmt: skip
_PAGING = frozenset({"more", "next", "continue", "continuation"})
_PAGING_WORDS = frozenset(
    {
        "next", "next_page", "next_cursor", "next_token", "next_page_token", "next_url", "next_link", "next_page_url",
        "continuation_token", "next_page_uri", "next_uri", "end_cursor", "next_page_id", "next_marker", "cursor_next",
        "continuation", "next_offset", "page_token", "next_page_cursor", "next_starting_after", "next_key",
    }
)  # fmt: skip


def leaf_draw(book: Book, pieces: Pieces, form: Form, place: Place) -> Draw | None:
    """Return a draw of values in a form that is no object and no list of its own making; None when there is none."""
    facts = form.facts
    if facts.values is not None:
        return _listed(book, pieces, form, place)
    match form.kind:
        case "null":
            return None if None in facts.excluded else constant(None)
        case "boolean":
            return _boolean(facts, place)
        case "integer" | "fraction":
            return number_draw(book, facts, form.kind, place)
        case _:
            return string_draw(book, facts, place)


def listed_values(book: Book, pieces: Pieces, form: Form) -> list[JSON]:
    """Return the listed values that all other keywords admit too."""
    values = [value for value in form.facts.values or () if (value is None) == (form.kind == "null")]
    if not all(piece.keys() <= _LISTING for piece in pieces):
        fits = book.judge(pieces)
        values = [value for value in values if fits(value)]
    return values


def _listed(book: Book, pieces: Pieces, form: Form, place: Place) -> Draw | None:
    """Return a draw of the listed values."""
    values = listed_values(book, pieces, form)
    if not values:
        return None
    chosen = chooser(values, place.salt)
    # who asked may change what was drawn, and the contract stays as it is
    return (lambda seed: deepcopy(chosen(seed))) if any(isinstance(value, list | dict) for value in values) else chosen


_LISTING = frozenset({"type", "enum", "const", "title", "description", "default", "example", "examples", "nullable"})


def _boolean(facts: Facts, place: Place) -> Draw | None:
    barred = {identity(value) for value in facts.excluded}
    admitted = [value for value in (True, False) if identity(value) not in barred]
    usual = _usual(facts, place)
    if usual in admitted:
        return constant(usual)
    return chooser(admitted, place.salt) if admitted else None


def _usual(facts: Facts, place: Place) -> JSON:
    """Return what a switch of this name mostly says, or nothing."""
    name = place.words
    known = set(name)
    if known & _PAGING:
        return False
    if known & {"last", "end"} and known & {"page", "last"} and len(name) <= 3:
        return True
    for given in (facts.examples, facts.defaults):
        found = [value for value in given if isinstance(value, bool)]
        if found and not place.root:
            return found[0]
    if known & _NEVER:
        return False
    return True if known & _ALWAYS else None


def leads_on(place: Place) -> bool:
    """Tell whether this is what a client follows to the next page: there is none, so that it stops.

    >>> leads_on(Place("nextPageToken")), leads_on(Place("next_of_kin"))
    (True, False)
    """
    return "_".join(place.words) in _PAGING_WORDS
