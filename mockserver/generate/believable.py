"""What a text of this name would hold.

Knows names only: of the property, and of what it is a property of. Whether a value fits its schema is for others to
judge, and a name that says nothing gives a plain word.
"""

from __future__ import annotations

from collections.abc import Mapping

from mockserver.generate import words
from mockserver.generate.dice import Draw, chooser, constant
from mockserver.generate.formats import Maker
from mockserver.generate.names import singular, words_of
from mockserver.generate.place import PLAIN_OWNERS, Place
from mockserver.generate.texts import SAYINGS, TEXTS, full_name, options

_PEOPLE = frozenset(
    {
        "user", "person", "customer", "owner", "author", "contact", "employee", "member", "patient", "guest",
        "assignee", "creator", "sender", "recipient", "client", "driver", "student", "teacher", "admin", "buyer",
        "seller", "cardholder", "passenger", "attendee", "commenter", "shopper", "reviewer", "individual", "payer",
        "uploader", "profile", "human", "maintainer", "committer", "actor", "beneficiary", "holder", "billing",
        "shipping",
    }
)  # fmt: skip
_ORGANISATIONS = frozenset(
    {
        "company", "organization", "organisation", "org", "business", "merchant", "vendor", "supplier", "employer",
        "brand", "tenant", "manufacturer", "publisher", "carrier", "institution", "provider", "agency", "enterprise",
        "partner",
    }
)  # fmt: skip
_NAMED: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("pet", "dog", "cat", "animal"), words.PETS),
    **dict.fromkeys(("city", "location", "venue", "station", "store", "site", "place"), words.CITIES),
    **dict.fromkeys(("product", "item", "sku", "article", "variant", "listing", "package", "line"), words.PRODUCTS),
    **dict.fromkeys(("tag", "label", "topic", "keyword"), words.TAGS),
    **dict.fromkeys(("category", "genre"), words.CATEGORIES),
    **dict.fromkeys(("team", "department", "group", "division"), words.DEPARTMENTS),
    **dict.fromkeys(("file", "document", "attachment", "asset", "artifact", "media"), tuple(
        f"{name}.{ending}" for name in words.FILES for ending in words.EXTENSIONS
    )),
    "bank": words.BANKS,
    "country": tuple(name for name, _, _ in words.COUNTRIES),
    "language": tuple(name for _, name in words.LANGUAGES),
    "region": words.REGIONS,
    "role": words.ROLES,
    "event": words.SUBJECTS,
}  # fmt: skip
_ADDRESSES = frozenset({"address", "billing", "shipping", "location", "residence"})


def text_maker(place: Place, sayings: tuple[str, ...]) -> Draw:
    """Return a draw of what a text at this place would hold; `sayings` are its titles and descriptions."""
    name = place.words
    owners = _owners(place)
    if name and name[-1] in {"name", "title", "label"} and len(name) <= 2:
        whose = (singular(name[0]),) if len(name) == 2 else owners
        named = next((made for owner in whose if (made := _name_of(owner, name[-1])) is not None), None)
        if named is not None:
            return named(name, place.salt)
    if name and name[-1] == "state" and _ADDRESSES.intersection(owners):
        return chooser(words.STATES, place.salt)
    if name in {("object",), ("type",), ("kind",)} and owners:
        return constant("_".join(words_of(_owner_name(place))))
    maker = _by_name(name) or (_by_name(owners[:1]) if name in {(), ("value",)} else None) or _by_saying(sayings)
    return (maker or _thing)(name, place.salt)


def _thing(_words: tuple[str, ...], salt: int) -> Draw:
    return chooser(words.THINGS, salt)


def _by_name(name: tuple[str, ...]) -> Maker | None:
    for length in (3, 2, 1):
        found = TEXTS.get("_".join(name[-length:])) if len(name) >= length else None
        if found is not None:
            return found
    plural = (*name[:-1], singular(name[-1])) if name else name
    return _by_name(plural) if plural != name else None


def _by_saying(sayings: tuple[str, ...]) -> Maker | None:
    for saying in sayings:
        for pattern, name in SAYINGS:
            if pattern.search(saying[:200]):
                return TEXTS[name]
    return None


def _owner_name(place: Place) -> str:
    return next((owner for owner in place.owners if not set(words_of(owner)) <= PLAIN_OWNERS), "")


def _owners(place: Place) -> tuple[str, ...]:
    """Return the words for what the property belongs to."""
    found = (words_of(owner) for owner in place.owners)
    return tuple(singular(owner[-1]) for owner in found if not set(owner) <= PLAIN_OWNERS)


def _full_name(_words: tuple[str, ...], _salt: int) -> Draw:
    return full_name


def _name_of(owner: str, kind: str) -> Maker | None:
    if kind == "name" and owner in _PEOPLE:
        return _full_name
    if owner in _ORGANISATIONS:
        return options(*words.COMPANIES)
    return options(*_NAMED[owner]) if owner in _NAMED else None
