"""Pages as a browser shows them: light and dark, without any request to another host.

Needs playwright and a Chromium (its own, or one of the system); without them the tests are skipped, and say so.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from reports_to_render import CLEAN, EVERYTHING, MANY, NOTHING

from mockserver.api.coverage import coverage_reports
from mockserver.coverage.stored import Seen
from mockserver.report.html import render

sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: pip install playwright")
ROOT = Path(__file__).parents[2]
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    with sync_api.sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        except sync_api.Error as absent:
            pytest.skip(f"there is no Chromium here: {str(absent).splitlines()[0]}")
        yield launched
        launched.close()


def luminance(color: str) -> float:
    """Return how light `rgb(r, g, b)` is, from 0 to 1 (WCAG 2.2, relative luminance)."""
    parts = [int(part) / 255 for part in color[4:-1].split(",")[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


STYLES = """names => names.map(name => { const at = document.querySelector(name);
  return at ? [name, getComputedStyle(at).color, getComputedStyle(at).backgroundColor] : [name, "", ""] })"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_page_can_be_read_in_light_and_dark_and_asks_nobody_for_anything(
    browser: Any, scheme: str, tmp_path: Path
) -> None:
    file = tmp_path / "report.html"
    file.write_text(render([EVERYTHING, CLEAN, NOTHING]), encoding="utf-8")
    page = browser.new_context(color_scheme=scheme).new_page()
    asked: list[str] = []
    trouble: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: trouble.append(message.text))
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.goto(file.as_uri())
    assert asked == [file.as_uri()]
    assert trouble == []
    back = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (luminance(back) > 0.5) == (scheme == "light")
    styles = page.evaluate(STYLES, ["body", ".error > p", ".warning > p", ".note", ".clean", ".violations"])
    for name, color, _ in styles:
        assert contrast(color, back) >= 4.5, (name, color, back)  # WCAG 2.2 §1.4.3
    for name, color, own in page.evaluate(STYLES, ["li.seen", "li.partly", "li.missed", "li.partly i"]):
        assert contrast(color, back if own == "rgba(0, 0, 0, 0)" else own) >= 4.5, (name, color, own)
    assert page.locator("ol.contract li").count() == 5
    assert "<b>bold</b>" in page.inner_text("body")


def test_the_contract_is_annotated_line_by_line(browser: Any, tmp_path: Path) -> None:
    contract = ROOT / "contracts" / "shipping.yaml"
    keys = ["GET /shipments/{id}", "GET /shipments/{id} answers 404"]
    seen = Seen("shipping", str(contract), "", frozenset(keys))
    (report,) = coverage_reports([seen], contracts=ROOT / "contracts", annotate=True)
    file = tmp_path / "coverage.html"
    file.write_text(render([report]), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    lines = page.locator("ol.contract li")
    texts = contract.read_text(encoding="utf-8").splitlines()
    assert lines.count() == len(texts)
    states = lines.evaluate_all("all => all.map(one => one.className)")
    by_text = {number: (text.strip(), states[number]) for number, text in enumerate(texts)}
    operation = texts.index("      operationId: getShipment")
    assert by_text[operation - 1] == ("get:", "seen")
    answers = {text: state for number, (text, state) in by_text.items() if operation < number < operation + 72}
    assert (answers["'404':"], answers["'503':"]) == ("seen", "missed")
    assert by_text[texts.index("    post:")] == ("post:", "unused")
    assert json.loads(json.dumps(states)).count("missed") > 10


def test_ten_thousand_findings_are_folded(browser: Any, tmp_path: Path) -> None:
    file = tmp_path / "many.html"
    file.write_text(render([MANY]), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    assert page.locator("details:not(.witness)").count() == 400
    assert page.locator("details[open]").count() == 20
