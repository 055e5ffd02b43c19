"""`mockserver explain`."""

from __future__ import annotations

import difflib
import textwrap

import click

from mockserver.errors import UnknownService
from mockserver.messages import BY_ID, RULES, Rule


@click.command(epilog="\b\nExamples:\n  mockserver explain\n  mockserver explain request-required")
@click.argument("rule", required=False)
def explain(rule: str | None) -> None:
    """Explain a rule, or list them all."""
    if rule is None:
        width = max(len(entry.id) for entry in RULES)
        for entry in RULES:
            click.echo(f"{entry.id:<{width}}  {entry.level:<7}  {entry.title}")
        return
    if rule not in BY_ID:
        close = difflib.get_close_matches(rule, BY_ID, 1)
        raise UnknownService(
            f"there is no rule {rule}", fix=f"did you mean {close[0]}?" if close else "mockserver explain lists all"
        )
    click.echo(page(BY_ID[rule]))


def page(rule: Rule) -> str:
    """Return what there is to know of a rule."""
    lenient = {
        "structure": "rejected by serve, with --lenient too",
        "value": "rejected by serve; with --lenient reported only",
        "note": "never rejected",
    }[rule.kind]
    told = rule.level if rule.side != "consumer" or rule.kind == "note" else f"{rule.level}; {lenient}"
    return "\n".join(
        (f"{rule.id}: {rule.title}", "", *textwrap.wrap(rule.why, 96), "", f"level   {told}", f"source  {rule.source}")
    )
