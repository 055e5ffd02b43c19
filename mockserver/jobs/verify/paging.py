"""How an operation is read page by page: where a request says where to go on, and where an answer that there is more.

Knows the usual words for it and the contract; neither pages nor clients.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal, TypeAlias

from mockserver.contract.plan import MediaPlan, ParameterPlan, Plan
from mockserver.jobs.verify.places import bare
from mockserver.values import JSON, Struct
from mockserver.wire.shape import Shape

How: TypeAlias = Literal["marker", "url", "link", "number", "offset", "last id"]
"""What the request for the next page says: the value at a marker; what a URL in the body or in the header Link says;
the number of the page; how many items there were; the id of the last of them."""

_NEXT: Final = frozenset(
    {
        "nextcursor", "nextpage", "nextpagetoken", "nexttoken", "next", "cursor", "continuationtoken", "nextoffset",
        "continuation", "after", "endcursor", "nextpageurl", "nexturl", "nextlink", "odatanextlink", "nexthref",
    }
)  # fmt: skip
_MORE: Final = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "hasadditional"})
_TOTAL: Final = frozenset({"totalpages", "pagecount", "numpages", "pages", "lastpage", "pagestotal", "totalpage"})
_NUMBERS: Final = ("page", "pagenumber", "pageno", "pageindex", "pagenum", "p")
_OFFSETS: Final = ("offset", "skip", "startindex", "start")
_IDS: Final = ("startingafter", "after", "sinceid", "afterid")
_WHERE: Final = (
    "cursor", "pagetoken", "nexttoken", "nextcursor", "continuationtoken", "continuation", *_IDS, *_NUMBERS, "token",
    *_OFFSETS,
)  # fmt: skip


class Paging(Struct, frozen=True):
    """`parameter` is the query parameter that says where to go on; `items` the list, "" where the answer is one.

    `first` is the number of the first page, where the contract tells it.
    `marker`, `more` and `total` are the ways to what tells where to go on, whether, and how many pages there are.
    """

    how: How
    parameter: str
    first: int | None
    items: str
    marker: tuple[str, ...] = ()
    more: tuple[str, ...] = ()
    total: tuple[str, ...] = ()


def paging_of(plan: Plan, media: MediaPlan, *, has_link: bool) -> Paging | None:
    """Return how an operation is read page by page, or None when that cannot be told; `has_link`: by a header."""
    queries = {bare(entry.parameter.name): entry for entry in plan.query}
    word = next((name for name in _WHERE if name in queries), None)
    if word is None:
        return None
    entry = queries[word]
    parameter, first, shape = entry.parameter.name, _first(entry), media.spec.shape
    if shape.sole == "array":
        return Paging("link", parameter, first, "") if has_link else None
    items = next((name for name in shape.property_names if shape.property(name).sole == "array"), None)
    if items is None:
        return None
    ways = {way: inner for way, inner in _ways(shape) if way != (items,)}
    marker = next((way for way in ways if bare(way[-1]) in _NEXT or _is_next_link(way)), ())
    more = next((way for way in ways if bare(way[-1]) in _MORE), ())
    total = next((way for way in ways if bare(way[-1]) in _TOTAL and ways[way].sole == "integer"), ())
    how: How | None = None
    if more and word == "startingafter":
        how, marker = "last id", ()
    elif marker:
        how = "url" if _is_url(ways[marker], entry) else "marker"
    elif has_link:
        how = "link"
    elif word in _NUMBERS and (total or more):
        how = "number"
    elif more and (word in _OFFSETS or word in _IDS):
        how = "offset" if word in _OFFSETS else "last id"
    return Paging(how, parameter, first, items, marker, more, total) if how is not None else None


def _ways(shape: Shape) -> Iterator[tuple[tuple[str, ...], Shape]]:
    """Yield the members of an answer, and those of its members, with the way to them."""
    for name in shape.property_names:
        inner = shape.property(name)
        yield (name,), inner
        for below in inner.property_names:
            yield (name, below), inner.property(below)


def _is_next_link(way: tuple[str, ...]) -> bool:
    return len(way) > 1 and bare(way[0]) in {"next", "links"} and bare(way[-1]) in {"href", "next", "after", "cursor"}


def _is_url(shape: Shape, entry: ParameterPlan) -> bool:
    """Tell whether a marker is an address: it says so, or it is a text where the parameter is a number."""
    if shape.annotations.format in {"uri", "url", "uri-reference"}:
        return True
    takes_number = entry.spec.shape.sole in {"integer", "number"}
    return takes_number and "string" in shape.kinds and not {"integer", "number"} & shape.kinds


def _first(entry: ParameterPlan) -> int | None:
    """Return the number of the first page as the contract tells it, by the default or the least value."""
    schema: JSON = entry.bundle.schema if entry.bundle is not None else {}
    said = (schema.get("default"), schema.get("minimum")) if isinstance(schema, dict) else ()
    return next((number for number in said if number in (0, 1) and not isinstance(number, bool)), None)
