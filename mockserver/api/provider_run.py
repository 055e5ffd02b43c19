"""A server driven with its contract, and what that showed, as a report."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TypeAlias
from urllib.parse import urlsplit

from mockserver.api.mock_server import MockServer
from mockserver.api.second_opinion import second_opinion
from mockserver.checks.document.references import references
from mockserver.contract.model import Contract
from mockserver.contract.plan import Broken, Plans
from mockserver.contract.route import Router
from mockserver.contract.secret_names import secret_names
from mockserver.edges.explorer import probes
from mockserver.edges.intercept.all import intercepted
from mockserver.edges.wsgi import called
from mockserver.errors import CouldNotCheck
from mockserver.exchange import Request
from mockserver.jobs.interception import MOCK_ORIGIN
from mockserver.jobs.ports import SecondOpinion
from mockserver.jobs.sample import curl
from mockserver.jobs.service import Answer
from mockserver.jobs.tell import tell
from mockserver.jobs.verify.provider import Kept, Probe, Probed, judge
from mockserver.redact import Secrets, redact_text
from mockserver.report.model import Finding, Report
from mockserver.schema.compile import Validators
from mockserver.values import Struct, replace
from mockserver.violation import Violation

_LONGEST = 400
Progress: TypeAlias = Callable[[str], object]


@contextmanager
def in_process(server: MockServer) -> Iterator[str]:
    """Answer requests to a mock in this process, by its application (WSGI); yield its address."""

    def receive(_url: str, request: Request) -> Answer:
        return Answer(called(server.app, request), 0.0, "", "", "", "generated", ())

    with intercepted(receive, ("requests",)):
        yield MOCK_ORIGIN


class Probing(Struct, frozen=True):
    """How a server is driven: random requests for each operation, by which dice, how many at once."""

    most: int
    seed: int
    workers: int = 1


def probed(
    job: str,
    contract: Contract,
    url: str,
    headers: Mapping[str, str],
    *,
    target: str,
    how: Probing,
    progress: Progress | None = None,
    security: bool = True,
) -> Report:
    """Drive the server at `url`, where the contract's paths begin, and report; raise CouldNotCheck.

    `security`: it asks for credentials.
    """
    if not contract.operations:
        raise CouldNotCheck(f"{contract.name} has no operations", where=target, fix="describe one below paths")
    plans = Plans(contract, Validators())
    secrets = Secrets().named(secret_names(contract, tuple(plans.security_schemes().values())))
    base = urlsplit(url).path.rstrip("/")
    exchanges = probes(
        contract.root.tree,
        url,
        headers,
        most=how.most,
        random_seed=how.seed,
        workers=how.workers,
        progress=progress,
    )
    found = judge(exchanges, plans, Router(contract), base, security=security)
    if not found.statuses:
        raise CouldNotCheck(
            f"nothing answered the requests to {url}",
            where=url,
            fix="see that it takes connections, answers in 10 s, and does not redirect in a circle",
        )
    if security and set(found.statuses) <= {401, 403}:
        raise CouldNotCheck(
            f"every answer of {url} was {' or '.join(map(str, sorted(found.statuses)))}",
            where=url,
            fix="give credentials: auth in the configuration, or --header",
        )
    second = second_opinion(contract) if found.kept else None
    broken = [*references(contract), *_broken(contract, plans)]
    told = tell(job, contract.name, broken, contract.documents, checked=1, secrets=secrets).findings
    own = (kept for kept in found.kept.values() if not _blames_contract(kept.probe))
    findings = (*told, *(_finding(kept, contract, url, secrets, second) for kept in own))
    return Report(job, contract.name, target, len(found.operations), _left(contract, found), findings)


def _blames_contract(probe: Probe) -> bool:
    """Tell whether a mock of ours has said that the contract keeps it from answering: that is told of the contract."""
    said = probe.response.header("x-mockserver-violations") if probe.response is not None else None
    return '"rule":"document-' in (said or "").replace(" ", "")


def _broken(contract: Contract, plans: Plans) -> Iterator[Violation]:
    """Yield what is wrong with operations that nobody can serve; a reference that leads nowhere is told once."""
    for operation in contract.operations:
        plan = plans.of(operation)
        if isinstance(plan, Broken) and plan.violation.rule != "document-reference":
            yield plan.violation


def probed_mock(name: str, place: str, how: Probing, progress: Progress | None = None) -> Report:
    """Drive the mock of a contract in this process, and report; which credential is right is no matter of a mock."""
    server = MockServer(place, security=False)
    contract = server.session.services[0].contract
    with in_process(server) as origin:
        url = f"{origin}{contract.base_paths[0]}"
        return probed("verify mock", contract, url, {}, target=name, how=how, progress=progress, security=False)


def _left(contract: Contract, found: Probed) -> tuple[str, ...]:
    asked = found.operations
    left = [one.name for one in contract.operations if one.label not in asked and one.name not in asked]
    said = [f"{len(left)} operations were not asked: {', '.join(left[:8])}"] if left else []
    if found.misspelled:
        said.append(f"{found.misspelled} right requests broke the contract as they were sent, and were refused")
    silent = found.exchanges - sum(found.statuses.values())
    if silent:
        said.append(f"{silent} of {found.exchanges} requests were not answered")
    return tuple(said)


def _finding(kept: Kept, contract: Contract, url: str, secrets: Secrets, second: SecondOpinion | None) -> Finding:
    probe = kept.probe
    known = secrets.seen_in(probe.request)
    (finding,) = tell("", contract.name, [kept.violation], contract.documents, checked=1, secrets=known).findings
    origin = url[: len(url) - len(urlsplit(url).path)]
    request = Request(
        probe.request.method,
        probe.request.target,
        tuple(pair for pair in probe.request.headers if pair[0].lower() not in _DULL),
        probe.request.body,
    )
    evidence = [("sent", redact_text(_cut(_spelled(probe.request)), known))]
    if probe.response is not None:
        body = probe.response.body.decode("utf-8", "backslashreplace")
        more = f"      smallest of {kept.seen}" if kept.seen > 1 else ""
        evidence.append(("answer", redact_text(_cut(f"{probe.response.status} {body}"), known) + more))
    again = redact_text(curl(request, origin), known)
    opinion = ""
    if second is not None and probe.response is not None:
        base = urlsplit(url).path.rstrip("/")
        at_root = replace(probe.request, target=probe.request.target.removeprefix(base) or "/")
        opinion = second.of(kept.violation, at_root, probe.response)
    return replace(finding, evidence=tuple(evidence), further=(("again", again),), opinion=opinion)


_DULL = frozenset(
    {"user-agent", "accept-encoding", "connection", "content-length", "x-schemathesis-testcaseid", "accept"}
)


def _spelled(request: Request) -> str:
    body = f"  {request.body.decode('utf-8', 'backslashreplace')}" if request.body else ""
    return f"{request.method} {request.target}{body}"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
