"""Our own two contracts are sound, complete and true to their examples.

Judged by openapi-spec-validator, python jsonschema, openapi-schema-validator and schemathesis alone.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from typing import Any

import pytest
import ryaml
import schemathesis
import yaml
from hypothesis import HealthCheck, Phase, given, settings
from openapi_spec_validator import validate
from our_contracts import (
    DOCUMENTS,
    EXAMPLES,
    FOLDER,
    FORMATS,
    NAMES,
    OPERATIONS,
    TEXTS,
    complaints,
    label,
    nodes,
    operations,
    resolved,
)
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.result import Ok

each_contract = pytest.mark.parametrize("name", NAMES)
each_operation = pytest.mark.parametrize("operation", OPERATIONS, ids=label)

# An explicit configuration: schemathesis would look for a user's schemathesis.toml otherwise.
CONFIGURATION = 'seed = 1\n[generation]\ndeterministic = true\ndatabase = "none"\n'


@functools.cache
def loaded(name: str) -> Any:
    return schemathesis.openapi.from_path(FOLDER / f"{name}.yaml", config=SchemathesisConfig.from_str(CONFIGURATION))


@each_contract
def test_the_contract_is_sound_openapi(name):
    validate(DOCUMENTS[name])


@each_contract
def test_the_text_is_in_block_style_without_anchors_or_comments(name):
    strays = []
    for event in yaml.parse(TEXTS[name]):
        if getattr(event, "anchor", None):
            strays.append((event.start_mark.line + 1, "anchor"))
        # An empty list or mapping has no block style.
        spelled = TEXTS[name][event.start_mark.index : event.start_mark.index + 2]
        if getattr(event, "flow_style", False) and spelled not in ("[]", "{}"):
            strays.append((event.start_mark.line + 1, "flow style"))
    strays += [
        (number, "comment") for number, line in enumerate(TEXTS[name].splitlines(), 1) if re.match(r"\s*#", line)
    ]
    assert strays == []


@each_contract
def test_no_line_is_too_long_or_indented_by_an_odd_number_of_spaces(name):
    lines = enumerate(TEXTS[name].splitlines(), 1)
    indented = re.compile(r"(?:  )*(?! )\S.*(?<! )|")
    assert [number for number, line in lines if len(line) > 120 or not indented.fullmatch(line)] == []


@each_contract
def test_yaml_1_1_and_yaml_1_2_read_the_same(name):
    assert ryaml.loads(TEXTS[name]) == DOCUMENTS[name]


def test_the_operations_are_those_the_rest_of_the_project_knows_by_name():
    assert {name: [operation.definition["operationId"] for operation in operations(name)] for name in NAMES} == {
        "shipping": [
            "listShipments",
            "createShipment",
            "getShipment",
            "updateShipment",
            "cancelShipment",
            "listEvents",
            "getLabel",
            "uploadLabel",
            "getTracking",
            "getRates",
            "createWebhook",
            "deleteWebhook",
            "rotateKey",
        ],
        "payments": [
            "listCharges",
            "createCharge",
            "searchCharges",
            "getCharge",
            "captureCharge",
            "refundCharge",
            "listCustomers",
            "createCustomer",
            "getCustomer",
            "updateCustomer",
            "deleteCustomer",
            "attachPaymentMethod",
            "getBalance",
            "exportPayouts",
        ],
    }


@each_contract
def test_every_operation_id_is_used_once_webhooks_and_callbacks_included(name):
    named = [node["operationId"] for _, node in nodes(DOCUMENTS[name]) if "operationId" in node and "responses" in node]
    assert [operation_id for operation_id, times in Counter(named).items() if times > 1] == []


@each_contract
def test_every_operation_has_an_id_a_summary_and_declared_tags(name):
    declared = {tag["name"] for tag in DOCUMENTS[name]["tags"]}
    spoken = [node for _, node in nodes(DOCUMENTS[name]) if "responses" in node and "tags" in node]
    poor = [
        node
        for node in spoken
        if not (node.get("operationId") and node.get("summary") and node["tags"] and declared.issuperset(node["tags"]))
    ]
    assert (len(spoken), poor) == (len(list(operations(name))) + 1, [])


@each_operation
def test_a_perfect_mock_never_needs_a_status_that_is_not_documented(operation):
    document = DOCUMENTS[operation.contract]
    needed = {"429"}
    if operation.definition.get("security", document["security"]):
        needed.add("401")
    if any(parameter["in"] == "path" for parameter in operation.parameters):
        needed.add("404")
    if any(parameter["in"] != "path" for parameter in operation.parameters) or "requestBody" in operation.definition:
        needed.add("400")
    if "requestBody" in operation.definition and operation.contract == "shipping":
        needed |= {"415", "422"}
    if any("oauth" in requirement for requirement in operation.definition.get("security", ())):
        needed.add("403")
    documented = set(operation.definition["responses"])
    assert needed <= documented or "4XX" in documented


@each_operation
def test_every_operation_documents_one_success(operation):
    assert len([status for status in operation.definition["responses"] if status.startswith("2")]) == 1


@each_contract
def test_every_component_is_used(name):
    document = DOCUMENTS[name]
    used = {node["$ref"] for _, node in nodes(document) if "$ref" in node}
    defined = {
        f"#/components/{kind}/{key}"
        for kind, members in document["components"].items()
        if kind != "securitySchemes"
        for key in members
    }
    assert defined - used == set()


@each_contract
def test_every_link_leads_to_parameters_of_an_operation(name):
    required = {
        operation.definition["operationId"]: {p["name"] for p in operation.parameters if p["in"] == "path"}
        for operation in operations(name)
    }
    links = [link for _, node in nodes(DOCUMENTS[name]) for link in node.get("links", {}).values()]
    assert links
    assert [link for link in links if required.get(link["operationId"]) != set(link["parameters"])] == []


@pytest.mark.parametrize("example", EXAMPLES, ids=label)
def test_the_example_keeps_its_schema(example):
    written = "/requestBody/" in example.pointer or "/parameters/" in example.pointer
    assert complaints(example.contract, example.schema, example.value, written=written) == []


def test_some_operations_have_named_examples_and_some_have_none():
    shown = {
        label(operation): sorted(
            key for _, node in nodes(operation.definition) if "schema" in node for key in node.get("examples", {})
        )
        for operation in OPERATIONS
    }
    assert shown["shipping-getShipment"] == ["created", "delivered"]
    assert sum(1 for keys in shown.values() if keys) >= 10
    assert sum(1 for keys in shown.values() if not keys) >= 5


@each_contract
def test_no_format_is_left_unchecked_by_the_judge_of_the_examples(name):
    used = {node["format"] for _, node in nodes(DOCUMENTS[name]) if isinstance(node.get("format"), str)}
    assert used - set(FORMATS.checkers) == set()


def test_the_judge_of_the_examples_refuses_a_card_number_in_an_answer_and_a_missing_one_in_a_request():
    card = {"exp_month": 8, "exp_year": 2029, "brand": "visa", "last4": "4242"}
    schema = "/components/schemas/Card"
    assert complaints("payments", schema, card) == []
    assert complaints("payments", schema, card | {"number": "4242424242424242"}) != []
    assert complaints("payments", schema, {"exp_month": 8, "exp_year": 2029}, written=True) != []


def test_a_parcel_without_weight_is_the_only_mistake_of_the_first_story():
    body = {"to": {"city": "Bern"}, "parcels": [{"length": 10, "width": 10, "height": 4}]}
    assert complaints("shipping", "/components/schemas/ShipmentCreate", body, written=True) == [
        "$.parcels[0]: 'weight' is a required property"
    ]


@pytest.mark.parametrize(
    ("shipment", "valid"),
    [
        ({"id": "42", "state": "lost"}, True),
        ({"id": "0", "state": "created", "owner": None}, True),
        ({"id": "42", "state": "held"}, False),
        ({"id": "", "state": "created"}, False),
        ({"id": "42", "state": "created", "owner": {}}, False),
    ],
)
def test_a_shipment_is_what_the_documentation_says(shipment, valid):
    assert (complaints("shipping", "/components/schemas/Shipment", shipment) == []) is valid


@each_contract
def test_schemathesis_loads_every_operation(name):
    found = list(loaded(name).get_all_operations())
    assert all(isinstance(one, Ok) for one in found)
    assert [(one.ok().path, one.ok().method) for one in found] == [(o.path, o.method) for o in operations(name)]


@each_operation
def test_schemathesis_generates_cases_that_keep_the_contract(operation):
    strategy = loaded(operation.contract)[operation.path][operation.method].as_strategy(
        generation_mode=GenerationMode.POSITIVE
    )
    cases = []

    @settings(
        max_examples=5,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(strategy)
    def collect(case):
        cases.append(case)

    collect()
    assert cases
    contents = resolved(DOCUMENTS[operation.contract], operation.definition.get("requestBody", {})).get("content", {})
    bodies = [case.body for case in cases if "json" in (case.media_type or "") and isinstance(case.body, dict)]
    for body in bodies:
        (media_type,) = contents.values()
        assert complaints(operation.contract, media_type["schema"]["$ref"][1:], body, written=True) == []
