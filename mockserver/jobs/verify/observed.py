"""What was observed of one call of a client, what was wanted of it, and a finding with what it is seen on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from mockserver.contract.plan import Plan
from mockserver.contract.reading import Reading
from mockserver.exchange import Request, Response
from mockserver.jobs.verify.cases import Case, Place
from mockserver.messages import BY_ID
from mockserver.values import JSON, Struct
from mockserver.violation import Violation, Violations


class Observed(Struct, frozen=True):
    """One request of the client, and what was answered. `operation` is empty where no operation was found."""

    operation: str
    request: Request
    response: Response
    reading: Reading | None
    violations: Violations
    source: str = ""


class Raised(Struct, frozen=True):
    """What a call raised: the name of its class, its text, and whether the client declares it."""

    name: str
    text: str
    declared: bool
    source: str = ""
    key: str = ""

    def __str__(self) -> str:
        return f"{self.name}: {self.text}" if self.text else self.name


class Called(Struct, frozen=True):
    """What came of one call. `expressed` is what the arguments say; `lossy`: not all that was to be said.

    `spelled` is the call as Python would write it, `way` what is done with what it gives back, `names` the modules and
    names of what it is spelled with. `says_no`: it returned None or False, as its annotation allows.
    `returned` is what came back, told as JSON; `is_projected`: by the suite's own words.
    """

    observed: tuple[Observed, ...]
    expressed: Mapping[Place, JSON]
    raised: Raised | None = None
    ending: Literal["over", "hung", "endless"] = "over"
    source: str = ""
    lossy: bool = False
    spelled: str = ""
    way: Literal["plain", "awaited", "read on", "awaited on"] = "plain"
    names: tuple[tuple[str, str], ...] = ()
    says_no: bool = False
    returned: JSON = None
    is_projected: bool = False


class Wanted(Struct, frozen=True):
    """What a binding promises: these operations, each once; `optional` ones may be called as well.

    `pages`: an operation may be asked more than once. `declares`: it is known which errors the client declares.
    """

    operations: tuple[str, ...]
    plan: Plan
    optional: frozenset[str] = frozenset()
    declares: bool = True
    pages: bool = False


class Shown(Struct, frozen=True):
    """A finding with what it is seen on."""

    violation: Violation
    case: Case
    called: Called
    source: str
    answer: Response | None = None
    request: Request | None = None


def on_request(
    rule: str,
    wanted: Wanted,
    case: Case,
    called: Called,
    message: str,
    fix: str,
    *,
    at: str = "",
    source: str = "",
) -> Shown:
    """Return a finding that the requests of a call show."""
    node = wanted.plan.operation.node
    request = called.observed[-1].request if called.observed else None
    violation = Violation(
        rule, "consumer", BY_ID[rule].level, wanted.operations[0], node.uri, node.pointer, at, message, fix
    )
    line = source or (called.raised.source if called.raised is not None else "") or called.source
    return Shown(violation, case, called, line, request=request)
