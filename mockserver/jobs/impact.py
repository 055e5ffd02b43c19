"""Does a change break us? Answers with one thing changed in them, and how what a client makes of them differs.

A client breaks when it raises where it did not, raises what it does not declare, or gives back something of another
kind than before: None for a text, a text for a number, nothing where something was. Other values of the same kind are
what APIs are for. Does not run anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from typing import Any, Final, Literal, TypeAlias

from mockserver.document import pointer as pointers
from mockserver.exchange import Response
from mockserver.report.model import Finding, Report
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Level

Verdict: TypeAlias = Literal["breaks", "survives", "unused", "unknown"]
"""breaks: a method of the client fails; survives: all that call it take it; unused: none calls it; unknown: no run."""

Kinds: TypeAlias = Mapping[str, frozenset[str]]
"""What stands where in what a method returns: kinds by path, items of lists together."""

_DEEPEST: Final = 8
_OPAQUE: Final = ("builtins", "datetime", "decimal", "uuid", "zoneinfo", "ipaddress", "pathlib", "fractions", "re")


class Absent:
    """Stands for: nothing is there."""


ABSENT: Final = Absent()


class Impact(Struct, frozen=True):
    """What came of running the client on a change; `method` and `source` are where it breaks, `why` says how."""

    verdict: Verdict
    why: str
    method: str = ""
    source: str = ""


class Reaction(Struct, frozen=True):
    """What a method did with an answer: the name of what it raised (empty: it returned), or what it returned."""

    raised: str = ""
    text: str = ""
    declared: bool = False
    source: str = ""
    kinds: Mapping[str, frozenset[str]] = {}


class Changed(Struct, frozen=True):
    """An answer before and after a change. `strict`: what is returned must be of the same kind, too.

    `for_good`: what was there sometimes will never be, so that it is no comfort that it was absent before.
    """

    before: Response
    after: Response
    strict: bool = True
    for_good: bool = False


def level_with(impact: Impact | None, level: Level) -> Level:
    """Return the level of a change once the client has been asked: what breaks is an error, what does not is none."""
    if impact is None or impact.verdict == "unknown":
        return level
    return "error" if impact.verdict == "breaks" else "info"


def with_client(report: Report, impacts: Sequence[Impact | None]) -> Report:
    """Return a report of changes with what the client made of each; what breaks it stands first."""
    findings = [
        one if impact is None else _judged(one, impact) for one, impact in zip(report.findings, impacts, strict=True)
    ]
    order = {"error": 0, "warning": 1, "info": 2}
    return replace(report, findings=tuple(sorted(findings, key=lambda one: order[one.level])))


def _judged(finding: Finding, impact: Impact) -> Finding:
    changed = finding.changed
    return replace(
        finding,
        level=level_with(impact, finding.level),
        source=impact.source or finding.source,
        evidence=(*finding.evidence, ("client", impact.why)),
        changed=replace(changed, client=impact.verdict, why=impact.why) if changed is not None else None,
    )


def worst(impacts: Sequence[Impact]) -> Impact | None:
    """Return the verdict that counts: one method that breaks is enough."""
    for verdict in ("breaks", "survives", "unused", "unknown"):
        for impact in impacts:
            if impact.verdict == verdict:
                return impact
    return None


def difference(before: Reaction, after: Reaction, usual: Kinds, *, strict: bool) -> str:
    """Return how a client fares worse with the second answer, or nothing.

    `usual` is what else it returns for answers that are documented already: None for a member that may be absent.
    """
    if after.raised and not before.raised:
        return f"raises {after.raised}" + (f": {after.text}" if after.text else "")
    if before.raised:
        if not after.raised:
            return f"no longer raises {before.raised}"
        if before.declared and not after.declared:
            return f"raises {after.raised}: {after.text}, and not its own {before.raised}"
        return ""
    if not strict:
        return ""
    for path, kinds in before.kinds.items():
        now = after.kinds.get(path)
        where = f"{path.lstrip('.')} " if path else "what it returns "
        if now is None:
            return f"returns no {path.lstrip('.')} any more"
        if now - kinds - usual.get(path, frozenset()):
            return f"returns other things: {where}is {' or '.join(sorted(now))}, it was {' or '.join(sorted(kinds))}"
    return ""


def kinds_of(value: Any) -> Kinds:
    """Tell of which kind everything in a value is.

    >>> kinds_of({"id": 1, "tags": ["a"]})["['tags'][]"]
    frozenset({'str'})
    """
    found: dict[str, set[str]] = {}
    _collect(value, "", found, 0)
    return {path: frozenset(kinds) for path, kinds in found.items()}


def _collect(value: Any, path: str, found: dict[str, set[str]], depth: int) -> None:
    found.setdefault(path, set()).add("str" if type(value) is str else type(value).__name__)
    if depth >= _DEEPEST or isinstance(value, Enum):
        return
    if isinstance(value, Mapping):
        for key, item in value.items():
            _collect(item, f"{path}[{key!r}]", found, depth + 1)
    elif isinstance(value, list | tuple | set | frozenset) and not hasattr(value, "_fields"):
        for item in value:
            _collect(item, f"{path}[]", found, depth + 1)
    elif type(value).__module__.partition(".")[0] not in _OPAQUE and not callable(value):
        for name, item in _members(value):
            _collect(item, f"{path}.{name}", found, depth + 1)


def _members(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield the public members of somebody's object; of an HTTP answer, what it says."""
    if hasattr(value, "status_code") and callable(getattr(value, "json", None)):
        try:
            yield "json()", value.json()
        except ValueError:  # not every answer is JSON
            yield "content", getattr(value, "content", None)
        return
    names = list(getattr(value, "__dict__", ())) or list(getattr(value, "_fields", getattr(value, "__slots__", ())))
    for name in names:
        if not name.startswith("_") and hasattr(value, name):
            yield name, getattr(value, name)


