"""What there is to say of the cassettes of a repository: secrets, the contract, age. Files come as bytes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from mockserver.cassette.age import days_old, expired
from mockserver.cassette.leaks import Leak, leaks
from mockserver.cassette.model import Cassette, Interaction, host_of
from mockserver.cassette.scrub import Rules
from mockserver.contract.model import Contract
from mockserver.contract.secret_names import secret_names, write_only_names
from mockserver.document.positions import Places
from mockserver.document.read import utf8
from mockserver.jobs.homes import Homes
from mockserver.jobs.judge import digest, judge, place_of
from mockserver.jobs.ports import SecondOpinion
from mockserver.jobs.service import Service
from mockserver.jobs.tell import tell
from mockserver.messages import BY_ID
from mockserver.report.model import Finding, Report, many
from mockserver.values import Struct, replace
from mockserver.violation import Violation

_NAMED = re.compile(r"\{([^{}]*)\}")


class Tape(Struct, frozen=True):
    """A cassette file: `name` as one can open it, and `service` as its folder names it."""

    name: str
    data: bytes
    cassette: Cassette
    service: str = ""


class Sum(Struct, frozen=True):
    """The verdict on all cassettes in numbers of cassettes, and the reports by service."""

    cassettes: int = 0
    unreadable: int = 0
    interactions: int = 0
    secrets: int = 0
    broken: int = 0
    expired: int = 0
    stale: int = 0
    old: int = 0
    homeless: int = 0
    reports: tuple[Report, ...] = ()

    def told(self, older_than: int) -> str:
        """Say it in a line."""
        counts = (
            (self.unreadable, "cannot be read", "cannot be read"),
            (self.secrets, "holds a secret", "hold secrets"),
            (self.broken, "no longer keeps the contract", "no longer keep the contract"),
            (self.expired, "has expired", "have expired"),
            (self.stale, "was recorded before the contract changed", "were recorded before the contract changed"),
            (self.old, f"older than {older_than} days", f"older than {older_than} days"),
            (self.homeless, "has no contract", "have no contract"),
        )
        said = ", ".join(f"{count} {one if count == 1 else more}" for count, one, more in counts if count)
        return f"{many(self.cassettes, 'cassette')}, {many(self.interactions, 'interaction')}: {said or 'clean'}"


def rules_of(
    services: Sequence[Service],
    *,
    values: frozenset[str] = frozenset(),
    public: Sequence[str] = (),
    secret: Sequence[str] = (),
) -> Rules:
    """Return what is secret by the contracts: credentials, passwords, what is only written; and what is known.

    `secret` and `public` are names that somebody has said to be so.
    """
    names = {name.lower() for name in secret}
    written: set[str] = set()
    headers: set[str] = set()
    templates: set[str] = set()
    for service in services:
        names |= secret_names(service.contract, tuple(service.plans.security_schemes().values()))
        written |= write_only_names(service.contract)
        headers.update(_headers_of(service))
        templates.update(one.template for one in service.contract.operations if "{" in one.template)
    rules = Rules(
        frozenset(names), frozenset(written), frozenset(name.lower() for name in public), values, frozenset(headers)
    )
    secrets = (one for one in templates if any(rules.is_secret(name, sent=True) for name in _NAMED.findall(one)))
    return replace(rules, paths=frozenset(secrets))


def _headers_of(service: Service) -> Iterator[str]:
    """Yield the header fields that a contract names, in lower case: they may stand on a cassette."""
    todo = [service.contract.documents.tree(uri) for uri in service.contract.documents.data]
    while todo:
        node = todo.pop()
        if isinstance(node, list):
            todo.extend(node)
        elif isinstance(node, dict):
            if node.get("in") == "header" and isinstance(node.get("name"), str):
                yield node["name"].lower()
            if isinstance(node.get("headers"), dict):
                yield from (str(name).lower() for name in node["headers"])
            todo.extend(value for value in node.values() if isinstance(value, dict | list))


class Check:
    """Checks cassettes one by one; knows the time and what is secret.

    `second` returns another judge of a contract, who is asked about what is found; None where there is none.
    """

    def __init__(
        self,
        homes: Homes,
        rules: Rules,
        now: datetime,
        *,
        older_than: int = 180,
        second: Callable[[Contract], SecondOpinion | None] = lambda _contract: None,
    ) -> None:
        self._homes = homes
        self._rules = rules
        self._now = now
        self._older_than = older_than
        self._second = second
        self._opinions: dict[str, SecondOpinion | None] = {}
        self._digests = {name: digest(service.contract) for name, service in homes.services.items()}
        self._findings: dict[str, list[Finding]] = {}
        self._checked: dict[str, set[str]] = {}
        self._hosts: dict[str, int] = {}
        self.sum = Sum()

    def unreadable(self, what: str, where: str, fix: str) -> None:
        """Take note of a file that is no cassette."""
        finding = _own("cassette-unreadable", what, fix, "")
        self._findings.setdefault("", []).append(_located(finding, where))
        self.sum = replace(self.sum, cassettes=self.sum.cassettes + 1, unreadable=self.sum.unreadable + 1)

    def add(self, tape: Tape, *, contract: bool = True) -> None:
        """Check one cassette: for secrets, and unless told otherwise by its contract."""
        lines = Lines(tape)
        leaking = self._leaks(tape, lines)  # first: the text of a line that leaks is not shown
        found = self._judged(tape, lines) if contract else frozenset[str]()
        ages = [days_old(one, self._now) for one in tape.cassette.interactions]
        self.sum = replace(
            self.sum,
            cassettes=self.sum.cassettes + 1,
            interactions=self.sum.interactions + len(tape.cassette.interactions),
            secrets=self.sum.secrets + leaking,
            broken=self.sum.broken + ("broken" in found),
            expired=self.sum.expired + ("expired" in found),
            stale=self.sum.stale + ("stale" in found),
            old=self.sum.old + (contract and any(age is not None and age > self._older_than for age in ages)),
            homeless=self.sum.homeless + ("homeless" in found),
        )

    def _leaks(self, tape: Tape, lines: Lines) -> bool:
        for number, one in enumerate(tape.cassette.interactions):
            for leak in leaks(one, self._rules):
                lines.silent.add(number)
                self._findings.setdefault("", []).append(_leaked(leak, lines.of(number, leak.place)))
        return bool(lines.silent)

    def _judged(self, tape: Tape, lines: Lines) -> frozenset[str]:
        found: set[str] = set()
        for number, one in enumerate(tape.cassette.interactions):
            judged = judge(one, self._homes, tape.service)
            if self._homes.is_token_endpoint(one.url):
                continue
            if not judged.service:
                found.add("homeless")
                self._hosts[host_of(one.origin)] = self._hosts.get(host_of(one.origin), 0) + 1
                continue
            self._checked.setdefault(judged.service, set()).add(judged.operation)
            service = self._homes.services[judged.service]
            report = tell(
                "cassettes",
                judged.service,
                judged.violations,
                service.contract.documents,
                checked=1,
                secrets=service.secrets().seen_in(one.request),
            )
            second = self._other_judge(service) if judged.violations else None
            for violation, finding in zip(judged.violations, report.findings, strict=True):
                found |= {"broken"} if violation.level == "error" else set()
                opinion = judged.opinion(second, violation, one.response) if second is not None else ""
                self._note(judged.service, replace(finding, opinion=opinion), lines.of(number, place_of(violation)))
            for rule, message in self._aged(one, tape.cassette, judged.service):
                found.add(rule.removeprefix("cassette-"))
                finding = _own(rule, message, "record it again: mockserver cassettes refresh", judged.operation)
                self._findings.setdefault(judged.service, []).append(_located(finding, lines.of(number, "/request")))
        return frozenset(found)

    def _other_judge(self, service: Service) -> SecondOpinion | None:
        if service.name not in self._opinions:
            self._opinions[service.name] = self._second(service.contract)
        return self._opinions[service.name]

    def _note(self, service: str, finding: Finding, source: str) -> None:
        self._findings.setdefault(service, []).append(replace(finding, source=source))

    def _aged(self, one: Interaction, cassette: Cassette, service: str) -> Iterator[tuple[str, str]]:
        try:
            why = expired(one, cassette, self._now)
        except ValueError:
            why = f"expires is {one.recorded.expires or cassette.expires}: neither a date nor an age as 90d"
        if why:
            yield "cassette-expired", why
        if one.recorded.contract and one.recorded.contract != self._digests[service]:
            yield "cassette-stale", "the contract has changed since this was recorded"

    def finish(self) -> Sum:
        """Return the verdict."""
        homeless = tuple(
            f"{count} exchanged with {host or 'an unknown host'}: no contract has this host"
            for host, count in sorted(self._hosts.items())
        )
        names = sorted({*self._findings, *self._checked} - {""})
        reports = [
            Report("cassettes", name, "", len(self._checked.get(name, ())), (), tuple(self._findings.get(name, ())))
            for name in names
        ]
        own = tuple(self._findings.get("", ()))
        if own or homeless or not reports:
            reports.append(Report("cassettes", "all", "", self.sum.interactions, homeless, own))
        return replace(self.sum, reports=tuple(reports))


def _leaked(leak: Leak, source: str) -> Finding:
    finding = _own("cassette-secret", f"{leak.place} holds {leak.what}", leak.fix, "")
    return _located(replace(finding, at=leak.place), source)


def _located(finding: Finding, source: str) -> Finding:
    """Return what was found in a file with its place: such a finding of another file is another one."""
    found = replace(finding, source=source)
    file = found.source_place[0] or source
    known = Violation(found.rule, found.side, found.level, found.operation, "", "", f"{file} {found.at}", "", "")
    return replace(found, fingerprint=known.fingerprint)


def _own(rule: str, message: str, fix: str, operation: str) -> Finding:
    known = BY_ID[rule]
    violation = Violation(rule, known.side, known.level, operation, "", "", "", message, fix)
    return Finding(rule, known.side, known.level, operation, "", "", 0, "", message, fix, violation.fingerprint)


class Lines:
    """Where the parts of an interaction stand in their file."""

    def __init__(self, tape: Tape) -> None:
        self._tape = tape
        self._places: Places | None = None
        self.silent: set[int] = set()
        """Interactions whose text is not to be shown."""

    def of(self, number: int, place: str) -> str:
        """Return file, line and the line's text of a place; within a body that stands over lines, its own line."""
        if self._places is None:
            self._places = Places(self._tape.data, self._tape.name)
        if self._tape.cassette.at:
            line = self._places.locate(self._tape.cassette.at[number]).line
            return f"{self._tape.name}:{line}"
        outer, _, inner = place.partition("#")
        outer = outer.partition("?")[0]
        pointer = f"/interactions/{number}{outer}" + ("/string" if outer == "/response/body" else "")
        line = self._places.locate(pointer).line
        text = self._places.text(line)
        if inner and text.rstrip().endswith(("|", "|-")):
            body = self._tape.cassette.interactions[number]
            content = body.response.body if outer.startswith("/response") else body.request.body
            line += _line_within(self._block(line), content, inner)
            text = self._places.text(line)
        return f"{self._tape.name}:{line}" + ("" if number in self.silent else f"  {text}")

    def _block(self, line: int) -> bytes:
        """Return the lines of a literal block without their indentation."""
        lines = utf8(self._tape.data, "").split(b"\n")[line:]
        indent = len(lines[0]) - len(lines[0].lstrip()) if lines else 0
        block: list[bytes] = []
        for one in lines:
            if one.strip() and not one.startswith(b" " * indent):
                break
            block.append(one[indent:])
        return b"\n".join(block)


def _line_within(block: bytes, content: bytes, pointer: str) -> int:
    """Return how many lines below the key of a literal block a JSON member stands."""
    if block[:1] not in (b"{", b"[") or not content:
        return 1
    return Places(block).locate(pointer).line
