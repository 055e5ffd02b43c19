"""Where an answer leads: the addresses in it, whatever they are called (HAL, JSON:API, `url`, Link, Location).

An address is never called as it stands: it names an operation of the contract and the values of its path. Only its own
next page is asked for with the query that the API gave it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from urllib.parse import parse_qsl, urljoin

from mockserver.cassette.secret_words import is_secret_name
from mockserver.contract.model import Operation
from mockserver.exchange import Request
from mockserver.jobs.drift.plan import Planner
from mockserver.jobs.drift.pool import Captured, Told
from mockserver.jobs.homes import Homes
from mockserver.values import JSON, Struct

_IN_LINK: Final = re.compile(r"<([^<>]*)>")  # RFC 8288 §3
_ADDRESS: Final = re.compile(r"(?:https?:/)?/[^\s{}<>\"]*")  # no template (RFC 6570): nobody has filled it in
_LONGEST: Final = 2000
_MOST: Final = 200
_DEEPEST: Final = 12


class Lead(Struct, frozen=True):
    """An operation that can be asked. `page` is its target below the API when it is another page of the same list."""

    operation: Operation
    captured: Captured
    page: str = ""


def leads(told: Told, url: str, homes: Homes, planner: Planner, service: str) -> Iterator[Lead]:
    """Yield where an answer leads; `url` is what was asked."""
    for reference in dict.fromkeys(_references(told)):
        try:
            located = homes.locate(urljoin(url, reference))
        except ValueError:  # "http://[": a text that only looks like an address
            continue
        if located is None or located.service.name != service:
            continue
        found = planner.read(located, Request("GET", located.target, (), b""))
        if found is not None:
            plan, captured = found
            is_page = plan.operation.name == told.operation.name and _is_public(located.target)
            yield Lead(plan.operation, captured, located.target if is_page else "")


def _is_public(target: str) -> bool:
    query = parse_qsl(target.partition("?")[2], keep_blank_values=True)
    return bool(query) and not any(is_secret_name(name) for name, _ in query)


def _references(told: Told) -> Iterator[str]:
    for name, value in told.response.headers:
        if name.lower() == "link":
            yield from _IN_LINK.findall(value)
        elif name.lower() in {"location", "content-location"}:
            yield value
    for count, text in enumerate(_texts(told.value)):
        if count >= _MOST:
            return
        yield text


def _texts(value: JSON, depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        if len(value) <= _LONGEST and _ADDRESS.fullmatch(value):
            yield value
    elif depth < _DEEPEST and isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _texts(inner, depth + 1)
