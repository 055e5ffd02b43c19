"""`mockserver usage` on a client of somebody's folder."""

import json

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli

CONTRACT = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
paths:
  /pets/{id}:
    parameters: [{ name: id, in: path, required: true, schema: { type: string, minLength: 1 } }]
    get:
      operationId: getPet
      responses:
        "200":
          description: a pet
          content:
            application/json:
              schema:
                type: object
                required: [id, name]
                properties: { id: { type: string }, name: { type: string }, age: { type: integer } }
"""
CLIENT = """
import requests

class Pets:
    def __init__(self, base_url):
        self.url = base_url

    def get_pet(self, id: str):
        return requests.get(f"{self.url}/pets/{id}", timeout=5).json()["name"]
"""


@pytest.fixture
def shop(tmp_path, monkeypatch):
    """A folder with a contract, a client, and a configuration that knows both."""
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(CONTRACT)
    (tmp_path / "usage_shop.py").write_text(CLIENT)
    (tmp_path / "mockserver.toml").write_text('[services.pets]\nclient = "usage_shop:Pets"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(__import__("sys").modules, "usage_shop", raising=False)
    return tmp_path


def run(*words):
    return CliRunner().invoke(cli, words, standalone_mode=False)


def test_the_facts_are_written_beside_the_suite(shop):
    done = run("usage")
    assert done.return_value == 0, done.output
    assert "getPet  sends 1, reads 1" in done.output
    found = json.loads((shop / "usage" / "pets.json").read_text())
    assert found["version"] == 1
    assert list(found["operations"]["getPet"]["reads"]["200 application/json"]) == ["/name"]


def test_a_file_that_no_longer_tells_the_truth_is_exit_1_and_says_what_changed(shop):
    run("usage")
    assert run("usage", "--check").return_value == 0
    (shop / "usage_shop.py").write_text(CLIENT.replace('["name"]', '["age"]'))
    del __import__("sys").modules["usage_shop"]
    __import__("importlib").invalidate_caches()
    done = run("usage", "--check")
    assert done.return_value == 1
    assert "- getPet 200 application/json /name  read" in done.output
    assert "+ getPet 200 application/json /age  read" in done.output


def test_a_pact_is_written_where_it_is_asked_for(shop):
    assert run("usage", "pets", "--pact", "pacts/shop.json").return_value == 0
    page = json.loads((shop / "pacts" / "shop.json").read_text())
    assert page["provider"] == {"name": "pets"}
    assert page["interactions"][0]["response"]["body"] == {"name": page["interactions"][0]["response"]["body"]["name"]}


@pytest.mark.usefixtures("shop")
def test_without_a_file_there_is_nothing_to_check():
    done = run("usage", "--check")
    assert "there is no file usage/pets.json" in str(done.exception)
