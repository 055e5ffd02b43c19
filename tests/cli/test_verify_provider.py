"""`mockserver verify provider` and `mock` on servers and contracts of other people: what is blamed, and what is not."""

from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask, Response, jsonify, request

from mockserver.cli.main import cli
from mockserver.edges.runner import Server
from mockserver.errors import MockserverError

ORDERS = """
openapi: 3.1.0
info: { title: Orders, version: "1" }
paths:
  /orders:
    post:
      operationId: createOrder
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
              required: [amount]
              properties:
                amount: { type: integer, minimum: 1 }
      responses:
        "201": { description: made }
"""
ODD = """
openapi: 3.0.3
info: { title: Odd, version: "1" }
paths:
  /filtered:
    get:
      operationId: filtered
      security: [{ basic: [] }]
      parameters:
        - name: by
          in: query
          required: true
          style: pipeDelimited
          explode: false
          schema:
            type: object
            required: [name, size]
            properties: { name: { type: string }, size: { type: string } }
      responses:
        "200": { description: some }
  /gone:
    get:
      operationId: gone
      responses:
        "410": { description: as ever }
  /broken:
    get:
      operationId: broken
      responses:
        "503": { description: as ever }
components:
  securitySchemes: { basic: { type: http, scheme: basic } }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path / "contracts"


def verify(*words: str) -> tuple[int, str]:
    try:
        ran = CliRunner().invoke(cli, ["verify", *words], standalone_mode=False, catch_exceptions=False)
    except MockserverError as error:
        return error.exit_code, str(error)
    return ran.return_value or 0, ran.output


def orders(*, careful: bool) -> Flask:
    app = Flask("orders")

    @app.post("/orders")
    def create() -> tuple[Response, int]:
        sent = request.get_json(silent=True)
        amount = sent.get("amount") if isinstance(sent, dict) else None
        right = type(amount) is int and amount >= 1
        return (jsonify(), 201) if right or not careful else (jsonify(), 400)

    return app


def test_a_provider_that_takes_what_the_contract_forbids_is_told_what_it_took(folder: Path) -> None:
    (folder / "orders.yaml").write_text(ORDERS, encoding="utf-8")
    with Server(orders(careful=False)) as server:
        code, told = verify("provider", "orders", "--url", f"http://127.0.0.1:{server.port}", "--max-examples", "2")
    assert code == 1, told
    assert "error[provider-accepted]  createOrder  createOrder took a request that breaks the contract: " in told
    assert "the body is missing\n  contracts/orders.yaml:8  requestBody:\n  sent    POST /orders\n" in told


def test_a_provider_that_refuses_what_is_wrong_need_not_have_documented_how(folder: Path) -> None:
    (folder / "orders.yaml").write_text(ORDERS, encoding="utf-8")
    with Server(orders(careful=True)) as server:
        code, told = verify("provider", "orders", "--url", f"http://127.0.0.1:{server.port}", "--max-examples", "2")
    assert (code, told) == (0, "orders: verify provider of 1 operation: clean\n")


def test_a_mock_is_not_blamed_for_what_whoever_drives_it_misspells_nor_for_errors_that_are_all_there_is(
    folder: Path,
) -> None:
    (folder / "odd.yaml").write_text(ODD, encoding="utf-8")
    code, told = verify("mock", "odd", "--max-examples", "2")
    assert code == 0, told
    assert told.startswith("odd: verify mock of 3 operations: clean\n")
    assert "right requests broke the contract as they were sent, and were refused" in told


def test_a_contract_without_operations_is_nothing_that_was_checked(folder: Path) -> None:
    (folder / "hooks.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: H, version: '1'}\nwebhooks: {}\n", encoding="utf-8"
    )
    code, told = verify("mock", "hooks")
    assert (code, "hooks has no operations" in told) == (3, True), told


SPEC = """
openapi: 3.1.0
info: { title: Spec, version: "1" }
paths:
  /spec/{id}:
    get:
      operationId: spec
      parameters: [{ in: path, name: id, required: true, schema: { type: string } }]
      responses:
        "200": { description: it, content: { text/x-yaml: { schema: { type: string, format: binary } } } }
"""


def test_an_answer_that_whoever_drives_cannot_read_ends_the_run_and_says_so(folder: Path) -> None:
    (folder / "spec.yaml").write_text(SPEC, encoding="utf-8")
    app = Flask("spec")
    app.get("/spec/<id>")(lambda id: (b"\x89 octets", 200, {"Content-Type": "text/x-yaml"}))  # noqa: A006, ARG005
    with Server(app) as server:
        code, told = verify("provider", "spec", "--url", f"http://127.0.0.1:{server.port}", "--max-examples", "1")
    assert (code, "schemathesis failed over an answer: " in told) == (3, True), told
