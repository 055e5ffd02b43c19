"""Each format is read back by somebody else's tool, or by the grammar that its reader publishes."""

from __future__ import annotations

import json
import re
import time
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from junitparser import Failure, JUnitXml, Skipped
from reports_to_render import CLEAN, EVERYTHING, MANY, NASTY, NOTHING
from sarif_pydantic import Sarif

from mockserver.report import github, html, junit, markdown, pull_request, sarif, text
from mockserver.report.renderers import RENDERERS
from mockserver.values import replace

# The schema of OASIS, as Microsoft's sarif-sdk ships it under the MIT licence: @microsoft/sarif-multitool-linux 5.7.0
SARIF = json.loads((Path(__file__).parent / "sarif-2.1.0.schema.json").read_text(encoding="utf-8"))
ALL = (EVERYTHING, CLEAN, NOTHING)


def test_sarif_keeps_the_schema_of_oasis() -> None:
    some = replace(MANY, findings=MANY.findings[:200])
    for reports in (ALL, (CLEAN,), (some,), ()):
        log = json.loads(sarif.render(reports))
        assert list(Draft202012Validator(SARIF).iter_errors(log)) == []


def test_the_schema_of_oasis_refuses_what_is_no_sarif() -> None:
    log = json.loads(sarif.render(ALL))
    del log["runs"][0]["results"][0]["message"]
    assert not Draft202012Validator(SARIF).is_valid(log)


def test_sarif_is_read_by_another_library_with_lines_of_the_contract_and_of_the_client() -> None:
    run = Sarif.model_validate(json.loads(sarif.render(ALL))).runs[0]
    first = run.results[0]
    (place,) = first.locations
    assert place.physical_location.artifact_location.uri == "contracts/shipping.yaml"
    assert place.physical_location.region.start_line == 143
    assert place.logical_locations[0].fully_qualified_name == "/components/schemas/Parcel/properties/p1"
    (related,) = first.related_locations
    assert (related.physical_location.artifact_location.uri, related.physical_location.region.start_line) == (
        "shop/shipping.py",
        58,
    )
    assert first.partial_fingerprints == {"mockserver/v1": "000000000001"}
    assert [one.rule_id for one in run.results] == [run.tool.driver.rules[one.rule_index].id for one in run.results]


def test_an_accepted_finding_is_suppressed_in_sarif() -> None:
    results = json.loads(sarif.render(ALL))["runs"][0]["results"]
    (accepted,) = (one for one in results if "suppressions" in one)
    assert accepted["suppressions"] == [
        {"kind": "external", "status": "accepted", "justification": "the vendor mends it, ticket 7 (until 2027-03-01)"}
    ]


def test_junit_is_read_by_junitparser() -> None:
    read = JUnitXml.fromstring(junit.render(ALL).encode())
    suites = {suite.name: suite for suite in read}
    assert set(suites) == {"shipping: verify client", "shipping: lint", "payments: verify client"}
    client = suites["shipping: verify client"]
    results = {case.name: case.result for case in client}
    failed = [name for name, found in results.items() if any(isinstance(one, Failure) for one in found)]
    skipped = [name for name, found in results.items() if any(isinstance(one, Skipped) for one in found)]
    assert failed == [
        "createShipment: request-required 000000000001",
        "getShipment: request-required 000000000005",
    ]
    assert len(skipped) == 3  # two sentences about what was not checked, and what is accepted
    assert (client.tests, client.failures, client.skipped) == (len(list(client)), 2, 3)
    (passed,) = suites["shipping: lint"]
    assert not passed.result
    (unchecked,) = suites["payments: verify client"]
    assert isinstance(unchecked.result[0], Skipped)


_COMMAND = re.compile(r"::(?P<name>error|warning|notice)(?: (?P<properties>[^\r\n]*?))?::(?P<message>[^\r\n]*)")


