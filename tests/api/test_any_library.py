"""A client of any library is checked: where nothing can be seen in this process it is led to a real socket."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path

import pycurl
import pytest
import requests
import uvloop
from any_library import CONTRACT, WAYS, ThingError, Things, by_child, by_pycurl, by_socket, client_by

from mockserver import ClientSuite, MockApi
from mockserver.errors import CouldNotCheck, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "things.yaml").write_text(CONTRACT, encoding="utf-8")
    return tmp_path


def suite_of(folder: Path, client: object) -> ClientSuite:
    return ClientSuite("things", client, raises=ThingError, contracts=folder)


@pytest.mark.parametrize("way", WAYS)
def test_a_correct_client_is_bound_checked_and_clean(folder: Path, way: str) -> None:
    suite = suite_of(folder, client_by(WAYS[way]))
    result = suite.check()
    assert (result.shown, result.unchecked, suite.unbound, suite.unused()) == ({}, [], (), ())
    assert result.cases == 64


@pytest.mark.parametrize("way", WAYS)
def test_faults_of_both_directions_are_found_with_the_line_of_the_client(folder: Path, way: str) -> None:
    result = suite_of(folder, client_by(WAYS[way], wrong=True)).check()
    assert {(one.violation.rule, one.violation.at) for one in result.shown.values()} == {
        ("request-type", "body#/size"),
        ("response-crashed-client", "body"),
        ("response-crashed-client", "body#/owner"),
    }
    assert all("any_library.py:" in one.source for one in result.shown.values())


def test_a_client_that_starts_another_process_is_led_there_too(folder: Path) -> None:
    suite = suite_of(folder, client_by(by_child, wrong=True))
    (binding,) = [one for one in suite.bindings if one.label == "create_thing"]
    assert [one.violation.rule for one in suite.check([binding]).shown.values()] == ["request-type"]


def test_one_client_may_use_several_libraries(folder: Path) -> None:
    class Both(client_by(by_pycurl)):
        def list_things(self, limit: int | None = None) -> list[str]:
            more = {} if limit is None else {"limit": limit}
            return requests.get(f"{self._base}/things", params=more, timeout=5).json()["items"]

    result = suite_of(folder, Both).check()
    assert (result.shown, result.unchecked) == ({}, [])


def test_a_client_that_goes_on_and_on_is_stopped_on_the_socket(folder: Path) -> None:
    class Endless(client_by(by_socket)):
        def get_thing(self, id: str) -> dict:  # noqa: A002 - the contract's word
            while True:
                try:
                    super().get_thing(id)
                except OSError:
                    raise ThingError from None

    result = suite_of(folder, Endless).check()
    assert {one.violation.rule for one in result.shown.values()} == {"client-hung"}


def test_an_address_in_the_environment_is_as_good(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("THINGS_SERVICE", "https://things.example/v1")

    class Configured(client_by(by_socket)):
        def __init__(self) -> None:
            super().__init__(os.environ["THINGS_SERVICE"])

    result = suite_of(folder, Configured).check()
    assert (result.shown, result.unchecked) == ({}, [])
    assert os.environ["THINGS_SERVICE"] == "https://things.example/v1"


def test_a_factory_is_told_what_it_needs(folder: Path) -> None:
    seen = []

    def client_for(api: object) -> Things:
        seen.append(api)
        return client_by(by_socket)(api.env["THINGS_SERVICE"])

    assert suite_of(folder, client_for).check().shown == {}
    assert seen[-1].url == seen[-1].env["THINGS_SERVICE"]


def test_a_client_that_alone_knows_its_address_is_not_checked_and_no_success(folder: Path) -> None:
    written = CONTRACT.replace("paths:", "servers: [{url: 'https://things.example/v1'}]\npaths:", 1)
    (folder / "things.yaml").write_text(written, encoding="utf-8")

    class Fixed(client_by(by_pycurl)):
        def __init__(self) -> None:
            super().__init__("https://things.example/v1")

    suite = suite_of(folder, Fixed)
    with pytest.raises(CouldNotCheck, match=r"things\.example:443 is known to it alone"):
        suite.check()


def test_a_fixture_is_led_to_the_address_of_the_suite(folder: Path) -> None:
    suite = ClientSuite("things", "client", raises=ThingError, contracts=folder)
    suite.use(client_by(by_pycurl, wrong=True)(suite.url))
    assert {one.violation.rule for one in suite.check().shown.values()} == {"request-type", "response-crashed-client"}
    with pytest.raises(UsageError, match="the client is the pytest fixture client"):
        ClientSuite("things", "client", contracts=folder).calling  # noqa: B018 - asking is what raises


def test_connections_of_an_unknown_library_are_broken_on_sockets(folder: Path) -> None:
    class Patient(client_by(by_pycurl)):
        def get_thing(self, id: str) -> dict:  # noqa: A002 - the contract's word
            try:
                return super().get_thing(id)
            except pycurl.error as failed:
                raise ThingError from failed

    suite = ClientSuite("things", Patient, raises=ThingError, contracts=folder, patience_s=0.4)
    (binding,) = [one for one in suite.bindings if one.label == "get_thing"]
    result = suite.check([binding], ["broken"])
    assert {one.fault: one.end for one in result.faults} == dict.fromkeys(
        ("refused", "reset", "empty", "malformed", "truncate", "cut-chunk"), "failed well"
    )
    assert result.unchecked == [
        "get_thing: connect-timeout: that cannot be done to a library that is not known here",
        "get_thing: hang: it did not come back in time; it may wait for longer",
    ]


def test_sockets_of_libcurl_and_libuv_do_not_leave_this_machine() -> None:
    async def open_one() -> None:
        await asyncio.open_connection("tracker.example", 443)

    with MockApi("contracts/shipping.yaml") as mock:
        handle = pycurl.Curl()
        handle.setopt(pycurl.URL, "https://tracker.example/a")
        with pytest.raises(pycurl.error, match=r"tracker\.example:443 is blocked: no contract answers there"):
            handle.perform_rb()
        handle.setopt(pycurl.URL, "https://api.shipping.example/v2/shipments/42")
        with pytest.raises(pycurl.error, match="mock_server"):
            handle.perform()
        handle.reset()
        handle.setopt(pycurl.URL, "https://192.0.2.7/")
        many = pycurl.CurlMulti()
        many.add_handle(handle)
        while many.perform()[1]:
            many.select(0.1)
        assert [code for _, code, _ in many.info_read()[2]] == [pycurl.E_COULDNT_CONNECT]
        with pytest.raises(ConnectionRefusedError, match=r"tracker\.example:443 is blocked"):
            uvloop.run(open_one())
        assert [one.host for one, _ in mock.blocked] == [
            "tracker.example:443", "api.shipping.example:443", "192.0.2.7:443", "tracker.example:443",
        ]  # fmt: skip
    assert pycurl.Curl.__module__ == "pycurl"
    assert "create_connection" not in vars(uvloop.Loop)


_LATE = """
import sys, asyncio
from mockserver import MockApi
with MockApi("contracts/shipping.yaml") as mock:
    assert not {"aiohttp", "httpx", "httpx2", "pycurl", "uvloop"} & sys.modules.keys()
    import aiohttp, httpx
    key, url = {"X-Api-Key": "any"}, "https://api.shipping.example/v2/shipments/"
    async def ask():
        async with aiohttp.ClientSession(headers=key) as session, session.get(url + "1") as got:
            return (await got.json())["id"]
    assert asyncio.run(ask()) == "1"
    assert httpx.get(url + "2", headers=key).json()["id"] == "2"
    assert aiohttp.__spec__.loader is aiohttp.__loader__
assert aiohttp.TCPConnector._create_connection.__module__ == "aiohttp.connector"
assert not [one for one in sys.meta_path if type(one).__module__.startswith("mockserver")]
"""


def test_a_library_that_is_imported_later_costs_nothing_before_and_is_answered_then() -> None:
    ran = asyncio.run(_run(sys.executable, "-c", _LATE))
    assert ran == (0, "")


async def _run(*words: str) -> tuple[int, str]:
    child = await asyncio.create_subprocess_exec(*words, stderr=asyncio.subprocess.PIPE)
    _, told = await child.communicate()
    return child.returncode, told.decode()
