"""Is a contract sound and testable?"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.document.references import references
from mockserver.checks.document.rules_whole import Met
from mockserver.checks.document.schemas import schemas
from mockserver.checks.document.structure import flaws
from mockserver.checks.document.unused import unused
from mockserver.checks.document.values import values
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plans
from mockserver.schema.compile import Validators
from mockserver.violation import Violation, Violations


def lint(contract: Contract, validators: Validators) -> Violations:
    """Return what is wrong with a contract, each finding once."""
    found: dict[tuple[str, str, str, str], Violation] = {}
    for violation in _findings(contract, Plans(contract, validators)):
        said = "" if violation.rule == "document-contradiction" else violation.message  # one way to be empty is enough
        key = (violation.rule, violation.document, violation.pointer, said)
        found.setdefault(key, violation)
    return tuple(found.values())


def _findings(contract: Contract, plans: Plans) -> Iterator[Violation]:
    met: Met = {}
    for flaw in flaws(contract.root.tree, contract.dialect.version, met):
        yield Violation(
            flaw.rule, "contract", flaw.level, "", contract.root.uri, flaw.pointer, "", flaw.message, flaw.fix
        )
    yield from references(contract)
    yield from contract.flaws
    for operation in (*contract.operations, *contract.webhooks):
        yield from schemas(plans, operation)
    yield from values(plans, met["SchemaObject"])
    yield from unused(contract)
