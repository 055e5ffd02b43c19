"""`mockserver lint`."""

from __future__ import annotations

import click

from mockserver.cli.options import allow_remote_option, contracts_option, load_services
from mockserver.cli.reports import report_option, write_reports
from mockserver.jobs import lint as job
from mockserver.jobs.tell import tell
from mockserver.redact import Secrets
from mockserver.report.model import Report
from mockserver.schema.compile import Validators


@click.command(
    epilog="\b\nExamples:\n  mockserver lint\n  mockserver lint shipping --report json=lint.json\n"
    "  mockserver lint vendor/openapi.yaml\n  mockserver explain document-unreachable"
)
@click.argument("service", nargs=-1)
@contracts_option
@allow_remote_option
@report_option
def lint(service: tuple[str, ...], contracts: str | None, *, allow_remote: bool, report: tuple[str, ...]) -> int:
    """Tell whether a contract is sound and testable.

    Structure, references and links, paths and their parameters, security, statuses, schemas that nothing fits,
    alternatives that are never chosen, examples and defaults, and what nothing uses, in every file of the contract.
    mockserver explain RULE tells why. Exit 1 when something is an error.
    """
    reports: list[Report] = []
    validators = Validators()
    for loaded in load_services(service, contracts, allow_remote=allow_remote):
        violations = job.lint(loaded.contract, validators)
        reports.append(
            tell(
                "lint",
                loaded.contract.name,
                violations,
                loaded.contract.documents,
                checked=max(1, len(loaded.contract.operations)),
                secrets=Secrets(frozenset()),
                unchecked=loaded.notes,
            )
        )
    reports = write_reports(reports, report, contracts)
    return 1 if any(one.count("error") for one in reports) else 0
