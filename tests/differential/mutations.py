"""One thing wrong at a time: a valid exchange in, exchanges with a single mutation out.

Knows the wire and the names of parameters, not their schemas: whether a mutation is wrong at all is for the judges.
What is tried at which place depends on a number and on nothing else.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from mockserver.exchange import Headers, Request, Response
from mockserver.values import replace

TEXTS = (
    "", "x", "é", "0", "-1", "1.5", "1e2", "007", "true", "yes", "null", "2147483648", "9223372036854775808", "1_000",
    "a,b", "a b", "a|b", "R,100,G,200", "R=100", "[1]", '{"a": 1}', "x" * 300, "2026-02-30", "2026-01-01",
    "2026-11-22T07:06:34Z", "2026-11-22t07:06:34z", "2026-11-22 07:06:34Z", "2026-11-22T07:06:34", "07:06:34Z",
    "P3DT4H", "3f2c1a9e-6d1b-4c7e-9a55-0c5b7e2d8f10", "3f2c1a9e6d1b4c7e9a550c5b7e2d8f10", "ada@example.com", "ada@",
    "https://example.com/a", "a b://c", "/a", "http://[::1", "api.example.com", "-a-", "192.0.2.1", "192.0.2.256",
    "01.2.3.4", "2001:db8::1", "::g", "aGVsbG8=", "aGVsbG8", "a*b", "^[a-z]+$", "(", "/a/0", "~2",
)  # fmt: skip
TELLING = ("1e2", "007", "yes", "0", "null", "[1]", "ada@", "", "é", '{"a": 1}')
"""Texts over which judges part, tried wherever more than a glance is taken."""
VALUES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.0,
    1.5,
    10**10,
    2**63,
    10**30,
    "",
    "x",
    "1",
    [],
    [1],
    ["a", "a"],
    {},
    {"a": 1},
)


@dataclass(frozen=True, slots=True)
class Mutation:
    """What was done, in words, and the request it gave."""

    name: str
    request: Request


@dataclass(frozen=True, slots=True)
class ResponseMutation:
    """What was done, in words, and the answer it gave."""

    name: str
    response: Response


def requests(
    valid: Request, captures: tuple[tuple[str, str], ...], template: str, seed: int, each: int
) -> Iterator[Mutation]:
    """Yield requests with one mutation; `each` is how many values are tried at one place."""
    dice = random.Random(f"{seed} {valid.target}")
    yield from _paths(valid, captures, template, dice, each)
    yield from _queries(valid, dice, each)
    yield from _headers(valid, dice, each)
    yield from _cookies(valid, dice, each)
    if valid.body or valid.header("content-type"):
        for name, headers, body in _bodies(valid.headers, valid.body, dice, each):
            yield Mutation(name, replace(valid, headers=headers, body=body))


def responses(valid: Response, documented: tuple[str, ...], seed: int, each: int) -> Iterator[ResponseMutation]:
    """Yield answers with one mutation; `documented` are the names of documented headers."""
    dice = random.Random(f"{seed} {valid.status} {len(valid.body)}")
    for status in (299, 418, 599):
        yield ResponseMutation(f"status {status}", replace(valid, status=status))
    for name in documented:
        others = tuple(pair for pair in valid.headers if pair[0].lower() != name.lower())
        if len(others) == len(valid.headers):
            continue
        yield ResponseMutation(f"drop header {name}", replace(valid, headers=others))
        for text in _latin(_texts(dice, each)):
            yield ResponseMutation(f"header {name}: {text[:40]}", replace(valid, headers=(*others, (name, text))))
        yield ResponseMutation(
            f"twice header {name}",
            replace(valid, headers=(*valid.headers, *(p for p in valid.headers if p[0].lower() == name.lower()))),
        )
    for name, headers, body in _bodies(valid.headers, valid.body, dice, each):
        yield ResponseMutation(name, replace(valid, headers=headers, body=body))


def _some(dice: random.Random, values: tuple[Any, ...], each: int) -> list[Any]:
    return list(values) if each >= len(values) else dice.sample(values, each)


def _texts(dice: random.Random, each: int) -> list[str]:
    chosen = _some(dice, TEXTS, each)
    return list(dict.fromkeys((*TELLING, *chosen))) if each > 2 else chosen


def _latin(texts: list[str]) -> list[str]:
    return [text for text in texts if text.isascii()]


def _paths(
    valid: Request, captures: tuple[tuple[str, str], ...], template: str, dice: random.Random, each: int
) -> Iterator[Mutation]:
    tail = valid.target[len(valid.path) :]
    yield Mutation("unknown path", replace(valid, target=f"{valid.path.rstrip('/')}/no/such/place{tail}"))
    for method in ("PATCH", "TRACE"):
        if method != valid.method:
            yield Mutation(f"method {method}", replace(valid, method=method))
    for name, _ in captures:
        for text in _texts(dice, each):
            if not text or "/" in text:
                continue
            path = template
            for other, raw in captures:
                path = path.replace(f"{{{other}}}", quote(text, safe=",=:@") if other == name else raw)
            yield Mutation(f"path {name}={text[:40]}", replace(valid, target=path + tail))


def _queries(valid: Request, dice: random.Random, each: int) -> Iterator[Mutation]:
    pairs = valid.query.split("&") if valid.query else []

    def sent(changed: list[str]) -> Request:
        return replace(valid, target=valid.path + ("?" + "&".join(changed) if changed else ""))

    yield Mutation("undeclared query", sent([*pairs, "zz_undeclared=1"]))
    for index, pair in enumerate(pairs):
        name = pair.partition("=")[0]
        before, after = pairs[:index], pairs[index + 1 :]
        yield Mutation(f"drop {pair[:40]}", sent([*before, *after]))
        yield Mutation(f"twice {pair[:40]}", sent([*before, pair, pair, *after]))
        yield Mutation(f"no value {name}", sent([*before, name, *after]))
        for text in _texts(dice, each):
            yield Mutation(f"query {name}={text[:40]}", sent([*before, f"{name}={quote(text, safe=',=')}", *after]))


def _headers(valid: Request, dice: random.Random, each: int) -> Iterator[Mutation]:
    for index, (name, value) in enumerate(valid.headers):
        if name.lower() in {"cookie", "content-type", "prefer"}:
            continue
        before, after = valid.headers[:index], valid.headers[index + 1 :]
        yield Mutation(f"drop header {name}", replace(valid, headers=(*before, *after)))
        if name.lower() == "authorization":
            tried = ["", "Bearer", "Bearer ", "Basic YTpi", "Basic !", "bearer x", "Nonsense x"]
        else:
            yield Mutation(f"twice header {name}", replace(valid, headers=(*valid.headers, (name, value))))
            tried = _latin(_texts(dice, each))
        for text in tried:
            yield Mutation(f"header {name}: {text[:40]}", replace(valid, headers=(*before, (name, text), *after)))


def _cookies(valid: Request, dice: random.Random, each: int) -> Iterator[Mutation]:
    cookie = valid.header("cookie")
    if cookie is None:
        return
    others = tuple(pair for pair in valid.headers if pair[0].lower() != "cookie")
    crumbs = cookie.split("; ")

    def sent(changed: list[str]) -> Request:
        return replace(valid, headers=(*others, ("Cookie", "; ".join(changed))) if changed else others)

    for index, crumb in enumerate(crumbs):
        name = crumb.partition("=")[0]
        before, after = crumbs[:index], crumbs[index + 1 :]
        yield Mutation(f"drop cookie {name}", sent([*before, *after]))
        yield Mutation(f"twice cookie {name}", sent([*crumbs, crumb]))
        for text in _texts(dice, each):
            yield Mutation(f"cookie {name}={text[:40]}", sent([*before, f"{name}={quote(text, safe=',=')}", *after]))


def _bodies(headers: Headers, body: bytes, dice: random.Random, each: int) -> Iterator[tuple[str, Headers, bytes]]:
    others = tuple(pair for pair in headers if pair[0].lower() != "content-type")
    content_type = next((value for name, value in headers if name.lower() == "content-type"), None)
    if content_type is None:
        return

    yield "no body", others, b""
    yield "empty body", headers, b""
    yield "no content type", others, body
    yield "wrong content type", (*others, ("Content-Type", "application/x-zz-unknown")), body
    media = content_type.partition(";")[0].strip().lower()
    yield "content type in capitals", (*others, ("Content-Type", content_type.replace(media, media.upper()))), body
    yield "content type with parameter", (*others, ("Content-Type", f'{content_type}; v="1"')), body
    if media == "application/json" or media.endswith("+json"):
        yield "cut json", headers, body[: len(body) // 2] if len(body) > 3 else b"{"
        yield "NaN", headers, b"NaN"
        yield "json and more", headers, body + b" x"
        try:
            value = json.loads(body)
        except ValueError:
            return
        for name, changed in values(value, dice, each):
            yield name, headers, json.dumps(changed).encode()
    elif media == "application/x-www-form-urlencoded":
        pairs = parse_qsl(body.decode(), keep_blank_values=True)
        yield "undeclared field", headers, urlencode([*pairs, ("zz_undeclared", "1")]).encode()
        for index, (name, value) in enumerate(pairs):
            before, after = pairs[:index], pairs[index + 1 :]
            yield f"drop field {name}", headers, urlencode([*before, *after]).encode()
            yield f"twice field {name}", headers, urlencode([*before, (name, value), (name, value), *after]).encode()
            for text in _texts(dice, each):
                yield f"field {name}={text[:40]}", headers, urlencode([*before, (name, text), *after]).encode()


def values(value: Any, dice: random.Random, each: int) -> Iterator[tuple[str, Any]]:
    """Yield a JSON value with one place changed, at more places the more is tried at each."""
    most = 4 + 2 * each
    places = list(_places(value, ()))
    chosen = places[:1] + (dice.sample(places[1:], most - 1) if len(places) > most else places[1:])
    for place in chosen:
        shown = "/" + "/".join(map(str, place))
        here = value
        for step in place:
            here = here[step]
        if place and isinstance(place[-1], str):
            yield f"drop {shown}", _changed(value, place, lambda _: _GONE)
        if isinstance(here, dict):
            yield f"undeclared in {shown}", _changed(value, place, lambda found: {**found, "zz_undeclared": 1})
            yield f"password in {shown}", _changed(value, place, lambda found: {**found, "password": "x"})
        if isinstance(here, list) and here:
            yield f"twice first of {shown}", _changed(value, place, lambda found: [found[0], *found])
            yield f"empty {shown}", _changed(value, place, lambda _: [])
        tried = [None, *_some(dice, VALUES, each)]
        if isinstance(here, str):
            tried += _texts(dice, each)
        if isinstance(here, int | float) and not isinstance(here, bool):
            tried += [here + 0.5, here + 1, -here - 1]
        for other in tried:
            yield f"{shown} = {json.dumps(other)[:40]}", _changed(value, place, lambda _, other=other: other)


_GONE = object()


def _places(value: Any, place: tuple[str | int, ...]) -> Iterator[tuple[str | int, ...]]:
    yield place
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _places(item, (*place, name))
    elif isinstance(value, list):
        for index, item in enumerate(value[:2]):
            yield from _places(item, (*place, index))


def _changed(value: Any, place: tuple[str | int, ...], change: Callable[[Any], Any]) -> Any:
    if not place:
        return change(value)
    step, rest = place[0], place[1:]
    if isinstance(value, list):
        return [_changed(item, rest, change) if index == step else item for index, item in enumerate(value)]
    changed = {name: _changed(item, rest, change) if name == step else item for name, item in value.items()}
    return {name: item for name, item in changed.items() if item is not _GONE}
