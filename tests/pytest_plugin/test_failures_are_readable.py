"""What fails in a test ends with a line of the user's, and tells what, where and how to mend it."""

from __future__ import annotations

from importlib.metadata import entry_points

import pytest

PLUGIN = (
    () if entry_points(group="pytest11", name="mockserver_contracts") else ("-p", "mockserver.pytest_plugin.plugin")
)
pytest_plugins = ["pytester"]
CONTRACT = """
openapi: 3.1.0
info: {title: books, version: "1"}
servers: [{url: "https://books.example/v1"}]
paths:
  /books:
    post:
      operationId: addBook
      requestBody: {required: true, content: {application/json: {schema: {
        type: object, required: [title], properties: {title: {type: string}}}}}}
      responses: {"201": {description: made}}
"""
TESTS = """
import unittest, pytest, requests
def ask(url="https://books.example/v1", title="a"):
    return requests.post(url + "/books", json={"title": title}, timeout=5)
def test_status(mock_api):
    mock_api.answer("addBook", 418)  # L1
def test_name(mock_api):
    mock_api.fail("adBook")  # L2
def test_exchange(mock_api):
    mock_api.exchange("addBook")  # L3
def test_service(mock_api):
    mock_api["payments"]  # L4
def test_fault(mock_api):
    mock_api.fail("addBook", "reset")
    requests.post("https://books.example/v1/books", json={"title": "a"}, timeout=5)  # L5
def test_blocked(mock_api):
    requests.get("https://other.example/", timeout=5)  # L6
class TestUnit(unittest.TestCase):
    @pytest.fixture(autouse=True)
    def _mock(self, mock_api):
        self.mock_api = mock_api
    def test_unit(self):
        self.mock_api.answer("addBook", {"a": 1})  # L7
def test_server(mock_server):
    requests.post(mock_server.url + "/books", json={"title": 3}, timeout=5)  # L8
@pytest.mark.mock_api("nobody")
def test_marker():  # L9
    pass
@pytest.mark.mock_api(linient=True)
def test_word():  # L10
    pass
"""
SAID = {
    "L1": "E  *UsageError: addBook answers 201, not 418",
    "L2": "E  *UnknownService: books has no operation adBook",
    "L3": "E  *AssertionError: addBook was asked 0 times*",
    "L4": "E  *UsageError: there is no service payments here",
    "L5": "E  *reset (asked for by the test)*",
    "L6": "E  *other.example is blocked: no contract answers there*",
    "L7": "E  *UsageError: addBook answers 201 without a body",
}


def test_every_failure_ends_at_the_user_s_line_and_shows_no_frame_of_ours(pytester: pytest.Pytester) -> None:
    (pytester.path / "contracts").mkdir()
    (pytester.path / "contracts" / "books.yaml").write_text(CONTRACT, encoding="utf-8")
    pytester.makepyfile(test_books=TESTS)
    ran = pytester.runpytest_subprocess(*PLUGIN, "-p", "no:schemathesis")
    ran.assert_outcomes(failed=8, errors=2)
    told = ran.stdout.str()
    assert "mockserver/" not in told.replace("mockserver/contracts", "")
    assert "During handling" not in told
    lines = {mark: number for number, line in enumerate(TESTS.splitlines()) if "# L" in line for mark in [line[-2:]]}
    for mark, said in SAID.items():
        ran.stdout.fnmatch_lines([f">*# {mark}", said])
        ran.stdout.fnmatch_lines([f"test_books.py:{lines[mark]}: *"])
    ran.stdout.fnmatch_lines(["error[[]request-type[]]*title is an integer*", "*test_books.py:*# L8"])
    ran.stdout.fnmatch_lines(["there is no service and no file nobody", "*fix *", "*test test_books.py:*"])
    ran.stdout.fnmatch_lines(["the marker mock_api does not know linient", "*fix *", "*test test_books.py:*"])
