"""What a production program loads with a client, and what it never does."""

import json
import subprocess
import sys

import pytest

NEVER = {"flask", "werkzeug", "schemathesis", "hypothesis", "vcr", "pytest", "openapi_core", "click", "rich"}
USED = """
import json, sys
{}
print(json.dumps(sorted({{name.partition('.')[0] for name in sys.modules}})))
"""


def loaded(code: str) -> set[str]:
    ran = subprocess.run([sys.executable, "-c", USED.format(code)], check=True, capture_output=True, text=True)
    return set(json.loads(ran.stdout))


@pytest.mark.parametrize(
    "code",
    [
        "from mockserver.client import APIClient; APIClient('http://127.0.0.1:9', contract='contracts/shipping.yaml')",
        "from mockserver.client import AsyncAPIClient; AsyncAPIClient('http://127.0.0.1:9')",
        "import requests; from mockserver.client import resilient; resilient(requests.Session(), service='shipping')",
        "from mockserver.client import *",
    ],
)
def test_no_client_loads_what_is_for_tests_or_servers(code) -> None:
    assert loaded(code) & NEVER == set()


def test_who_blocks_loads_no_httpx_and_who_has_no_contract_no_validator() -> None:
    names = loaded("from mockserver.client import APIClient; APIClient('http://127.0.0.1:9')")
    assert names & {"httpx", "httpx2", "jsonschema_rs", "ryaml", "yaml", "orjson", "pydantic", "asyncio"} == set()
