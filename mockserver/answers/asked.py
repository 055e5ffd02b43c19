"""What a request asks of an answer besides the thing itself: which part of a list, and what in full.

Knows the names that APIs use. Which parameters of an operation mean what is found once; a request then costs a look at
those.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal, TypeAlias
from urllib.parse import parse_qsl

from mockserver.contract.plan import Plan
from mockserver.contract.reading import NO_BODY, Body, Reading
from mockserver.exchange import Request
from mockserver.values import JSON, Struct
from mockserver.wire.reading import Decoded

Role: TypeAlias = Literal["limit", "page", "offset", "after", "before", "expand"]

_PLAIN = re.compile(r"[^a-z0-9]")
_ROLES: Mapping[str, Role] = {
    **dict.fromkeys(
        (
            "limit", "perpage", "pagesize", "maxresults", "maxitems", "take", "rows", "pagelimit", "resultsperpage",
            "maxkeys", "itemsperpage", "numresults", "maxresultcount", "resultspage",
        ),
        "limit",
    ),
    **dict.fromkeys(("page", "pagenumber", "pagenum", "pageno", "currentpage", "pageindex"), "page"),
    **dict.fromkeys(("offset", "startindex", "startat", "pageoffset", "skip"), "offset"),
    **dict.fromkeys(
        (
            "cursor", "pagetoken", "startingafter", "nexttoken", "continuationtoken", "nextcursor", "scrollparam",
            "scrollid", "startcursor", "paginationtoken", "exclusivestartkey", "pageafter", "pagecursor", "aftercursor",
            "nextpagetoken", "continue",
        ),
        "after",
    ),
    **dict.fromkeys(("endingbefore", "pagebefore", "beforecursor"), "before"),
    "expand": "expand",
}  # fmt: skip
_WEAK: Mapping[str, Role] = {
    "size": "limit", "first": "limit", "count": "limit", "top": "limit", "last": "limit",
    "start": "offset", "from": "offset",
    "after": "after", "marker": "after", "token": "after", "before": "before",
}  # fmt: skip
"""What mean this only beside a name that says so plainly: `start` and `after` may be moments, `count` a field."""
_WRAPPERS = frozenset({"pagination", "paging", "page", "options"})
_FURTHEST, _MOST_DIGITS, _LONGEST_NAME = 1 << 31, 9, 40
_SHORT = 256  # names that are together no longer may be remembered as they are


class Asked(Struct, frozen=True):
    """What is asked for. `names` are the parameters that can ask, by role; `first` is the number of page one.

    `searched`: the body says it, where the same words may be fields of a thing. `ignored` are the parameters of the
    query that ask for another part, or more, of the same.
    """

    names: Mapping[Role, str]
    limit: int | None = None
    page: int | None = None
    first: int = 1
    offset: int | None = None
    after: JSON = None
    before: JSON = None
    expand: frozenset[str] = frozenset()
    searched: bool = False
    ignored: frozenset[str] = frozenset()

    @property
    def part(self) -> bool:
        """Whether a list has to be cut."""
        return any(one is not None for one in (self.limit, self.page, self.offset, self.after, self.before))


NOTHING = Asked({})


class Roles(Struct, frozen=True):
    """What the query parameters of an operation mean: role, index among them, name, least value."""

    query: tuple[tuple[Role, int, str, int], ...]
    names: Mapping[Role, str]


def roles_of(plan: Plan) -> Roles:
    """Find out what the query parameters of an operation mean."""
    whole = plan.querystring is not None  # it is the one value that is read
    declared = [] if whole else [(index, entry.parameter.name, entry) for index, entry in enumerate(plan.query)]
    found = dict(_meant(tuple(name for _, name, _ in declared)))
    query = tuple(
        (found[name], index, name, _least(entry.bundle.schema if entry.bundle is not None else None))
        for index, name, entry in declared
        if name in found
    )
    return Roles(query, {role: name for role, _, name, _ in query})


@lru_cache(maxsize=2048)
def _meant(names: tuple[str, ...]) -> tuple[tuple[str, Role], ...]:
    plain = {name: _PLAIN.sub("", name.lower()) for name in names}
    strong = {name: _ROLES[word] for name, word in plain.items() if word in _ROLES}
    paging = {role for role in strong.values() if role != "expand"}
    weak = {name: _WEAK[word] for name, word in plain.items() if word in _WEAK and _WEAK[word] not in paging}
    if paging or len(set(weak.values())) > 1:
        strong.update(weak)
    return tuple(strong.items())


def _least(schema: JSON) -> int:
    """Return the number of the first page: 0 where a schema admits it and says so."""
    if isinstance(schema, dict):
        return 0 if schema.get("minimum") == 0 or schema.get("default") == 0 else 1
    return 1


def asked_of(roles: Roles, reading: Reading, request: Request) -> Asked:
    """Return what a request asks for."""
    body = reading.body
    if not (roles.query or reading.undeclared) and body is NO_BODY:  # nobody could say it
        return NOTHING
    said: dict[str, JSON] = {}
    beside: dict[Role, str] = {}
    for role, index, _, least in roles.query:
        value = reading.query[index]
        if type(value.outcome) is Decoded and value.valid:
            _take(said, role, value.value, least)
    for role, name, text in _undeclared(reading.undeclared, request.query) if reading.undeclared else ():
        beside[role] = name
        _take(said, role, text, 1)
    if not said and isinstance(body, Body) and isinstance(body.value, dict):
        for role, name, value in _in_body(body.value):
            beside[role] = name
            _take(said, role, value, 1)
        said = {**said, "searched": True} if said else said
    if not said:
        return NOTHING
    names = {**roles.names, **beside}
    return Asked(names, **said, ignored=frozenset(names.values()))


def _undeclared(names: Sequence[str], query: str) -> Iterator[tuple[Role, str, str]]:
    """Yield what is asked for in words that the contract forgets and clients of the API use all the same."""
    for name, text in parse_qsl(query):
        role = _ROLES.get(_PLAIN.sub("", name.lower())) if name in names else None
        if role is not None:
            yield role, name, text


def _in_body(body: Mapping[str, JSON]) -> Iterator[tuple[Role, str, JSON]]:
    """Yield what a search says about the part that it wants: in its own fields, or those of `pagination`."""
    fields = body
    if not _WRAPPERS.isdisjoint(body):
        fields = {**body, **next((body[name] for name in _WRAPPERS & body.keys() if isinstance(body[name], dict)), {})}
    if len(fields) > len(_ROLES):
        return
    short = len("".join(fields)) <= _SHORT
    likely = tuple(fields) if short else tuple(name for name in fields if len(name) <= _LONGEST_NAME)
    for name, role in _meant(likely):
        yield role, name, fields[name]


def _take(said: dict[str, JSON], role: Role, value: JSON, least: int) -> None:
    if role == "expand":
        texts = value if isinstance(value, list) else value.split(",") if isinstance(value, str) else []
        said["expand"] = frozenset(_ways(str(text).strip() for text in texts))
        return
    if role == "page" and isinstance(value, str) and not value.isdigit():
        role = "after"  # a page may be named by a token
    if role in {"after", "before"}:
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            said[role] = value
        return
    number = int(value) if isinstance(value, str) and value.isdigit() and len(value) <= _MOST_DIGITS else value
    if isinstance(number, int) and not isinstance(number, bool) and 0 <= number < _FURTHEST:
        said[role] = number
        if role == "page":
            said["first"] = min(least, number)


def _ways(texts: Iterator[str]) -> Iterator[str]:
    """Yield each way and those that lead to it."""
    for text in texts:
        parts = text.split(".")
        yield from (".".join(parts[: end + 1]) for end in range(len(parts)))
