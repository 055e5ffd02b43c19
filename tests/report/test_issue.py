"""The text of an issue that is kept up to date, and the workflow that keeps it."""

from __future__ import annotations

from pathlib import Path

import yaml

from mockserver.report.issue import MARK, render
from mockserver.report.model import Drifted, Finding, Report

WORKFLOW = Path(__file__).parents[2] / "docs" / "workflows" / "drift.yml"
DRIFTED = Drifted(
    kind="new enum value", operations=("getShipment",), confidence="high", seen=8, asked=9, resources=3, runs=2,
    first="2026-11-20", client="breaks", why="Shipping.get raises ValueError: 'held'",
)  # fmt: skip
FINDING = Finding(
    rule="response-enum",
    side="provider",
    level="error",
    operation="getShipment",
    pointer="/x",
    file="contracts/s.yaml",
    line=7,
    at="200 body#/state",
    message="state is 'held'",
    fix="expect it",
    fingerprint="0123456789ab",
    source="shop.py:17  return State(body)",
    evidence=(("answer", '200 {"state": "held"}'),),
    drifted=DRIFTED,
)


def test_an_issue_tells_what_breaks_since_when_and_how_to_live_with_it() -> None:
    report = Report(
        "drift", "shipping", "https://api.example", 6, ("getRates: could not check: it answered 401",), (FINDING,)
    )
    assert render([report]).splitlines() == [
        MARK,
        "",
        "Something has changed.",
        "",
        "## shipping",
        "https://api.example, 6 operations looked at",
        "",
        "- [ ] **breaks us** new enum value: `getShipment` state is 'held', known since 2026-11-20",
        "  `contracts/s.yaml:7` `200 body#/state`",
        "  Shipping.get raises ValueError: 'held' at `shop.py:17`",
        '  `200 {"state": "held"}`',
        "  accept: `mockserver accept 012345 --because ... --until ...`",
        "",
        "<details><summary>1 not checked</summary>",
        "",
        "- getRates: could not check: it answered 401",
        "",
        "</details>",
    ]


def test_an_issue_without_findings_can_be_closed() -> None:
    assert "Nothing has changed: this can be closed." in render([Report("drift", "shipping", "", 6, (), ())])


def test_the_workflow_looks_for_what_the_report_says() -> None:
    steps = yaml.safe_load(WORKFLOW.read_text(encoding="utf-8"))["jobs"]["drift"]["steps"]
    keeps = steps[-1]["run"]
    sentence = render([Report("drift", "shipping", "", 6, (), (FINDING,))]).splitlines()[2]
    assert f'grep -q "{sentence.split(":")[0].rstrip(".")}"' in keeps
    assert '[ "$OUTCOME" = success ]' in keeps
    assert any("--report issue=drift.md" in str(step.get("run")) for step in steps)
