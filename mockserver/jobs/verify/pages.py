"""Reading a list page by page: where an answer says that there is more, and where a request says where to go on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.contract.plan import MediaPlan, Plan
from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.cases import Cases
from mockserver.jobs.verify.places import bare
from mockserver.values import JSON, Struct, replace
from mockserver.wire.media_type import is_json

_NEXT: Final = frozenset(
    {"nextcursor", "nextpage", "nextpagetoken", "nexttoken", "next", "cursor", "continuationtoken", "nextoffset"}
)
_MORE: Final = frozenset({"hasmore", "hasnext", "hasnextpage", "more"})
_WHERE: Final = (
    "cursor", "pagetoken", "nexttoken", "nextcursor", "continuationtoken", "startingafter", "after", "page", "token",
    "offset", "start",
)  # fmt: skip


class Paging(Struct, frozen=True):
    """`parameter` is the query parameter that says where to go on; `marker` the property that tells it.

    Without `marker` it is the `id` of the last item, and `more` tells whether there is any.
    """

    parameter: str
    items: str
    marker: str = ""
    more: str = ""


class Book(Struct, frozen=True):
    """Pages, what the request for each but the first must say, and how many items there are in all."""

    pages: tuple[Given, ...]
    asked: tuple[JSON, ...]
    why: str
    count: int


def paging_of(plan: Plan, media: MediaPlan) -> Paging | None:
    """Return how an operation is read page by page, or None when that cannot be told."""
    shape = media.spec.shape
    names = {bare(name): name for name in shape.property_names}
    queries = {bare(entry.parameter.name): entry.parameter.name for entry in plan.query}
    where = next((queries[name] for name in _WHERE if name in queries), None)
    items = next((name for name in shape.property_names if shape.property(name).sole == "array"), None)
    if where is None or items is None:
        return None
    marker = next((names[name] for name in names if name in _NEXT), "")
    more = next((names[name] for name in names if name in _MORE), "")
    if not marker and not (more and bare(where) in {"startingafter", "after"}):
        return None
    if more and bare(where) == "startingafter":
        marker = ""
    return Paging(where, items, marker, more)


def books(cases: Cases, plan: Plan) -> Iterator[Book]:
    """Yield what a client that reads all pages is given: one empty page, one page, two pages."""
    given = next(
        (
            one
            for one in cases.answers()
            if one.status < 300 and one.media is not None and is_json(one.media.media.name) and one.why == "two items"
        ),
        None,
    )
    if given is None or given.media is None:
        return
    paging = paging_of(plan, given.media)
    if paging is None or not isinstance(given.value, dict):
        return
    first = _marked(given, paging, _items(given, paging, 0, 2), ends=False)
    last = _marked(given, paging, _items(given, paging, 2, 1), ends=True)
    alone = _marked(given, paging, _items(given, paging, 0, 2), ends=True)
    empty = _marked(given, paging, [], ends=True)
    for pages, why in (
        ((empty,), "one page, and nothing on it"),
        ((alone,), "one page"),
        ((first, last), "two pages"),
        ((first, empty), "two pages, and nothing on the last"),
    ):
        whole = tuple(page for page in pages if page is not None)
        if len(whole) == len(pages):
            count = sum(len(page.value[paging.items]) for page in whole)
            yield Book(whole, tuple(_asked(page, paging) for page in whole[:-1]), why, count)


def _items(given: Given, paging: Paging, start: int, count: int) -> list[JSON]:
    items = given.value[paging.items]
    made: list[JSON] = []
    for index in range(count):
        item = items[index % len(items)]
        if isinstance(item, dict) and isinstance(item.get("id"), str):
            item = {**item, "id": f"id{start + index}"}
        made.append(item)
    return made


def _marked(given: Given, paging: Paging, items: list[JSON], *, ends: bool) -> Given | None:
    """Return a page that says whether there is another; None where the schema has no way to say so."""
    value: Mapping[str, JSON] = {**given.value, paging.items: items}
    ways: list[Mapping[str, JSON]] = []
    if paging.marker:
        if ends:
            ways = [
                {**value, paging.marker: None},
                {name: item for name, item in value.items() if name != paging.marker},
                {**value, paging.marker: ""},
            ]
        else:
            ways = [{**value, paging.marker: marker} for marker in ("cursor2", "https://example.com/?page=2", 2)]
    else:
        ways = [value]
    for way in ways:
        page = {**way, paging.more: not ends} if paging.more else dict(way)
        if given.media is not None and given.media.accepts(page):
            return replace(given, value=page, why="a page")
    return None


def _asked(page: Given, paging: Paging) -> JSON:
    if paging.marker:
        return page.value[paging.marker]
    return page.value[paging.items][-1].get("id")
