"""`mockserver explain`."""

from __future__ import annotations

import difflib
import textwrap
from collections.abc import Mapping

import click

from mockserver.errors import UnknownService
from mockserver.messages import BY_ID, RULES, Kind, Rule
from mockserver.violation import Side


@click.command(epilog="\b\nExamples:\n  mockserver explain\n  mockserver explain request-required")
@click.argument("rule", required=False)
@click.option("--markdown", is_flag=True, help="Print the page of all rules, as it stands in docs/rules.md.")
def explain(rule: str | None, *, markdown: bool) -> None:
    """Explain a rule, or list them all."""
    if markdown:
        click.echo(rules_page(), nl=False)
        return
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


_LENIENT: Mapping[Kind, str] = {
    "structure": "refused by serve, with --lenient too",
    "value": "refused by serve; with --lenient only told",
    "note": "never refused",
}


def page(rule: Rule) -> str:
    """Return what there is to know of a rule."""
    told = rule.level if rule.side != "consumer" or rule.kind == "note" else f"{rule.level}; {_LENIENT[rule.kind]}"
    return "\n".join(
        (f"{rule.id}: {rule.title}", "", *textwrap.wrap(rule.why, 96), "", f"level   {told}", f"source  {rule.source}")
    )


_SIDES: Mapping[Side, str] = {"consumer": "Your client", "provider": "The API", "contract": "The contract"}


def rules_page() -> str:
    """Return all rules as one page."""
    lines = ["# Rules", "Written by `mockserver explain --markdown`.", ""]
    for side, title in _SIDES.items():
        lines += [f"## {title}", "", "| rule | level | what it means |", "|---|---|---|"]
        lines += [f"| `{rule.id}` | {rule.level} | {rule.title}. {rule.why} |" for rule in RULES if rule.side == side]
        lines.append("")
    return "\n".join(lines)
