"""Clients record onto a cassette and are answered from it; then nothing reaches the network."""

from __future__ import annotations

import gzip
import json
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
import requests
from clients import CLIENTS, SHARED_BY_THREADS, by_requests, by_urllib
from interactions import interaction

from mockserver.api.cassette import CassetteInUse, Contracts, Leaking, use_cassette
from mockserver.api.mock_api import MockApi
from mockserver.cassette.model import Cassette, Mode
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.written import write_yaml
from mockserver.edges.intercept.network_block import NetworkBlocked
from mockserver.errors import CouldNotCheck, UnreadableDocument, UsageError


class Api(BaseHTTPRequestHandler):
    """Answers with what was asked, counts, and sets a cookie."""

    protocol_version = "HTTP/1.1"

    def _answer(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        told = {"path": self.path, "got": self.headers.get("Cookie", ""), "sent": json.loads(sent) if sent else None}
        if self.path == "/token":
            told = {"access_token": "kT9vX2mQ8zL4wR7pB3nY"}
        if self.path == "/odd":
            told = {"authBlob": "qW3eR5tY7uI9oP1aS2dF"}
        body = json.dumps(told).encode()
        packed = "gzip" in self.headers.get("Accept-Encoding", "")
        body = gzip.compress(body) if packed else body
        self.send_response(404 if self.path == "/none" else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "sid=kT9vX2mQ8zL4wR7pB3nY")
        if packed:
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_POST = do_PUT = do_DELETE = do_PATCH = _answer  # noqa: N815 - http.server's names

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Live:
    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.asked: list[str] = server.asked  # type: ignore[attr-defined]


@pytest.fixture
def live() -> Iterator[Live]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    server.asked = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Live(server)
    server.shutdown()
    server.server_close()


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


TAPE = Path("cassettes/a.yaml")


def used(mode: Mode, **options: object) -> Iterator[CassetteInUse]:
    return use_cassette(TAPE, mode, Contracts(), **options)  # type: ignore[arg-type,return-value]


@pytest.mark.parametrize("client", CLIENTS)
def test_a_client_records_and_is_answered_from_the_cassette(client: str, live: Live) -> None:
    call = CLIENTS[client]
    asked = [("GET", "/a?x=1", None), ("POST", "/b", {"n": 1}), ("GET", "/none", None)]
    with used("once") as first:
        recorded = [call(method, live.url + path, body, {}) for method, path, body in asked]
    assert len(live.asked) == 3
    with used("replay") as use:
        assert [call(method, live.url + path, body, {}) for method, path, body in asked] == recorded
    assert len(live.asked) == 3
    assert [*first.problems(), *use.problems()] == []
    assert len(read_vcr(TAPE.read_bytes(), "a").interactions) == 3


@pytest.mark.parametrize("client", CLIENTS)
def test_what_is_not_on_the_cassette_never_leaves_and_is_told(client: str, live: Live) -> None:
    call = CLIENTS[client]
    with used("once"):
        call("GET", f"{live.url}/a?x=1", None, {})
    with used("replay") as use, pytest.raises(Exception, match=r"not on the cassette|refused|Cannot connect"):
        call("GET", f"{live.url}/a?x=2", None, {})
    (problem,) = set(use.problems())
    assert "the nearest is interaction 0" in problem
    assert "query.x: '2' was recorded as '1'" in problem
    assert len(live.asked) == 1


@pytest.mark.parametrize("client", SHARED_BY_THREADS)
def test_threads_share_a_cassette(client: str, live: Live) -> None:
    call = CLIENTS[client]
    urls = [f"{live.url}/things/{number}" for number in range(8)]
    with used("once"), ThreadPoolExecutor(4) as pool:
        recorded = list(pool.map(lambda url: call("GET", url, None, {}), urls))
    assert len(read_vcr(TAPE.read_bytes(), "a").interactions) == 8
    for _ in range(2):
        with used("replay") as use, ThreadPoolExecutor(4) as pool:
            assert list(pool.map(lambda url: call("GET", url, None, {}), urls)) == recorded
        assert list(use.problems()) == []
    assert len(live.asked) == 8


def test_threads_are_told_where_vcrpy_cannot_be_trusted(live: Live) -> None:
    with used("once") as use:
        by_urllib("GET", f"{live.url}/1", None, {})
        thread = threading.Thread(target=by_urllib, args=("GET", f"{live.url}/2", None, {}))
        thread.start()
        thread.join()
    (problem,) = use.problems()
    assert problem.startswith("2 threads used aiohttp, http.client")


def test_secrets_are_scrubbed_and_flows_replay(live: Live) -> None:
    def flow() -> list[str]:
        with requests.Session() as session:
            token = session.post(f"{live.url}/token", timeout=5).json()["access_token"]
            got = session.get(f"{live.url}/me", params={"token": token}, timeout=5).json()
            return [token, got["got"], got["path"]]

    with used("once"):
        flow()
    written = TAPE.read_text()
    assert "kT9vX2mQ8zL4wR7pB3nY" not in written
    with used("replay") as use:
        token, cookie, path = flow()
    assert list(use.problems()) == []
    assert cookie == f"sid={token}"
    assert path == f"/me?token={token}"
    assert token in written


def test_what_looks_like_a_secret_is_refused_and_nothing_is_written(live: Live) -> None:
    with pytest.raises(Leaking, match="/response/body#/authBlob"), used("once"):
        by_requests("GET", f"{live.url}/odd", None, {})
    assert not TAPE.exists()


def test_modes(live: Live) -> None:
    def bodies() -> int:
        return len(read_vcr(TAPE.read_bytes(), "a").interactions)

    with pytest.raises(CouldNotCheck, match="there is no cassette"), used("replay"):
        pass
    with used("live"):
        by_requests("GET", f"{live.url}/a", None, {})
    assert not TAPE.exists()
    with used("once"):
        by_requests("GET", f"{live.url}/a", None, {})
    with used("once") as use, pytest.raises(requests.ConnectionError):
        by_requests("GET", f"{live.url}/b", None, {})
    assert use.recorder.missing
    with used("new"):
        by_requests("GET", f"{live.url}/a", None, {})
        by_requests("GET", f"{live.url}/b", None, {})
    assert (bodies(), live.asked) == (2, ["/a", "/a", "/b"])
    with used("rewrite"):
        by_requests("GET", f"{live.url}/c", None, {})
    assert bodies() == 1


def test_verify_tells_what_the_api_answers_differently(live: Live) -> None:
    with used("once"):
        by_requests("GET", f"{live.url}/a", None, {})
    TAPE.write_text(TAPE.read_text().replace('"sent": null', '"sent": "", "gone": 1'))
    with used("verify") as use:
        by_requests("GET", f"{live.url}/a", None, {})
    place = f"GET {live.url}/a: body#"
    assert list(use.problems()) == [f"{place}/sent: null, recorded as a text", f"{place}/gone is gone"]


def test_sockets_are_blocked_while_a_cassette_plays(live: Live) -> None:
    with used("once"):
        by_requests("GET", f"{live.url}/a", None, {})
    port = int(live.url.rpartition(":")[2])
    with used("replay") as use:
        for place in (("192.0.2.1", 80), ("127.0.0.1", port)):
            with pytest.raises(NetworkBlocked, match="out of reach"), socket.create_connection(place, timeout=1):
                pass
        with pytest.raises(NetworkBlocked):
            socket.getaddrinfo("api.example", 443)
    assert len(list(use.problems())) == 3
    with socket.create_connection(("127.0.0.1", port), timeout=1):
        pass


def test_a_host_may_be_let_pass(live: Live) -> None:
    with used("once"):
        by_requests("GET", f"{live.url}/a", None, {})
    with used("replay", passthrough=["127.0.0.1"]) as use:
        assert by_requests("GET", f"{live.url}/b", None, {})[0] == 200
    assert list(use.problems()) == []
    assert live.asked == ["/a", "/b"]


def test_unused_interactions_are_known(live: Live) -> None:
    with used("once"):
        by_requests("GET", f"{live.url}/a", None, {})
        by_requests("GET", f"{live.url}/b", None, {})
    with used("replay") as use:
        by_requests("GET", f"{live.url}/b", None, {})
    assert [one.request.target for one in use.recorder.unused().values()] == ["/a"]


def test_a_broken_cassette_is_never_taken_for_an_empty_one(live: Live) -> None:
    TAPE.parent.mkdir()
    TAPE.write_text("interactions:\n- request: {method: GET\n")
    with pytest.raises(UnreadableDocument), used("new"):
        by_requests("GET", f"{live.url}/a", None, {})
    assert TAPE.read_text() == "interactions:\n- request: {method: GET\n"


def test_an_unknown_part_is_refused() -> None:
    with pytest.raises(UsageError, match="not matched on uri"), used("once", match_on=("uri",)):
        pass


def test_the_mock_answers_its_services_and_lets_the_others_pass_to_the_cassette(live: Live) -> None:
    with used("once"):
        recorded = by_requests("GET", f"{live.url}/a", None, {})
    contract = Path(__file__).parents[2] / "contracts" / "shipping.yaml"
    with MockApi(contract, passthrough=["127.0.0.1"]), used("replay") as use:
        assert by_requests("GET", f"{live.url}/a", None, {}) == recorded
        status, _ = by_requests("GET", "https://api.shipping.example/v2/shipments/42", None, {"X-Api-Key": "any"})
    assert status == 200
    assert list(use.problems()) == []
    assert live.asked == ["/a"]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("packed", [True, False], ids=["packed", "unpacked, the field kept"])
def test_compressed_answers_of_other_recorders_are_played(client: str, packed: bool) -> None:  # noqa: FBT001
    body = b'{"id": "42"}'
    headers = (("Content-Type", "application/json"), ("Content-Encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    one = interaction(body=gzip.compress(body) if packed else body, headers=headers)
    TAPE.parent.mkdir()
    TAPE.write_bytes(write_yaml(Cassette((one,))))
    with used("replay") as use:
        assert CLIENTS[client]("GET", "https://api.example/things/1", None, {}) == (200, body.decode())
    assert list(use.problems()) == []
