"""Is a contract sound and testable?"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.checks.document.alternatives import alternatives
from mockserver.checks.document.ambiguous import ambiguous_paths
from mockserver.checks.document.discriminators import discriminators
from mockserver.checks.document.elsewhere import path_parameters_elsewhere
from mockserver.checks.document.examples import unused_examples
from mockserver.checks.document.links import links
from mockserver.checks.document.parts import Mets, all_flaws
from mockserver.checks.document.references import references
from mockserver.checks.document.schemas import Schemas
from mockserver.checks.document.statuses import missing_statuses
from mockserver.checks.document.unused import unused
from mockserver.checks.document.values import values
from mockserver.contract.model import Contract
from mockserver.contract.plan import Plans
from mockserver.document.repeats import Repeat, repeats
from mockserver.messages import BY_ID
from mockserver.schema.compile import Validators
from mockserver.values import replace
from mockserver.violation import Violation, Violations

_SHOWN = 3


def lint(contract: Contract, validators: Validators) -> Violations:
    """Return what is wrong with a contract, each finding once."""
    found: dict[tuple[str, str, str, str], Violation] = {}
    for violation in _gathered(_findings(contract, Plans(contract, validators))):
        said = "" if violation.rule == "document-contradiction" else violation.message  # one way to be empty is enough
        key = (violation.rule, violation.document, violation.pointer, said)
        found.setdefault(key, violation)
    return tuple(found.values())


def _gathered(findings: Iterator[Violation]) -> Iterator[Violation]:
    """Tell a reference that leads nowhere once, with the operations that need it: each of them finds it again."""
    needed: dict[str, list[Violation]] = {}
    for violation in findings:
        if violation.rule == "document-reference" and violation.operation:
            needed.setdefault(violation.message.partition(" (")[0], []).append(violation)
        else:
            yield violation
    for what, found in needed.items():
        names = list(dict.fromkeys(one.operation for one in found))
        told = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
        yield replace(found[0], message=f"{what}, so this cannot be served or checked: {told}")


def _repeated(uri: str, repeat: Repeat) -> Violation:
    rule = BY_ID["document-duplicate-key"]
    message = f"the key {repeat.name} stands in lines {repeat.first} and {repeat.last}, and only the last one counts"
    fix = "take one of them out, or write what both hold into one"
    return Violation(rule.id, "contract", rule.level, "", uri, repeat.pointer, "", message, fix)


def _findings(contract: Contract, plans: Plans) -> Iterator[Violation]:
    mets: Mets = {}
    for uri, flaw in all_flaws(contract, mets):
        yield Violation(flaw.rule, "contract", flaw.level, "", uri, flaw.pointer, "", flaw.message, flaw.fix)
    for uri in mets:
        for repeat in repeats(contract.documents.data[uri], uri):
            yield _repeated(uri, repeat)
    yield from references(contract)
    yield from contract.flaws
    schemas = Schemas(plans)
    for operation in (*contract.operations, *contract.webhooks):
        yield from schemas.used(operation)
    yield from schemas.unused(mets)
    yield from schemas.together()
    yield from unused_examples(plans, mets, schemas.examples)
    yield from values(plans, mets)
    yield from alternatives(plans, mets)
    yield from discriminators(contract.documents, contract.dialect.version, mets)
    yield from path_parameters_elsewhere(plans)
    yield from ambiguous_paths(plans)
    yield from missing_statuses(plans)
    yield from links(plans, mets)
    yield from unused(contract)
