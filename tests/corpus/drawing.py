"""A request for an operation of a real document that two judges find valid, and who drew it.

schemathesis draws, and judges what it draws; `wire_judge.py` judges what it would send. Where it draws nothing, or
nothing that is valid on the wire, our own sampler draws, and our own reading is the other judge.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Self

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from judge import Judge
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from wire_judge import Sent, WireJudge

from mockserver import load_contract
from mockserver.checks.received import Received
from mockserver.checks.request import check_request
from mockserver.contract.plan import Plan, Plans
from mockserver.contract.reading import fitting, read_request
from mockserver.contract.route import Routed, Router
from mockserver.errors import MockserverError
from mockserver.exchange import Request
from mockserver.jobs.sample import Sampler
from mockserver.schema.compile import Validators
from mockserver.violation import errors_in

CONFIG = "[generation]\ndeterministic = true\ndatabase = 'none'\n[cache]\nenabled = false\n"
QUIET = settings(
    max_examples=6, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)  # fmt: skip
_TRIES = 12


class UndrawableError(Exception):
    """Nobody draws a request that both judges find valid; the text says why."""


@dataclass(frozen=True)
class Asked:
    """An operation as written."""

    method: str
    template: str
    operation: dict[str, Any]
    base: Path

    @property
    def label(self) -> str:
        return f"{self.method} {self.template}"

    @property
    def shape(self) -> tuple[str, str]:
        """What of it can be seen on the wire: neither the names of a template nor a fragment (RFC 9112 §3.2)."""
        return self.method, re.sub(r"\{[^{}]*\}", "{}", self.template.partition("#")[0])


@dataclass(frozen=True)
class Drawn:
    """A request that can be sent, and who drew it."""

    by: Literal["schemathesis", "sampler"]
    request: requests.PreparedRequest


class Drawer:
    """Draws requests for the operations of one document."""

    def __init__(self, path: Path, judge: Judge, url: str) -> None:
        config = SchemathesisConfig.from_str(CONFIG)
        try:
            self._schema = schemathesis.openapi.from_path(str(path), config=config)
        except schemathesis.errors.LoaderError:  # a byte order mark, for one
            self._schema = schemathesis.openapi.from_dict(judge.root, config=config)
        self._judge, self._wire, self._url = judge, WireJudge(judge), url
        self._sampled = _Sampled.of(path)

    def draw(self, asked: Asked, rivals: list[Asked]) -> Drawn:
        """Return a valid request; one of several operations that look the same is told by its parameters' defaults."""
        try:
            return Drawn("schemathesis", self._by_schemathesis(asked, rivals))
        except Exception as error:  # schemathesis raises many kinds, all of which mean the same here
            theirs = f"{type(error).__name__}: {str(error)[:160]}"
        try:
            return Drawn("sampler", self._by_sampler(asked))
        except (MockserverError, UndrawableError) as error:
            raise UndrawableError(f"{theirs} | {type(error).__name__}: {str(error)[:200]}") from error

    def told_apart(self, asked: Asked) -> bool:
        """Tell whether a default says which of several operations that look the same is meant."""
        return bool(self._wire.defaults(asked.template, asked.operation, asked.base))

    def _by_schemathesis(self, asked: Asked, rivals: list[Asked]) -> requests.PreparedRequest:
        found: list[Any] = []

        @seed(1)
        @QUIET
        @given(self._schema[asked.template][asked.method].as_strategy(generation_mode=GenerationMode.POSITIVE))
        def draw(case: Any) -> None:
            found.append(case)

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            draw()
        complaint = ""
        for case in found:
            if rivals:
                case.path_parameters.update(self._wire.defaults(asked.template, asked.operation, asked.base))
            media_type = case.media_type or ""
            complaint = (
                self._judge.request_complaint(asked.operation, asked.base, media_type, case.body) if media_type else ""
            )
            if complaint:
                continue
            kwargs = case.as_transport_kwargs(self._url)
            kwargs.pop("allow_redirects", None)
            prepared = requests.Session().prepare_request(requests.Request(**kwargs))
            complaint = self._wire.complaint(asked.template, asked.operation, asked.base, _sent(prepared))
            if not complaint:
                return prepared
        raise UndrawableError(complaint)

    def _by_sampler(self, asked: Asked) -> requests.PreparedRequest:
        complaint = ""
        for trial in range(_TRIES):
            request = self._sampled.request(asked, trial // 2, everything=trial % 2 == 1)
            complaint = self._sampled.complaint(request) or self._wire.complaint(
                asked.template,
                asked.operation,
                asked.base,
                Sent(request.target, {name.lower(): value for name, value in request.headers}, request.body),
            )
            if not complaint:
                prepared = requests.Request(asked.method, self._url, headers=dict(request.headers)).prepare()
                prepared.url = self._url + request.target
                prepared.prepare_body(request.body or None, None)
                return prepared
        raise UndrawableError(complaint)


@dataclass(frozen=True)
class _Sampled:
    """Our own contract, sampler and reading of one document."""

    plans: Plans
    router: Router
    sampler: Sampler

    @classmethod
    def of(cls, path: Path) -> Self:
        contract, validators = load_contract(path), Validators()
        plans = Plans(contract, validators)
        return cls(plans, Router(contract), Sampler(plans, validators, omitted=frozenset({"security"})))

    def request(self, asked: Asked, seed_: int, *, everything: bool) -> Request:
        for operation in self.plans.contract.operations:
            if (operation.method, operation.template) == (asked.method, asked.template):
                return self.sampler.request(operation, seed_, everything=everything)
        raise UndrawableError("our own index does not have it")

    def complaint(self, request: Request) -> str:
        route = self.router.route(request.method, request.path, request.query)
        if not isinstance(route, Routed):
            return f"no route: {request.target}"
        route = fitting(self.plans, route, request)
        plan = self.plans.of(route.operation)
        if not isinstance(plan, Plan):
            return plan.violation.message
        reading = read_request(self.plans, plan, request, route.captures)
        found = errors_in(check_request(Received(request, plan, reading, with_security=False)))
        return found[0].message if found else ""


def _sent(prepared: requests.PreparedRequest) -> Sent:
    body = prepared.body
    octets = body.encode() if isinstance(body, str) else body if isinstance(body, bytes) else b""
    headers = {
        name.lower(): value if isinstance(value, str) else value.decode("latin-1")
        for name, value in prepared.headers.items()
    }
    return Sent(prepared.path_url, headers, octets)
