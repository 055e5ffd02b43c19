"""A secret is planted wherever a request can hold one; it may come out nowhere."""

import base64
import json
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from mockserver.cli.serve import explained
from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.edges.clock import SystemClock
from mockserver.edges.console import RequestLog
from mockserver.edges.flask_app import MockApp
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators

SECRET = "s3cr3t-Qm9iJ3M"
CONTRACT = """
openapi: 3.1.1
info: {title: Vault, version: '1'}
security: [{key: []}, {basic: []}, {bearer: []}, {query: []}, {cookie: []}]
paths:
  /things/{token}:
    parameters: [{name: token, in: path, required: true, schema: {type: string, maxLength: 5}}]
    get: {operationId: getThing, responses: {'200': {description: ok}}}
  /login:
    post:
      operationId: login
      security: []
      parameters:
        - {name: X-Auth-Token, in: header, schema: {type: integer}}
        - {name: pin, in: query, schema: {type: integer, format: password}}
      requestBody:
        content:
          application/json:
            schema:
              type: object
              properties:
                password: {type: integer}
                passphrase: {type: string, format: password, maxLength: 3}
                note: {type: string}
          application/x-www-form-urlencoded:
            schema: {type: object, properties: {client_secret: {type: integer}, note: {type: string}}}
      responses:
        '200':
          description: what was sent, sent back
          content:
            application/json:
              schema: {type: object, properties: {note: {type: string}, password: {type: string}}}
components:
  securitySchemes:
    key: {type: apiKey, in: header, name: X-Vault-Key}
    query: {type: apiKey, in: query, name: vault_key}
    cookie: {type: apiKey, in: cookie, name: vault_cookie}
    basic: {type: http, scheme: basic}
    bearer: {type: http, scheme: bearer}
"""
BASIC = base64.b64encode(f"me:{SECRET}".encode()).decode()


def leaks(text: str) -> bool:
    spellings = (SECRET, BASIC, base64.b64encode(SECRET.encode()).decode())
    return any(spelling in text for spelling in spellings)


REQUESTS = [
    ("GET", "/things/1", {"headers": {"X-Vault-Key": SECRET}}),
    ("GET", "/things/1", {"headers": {"Authorization": f"Bearer {SECRET}"}}),
    ("GET", "/things/1", {"headers": {"Authorization": f"Basic {BASIC}"}}),
    ("GET", "/things/1", {"headers": {"Authorization": f"Digest {SECRET}"}}),
    ("GET", "/things/1", {"headers": {"Cookie": f"vault_cookie={SECRET}; other=1"}}),
    ("GET", f"/things/1?vault_key={SECRET}", {}),
    ("GET", f"/things/{SECRET}", {"headers": {"X-Vault-Key": SECRET}}),
    ("GET", f"/nowhere/{SECRET}", {"headers": {"X-Vault-Key": SECRET}}),
    ("PUT", "/things/1", {"headers": {"X-Vault-Key": SECRET}}),
    ("POST", f"/login?pin={SECRET}", {}),
    ("POST", "/login", {"headers": {"X-Auth-Token": SECRET}}),
    ("POST", "/login", {"json": {"password": SECRET, "note": f"it is {SECRET}"}}),
    ("POST", "/login", {"json": {"passphrase": SECRET, "note": SECRET}}),
    ("POST", "/login", {"data": {"client_secret": SECRET, "note": SECRET}}),
]


@pytest.mark.parametrize(("method", "target", "sent"), REQUESTS)
@pytest.mark.parametrize("on_violation", ["reject", "report"])
def test_a_planted_secret_comes_out_nowhere(
    method: str, target: str, sent: dict[str, object], on_violation: str, tmp_path: Path
) -> None:
    contract = load("vault", Documents("vault.yaml", {"vault.yaml": CONTRACT.encode()}))
    session = Session([Service(contract, Validators())], Settings(on_violation=on_violation), SystemClock())
    with (tmp_path / "log").open("w", encoding="utf-8") as stream:
        log = RequestLog(lambda request, answer: explained(session, request, answer), stream)
        client: FlaskClient = MockApp(session, log).test_client()
        answered = client.open(target, method=method, **sent)
        journal = client.get("/_mockserver/exchanges").text
        log.close()
    told = answered.headers.get("X-Mockserver-Violations", "")
    assert json.loads(journal)["exchanges"]
    assert not leaks(journal)
    assert not leaks(told)
    assert not leaks((tmp_path / "log").read_text(encoding="utf-8"))
    if answered.status_code >= 400:
        assert not leaks(answered.text)


def test_the_pages_of_the_mock_do_not_show_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VAULT_TOKEN", SECRET)
    contract = load("vault", Documents("vault.yaml", {"vault.yaml": CONTRACT.encode()}))
    client = MockApp(Session([Service(contract, Validators())], Settings(), SystemClock())).test_client()
    for page in ("health", "contract", "contract/vault", "exchanges", "nothing"):
        assert not leaks(client.get(f"/_mockserver/{page}").text)
