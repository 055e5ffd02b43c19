"""Clients of every library are answered in process, fail as their library fails, and reach nobody else."""

from __future__ import annotations

import asyncio
import http.client
import socket
import urllib.error
import urllib.request
from collections.abc import Iterator

import aiohttp
import pytest
import urllib3
from clients import CLIENTS

from mockserver import MockApi, MockServer
from mockserver.edges.intercept.calls import RECEIVERS

URL = "https://api.shipping.example/v2/shipments/42"
KEY = {"X-Api-Key": "any"}
PARCEL = {"length": 10, "width": 10, "height": 4, "weight": 250}


@pytest.fixture
def mock() -> Iterator[MockApi]:
    with MockApi("shipping") as found:
        yield found


@pytest.mark.parametrize("client", CLIENTS)
def test_requests_are_answered_and_judged_and_the_client_s_line_is_known(mock: MockApi, client: str) -> None:
    status, text = CLIENTS[client]("GET", URL, None, KEY)
    assert (status, '"id":"42"' in text) == (200, True)
    status, _ = CLIENTS[client]("POST", URL.removesuffix("/42"), {"to": {}, "parcels": [PARCEL]}, KEY)
    assert status == 422
    created = mock.exchange("createShipment")
    assert created.body == {"to": {}, "parcels": [PARCEL]}
    assert str(created.source).partition(":")[0].endswith("clients.py")


@pytest.mark.parametrize("client", CLIENTS)
def test_a_request_to_another_host_is_an_error_that_names_it(mock: MockApi, client: str) -> None:
    with pytest.raises(Exception, match=r"tracker\.example is blocked: no contract answers there"):
        CLIENTS[client]("GET", "https://tracker.example/", None, {})
    assert [blocked.host for blocked, _ in mock.blocked][:1] == ["tracker.example"]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_host_that_may_pass_is_asked_for_real_and_nothing_stays_behind(client: str) -> None:
    with MockServer("shipping") as server:
        with MockApi("shipping", passthrough=["127.0.0.1"]) as mock:
            assert CLIENTS[client]("GET", f"{server.url}/shipments/7", None, KEY)[0] == 200
            assert mock.exchanges() == ()
        assert CLIENTS[client]("GET", f"{server.url}/shipments/8", None, KEY)[0] == 200
        assert [one.request.target for one in server.exchanges] == ["/shipments/7", "/shipments/8"]
    assert RECEIVERS.latest is None


def by_urllib() -> bytes:
    return urllib.request.urlopen(urllib.request.Request(URL, headers=KEY), timeout=5).read()


def by_urllib3() -> bytes:
    return urllib3.PoolManager(retries=False).request("GET", URL, headers=KEY, timeout=5).data


def by_aiohttp() -> bytes:
    async def call() -> bytes:
        async with aiohttp.ClientSession(headers=KEY) as session, session.get(URL) as got:
            return await got.read()

    return asyncio.run(call())


FAULTS = {
    "refused": (urllib.error.URLError, urllib3.exceptions.NewConnectionError, aiohttp.ClientConnectorError),
    "connect-timeout": (urllib.error.URLError, urllib3.exceptions.ConnectTimeoutError, aiohttp.ConnectionTimeoutError),
    "reset": (ConnectionResetError, urllib3.exceptions.ProtocolError, aiohttp.ClientOSError),
    "hang": (TimeoutError, urllib3.exceptions.ReadTimeoutError, aiohttp.SocketTimeoutError),
    "empty": (http.client.RemoteDisconnected, urllib3.exceptions.ProtocolError, aiohttp.ServerDisconnectedError),
    "malformed": (http.client.BadStatusLine, urllib3.exceptions.ProtocolError, aiohttp.ClientResponseError),
    "truncate": (http.client.IncompleteRead, urllib3.exceptions.ProtocolError, aiohttp.ClientPayloadError),
    "cut-chunk": (http.client.IncompleteRead, urllib3.exceptions.ProtocolError, aiohttp.ClientPayloadError),
}


@pytest.mark.parametrize(("fault", "errors"), FAULTS.items(), ids=FAULTS)
def test_a_fault_is_raised_as_each_library_raises_it(mock: MockApi, fault: str, errors: tuple[type, ...]) -> None:
    mock.fail("getShipment", fault)
    for call, error in zip((by_urllib, by_urllib3, by_aiohttp), errors, strict=True):
        with pytest.raises(error):
            call()


def test_a_connection_of_http_client_is_used_again(mock: MockApi) -> None:
    connection = http.client.HTTPSConnection("api.shipping.example")
    for number in ("1", "2"):
        connection.request("GET", f"/v2/shipments/{number}", headers=KEY)
        assert number.encode() in connection.getresponse().read()
    connection.request("POST", "/v2/shipments", iter([b'{"to":', b"{}}"]), KEY, encode_chunked=True)
    connection.close()
    assert len(mock.exchanges("getShipment")) == 2


def test_a_socket_of_nobody_s_is_not_opened_and_the_own_host_says_what_to_do(mock: MockApi) -> None:
    for host, said in (("tracker.example", "no contract answers there"), ("api.shipping.example", "mock_server")):
        with pytest.raises(ConnectionRefusedError, match=said):
            socket.create_connection((host, 443), timeout=1)
    assert [blocked.host for blocked, _ in mock.blocked] == ["tracker.example:443", "api.shipping.example:443"]
