"""The headers of an answer: those of the contract, and what we tell about a request."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import quote

from mockserver.answers.imagine import Imagination, Imagined
from mockserver.contract.model import ResponseSpec
from mockserver.contract.plan import ParameterPlan, Plans
from mockserver.exchange import Request
from mockserver.violation import Violations

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


def contract_headers(
    documented: ResponseSpec,
    plans: Plans,
    imagination: Imagination,
    request: Request,
    imagined: Imagined | None,
    seed: int,
) -> Iterator[tuple[str, str]]:
    """Yield the documented headers with values that keep their schemas."""
    for header in documented.headers:
        name = header.name.lower()
        if name in _FRAMING or (name in _LEADING_ON and not header.required):
            continue
        plan = plans.header(header)
        if name == "location" and (place := _location(plan, request, imagined)) is not None:
            yield header.name, place
            continue
        for line in imagination.header(plan, seed):
            yield header.name, line


def _location(plan: ParameterPlan, request: Request, imagined: Imagined | None) -> str | None:
    """Return where the created thing is: the collection's path and its id, when the schema allows it."""
    if not imagined or not isinstance(imagined.value, dict) or not isinstance(imagined.value.get("id"), str | int):
        return None
    place = f"{request.path.rstrip('/')}/{quote(str(imagined.value['id']), safe='')}"
    return place if plan.validator is None or plan.validator.is_valid(place) else None


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
        text = json.dumps(told, ensure_ascii=True, separators=(",", ":"))
        if len(text) <= _LONGEST_TOLD or not told:
            return text
        told = told[: len(told) // 2]