def grafted(value: JSON, place: str, new: JSON) -> JSON:
    """Return a value with something else at a place (`/items/*/state`); ABSENT where there is no such place.

    >>> grafted({"items": [{"a": 1}, {"a": 2}]}, "/items/*/a", ABSENT)
    {'items': [{}, {}]}
    """
    return _grafted(value, pointers.split(place), new)


def _grafted(value: JSON, parts: Sequence[str], new: JSON) -> JSON:
    if not parts:
        return new
    first, rest = parts[0], parts[1:]
    if isinstance(value, list) and (first == "*" or first.isdigit()):
        items = [_grafted(item, rest, new) for item in value]
        kept = [old if item is ABSENT and rest else item for old, item in zip(value, items, strict=True)]
        changed = bool(value) and any(item is not ABSENT for item in items)
        return [item for item in kept if item is not ABSENT] if changed else ABSENT
    if not isinstance(value, dict):
        return ABSENT
    if first == "*":
        members = {key: _grafted(item, rest, new) for key, item in value.items()}
        return {key: item for key, item in members.items() if item is not ABSENT} if members else ABSENT
    if not rest:
        if new is ABSENT:
            return {key: item for key, item in value.items() if key != first} if first in value else ABSENT
        return {**value, first: new}
    inner = _grafted(value.get(first, ABSENT), rest, new)
    return ABSENT if inner is ABSENT else {**value, first: inner}


def found_at(value: JSON, place: str) -> JSON:
    """Return what stands at a place, of lists and maps the first; ABSENT for nothing.

    >>> found_at({"items": [{"a": 1}]}, "/items/*/a")
    1
    """
    for part in pointers.split(place):
        if isinstance(value, list) and value and (part == "*" or part.isdigit()):
            value = value[0] if part == "*" or int(part) >= len(value) else value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        elif isinstance(value, dict) and part == "*" and value:
            value = next(iter(value.values()))
        else:
            return ABSENT
    return value
