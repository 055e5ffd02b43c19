"""What a start may not load: each of these costs more than all of our own modules that it needs."""

import subprocess
import sys

import pytest

STRANGERS = (
    "hypothesis", "mockserver.cassette", "mockserver.checks.document", "mockserver.document.positions",
    "mockserver.report.html", "mockserver.wire.multipart", "mockserver.wire.xml_tree", "openapi_core", "pydantic",
    "pytest", "requests", "rich", "schemathesis", "vcr", "yaml",
)  # fmt: skip


def loaded(statement: str) -> set[str]:
    words = [sys.executable, "-c", f"{statement}\nimport sys\nprint(*sys.modules)"]
    return set(subprocess.run(words, capture_output=True, text=True, check=True, timeout=60).stdout.split())


@pytest.mark.parametrize(
    "statement",
    [
        "import mockserver.cli.main, mockserver.cli.serve",
        "from mockserver.api.contract import load_contract\nload_contract('contracts/shipping.yaml')",
    ],
)
def test_serving_a_contract_loads_only_what_it_needs(statement):
    assert loaded(statement).isdisjoint(STRANGERS)


def test_the_command_line_loads_no_command_before_it_is_called():
    assert not {name for name in loaded("import mockserver.cli.main") if name.startswith("mockserver.jobs")}
