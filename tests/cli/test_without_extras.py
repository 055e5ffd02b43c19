"""The package without its extras: what needs one says in a line how to install it, and shows no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
BARE = """
import sys
sys.modules.update(dict.fromkeys(["schemathesis", "harfile", "httpx", "openapi_core", "vcr", "rich"]))
from mockserver.cli.main import run
run()
"""


def bare(*words):
    command = [sys.executable, "-c", BARE, *words]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize(
    "words",
    [
        ("verify", "mock", "shipping"),
        ("verify", "provider", "shipping", "--url", "http://127.0.0.1:1"),
        ("cassettes", "export", "shipping/create", "--to", "never-written.har"),
    ],
    ids=lambda words: words[1],
)
def test_a_command_whose_extra_is_missing_says_the_line_that_installs_it(words):
    done = bare(*words)
    assert done.returncode == 2, done.stderr
    assert done.stderr.splitlines()[1:] == ['  fix  pip install "mockserver[test]"']


def test_what_needs_no_extra_works_without():
    assert bare("lint", "shipping").returncode == 0
    help_page = bare("--help")
    assert (help_page.returncode, "Exit codes: 0 clean" in help_page.stdout) == (0, True)
    assert "\\b" not in help_page.stdout


def test_a_transport_of_httpx_without_httpx_names_what_is_missing():
    code = (
        "import sys; sys.modules['httpx'] = None\n"
        "from mockserver import httpx_transport\n"
        "from mockserver.errors import MissingExtra\n"
        "try: httpx_transport('cassettes')\n"
        "except MissingExtra as missing: print(missing.fix)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == "pip install httpx, or say library=httpx2\n"


def test_a_cassette_in_a_test_without_vcr_py_names_what_is_missing():
    code = (
        "import sys; sys.modules['vcr'] = None\n"
        "from mockserver.errors import MissingExtra\n"
        "try: import mockserver.edges.vcr\n"
        "except MissingExtra as missing: print(missing.fix)\n"
    )
    said = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60
    )
    assert said.stdout == 'pip install "mockserver[test]"\n'
