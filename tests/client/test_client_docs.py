"""The pages about the client and its configuration are true: their code runs, their words exist, none is missing."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.edges import settings
from mockserver.edges.settings.model import _Service
from mockserver.resilience.policy import Policy

ROOT = Path(__file__).parent.parent.parent
NAMES = ("client", "configuration", "resilience")
PAGES = {name: (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in NAMES}
BLOCKS = [
    (name, number, text)
    for name, page in PAGES.items()
    for number, text in enumerate(re.findall(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL))
]


@pytest.fixture(scope="module")
def shipping():
    with MockServer("shipping", contracts=ROOT / "contracts", security=False) as server:
        yield server.url


@pytest.mark.parametrize(("name", "number", "text"), BLOCKS, ids=[f"{name} {number}" for name, number, _ in BLOCKS])
def test_the_code_of_a_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, shipping: str, name: str, number: int, text: str
) -> None:
    shutil.copytree(ROOT / "contracts", tmp_path / "contracts")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHIPPING_KEY", "any")
    monkeypatch.setenv("SHIPPING_SERVICE", shipping)
    said = '[services.shipping]\nauth = { X-Api-Key = "$SHIPPING_KEY" }\n'
    (tmp_path / "mockserver.toml").write_text(said, encoding="utf-8")
    exec(compile(text, f"docs/{name}.md, block {number}", "exec"), {})


def test_the_example_of_a_configuration_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    [text] = re.findall(r"^```toml\n(.*?)^```$", PAGES["configuration"], re.MULTILINE | re.DOTALL)
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    read = settings.read()
    assert set(read.services) == {"shipping", "llm"} == set(tomllib.loads(text)["tool"]["mockserver"]["services"])
    assert read.service("shipping").client == "shop.shipping:ShippingClient"


@pytest.mark.parametrize("written", re.findall(r"`auth = (.+?)`", PAGES["configuration"]))
def test_every_example_of_a_credential_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, written: str) -> None:
    (tmp_path / "mockserver.toml").write_text(f"[services.shop]\nauth = {written}\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert settings.read().service("shop").auth


def test_every_word_of_a_service_stands_in_the_page() -> None:
    known = {field.alias or name for name, field in _Service.model_fields.items()}
    assert {word for word in known if f"`{word}`" not in PAGES["configuration"]} == set()


def test_every_promise_and_its_words_stand_in_the_page() -> None:
    for part in Policy.__struct_fields__:
        told = re.findall(rf"`{part} = \{{([^}}]*)\}}", PAGES["resilience"])
        words = {word.strip() for text in told for word in text.split(",")}
        assert set(getattr(Policy(), part).__struct_fields__) == words, part
