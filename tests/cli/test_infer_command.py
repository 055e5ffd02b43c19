"""`mockserver infer`: a first contract, which keeps the traffic that it came from and is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from hypothesis import assume, given, settings
from interactions import INTERACTIONS, interaction
from openapi_spec_validator import validate

from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.written import write_yaml
from mockserver.checks.response import bodiless
from mockserver.cli.main import cli
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.errors import UsageError
from mockserver.jobs.homes import Homes
from mockserver.jobs.infer import infer
from mockserver.jobs.judge import judge
from mockserver.jobs.service import Service
from mockserver.schema.compile import Validators
from mockserver.violation import errors_in
from mockserver.wire.json import dumps

_MOMENT = "2026-11-22T10:00:00Z"
ROOT = Path(__file__).parents[2]


def run(*words: str) -> Result:
    return CliRunner().invoke(cli, ["infer", *words], standalone_mode=False)


@pytest.mark.parametrize(
    ("folder", "host"), [("shipping", "api.shipping.example"), ("payments", "api.payments.example")]
)
def test_our_own_traffic_keeps_what_is_inferred_from_it(folder: str, host: str, tmp_path: Path) -> None:
    target = tmp_path / "inferred.yaml"
    found = run(str(ROOT / "cassettes" / folder), "--host", host, "--output", str(target))
    assert found.return_value == 0, found.output
    tree = yaml.safe_load(target.read_text())
    validate(tree)
    if folder == "shipping":
        assert "/v2/shipments/{shipmentId}" in tree["paths"]
        assert set(tree["components"]["securitySchemes"]) == {"XApiKey", "bearer"}
        assert "redacted" not in target.read_text()


def told(*interactions: Interaction) -> dict[str, object]:
    return infer(interactions, title="t")


def test_ids_become_parameters_by_their_looks_and_because_answers_call_them_so() -> None:
    tree = told(
        interaction(url="https://a.example/cities", body=[{"id": "bern"}]),
        interaction(url="https://a.example/cities/bern/streets", body=[]),
        interaction(url="https://a.example/people/42", body={"name": "Mia"}),
    )
    assert list(tree["paths"]) == ["/cities", "/cities/{cityId}/streets", "/people/{peopleId}"]


def test_what_all_have_is_required_and_what_is_null_once_may_be_null() -> None:
    tree = told(
        interaction(
            url="https://a.example/p?page=1&all=true", body={"id": 1, "at": "2026-11-22T10:00:00Z", "note": None}
        ),
        interaction(url="https://a.example/p?page=2", body={"id": 2, "note": "x"}),
    )
    operation = tree["paths"]["/p"]["get"]
    assert operation["parameters"] == [
        {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}},
        {"name": "all", "in": "query", "schema": {"type": "boolean"}},
    ]
    assert operation["responses"]["200"]["content"]["application/json"]["schema"] == {
        "type": "object",
        "required": ["id", "note"],
        "properties": {
            "id": {"type": "integer"},
            "at": {"type": "string", "format": "date-time"},
            "note": {"type": ["null", "string"]},
        },
    }


@settings(max_examples=60)
@given(INTERACTIONS)
def test_whatever_was_recorded_keeps_what_is_inferred_from_it(one: Interaction) -> None:
    assume(not (one.response.body and bodiless(one.request, one.response)))  # no contract allows that
    documents = Documents("i.json", {"i.json": dumps(infer((one,), title="t"))})
    homes = Homes([Service(load("i", documents), Validators())])
    assert errors_in(judge(one, homes).violations) == ()


def test_one_host_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_bytes(write_yaml(Cassette((interaction(), interaction(url="https://b.example/")))))
    with pytest.raises(UsageError, match="2 hosts"):
        CliRunner().invoke(cli, ["infer", str(path)], standalone_mode=False, catch_exceptions=False)