def commands(rendered: str) -> list[tuple[str, dict[str, str], str]]:
    """Read workflow commands as the runner does (actions/runner, ActionCommand.cs: v2)."""
    found = []
    for line in rendered.split("\n"):
        if not line.lstrip().startswith("::"):
            continue
        name, _, rest = line.lstrip()[2:].partition("::")
        name, _, words = name.partition(" ")
        properties = dict(word.split("=", 1) for word in words.split(",")) if words else {}
        unescaped = {
            key: value.replace("%0D", "\r")
            .replace("%0A", "\n")
            .replace("%3A", ":")
            .replace("%2C", ",")
            .replace("%25", "%")
            for key, value in properties.items()
        }
        found.append((name, unescaped, rest.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")))
    return found


def test_annotations_of_github_keep_their_grammar() -> None:
    rendered = github.render(ALL)
    for line in rendered.split("\n"):
        assert "\r" not in line
        assert not line.startswith("::") or _COMMAND.fullmatch(line), line
    found = commands(rendered)
    assert [(name, one.get("file"), one.get("line")) for name, one, _ in found] == [
        ("error", "shop/shipping.py", "58"),
        ("error", "contracts/shipping.yaml", "143"),
        ("error", "shop/other.py", "7"),
        ("warning", "contracts/shipping.yaml", "144"),
        ("notice", None, None),
    ]
    assert NASTY in found[3][2]
    assert rendered.count("::error::not a command") == 2  # inside the message, where it is no command
    assert not any(line.startswith("::error::") for line in rendered.split("\n"))


def test_names_of_files_are_escaped_in_annotations() -> None:
    (told, *_) = commands(github.render([EVERYTHING]))
    odd = github._command("error", {"file": "a,b:c%d.yaml", "title": "x"}, "m")  # noqa: SLF001 - the grammar itself
    assert odd == "::error file=a%2Cb%3Ac%25d.yaml,title=x::m"
    assert commands(odd)[0][1] == {"file": "a,b:c%d.yaml", "title": "x"}
    assert told[1]["title"] == "request-required"


def test_a_pull_request_gets_at_most_fifteen_lines_one_table_and_the_witness() -> None:
    for reports in (ALL, (MANY,), (CLEAN,), (NOTHING,), (EVERYTHING, *[CLEAN] * 3, MANY)):
        lines = pull_request.render(reports).splitlines()
        assert len(lines) <= 15
        assert sum(line.startswith("|---") for line in lines) == 1
        columns = {line.replace("\\|", "").count("|") for line in lines if line.startswith("|")}
        assert len(columns) == 1
    told = pull_request.render(ALL)
    assert told.splitlines()[0] == "### Contracts: 3 errors"
    assert "| shipping | ok | **3 errors, 1 warning, 1 to know, 1 accepted**; 412 cases |" in told
    assert "| payments |  | could not check: could not check: 401 |" in told
    assert "`contracts/shipping.yaml:143`, `shop/shipping.py:58`" in told
    assert 'witness `{"length": 10' in told


def test_a_clean_pull_request_says_so() -> None:
    assert pull_request.render([CLEAN]) == (
        "### Contracts: all is well\n\n| service | sound |\n|---|---|\n| shipping | ok |\n"
    )


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in {"src", "href", "action"}]
        if tag not in {"meta", "br"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_whole_escaped_and_alone() -> None:
    page = _Page()
    page.feed(html.render(ALL))
    assert page.open == []
    assert page.addresses == []
    assert not {"script", "img", "link", "iframe", "b" + "old"} & set(page.tags)
    assert "&lt;b&gt;bold&lt;/b&gt;" in html.render(ALL)


def test_the_text_tells_the_verdict_then_what_was_not_checked_then_what_was_found_by_operation() -> None:
    lines = text.render([EVERYTHING]).splitlines()
    assert lines[0] == (
        "shipping: verify client of 9 operations: 3 errors, 1 warning, 1 to know, 1 accepted (412 cases)"
    )
    assert lines[1] == "not checked: 3 of 11 operations are not used by this client"
    headings = [line for line in lines if line.startswith("── ")]
    assert headings == ["── createShipment: 1 error, 1 warning", "── getShipment: 1 error", "── shipping: 1 info"]
    assert "  seen   2 times" in lines
    assert lines[-1] == lines[0]


@pytest.mark.parametrize("name", RENDERERS)
def test_ten_thousand_findings_are_told_in_time_and_stay_readable(name: str) -> None:
    begun = time.process_time()
    rendered = RENDERERS[name]([MANY])
    assert time.process_time() - begun <= 5
    most = {"text": 1200, "github": 60, "pull-request": 15, "markdown": 3000}.get(name)
    assert most is None or len(rendered.splitlines()) <= most
    assert "operation0" in rendered


def test_the_summary_of_a_step_stays_below_what_github_takes() -> None:
    assert len(github.summary([MANY] * 3).encode()) < 1_000_000
    assert markdown.render([EVERYTHING]) in github.summary([EVERYTHING])
