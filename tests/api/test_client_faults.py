"""How the calls of clients end when their connections break: each way to end is seen and told."""

from __future__ import annotations

from pathlib import Path

import pytest
import requests
from requests.adapters import HTTPAdapter, Retry

from mockserver import ClientSuite

CONTRACT = """
openapi: 3.1.0
info: {title: things, version: "1"}
paths:
  /things:
    post:
      operationId: createThing
      requestBody: {required: true, content: {application/json: {schema: {type: object}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {type: object}}}}}
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: it, content: {application/json: {schema: {type: object}}}}}
    delete:
      operationId: deleteThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: gone}}
"""


class ThingError(Exception):
    pass


class Careful:
    """Tells every failure in its own words, and waits for no more than two seconds."""

    timeout: float | None = 2
    retry: Retry | None = None

    def __init__(self, base_url: str) -> None:
        self._base = base_url
        self._session = requests.Session()
        if self.retry is not None:
            self._session.mount("http://", HTTPAdapter(max_retries=self.retry))

    def _send(self, method: str, path: str, body: object = None) -> requests.Response:
        try:
            answer = self._session.request(method, self._base + path, json=body, timeout=self.timeout)
            answer.raise_for_status()
        except requests.RequestException as failed:
            raise ThingError(str(failed)) from failed
        return answer

    def create_thing(self, body: dict) -> object:
        return self._send("POST", "/things", body).json()

    def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
        return self._send("GET", f"/things/{requests.utils.quote(id, safe='')}").json()

    def delete_thing(self, id: str) -> None:  # noqa: A002 - the contract's word
        self._send("DELETE", f"/things/{requests.utils.quote(id, safe='')}")


class Retrying(Careful):
    retry = Retry(3, allowed_methods=None, backoff_factor=1)


class Endless(Careful):
    timeout = None


class Swallowing(Careful):
    def get_thing(self, id: str) -> object:  # noqa: A002 - the contract's word
        try:
            return super().get_thing(id)
        except ThingError:
            return {}


class Leaking(Careful):
    def _send(self, method: str, path: str, body: object = None) -> requests.Response:
        return self._session.request(method, self._base + path, json=body, timeout=self.timeout)


class AtHome(Careful):
    """Knows its address by itself."""

    def __init__(self) -> None:
        super().__init__("https://things.example")


def ends(tmp_path: Path, client: type, more: str = "") -> tuple[dict[tuple[str, str], str], set[tuple[str, str]]]:
    (tmp_path / "things.yaml").write_text(CONTRACT + more, encoding="utf-8")
    suite = ClientSuite("things", client, raises=ThingError, contracts=tmp_path)
    result = suite.check(directions=["broken"])
    found = {(shown.violation.rule, shown.violation.at) for shown in result.shown.values()}
    return {(one.operation, one.fault): one.end for one in result.faults}, found


@pytest.mark.parametrize("home", [False, True], ids=["led to a socket", "broken in process"])
def test_a_careful_client_fails_well_whatever_breaks(tmp_path: Path, home: bool) -> None:  # noqa: FBT001
    client, more = (AtHome, "servers: [{url: https://things.example}]\n") if home else (Careful, "")
    found, shown = ends(tmp_path, client, more)
    assert shown == set()
    assert len(found) == 3 * 8
    assert set(found.values()) == {"failed well"}


def test_a_get_recovers_and_a_post_without_a_key_is_sent_twice(tmp_path: Path) -> None:
    found, shown = ends(tmp_path, Retrying)
    assert found["getThing", "reset"] == found["getThing", "refused"] == "recovered"
    assert found["createThing", "refused"] == "recovered"
    assert found["createThing", "reset"] == found["createThing", "malformed"] == "sent twice"
    assert ("client-sent-twice", "reset") in shown


def test_a_client_without_a_time_out_hangs(tmp_path: Path) -> None:
    found, shown = ends(tmp_path, Endless)
    assert {end for (_, fault), end in found.items() if fault == "hang"} == {"hung"}
    assert shown == {("client-hung", "hang")}


def test_a_broken_answer_that_is_returned_as_if_all_was_well_is_told(tmp_path: Path) -> None:
    found, shown = ends(tmp_path, Swallowing)
    assert found["getThing", "truncate"] == "swallowed"
    assert {rule for rule, _ in shown} == {"error-swallowed"}


def test_an_error_of_the_library_is_told_as_such_and_is_no_finding(tmp_path: Path) -> None:
    found, shown = ends(tmp_path, Leaking)
    assert found["createThing", "reset"] == "failed"
    assert shown == set()
