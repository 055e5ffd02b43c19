"""Our own cassettes: what was recorded from the reference implementations plays without any network."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from live_api import KEY
from payments_live import SECRET
from recorded_flows import FLOWS, LEARNT

from mockserver.api.cassette import Contracts, use_cassette
from mockserver.cli.main import cli

ROOT = Path(__file__).parents[2]
URLS = {"shipping": "https://api.shipping.example/v2", "payments": "https://api.payments.example/v1"}


@pytest.fixture(autouse=True)
def at_the_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


@pytest.mark.parametrize("name", FLOWS)
def test_a_flow_plays_without_network(name: str) -> None:
    with use_cassette(Path(f"cassettes/{name}.yaml"), "replay", Contracts()) as use:
        assert FLOWS[name](URLS[name.partition("/")[0]], "any key will do") == LEARNT[name]
    assert list(use.problems()) == []
    assert use.recorder.unused() == {}


def test_every_cassette_keeps_its_contract_and_holds_no_secret() -> None:
    found = CliRunner().invoke(cli, ["cassettes", "check", "cassettes"], standalone_mode=False)
    assert found.return_value == 0, found.output
    for path in sorted((ROOT / "cassettes").rglob("*.yaml")):
        written = path.read_text(encoding="utf-8")
        assert all(secret not in written for secret in (KEY, SECRET, "s3cret-of-the-shop", "4242424242424242"))


def test_every_cassette_is_played() -> None:
    listed = {path.relative_to("cassettes").with_suffix("").as_posix() for path in Path("cassettes").rglob("*.yaml")}
    assert listed == set(FLOWS)
