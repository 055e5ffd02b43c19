"""Which page comes next? Link header, URL in the body, cursor, page number or offset; and never the same page twice.

Sans-I/O: told of an answer, gives the URL of the next one. What an API does is seen in its first answers and in the
parameters it was asked with; `by` says it where that is ambiguous.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, Literal, TypeAlias
from urllib.parse import parse_qsl, quote, urljoin

from mockserver.client.answer import Answer
from mockserver.client.errors import About, BadAnswer
from mockserver.values import JSON

By: TypeAlias = Literal["auto", "link", "cursor", "page", "offset"]

_LINK: Final = re.compile(r'<([^>]*)>((?:\s*;\s*[\w*-]+\s*=\s*(?:"(?:[^"\\]|\\.)*"|[^;,"\s]+))*)')
_REL: Final = re.compile(r';\s*rel\s*=\s*(?:"([^"]*)"|([^;,"\s]+))', re.IGNORECASE)
_URLS: Final = (
    "next", "next_url", "nextUrl", "nextLink", "next_link", "next_page_url", "@odata.nextLink", "links.next",
    "_links.next", "paging.next", "pagination.next", "meta.next", "links.next.href", "_links.next.href",
)  # fmt: skip
_CURSORS: Final = (
    "next_cursor", "nextCursor", "next_page_token", "nextPageToken", "next_token", "nextToken", "continuation",
    "continuation_token", "continuationToken", "end_cursor", "endCursor", "after", "cursor", "next_page",
)  # fmt: skip
_HOLDERS: Final = ("", "meta", "paging", "pagination", "page", "page_info", "pageInfo", "cursors", "paging.cursors",
                   "response_metadata", "metadata", "links")  # fmt: skip
_CURSOR_NAMES: Final = (
    "cursor", "page_token", "pageToken", "next_token", "nextToken", "continuation_token", "continuationToken",
    "continuation", "after", "starting_after", "page[cursor]", "page[after]", "next_cursor", "marker",
)  # fmt: skip
_PAGE_NAMES: Final = ("page", "page_number", "pageNumber", "page[number]", "p")
_OFFSET_NAMES: Final = ("offset", "start", "skip", "startAt", "start_at", "page[offset]", "$skip")
_LISTS: Final = ("items", "data", "results", "records", "entries", "values", "value", "objects", "list")
_TOTALS: Final = ("total_pages", "totalPages", "page_count", "pageCount", "last_page", "pages")
_COUNTS: Final = ("total", "total_count", "totalCount", "count_total", "totalItems", "total_items")
_MORE: Final = ("has_more", "hasMore", "has_next", "hasNext", "hasNextPage", "has_next_page")


class Pager:
    """The pages of one list; used by one thread or task.

    `names` are the query parameters that the operation documents, where a contract says so.
    """

    def __init__(self, url: str, *, by: By = "auto", names: Sequence[str] = ()) -> None:
        self._by: By = by
        self._names = tuple(names)
        self._url = url
        self._seen = {url}
        self._so_far = 0
        self._content = b""

    def after(self, answer: Answer) -> str | None:
        """Return the URL of the page after this one, or None; raises BadAnswer for what was there already."""
        told = answer.data
        self._so_far += len(items_in(told))
        following = self._following(answer, told)
        if following is None:
            return None
        # an API that does not know its own parameter says the first page again and again
        if following in self._seen or (self._content == answer.content and items_in(told)):
            raise BadAnswer(
                "the pages go in a circle: what comes next was there already",
                where=following.partition("?")[0],
                fix="say by= which way its pages go, or tell the API's operators",
                about=About(operation=answer.operation, status=answer.status, request_id=answer.request_id),
            )
        self._seen.add(following)
        self._url, self._content = following, answer.content
        return following

    def _following(self, answer: Answer, told: JSON) -> str | None:
        ways: dict[By, Callable[[Answer, JSON], str | None]] = {
            "link": self._linked,
            "cursor": self._cursored,
            "page": self._paged,
            "offset": self._offset,
        }
        if self._by != "auto":
            return ways[self._by](answer, told)
        if _first(told, _MORE) is False or _is_last(answer, told):
            return None
        for name, way in ways.items():
            found = way(answer, told)
            if found is not None:
                self._by = name  # a list goes one way to its end
                return found
        return None

    def _linked(self, answer: Answer, told: JSON) -> str | None:
        link = links_in(answer.headers.get("link", "")).get("next")
        if link is None:
            written = (_at(told, place) for place in _URLS)
            link = next((text for text in written if isinstance(text, str) and _is_url(text)), None)
        return urljoin(answer.url, link) if link else None

    def _cursored(self, answer: Answer, told: JSON) -> str | None:
        del answer
        cursor = next((value for place in _cursor_places() if _is_cursor(value := _at(told, place))), None)
        name = self._asked_by(_CURSOR_NAMES) or next((each for each in _CURSOR_NAMES if each in self._names), None)
        if cursor is None and name == "starting_after" and _first(told, _MORE) is True:
            last = items_in(told)[-1:]
            cursor = last[0].get("id") if last and isinstance(last[0], dict) else None
        if cursor is None:
            return None
        if name is None and isinstance(cursor, int) and self._asked_by(_PAGE_NAMES) is None:
            name = "page"
        return replaced(self._url, name or self._asked_by(_PAGE_NAMES) or "cursor", str(cursor))

    def _paged(self, answer: Answer, told: JSON) -> str | None:
        del answer
        name = self._asked_by(_PAGE_NAMES)
        if name is None and (self._by == "page" or any(each in self._names for each in _PAGE_NAMES)):
            name = next((each for each in _PAGE_NAMES if each in self._names), "page")
        page = int(_asked(self._url, name) or 1) if name is not None else 1
        last = _first(told, _TOTALS)
        if name is None or not items_in(told) or (isinstance(last, int) and page >= last) or self._is_all(told):
            return None
        return replaced(self._url, name, str(page + 1))

    def _offset(self, answer: Answer, told: JSON) -> str | None:
        del answer
        name = self._asked_by(_OFFSET_NAMES)
        if name is None and (self._by == "offset" or any(each in self._names for each in _OFFSET_NAMES)):
            name = next((each for each in _OFFSET_NAMES if each in self._names), "offset")
        count = len(items_in(told))
        if name is None or not count or self._is_all(told):
            return None
        return replaced(self._url, name, str(int(_asked(self._url, name) or 0) + count))

    def _is_all(self, told: JSON) -> bool:
        total = _first(told, _COUNTS)
        return isinstance(total, int) and self._so_far >= total

    def _asked_by(self, names: Sequence[str]) -> str | None:
        asked = dict(parse_qsl(self._url.partition("?")[2], keep_blank_values=True))
        return next((name for name in names if name in asked), None)


def items_in(told: JSON) -> list[JSON]:
    """Return the list that a page holds: the page itself, a member with a usual name, or its only list.

    >>> items_in({"pets": [1, 2], "total": 9})
    [1, 2]
    """
    if isinstance(told, list):
        return told
    if not isinstance(told, dict):
        return []
    for name in _LISTS:
        if isinstance(told.get(name), list):
            found: list[JSON] = told[name]
            return found
    lists = [value for value in told.values() if isinstance(value, list)]
    return lists[0] if len(lists) == 1 else []


def links_in(text: str) -> dict[str, str]:
    """Return the targets of a `Link` field by relation, the first of each (RFC 8288 §3).

    >>> links_in('</a?page=2>; rel="next last", <http://x/>; rel=help')
    {'next': '/a?page=2', 'last': '/a?page=2', 'help': 'http://x/'}
    """
    found: dict[str, str] = {}
    for link in _LINK.finditer(text):
        relation = _REL.search(link[2])
        for name in (relation[1] or relation[2] or "").lower().split() if relation is not None else ():
            found.setdefault(name, link[1])
    return found


def replaced(url: str, name: str, value: str) -> str:
    """Set one parameter of a query; the others stay as they are spelled.

    >>> replaced("/a?x=1&page=2", "page", "3"), replaced("/a", "page", "2")
    ('/a?x=1&page=3', '/a?page=2')
    """
    path, _, query = url.partition("?")
    spelled = quote(name, safe="[]$")
    others = [pair for pair in query.split("&") if pair and _name_of(pair) != name]
    return f"{path}?{'&'.join((*others, f'{spelled}={quote(value, safe=str())}'))}"


def _name_of(pair: str) -> str:
    return next((name for name, _ in parse_qsl(pair, keep_blank_values=True)), "")


def _is_last(answer: Answer, told: JSON) -> bool:
    """Tell whether a page knows how pages follow one another, and says that none does."""
    links = links_in(answer.headers.get("link", ""))
    if links.keys() & {"first", "last", "prev"} and "next" not in links:
        return True
    places = [place for place in (*_URLS, *_cursor_places()) if _has(told, place)]
    return bool(places) and not any(_at(told, place) for place in places)


def _asked(url: str, name: str) -> int | None:
    value = dict(parse_qsl(url.partition("?")[2])).get(name, "")
    return int(value) if value.isascii() and value.isdigit() else None


def _cursor_places() -> Iterator[str]:
    for holder in _HOLDERS:
        for name in _CURSORS:
            yield f"{holder}.{name}" if holder else name


def _first(told: JSON, names: Sequence[str]) -> JSON:
    places = (f"{holder}.{name}" if holder else name for holder in _HOLDERS for name in names)
    return next((value for place in places if (value := _at(told, place)) is not None), None)


def _at(told: JSON, place: str) -> JSON:
    if isinstance(told, dict) and place in told:
        return told[place]
    for name in place.split("."):
        if not isinstance(told, Mapping):
            return None
        told = told.get(name)
    return told


def _has(told: JSON, place: str) -> bool:
    holder, _, name = place.rpartition(".")
    inside: Any = _at(told, holder) if holder else told
    return isinstance(inside, Mapping) and name in inside and not isinstance(inside[name], Mapping)


def _is_cursor(value: JSON) -> bool:
    return (isinstance(value, str) and value != "") or (isinstance(value, int) and not isinstance(value, bool))


def _is_url(text: str) -> bool:
    return text.startswith(("http://", "https://", "/", "?"))
