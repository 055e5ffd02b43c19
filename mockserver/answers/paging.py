"""A part of a list, as a request asks for it: what an answer holds is the whole collection.

Page, offset and cursor lead through it to its end and not beyond, and what stands around the list says so: whoever
follows pages comes to the last one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from urllib.parse import quote, unquote

from mockserver.answers.asked import Asked, Role
from mockserver.answers.changes import GONE, Fits, Path, get, put
from mockserver.answers.sound import Sound, exchanged
from mockserver.exchange import Request
from mockserver.generate.leaves import leads_on
from mockserver.generate.place import Place
from mockserver.values import JSON, Struct, replace
from mockserver.wire.json import Spelled, dumps, joined_dumps, loads

_LISTS = (
    "data", "items", "results", "result", "records", "entries", "objects", "values", "list", "rows", "content", "hits",
    "elements", "edges", "nodes", "documents", "resources", "collection",
)  # fmt: skip
_PLAIN = re.compile(r"[^a-z0-9]")
_MORE = frozenset({"hasmore", "hasnext", "hasnextpage", "more", "moreresults", "hasmoreitems", "moreitems"})
_LAST = frozenset({"islast", "islastpage", "lastpage", "last", "isend", "isendpage"})
_NUMBERS: Mapping[str, str] = {
    **dict.fromkeys(("page", "pagenumber", "currentpage", "pageindex", "number"), "page"),
    **dict.fromkeys(("offset", "skip", "startindex", "startat", "start"), "start"),
    **dict.fromkeys(("limit", "perpage", "pagesize", "size", "maxresults", "itemsperpage"), "limit"),
    **dict.fromkeys(("totalpages", "pagecount", "numpages", "pages", "pagestotal"), "pages"),
    **dict.fromkeys(("total", "totalcount", "totalresults", "totalitems", "totalelements"), "total"),
}
_DEEPEST = 2
_TOKEN = "next-"  # noqa: S105 - no secret: the position at which the next page begins
_OURS = re.compile(rf"{_TOKEN}([0-9]{{1,9}})")


class _Part(Struct, frozen=True):
    """Items from `start` up to `end` of `total`."""

    start: int
    end: int
    total: int

    @property
    def more(self) -> bool:
        return self.end < self.total


def paged(asked: Asked, request: Request, sound: Sound, value: JSON) -> JSON:
    """Return the answer with the part of its list that was asked for."""
    path = _list_in(value)
    if path is None or (asked.searched and not _is_page(value, path)):
        return value
    items: list[JSON] = get(value, path)
    if items and isinstance(items[0], Spelled):
        sound = replace(sound, whole=partial(_opened_fits, sound.whole))
    known = {str(member) for way, member in _around(value) if _follows(way, asked)} if path else set()
    part = _part(items, asked, known)
    if (
        part.start == 0
        and part.end == part.total
        and asked.after is None
        and asked.page is None
        and asked.offset is None
    ):
        return value
    cut = items[part.start : part.end]
    if not sound.admits_some(value, path, cut):
        cut, part = items, _Part(0, part.total, part.total)
    return _labelled(put(value, path, cut), asked, part, request, sound) if path else cut


def _opened_fits(fits: Fits, outline: JSON) -> bool:
    return fits(loads(joined_dumps(outline)))


def _list_in(value: JSON) -> Path | None:
    """Return where the list is that the answer is about: the only one, or the one with the usual name."""
    if isinstance(value, list):
        return ()
    if not isinstance(value, dict):
        return None
    for holder in ((), *(((name,) for name, member in value.items() if isinstance(member, dict)))):
        members = get(value, holder)
        lists = [name for name, member in members.items() if isinstance(member, list)]
        named = [name for name in _LISTS if name in lists]
        if len(lists) == 1 or named:
            return (*holder, named[0] if named else lists[0])
        if lists:
            return None
    return None


def _is_page(value: JSON, path: Path) -> bool:
    """Tell whether something around a list speaks of pages."""
    for way, member in _around(value) if path else ():
        word = _PLAIN.sub("", str(way[-1]).lower())
        if leads_on(Place(str(way[-1]))) or word in _MORE or _NUMBERS.get(word) in {"total", "pages"}:
            return not isinstance(member, list)
    return False


def _follows(way: Path, asked: Asked) -> bool:
    """Tell whether a member is what asks for the next part: by its name, or by that of the parameter."""
    name = str(way[-1])
    return name in {"next", asked.names.get("after")} or leads_on(Place(name))


def _part(items: Sequence[JSON], asked: Asked, known: Collection[str]) -> _Part:
    """Return the part that was asked for; a cursor that this very answer gives leads behind it."""
    total = len(items)
    size = asked.limit if asked.limit is not None else total
    start = asked.offset or 0
    if asked.page is not None:
        start = max(0, asked.page - asked.first) * size
    if asked.after is not None:
        start = total if str(asked.after) in known else _behind(items, asked.after)
    if asked.before is not None:
        end = next((index for index, item in enumerate(items) if _is(item, asked.before)), total)
        return _Part(max(0, end - size), end, total)
    start = min(start, total)
    return _Part(start, min(total, start + size), total)


def _behind(items: Sequence[JSON], cursor: JSON) -> int:
    """Return the index of the first item after a cursor: one of ours, or something that an item says of itself."""
    ours = _OURS.fullmatch(cursor) if isinstance(cursor, str) else None
    if ours is not None:
        return int(ours[1])
    return next((index + 1 for index, item in enumerate(items) if _is(item, cursor)), 0)


def _is(item: JSON, cursor: JSON) -> bool:
    if isinstance(item, Spelled):
        if dumps(str(cursor))[1:-1] not in item.text:
            return False
        item = loads(item.text)
    known = (
        [member for member in item.values() if not isinstance(member, dict | list)]
        if isinstance(item, dict)
        else [item]
    )
    return any(not isinstance(one, bool) and str(one) == str(cursor) for one in known)


def _labelled(value: JSON, asked: Asked, part: _Part, request: Request, sound: Sound) -> JSON:
    """Let what stands around the list tell which part this is, and how to ask for the next."""
    onward = part.more and not asked.names.keys().isdisjoint({"page", "offset", "after"})
    size = asked.limit or part.total or 1
    first = asked.first if asked.page is not None else 1
    numbers = {
        "page": first + part.start // size,
        "start": part.start,
        "limit": size,
        "pages": -(-part.total // size),
        "total": part.total,
    }
    changes: dict[Path, Sequence[JSON]] = {}
    flags: dict[Path, bool] = {}
    following: list[Path] = []
    for path, member in _around(value):
        name = str(path[-1])
        word = _PLAIN.sub("", name.lower())
        if _follows(path, asked):
            following.append(path)
            ways = _onward(name, asked, part, request, numbers["page"]) if onward else ()
            changes[path] = (*ways, None, GONE, "")
        elif isinstance(member, bool):
            if word in _MORE or word in _LAST:
                flags[path] = word in _MORE
        elif word in _NUMBERS and isinstance(member, int):
            changes[path] = (numbers[_NUMBERS[word]],)
    value = exchanged(value, changes, sound) if changes else value
    more = onward and (not following or any(_said(value, path) for path in following))
    told = {path: (more == is_more,) for path, is_more in flags.items()}
    return exchanged(value, told, sound) if told else value


def _around(value: JSON, above: Path = ()) -> Iterator[tuple[Path, JSON]]:
    for name, member in value.items():
        yield (*above, name), member
        if isinstance(member, dict) and len(above) < _DEEPEST:
            yield from _around(member, (*above, name))


def _said(value: JSON, path: Path) -> bool:
    for part in path:
        if not isinstance(value, dict) or part not in value:
            return False
        value = value[part]
    return bool(value)


def _onward(name: str, asked: Asked, part: _Part, request: Request, page: int) -> Iterator[JSON]:
    """Yield what may lead to the next part: a number, a token, an address."""
    token = f"{_TOKEN}{part.end}"
    is_address = any(word in name.lower() for word in ("url", "uri", "link", "href"))
    if "offset" in name.lower():
        yield part.end
    if not is_address and "page" in name.lower() and asked.after is None:
        yield page + 1
    if not is_address and "after" in asked.names:
        yield token
    nexts: tuple[tuple[Role, int | str], ...] = (("after", token), ("page", page + 1), ("offset", part.end))
    for role, what in nexts:
        if role in asked.names:
            target = _with(request.target, asked.names[role], str(what))
            yield f"http://{request.header('host') or 'localhost'}{target}"
            yield target


def _with(target: str, name: str, value: str) -> str:
    path, _, query = target.partition("?")
    kept = [pair for pair in query.split("&") if pair and unquote(pair.partition("=")[0]) != name]
    return f"{path}?{'&'.join([*kept, f'{quote(name)}={quote(value)}'])}"
