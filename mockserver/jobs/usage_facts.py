"""The usage facts of a client: what it calls, what it sends, what it depends on in what it is answered.

Written as JSON that can be reviewed: one fact a line, in the order of their names. `version` is that of the shape.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.errors import UnreadableDocument
from mockserver.jobs.usage import Proof, Use
from mockserver.values import JSON, Struct, ValidationError, asdict, convert, field
from mockserver.wire.json import JSONSyntaxError, loads

VERSION: Final = 1


class Sent(Struct, frozen=True):
    """A place of a request that the client really sends, and the run that shows it: its value in that case."""

    by: str
    case: str
    value: JSON


class OperationUse(Struct, frozen=True):
    """What a client has to do with one operation.

    `sends` is by place (`query.limit`, `body#/parcels/*/weight`); `reads` by documented status and media type, then by
    place (`/items/*/id`, `header.Retry-After`; the empty one is the body as a whole).
    """

    label: str
    called_by: tuple[str, ...]
    sends: Mapping[str, Sent] = field(default_factory=dict)
    reads: Mapping[str, Mapping[str, Use]] = field(default_factory=dict)


class Usage(Struct, frozen=True):
    """All facts of one client. `unchecked` tells, a sentence each, what could not be run."""

    service: str
    client: str
    operations: Mapping[str, OperationUse]
    unchecked: tuple[str, ...] = ()
    seed: int = 0
    version: int = VERSION

    def uses(self, operation: str, answer: str, place: str) -> str:
        """Return how a place of an answer is used: read, passed, or an empty text for not at all.

        `answer` is as in the file: `200 application/json`.
        """
        known = self.operations.get(operation)
        use = known.reads.get(answer, {}).get(place) if known is not None else None
        return use.use if use is not None else ""


def written(usage: Usage) -> str:
    """Return the text of a file; `read` gives the same facts back."""
    return "\n".join(_lines(usage)) + "\n"


def _lines(usage: Usage) -> Iterator[str]:
    yield "{"
    for name in ("version", "service", "client", "seed"):
        yield f"  {_json(name)}: {_json(getattr(usage, name))},"
    yield f'  "unchecked": {_json(list(usage.unchecked))},'
    yield '  "operations": {'
    yield from _separated(_operation(name, usage.operations[name]) for name in sorted(usage.operations))
    yield "  }"
    yield "}"


def _operation(name: str, one: OperationUse) -> Iterator[str]:
    yield f"    {_json(name)}: {{"
    yield f'      "label": {_json(one.label)},'
    yield f'      "called_by": {_json(list(one.called_by))},'
    yield from _table("sends", one.sends, "      ", ",")
    yield '      "reads": {'
    yield from _separated(_table(key, one.reads[key], "        ", "") for key in sorted(one.reads))
    yield "      }"
    yield "    }"


def _table(name: str, facts: Mapping[str, Sent] | Mapping[str, Use], indent: str, end: str) -> Iterator[str]:
    yield f"{indent}{_json(name)}: {{"
    yield from _separated([f"{indent}  {_json(place)}: {_json(_plain(facts[place]))}"] for place in sorted(facts))
    yield f"{indent}}}{end}"


def _plain(fact: Sent | Use) -> JSON:
    if isinstance(fact, Sent):
        return {"by": fact.by, "case": fact.case, "value": fact.value}
    return {"use": fact.use, "proof": asdict(fact.proof)}


def _separated(parts: object) -> Iterator[str]:
    """Yield the lines of parts, a comma after each but the last."""
    before: list[str] = []
    for part in parts:  # type: ignore[attr-defined]  # an iterable of iterables, told so at each of its three users
        if before:
            yield from before[:-1]
            yield f"{before[-1]},"
        before = list(part)
    yield from before


def _json(value: JSON) -> str:
    return json.dumps(value, ensure_ascii=False)


def read(data: bytes, where: str) -> Usage:
    """Return the facts of a file; raise UnreadableDocument when it is none, or of another version."""
    fix = "write it again: mockserver usage"
    try:
        usage: Usage = convert(loads(data), Usage)
    except (ValidationError, JSONSyntaxError) as wrong:
        raise UnreadableDocument(f"this is no file of usage facts: {wrong}", where=where, fix=fix) from wrong
    if usage.version != VERSION:
        raise UnreadableDocument(
            f"its shape has version {usage.version}, and this program reads {VERSION}", where=where, fix=fix
        )
    return usage


__all__ = ["OperationUse", "Proof", "Sent", "Usage", "Use", "read", "written"]
