"""One contract, ready to be served, and how a mock of it answers."""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.answers.choose import Chooser
from mockserver.answers.explain import Explainer
from mockserver.answers.imagine import Imagination
from mockserver.answers.manner import Manner, manner_of
from mockserver.answers.prevailing import Prevailing
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plan, Plans, bounded
from mockserver.contract.reading import Reading
from mockserver.contract.route import Router
from mockserver.contract.secret_names import secret_names
from mockserver.exchange import Response, Streamed
from mockserver.redact import Secrets
from mockserver.schema.compile import Validators
from mockserver.values import Struct
from mockserver.violation import Violations

OnViolation: TypeAlias = Literal["reject", "report"]
Source: TypeAlias = Literal["recorded", "state", "example", "generated", "scripted", "refused"]

_REMEMBERED = 4096


class Settings(Struct, frozen=True):
    """How a mock answers.

    `strict` rejects every violation at error level; without it only what is structurally wrong is rejected and values
    are reported. `delay_s` is waited before every answer, in seconds. `journal` is how many exchanges are kept.
    """

    strict: bool = True
    on_violation: OnViolation = "reject"
    security: bool = True
    seed: int = 0
    delay_s: float = 0.0
    journal: int = 1000


class Answer(Struct, frozen=True):
    """What to send, how many seconds to wait before, and what there is to tell about it."""

    response: Response | Streamed
    wait_s: float = 0.0
    fault: str = ""
    service: str = ""
    operation: str = ""
    source: Source = "refused"
    violations: Violations = ()
    reading: Reading | None = None


class Service:
    """One contract, ready to be served."""

    def __init__(self, contract: Contract, validators: Validators, *, lenient: bool = False) -> None:
        self.contract = contract
        self.plans = Plans(contract, validators, lenient=lenient)
        self.router = Router(contract)
        self.imagination = Imagination(validators)
        self.chooser = Chooser()
        self.errors = Prevailing(self.plans)
        self.explainer = Explainer(self.plans, self.imagination)
        self._manners: dict[Plan, Manner] = {}
        self._secrets: Secrets | None = None

    @property
    def name(self) -> str:
        """The name of the service."""
        return self.contract.name

    def manner(self, plan: Plan) -> Manner:
        """Return what is known of an operation before any request comes."""
        found = self._manners.get(plan)
        if found is None:
            found = bounded(self._manners, _REMEMBERED)[plan] = manner_of(self.plans, plan)
        return found

    def secrets(self) -> Secrets:
        """Return the names under which secrets travel here."""
        if self._secrets is None:
            schemes = tuple(self.plans.security_schemes().values())
            self._secrets = Secrets().named(secret_names(self.contract, schemes))
        return self._secrets
