"""The headers of an answer: those of the contract, and what we tell about a request."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import quote

from mockserver.answers.imagine import Imagination, Imagined
from mockserver.contract.model import ResponseSpec
from mockserver.contract.plan import Plans
from mockserver.exchange import Request
from mockserver.violation import Violations
from mockserver.wire.json import ascii_dumps

# They frame the message or name its coding (RFC 9110 §7.6.1, §8.4, RFC 9112 §6): the server's, never the contract's
_FRAMING = frozenset(
    {
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "date",
        "keep-alive",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
# Where an optional one would send a client on: to a next page without end, to the real API, to another path
_LEADING_ON = frozenset({"link", "refresh", "content-location"})
_LONGEST_TOLD = 4000
_TOKEN = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")  # RFC 9110 §5.6.2; any other name cannot be sent


def contract_headers(
    documented: ResponseSpec, plans: Plans, imagination: Imagination, seed: int, known: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """Yield the documented headers with values that keep their schemas: the `known` one of a name, if it does."""
    for header in documented.headers:
        name = header.name.lower()
        if name in _FRAMING or not _TOKEN.fullmatch(name) or (name in _LEADING_ON and not header.required):
            continue
        plan = plans.header(header)
        if name in known and (plan.validator is None or plan.validator.is_valid(known[name])):
            yield header.name, known[name]
            continue
        for line in imagination.header(plan, seed):
            yield header.name, line


def location(request: Request, imagined: Imagined | None) -> str | None:
    """Return where a created thing is: the collection's path and its id."""
    value = imagined.value if imagined is not None else None  # read once: it may be a text still
    if not isinstance(value, dict) or not isinstance(value.get("id"), str | int):
        return None
    return f"{request.path.rstrip('/')}/{quote(str(value['id']), safe='')}"


def told_violations(violations: Violations) -> str:
    """Return findings as one header value: a JSON list of rule, level, place, sentence and place in the contract."""
    told = [
        {
            "rule": violation.rule,
            "level": violation.level,
            "at": violation.at,
            "message": violation.message,
            "pointer": violation.pointer,
        }
        for violation in violations
    ]
    while True:
        text = ascii_dumps(told)
        if len(text) <= _LONGEST_TOLD or not told:
            return text
        told = told[: len(told) // 2]
