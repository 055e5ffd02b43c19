"""A list in pages: what a client that reads all of it is answered, and what it must ask for next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.contract.plan import Plan
from mockserver.jobs.verify.answers import Given, Turn
from mockserver.jobs.verify.cases import Cases
from mockserver.jobs.verify.paging import Paging, paging_of
from mockserver.values import JSON, Struct, replace
from mockserver.wire.media_type import is_json

_SIZES: Final = (
    ((0,), "one page, and nothing on it"),
    ((2,), "one page"),
    ((2, 1), "two pages"),
    ((2, 0), "two pages, and nothing on the last"),
    ((2, 2, 1), "three pages"),
)


class Book(Struct, frozen=True):
    """Pages, what the request for each but the first must say, and how many items there are in all."""

    pages: tuple[Given, ...]
    asked: tuple[JSON, ...]
    why: str
    count: int
    paging: Paging


def books(cases: Cases, plan: Plan) -> Iterator[Book]:
    """Yield what a client that reads all pages is given: one empty page, one page, two, three."""
    found = paged(cases, plan)
    if found is None:
        return
    given, paging = found
    for sizes, why in _SIZES:
        pages: list[Given] = []
        for index in range(len(sizes)):
            page = _page(given, paging, sizes, index)
            if page is not None:
                pages.append(page)
        if len(pages) == len(sizes):
            asked = tuple(_asked(page, paging, sizes, index) for index, page in enumerate(pages[:-1]))
            yield Book(tuple(pages), asked, why, sum(sizes), paging)


def paged(cases: Cases, plan: Plan) -> tuple[Given, Paging] | None:
    """Return an answer whose list holds two items, and how one page follows another; None where that is not told."""
    paging: Paging | None = None
    for given in cases.answers():
        if given.status >= 300 or given.media is None or not is_json(given.media.media.name):
            continue
        if paging is None:
            has_link = any(header.name.lower() == "link" for header in given.documented.headers)
            paging = paging_of(plan, given.media, has_link=has_link)
            if paging is None:
                return None
        if given.why == "two items" and given.at == (f"/{paging.items}" if paging.items else ""):
            return given, paging
    return None


def _page(given: Given, paging: Paging, sizes: Sequence[int], index: int) -> Given | None:
    """Return a page that says whether there is another; None where the schema has no way to say so."""
    ends = index + 1 == len(sizes)
    turn = None if ends else _turn(paging, sizes, index)
    for identity in ("id{}", "00000000-0000-4000-8000-{:012}", ""):
        items = _items(given, paging, sum(sizes[:index]), sizes[index], identity)
        value: JSON = {**given.value, paging.items: items} if paging.items else items
        if paging.more:
            value = _with(value, paging.more, not ends)
        if paging.total:
            value = _with(value, paging.total, len(sizes))
        for way in _marked(value, paging, index, ends=ends):
            if given.media is not None and given.media.accepts(way):
                return replace(given, value=way, why="a page", turn=turn)
    return None


def _marked(value: JSON, paging: Paging, index: int, *, ends: bool) -> Iterator[JSON]:
    """Yield a page with its mark, in the ways that a contract may have."""
    if not paging.marker:
        yield value
    elif ends:
        for last in (None, ..., ""):
            yield _with(value, paging.marker, last)
    elif paging.how == "url":
        for address in ("https://example.com/?page=2", "/?page=2"):
            yield _with(value, paging.marker, address)
    else:  # characters that who forgets to encode them loses, where the contract allows them
        for mark in (f"c{index + 2}+/=&", f"cursor{index + 2}", index + 2, f"https://example.com/?page={index + 2}"):
            yield _with(value, paging.marker, mark)


def _turn(paging: Paging, sizes: Sequence[int], index: int) -> Turn | None:
    """Return which address leads on, where it is an address that does."""
    if paging.how not in {"url", "link"}:
        return None
    so_far = sum(sizes[: index + 1])
    number = so_far if "offset" in paging.parameter.lower() else (paging.first or 0) + index + 1
    return Turn(paging.parameter, str(number + (paging.first is None)), paging.marker if paging.how == "url" else ())


def _asked(page: Given, paging: Paging, sizes: Sequence[int], index: int) -> JSON:
    """Return what the request for the page after this one says."""
    match paging.how:
        case "url" | "link":
            return page.turn.value if page.turn is not None else None
        case "number":
            return index + 1
        case "offset":
            return sum(sizes[: index + 1])
        case "last id":
            return page.value[paging.items][-1].get("id")
        case _:
            found: JSON = page.value
            for name in paging.marker:
                found = found[name]
            return found


def _items(given: Given, paging: Paging, start: int, count: int, identity: str) -> list[JSON]:
    """Return items, those with an id under ids of their own where that can be."""
    items = given.value[paging.items] if paging.items else given.value
    made: list[JSON] = []
    for index in range(count):
        item = items[index % len(items)]
        if identity and isinstance(item, dict) and isinstance(item.get("id"), str):
            item = {**item, "id": identity.format(start + index)}
        made.append(item)
    return made


def _with(value: JSON, way: tuple[str, ...], item: JSON) -> JSON:
    """Return an answer with something else at a place of it, or (`...`) with nothing there."""
    name, *rest = way
    inside = value if isinstance(value, dict) else {}
    if rest:
        return {**inside, name: _with(inside.get(name, {}), tuple(rest), item)}
    kept = {key: each for key, each in inside.items() if key != name}
    return kept if item is ... else {**kept, name: item}
