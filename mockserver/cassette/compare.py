"""Does the API still answer what was recorded? Shapes are compared, not values: those change with every call."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.document.pointer import child
from mockserver.exchange import Response
from mockserver.values import JSON
from mockserver.wire import media_type as media_types
from mockserver.wire.json import JSONSyntaxError, loads


def contradictions(recorded: Response, live: Response) -> Iterator[str]:
    """Yield in which ways an answer is of another kind than the recorded one.

    >>> list(contradictions(Response(200, (), b'{"id": 1}'), Response(200, (), b'{"id": "1"}')))
    ['body#/id: a text, recorded as a number']
    """
    if recorded.status != live.status:
        yield f"status {live.status}, recorded as {recorded.status}"
        return
    kinds = tuple((one.header("content-type") or "").partition(";")[0].strip().lower() for one in (recorded, live))
    if kinds[0] != kinds[1]:
        yield f"Content-Type {kinds[1] or 'missing'}, recorded as {kinds[0] or 'missing'}"
        return
    if kinds[0] and not media_types.is_json(kinds[0]):
        return
    try:
        before = loads(recorded.body)
    except JSONSyntaxError:
        return  # no JSON was recorded: nothing to compare but bytes
    try:
        now = loads(live.body)
    except JSONSyntaxError:
        yield "the body is no JSON, as it was recorded"
    else:
        yield from _shapes(before, now, "")


def _shapes(before: JSON, now: JSON, place: str) -> Iterator[str]:
    if _kind(before) != _kind(now):
        yield f"body#{place}: {_kind(now)}, recorded as {_kind(before)}"
        return
    if isinstance(before, dict):
        for name in before:
            if name not in now:
                yield f"body#{child(place, name)} is gone"
            else:
                yield from _shapes(before[name], now[name], child(place, name))
        yield from (f"body#{child(place, name)} is new" for name in now if name not in before)
    elif isinstance(before, list) and before and now:
        yield from _shapes(before[0], now[0], child(place, 0))


def _kind(value: JSON) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "a list"
        case _:
            return "an object"
