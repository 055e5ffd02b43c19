"""Reports as JUnit XML: what every CI server shows as tests.

A finding is a test that failed (error), passed with a remark (warning, info), or was skipped (accepted); what was not
checked was skipped, too. A job without findings is one test that passed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from mockserver.report.model import Kind, Report, grouped
from mockserver.report.text import told

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML cannot hold (XML 1.0 §2.2)."""


def render(reports: Sequence[Report]) -> str:
    """Return the document."""
    root = Element("testsuites", name="mockserver")
    for report in reports:
        _suite(root, report)
    for name in ("tests", "failures", "skipped"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _suite(root: Element, report: Report) -> None:
    suite = SubElement(root, "testsuite", name=_plain(f"{report.contract}: {report.job}"))
    for group in grouped(report.findings):
        for kind in group.kinds:
            _case(suite, report, kind)
    for index, sentence in enumerate(report.unchecked, 1):
        case = _named(suite, report, f"not checked {index}")
        SubElement(case, "skipped", message=_plain(sentence))
    if not len(suite):
        case = _named(suite, report, report.job)
        if not report.checked:
            SubElement(case, "skipped", message="nothing was checked")
    suite.set("tests", str(len(suite)))
    suite.set("failures", str(len(suite.findall("testcase/failure"))))
    suite.set("errors", "0")
    suite.set("skipped", str(len(suite.findall("testcase/skipped"))))


def _case(suite: Element, report: Report, kind: Kind) -> None:
    finding = kind.first
    case = _named(suite, report, f"{finding.operation or report.contract}: {finding.rule} {finding.fingerprint}")
    if finding.file:
        case.set("file", _plain(finding.file))
    if finding.line:
        case.set("line", str(finding.line))
    text = "\n".join(told(finding)) + (f"\n  seen   {kind.count} times" if kind.count > 1 else "")
    if finding.accepted is not None:
        SubElement(case, "skipped", message=_plain(f"accepted: {finding.accepted}"))
    elif finding.level == "error":
        SubElement(case, "failure", message=_plain(finding.message), type=finding.rule).text = _plain(text)
    else:
        SubElement(case, "system-out").text = _plain(text)


def _named(suite: Element, report: Report, name: str) -> Element:
    return SubElement(suite, "testcase", classname=_plain(f"{report.contract}.{report.job}"), name=_plain(name))


def _plain(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
