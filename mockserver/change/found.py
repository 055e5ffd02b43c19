"""How a finding of one subject is written down, and which level it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from mockserver.change.model import Change, Evidence, Paired, Place, Verdict
from mockserver.document.documents import Node
from mockserver.messages import BY_ID
from mockserver.schema.dialects import Direction
from mockserver.violation import Level


def level_of(rule: str, verdict: Verdict, *, beyond: bool = False) -> Level:
    """Return the level of a change: what breaks is an error, what nobody could prove a warning.

    What breaks only those who go beyond the contract, and what is compatible, has the level of its rule.
    """
    usual = BY_ID[rule].level
    if verdict == "breaking" and not beyond:
        return "error"
    return "warning" if verdict == "unproven" else usual


def found(  # noqa: PLR0913 - one argument for each field of a change
    rule: str,
    verdict: Verdict,
    paired: Paired | None,
    at: str,
    message: str,
    *,
    fix: str = "",
    old: Node | Place | None = None,
    new: Node | Place | None = None,
    direction: Direction | Literal[""] = "",
    evidence: Sequence[Evidence] = (),
    beyond: bool = False,
) -> Change:
    """Return a change of one operation (or of none)."""
    return Change(
        rule=rule,
        verdict=verdict,
        level=level_of(rule, verdict, beyond=beyond),
        operations=(paired.new.name,) if paired is not None else (),
        at=at,
        message=message,
        fix=_nothing_to_do(rule, verdict) or fix or BY_ID[rule].why,
        old=_place(old),
        new=_place(new),
        direction=direction,
        evidence=tuple(evidence),
        beyond=beyond,
    )


def advice(told: str, at: str, *, narrows: bool) -> str:
    """Say what to do about a change of a schema that breaks, or may.

    >>> advice("maxLength was 9, is 5", "body#/name", narrows=False)
    'maxLength was 9, is 5: let body#/name take what it took, or send only what fits both editions'
    """
    if narrows:
        return f"{told}: let {at} stay within what it was, or teach clients to read it before it is answered"
    return f"{told}: let {at} take what it took, or send only what fits both editions"


def _nothing_to_do(rule: str, verdict: Verdict) -> str:
    if verdict == "compatible" and BY_ID[rule].level == "info":
        return "nothing to do: all that was fine stays fine"
    return ""


def _place(node: Node | Place | None) -> Place | None:
    return (node.uri, node.pointer) if isinstance(node, Node) else node
