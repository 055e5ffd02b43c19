"""A finding as a regression test to paste: it fails on the fault, and passes once that is mended.

What no such test can show by itself (a client that never comes back, a result that is read wrongly) has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.api.clients.result import Checked
from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.judge import is_other_style
from mockserver.jobs.verify.observed import Called, Shown

_WITHOUT: Final = frozenset({"client-hung", "client-calls", "response-misread", "request-path", "request-method"})
_BY_SUITE: Final = frozenset({"request-spelling", "request-note", "request-media-type"})
"""What a suite is stricter about than a mock: a mock takes it."""


def pasted(suite: Checked, shown: Shown) -> str:
    """Return a test of its own, with what it imports; empty where none would show the finding."""
    violation, called, given = shown.violation, shown.called, shown.case.given
    is_request = violation.rule.startswith("request-")
    if violation.side != "consumer" or violation.rule in _WITHOUT or not called.spelled:
        return ""
    if (given is None and not is_request and violation.rule != "client-round-trip") or is_other_style(violation):
        return ""
    if violation.rule in _BY_SUITE and violation.level != "error":
        return ""
    words = "_".join(part for part in violation.operation.split() if part.isidentifier()) or "operation"
    status = "sent" if given is None or is_request else str(given.status)
    fixtures = ", ".join(one for one in ("mock_api", suite.fixture) if one)
    body = list(_body(suite, shown))
    if given is not None and not is_request:
        body.insert(0, f"mock_api.answer({_answer_words(violation.operation, given)})")
    lines = (f"def test_{words}_{status}({fixtures}):", *(f"    {line}" for line in body))
    imports = sorted(_imports(suite, called, body), key=lambda line: (line.startswith("from"), line))
    return "\n".join((*imports, *([""] if imports else []), *lines))


def _body(suite: Checked, shown: Shown) -> Iterator[str]:
    """Yield the call, and what is expected of it."""
    violation, called, given = shown.violation, shown.called, shown.case.given
    call = list(_call(suite, called))
    yield from call[:-1]
    if violation.rule == "client-sent-twice":
        yield from ("with contextlib.suppress(Exception):", f"    {call[-1]}")
        yield f'assert len(mock_api.exchanges("{violation.operation}")) == 1'
    elif given is not None and given.status >= 400 and not violation.rule.startswith("request-"):
        declared = suite.raises[0].__name__ if suite.raises else "Exception"
        yield from (f"with pytest.raises({declared}) as raised:", f"    {call[-1]}")
        if not suite.raises and called.raised is not None:
            yield f'assert raised.type.__name__ != "{called.raised.name}"'
    else:
        yield call[-1]
    if violation.rule == "client-round-trip":
        yield f'assert mock_api.exchange("{violation.operation}").{_read(violation.at)} == {violation.witness!r}'


def _call(suite: Checked, called: Called) -> Iterator[str]:
    call = f"{suite.fixture or suite.constructor}.{called.spelled}"
    match called.way:
        case "awaited":
            yield f"asyncio.run({call})"
        case "read on":
            yield f"list({call})"
        case "awaited on":
            yield from ("async def read():", f"    return [one async for one in {call}]", "", "asyncio.run(read())")
        case _:
            yield call


def _read(at: str) -> str:
    """Return how an exchange tells a place.

    >>> _read("query.limit"), _read("body.to#/city/0"), _read("header.X-Id")
    ("query['limit']", "body['to']['city'][0]", "headers['X-Id']")
    """
    place, _, inner = at.partition("#")
    location, _, name = place.partition(".")
    where = {"header": "headers", "cookie": "cookies"}.get(location, location)
    parts = [*([name] if name else []), *(part for part in inner.split("/") if part)]
    return where + "".join(f"[{part}]" if part.isdecimal() else f"[{part!r}]" for part in parts)


def _imports(suite: Checked, called: Called, body: Sequence[str]) -> Iterator[str]:
    """Yield what the test needs to be imported."""
    text = "\n".join(body)
    yield from (f"import {name}" for name in ("asyncio", "contextlib", "pytest") if f"{name}." in text)
    known = [(one.__module__, one.__qualname__) for one in (*suite.raises[:1], suite.client_class) if one is not None]
    by_module: dict[str, set[str]] = {}
    for module, name in (*known, *called.names):
        if name in text and module != "builtins" and "<locals>" not in name:
            by_module.setdefault(module, set()).add(name.partition(".")[0])
    yield from (f"from {module} import {', '.join(sorted(names))}" for module, names in by_module.items())


def _answer_words(operation: str, given: Given) -> str:
    said = f'"{operation}", {given.status}'
    if given.media is None or given.media.bundle is None:
        return said
    return f"{said}, json={given.value!r}"
