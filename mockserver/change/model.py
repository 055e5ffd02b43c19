"""The words of a comparison: what changed, where, what it means, and the witness."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.contract.model import Operation
from mockserver.schema.dialects import Direction
from mockserver.values import JSON, Struct, field
from mockserver.violation import Level

Verdict: TypeAlias = Literal["breaking", "compatible", "unproven"]
"""breaking: there is a witness; compatible: proved; unproven: neither a proof nor a witness was found."""

Place: TypeAlias = tuple[str, str]
"""Document URI and JSON pointer."""


class Paired(Struct, frozen=True):
    """An operation in both editions. In a webhook or a callback the API asks and the consumer answers."""

    old: Operation
    new: Operation
    reversed: bool = False


class Evidence(Struct, frozen=True):
    """What an exchange must hold to prove a change; who can make exchanges does the rest.

    `given` are values by place (`body`, `query.limit`, `header.X-Key`); `omitted` places say nothing. For an answer:
    `status` and `media_type`; `content_type` is what a range is said to be. `direction` is that of the message,
    `security` names the schemes that the request shows, `scopes` those of its token, and `lacks` says what they lack:
    no exchange shows them.
    """

    paired: Paired
    direction: Direction
    given: Mapping[str, JSON] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    status: str = ""
    media_type: str = ""
    content_type: str = ""
    accept: str = ""
    security: tuple[str, ...] | None = None
    scopes: tuple[str, ...] = ()
    lacks: str = ""


class Change(Struct, frozen=True):
    """One change in one direction.

    `operations` are all that it touches. `evidence` tells how to prove a breaking one; `witness` is the exchange that
    does. `beyond`: it breaks only who says what the contract does not declare. `tried` counts values without a finding.
    `about` is the schema that was edited, in the old edition, and the one member that it is about, if it is about one.
    """

    rule: str
    verdict: Verdict
    level: Level
    operations: tuple[str, ...]
    at: str
    message: str
    fix: str
    old: Place | None
    new: Place | None
    direction: Direction | Literal[""] = ""
    evidence: tuple[Evidence, ...] = ()
    witness: JSON = None
    beyond: bool = False
    tried: int = 0
    about: tuple[Place, str] | None = None


class Comparison(Struct, frozen=True):
    """All that changed between two editions; `pairs` counts the pairs of schemas that were not the same."""

    changes: tuple[Change, ...]
    operations: int
    pairs: int
    unproven_pairs: int
    unchecked: tuple[str, ...]
