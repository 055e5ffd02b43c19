"""The serving edge on real sockets: what a client library would smooth over is sent and read as bytes."""

from __future__ import annotations

import contextlib
import http.client
import json
import logging
import os
import random
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from wsgiref.validate import validator

import pytest
import requests
from flask import Flask, Response, request, stream_with_context
from hypothesis import given, settings
from hypothesis import strategies as st

import mockserver
from mockserver.edges.runner import DEFAULT_LIMITS, FAULTS, Limits, Server, free_port
from mockserver.edges.runner.connection import Connection
from mockserver.edges.runner.server import _Service
from mockserver.errors import AddressInUse, UsageError

GET = b"GET / HTTP/1.1\r\nHost: test\r\n\r\n"
PLAIN = [("Content-Type", "text/plain")]


ONE_LOOP = pytest.mark.parametrize("loop_kind", ["asyncio"], indirect=True)  # for what no event loop can change


@pytest.fixture(params=["asyncio", "uvloop"], autouse=True)
def loop_kind(request, monkeypatch):
    """Everything here holds on both event loops."""
    if request.param == "asyncio":
        monkeypatch.setitem(sys.modules, "uvloop", None)
    else:
        pytest.importorskip("uvloop")
    return request.param


@pytest.fixture
def serve():
    with contextlib.ExitStack() as stack:

        def start(app, **options):
            server = Server(app, **options)
            server.start()
            stack.callback(server.stop, grace_s=0)
            return server

        yield start


@pytest.fixture
def connect():
    with contextlib.ExitStack() as stack:
        yield lambda server: stack.enter_context(Wire(server.port))


class Wire:
    """A client that changes nothing: bytes out, answers in."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=10)
        self.received = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def send(self, sent):
        self.socket.sendall(sent)
        return self

    def _more(self):
        piece = self.socket.recv(65536)
        self.received += piece
        return bool(piece)

    def take(self, size):
        while len(self.received) < size and self._more():
            pass
        taken, self.received = self.received[:size], self.received[size:]
        return taken

    def line(self, end=b"\r\n"):
        while end not in self.received and self._more():
            pass
        line, _, self.received = self.received.partition(end)
        return line

    def head(self):
        status, *fields = self.line(b"\r\n\r\n").decode("latin-1").split("\r\n")
        return status, {name.lower(): value for name, value in (field.split(": ", 1) for field in fields)}

    def answer(self, *, bodiless=False):
        status, headers = self.head()
        if bodiless:
            return status, headers, b""
        if headers.get("transfer-encoding") == "chunked":
            body = b""
            while size := int(self.line(), 16):
                body += self.take(size)
                assert self.take(2) == b"\r\n"
            assert self.line() == b""
            return status, headers, body
        return (
            status,
            headers,
            self.take(int(headers["content-length"])) if "content-length" in headers else self.rest(),
        )

    def rest(self):
        while self._more():
            pass
        rest, self.received = self.received, b""
        return rest

    def silent(self):
        return not self.received and not select.select([self.socket], [], [], 0.05)[0]


def constant(body=b"hello", status="200 OK", headers=PLAIN):
    def app(_environ, start_response):
        start_response(status, list(headers))
        return [body]

    return app


def echo(environ, start_response):
    start_response("200 OK", PLAIN)
    return [f"{environ['REQUEST_METHOD']} {environ['RAW_URI']} ".encode() + environ["wsgi.input"].read()]


def paced(wait_s=0.0, fault="", body=b'{"name": "cat"}', headers=PLAIN):
    """Answer at once on /fast, else with that pace."""

    def app(environ, start_response):
        if environ["PATH_INFO"] != "/fast":
            environ["mockserver.pace"].wait_s = wait_s
            environ["mockserver.pace"].fault = fault
        start_response("200 OK", list(headers))
        return [body]

    return app


class Pieces:
    """A body with its own pace."""

    def __init__(self, *pairs):
        self.pairs = pairs
        self.closed = 0

    def paced(self):
        yield from self.pairs

    def __iter__(self):
        return iter([piece for _, piece in self.pairs])

    def close(self):
        self.closed += 1


def streaming(pieces, headers=PLAIN):
    def app(_environ, start_response):
        start_response("200 OK", list(headers))
        return pieces

    return app


class TestLife:
    def test_a_free_port_is_taken_and_reported(self, serve):
        server = serve(constant())
        assert server.port > 0
        assert server.url == f"http://127.0.0.1:{server.port}"
        assert requests.get(server.url, timeout=5).text == "hello"

    def test_many_servers_live_in_one_process_and_end_cleanly(self):
        before = set(threading.enumerate())
        servers = [Server(constant(str(number).encode())) for number in range(20)]
        for server in servers:
            server.start()
        assert [requests.get(server.url, timeout=5).text for server in servers] == [str(number) for number in range(20)]
        for server in servers:
            server.stop()
        assert set(threading.enumerate()) <= before
        for server in servers:
            with pytest.raises(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", server.port))

    def test_a_server_can_be_started_again_on_its_port(self):
        server = Server(constant(), port=free_port())
        for _ in range(3):
            with server, Wire(server.port) as wire:
                assert wire.send(GET).answer()[2] == b"hello"

    def test_stopping_twice_or_before_the_start_is_no_error(self):
        server = Server(constant())
        server.stop()
        server.start()
        port = server.port
        server.stop()
        server.stop()
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port), timeout=5)

    def test_a_taken_port_is_an_error_that_names_it(self, serve):
        taken = serve(constant()).port
        with pytest.raises(AddressInUse) as caught:
            Server(constant(), port=taken).start()
        assert str(caught.value) == (
            f"Port {taken} is taken: another program listens there.\n"
            f"  at   127.0.0.1:{taken}\n"
            "  fix  End that program, or choose another port; port 0 takes a free one."
        )

    @pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70_000), ("a" * 300, 0)])
    def test_an_address_that_is_not_ours_is_a_usage_error(self, host, port):
        with pytest.raises(UsageError, match="This machine cannot listen on"):
            Server(constant(), host=host, port=port).start()

    def test_a_running_server_is_not_started_twice(self, serve):
        with pytest.raises(UsageError, match="This server is running already"):
            serve(constant()).start()

    @pytest.mark.parametrize(
        ("host", "url"),
        [("::1", "http://[::1]:"), ("0.0.0.0", "http://127.0.0.1:"), ("localhost", "http://localhost:")],
    )
    def test_the_url_is_one_that_a_client_on_this_machine_can_use(self, serve, host, url):
        if host == "::1" and not _has_ipv6():
            pytest.skip("this machine has no IPv6")
        server = serve(constant(), host=host)
        assert server.url == f"{url}{server.port}"
        assert requests.get(server.url, timeout=5).text == "hello"

    def test_an_application_may_stop_its_own_server(self):
        server = Server(lambda _environ, start_response: (start_response("200 OK", PLAIN), server.stop(), [b"bye"])[2])
        server.start()
        with Wire(server.port) as wire:
            assert wire.send(GET).answer()[2] == b"bye"
            assert wire.rest() == b""

    def test_the_sockets_of_clients_have_no_nagle_delay(self, serve, connect):
        server = serve(constant())
        connect(server).send(GET).answer()
        (connection,) = _connections(server)
        peer = connection.transport.get_extra_info("socket")
        assert peer.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def _has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


class TestStop:
    def test_an_answer_in_work_is_finished_before_the_server_ends(self):
        server = Server(paced(wait_s=0.3))
        server.start()
        with Wire(server.port) as wire:
            wire.send(GET)
            _until(lambda: _busy(server) == 1)
            server.stop(grace_s=10)
            status, headers, body = wire.answer()
            assert (status, headers["connection"], body) == ("HTTP/1.1 200 OK", "close", b'{"name": "cat"}')
            assert wire.rest() == b""

    def test_an_answer_that_takes_longer_than_the_grace_is_cut(self):
        server = Server(paced(wait_s=60))
        server.start()
        with Wire(server.port) as wire:
            wire.send(GET)
            _until(lambda: _busy(server) == 1)
            server.stop(grace_s=0.05)
            assert _end_of(wire) == b""

    def test_an_idle_connection_does_not_hold_up_the_stop(self):
        server = Server(constant())
        server.start()
        with Wire(server.port) as wire:
            wire.send(GET).answer()
            began = time.monotonic()
            server.stop(grace_s=30)
            assert time.monotonic() - began < 10
            assert wire.rest() == b""

    def test_a_hanging_answer_does_not_hold_up_the_stop(self):
        server = Server(paced(fault="hang"))
        server.start()
        with Wire(server.port) as wire:
            wire.send(GET)
            _until(lambda: any(connection.hangs for connection in _connections(server)))
            began = time.monotonic()
            server.stop(grace_s=30)
            assert time.monotonic() - began < 10
            assert _end_of(wire) == b""

    @ONE_LOOP
    def test_a_view_that_blocks_the_event_loop_does_not_block_the_stop(self, caplog, monkeypatch):
        monkeypatch.setattr("mockserver.edges.runner.server._STUCK_S", 0.1)
        entered, go_on = threading.Event(), threading.Event()

        def app(environ, start_response):
            entered.set()
            go_on.wait(10)
            return constant()(environ, start_response)

        server = Server(app)
        server.start()
        with Wire(server.port) as wire:
            wire.send(GET)
            assert entered.wait(10)
            server.stop(grace_s=0)
            assert caplog.messages == [f"server-stuck port={server.port} waited_s=0.1"]
            go_on.set()
            server.stop()

    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
    def test_a_signal_ends_the_main_thread_after_the_answer_in_work(self, loop_kind, number):
        with _program(loop_kind, wait_s=0.3) as (process, wire):
            wire.send(GET)
            assert process.stdout.readline() == "asked\n"
            process.send_signal(number)
            assert wire.answer()[2] == b"done"
            assert process.wait(10) == 0
            assert process.stdout.read() == "ended\n"

    def test_an_error_while_the_start_is_told_ends_the_server_and_gives_the_signals_back(self):
        before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
        server = Server(constant())
        with pytest.raises(ZeroDivisionError):
            server.run(lambda: 1 // 0)
        assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", server.port))

    def test_a_second_signal_ends_it_at_once(self, loop_kind):
        with _program(loop_kind, wait_s=60) as (process, wire):
            wire.send(GET)
            assert process.stdout.readline() == "asked\n"
            process.send_signal(signal.SIGINT)
            time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert _end_of(wire) == b""
            assert process.wait(10) == 0
            assert process.stdout.read() == "ended\n"


PROGRAM = """
import sys
if sys.argv[1] == "asyncio":
    sys.modules["uvloop"] = None
from mockserver.edges.runner import Server
def app(environ, start_response):
    environ["mockserver.pace"].wait_s = float(sys.argv[2])
    print("asked", flush=True)
    start_response("200 OK", [])
    return [b"done"]
server = Server(app)
server.run(lambda: print(server.port, flush=True))
print("ended", flush=True)
"""


@contextlib.contextmanager
def _program(loop_kind, *, wait_s):
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, loop_kind, str(wait_s)],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path(mockserver.__file__).parents[1])},
    )
    try:
        with Wire(int(process.stdout.readline())) as wire:
            yield process, wire
    finally:
        process.kill()
        process.wait(10)
        process.stdout.close()


def _until(condition):
    ends = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < ends, "it did not come to that"
        time.sleep(0.005)


def _connections(server):
    return tuple(server._service.connections)  # noqa: SLF001 - nobody else can tell


def _busy(server):
    return sum(connection._task is not None for connection in _connections(server))  # noqa: SLF001 - nobody else can tell


def _end_of(wire):
    """Read to the end of the connection, however it ends."""
    with contextlib.suppress(ConnectionResetError):
        return wire.rest()
    return b""


class TestWaits:
    def test_fifty_waiting_answers_wait_together_and_delay_nobody(self, serve, connect):
        server = serve(paced(wait_s=0.8))
        fast = connect(server)
        slow = [connect(server).send(GET) for _ in range(50)]
        began = time.monotonic()
        for _ in range(20):
            assert fast.send(b"GET /fast HTTP/1.1\r\nHost: test\r\n\r\n").answer()[2] == b'{"name": "cat"}'
        assert slow[0].silent()
        assert [wire.answer()[0] for wire in slow] == ["HTTP/1.1 200 OK"] * 50
        assert time.monotonic() - began < 20  # 40 s one after the other

    @ONE_LOOP
    def test_threads_are_free_again_while_an_answer_waits(self, serve, connect):
        server = serve(paced(wait_s=0.3), threads=1)
        wires = [connect(server).send(GET) for _ in range(20)]
        began = time.monotonic()
        assert [wire.answer()[0] for wire in wires] == ["HTTP/1.1 200 OK"] * 20
        assert time.monotonic() - began < 3  # 6 s one after the other

    def test_views_that_block_run_side_by_side_in_threads(self, serve, connect):
        meeting = threading.Barrier(4, timeout=10)

        def app(_environ, start_response):
            meeting.wait()
            start_response("200 OK", PLAIN)
            return [b"met"]

        server = serve(app, threads=4)
        wires = [connect(server).send(GET) for _ in range(4)]
        assert [wire.answer()[2] for wire in wires] == [b"met"] * 4

    @pytest.mark.parametrize("seconds", [-1, float("nan"), float("inf")])
    def test_a_wait_that_is_no_time_is_an_error_where_it_is_asked_for(self, serve, connect, caplog, seconds):
        server = serve(paced(wait_s=seconds))
        assert connect(server).send(GET).answer()[0] == "HTTP/1.1 500 Internal Server Error"
        assert "it must be between 0 and 86400 seconds" in caplog.text

    @ONE_LOOP
    def test_requests_behind_a_waiting_answer_are_answered_in_order(self, serve, connect):
        server = serve(paced(wait_s=0.1, body=b"slow"))
        wire = connect(server).send(GET + b"GET /fast HTTP/1.1\r\nHost: test\r\n\r\n" + GET)
        assert [wire.answer()[2] for _ in range(3)] == [b"slow"] * 3

    def test_any_number_of_requests_may_wait_behind_a_waiting_answer(self, serve, connect):
        fast = b"GET /fast HTTP/1.1\r\nHost: test\r\nX-Padding: %b\r\n\r\n" % (b"x" * 1000)
        wire = connect(serve(paced(wait_s=0.2)))
        sender = threading.Thread(target=wire.send, args=(GET + fast * 500,))
        sender.start()
        assert [wire.answer()[0] for _ in range(501)] == ["HTTP/1.1 200 OK"] * 501
        sender.join(10)

    def test_a_client_that_has_finished_sending_gets_all_its_answers(self, serve, connect):
        wire = connect(serve(paced(wait_s=0.1))).send(GET * 2)
        wire.socket.shutdown(socket.SHUT_WR)
        assert [wire.answer()[0] for _ in range(2)] == ["HTTP/1.1 200 OK"] * 2
        assert wire.rest() == b""

    def test_the_wait_ends_when_the_client_leaves(self, serve, connect):
        server = serve(paced(wait_s=60))
        connect(server).send(GET)
        leaving = connect(server).send(GET)
        _until(lambda: _busy(server) == 2)
        leaving.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
        leaving.socket.close()
        _until(lambda: len(_connections(server)) == 1)


class TestPieces:
    def test_a_paced_body_is_sent_in_chunks_as_its_pauses_say(self, serve, connect):
        pieces = Pieces((0.0, b"data: 1\n\n"), (0.4, b"data: 2\n\n"), (0.0, b""))
        wire = connect(serve(streaming(pieces))).send(GET)
        status, headers = wire.head()
        assert (status, headers["transfer-encoding"]) == ("HTTP/1.1 200 OK", "chunked")
        assert "content-length" not in headers
        assert wire.take(14) == b"9\r\ndata: 1\n\n\r\n"
        assert wire.silent()
        assert wire.take(19) == b"9\r\ndata: 2\n\n\r\n0\r\n\r\n"
        assert wire.send(GET).head()[0] == "HTTP/1.1 200 OK"
        assert pieces.closed >= 1

    def test_the_head_of_a_paced_body_does_not_wait_for_its_first_piece(self, serve, connect):
        wire = connect(serve(streaming(Pieces((60.0, b"late"))))).send(GET)
        assert wire.head()[0] == "HTTP/1.1 200 OK"
        assert wire.silent()

    @ONE_LOOP
    def test_pauses_of_many_bodies_pass_together(self, serve, connect):
        server = serve(streaming(Pieces(*[(0.04, b"x")] * 10)))
        wires = [connect(server).send(GET) for _ in range(20)]
        began = time.monotonic()
        assert [wire.answer()[2] for wire in wires] == [b"x" * 10] * 20
        assert time.monotonic() - began < 4  # 8 s one after the other

    def test_http_1_0_gets_pieces_until_the_connection_closes(self, serve, connect):
        wire = connect(serve(streaming(Pieces((0, b"a"), (0.01, b"b"))))).send(b"GET / HTTP/1.0\r\n\r\n")
        _, headers = wire.head()
        assert headers["connection"] == "close"
        assert "transfer-encoding" not in headers
        assert wire.rest() == b"ab"

    @pytest.mark.parametrize("threads", [0, 2])
    def test_a_generator_is_sent_as_it_yields(self, serve, connect, threads):
        go_on = threading.Event()

        def app(_environ, start_response):
            start_response("200 OK", PLAIN)  # when the first piece is asked for
            yield b""
            yield b"one"
            if threads:
                go_on.wait(10)
            yield b"two"

        wire = connect(serve(app, threads=threads)).send(GET)
        assert wire.head()[1]["transfer-encoding"] == "chunked"
        assert wire.take(8) == b"3\r\none\r\n"
        go_on.set()
        assert wire.take(13) == b"3\r\ntwo\r\n0\r\n\r\n"

    @pytest.mark.parametrize("threads", [0, 2])
    def test_a_generator_of_nothing_is_an_empty_answer(self, serve, connect, threads):
        wire = connect(serve(streaming(iter(())), threads=threads)).send(GET)
        assert wire.answer()[1]["content-length"] == "0"

    def test_pieces_of_an_announced_length_need_no_chunks(self, serve, connect):
        server = serve(streaming(Pieces((0, b"ab"), (0.01, b"cd")), [("Content-Length", "4")]))
        _, headers, body = connect(server).send(GET).answer()
        assert (headers["content-length"], body) == ("4", b"abcd")
        assert "transfer-encoding" not in headers

    @pytest.mark.parametrize("pieces", [((0, b"abc"),), ((0, b"abcd"), (0.01, b"ef"))])
    def test_pieces_that_break_their_announced_length_cut_the_connection(self, serve, connect, caplog, pieces):
        wire = connect(serve(streaming(Pieces(*pieces), [("Content-Length", "5")]))).send(GET)
        wire.head()
        assert wire.rest() in {b"abc", b"abcd"}
        assert "application-failed" in caplog.text

    @pytest.mark.parametrize("threads", [0, 1])
    def test_an_exception_between_pieces_leaves_the_body_visibly_incomplete(self, serve, connect, caplog, threads):
        def broken():
            yield b"one"
            raise KeyError("two")

        wire = connect(serve(streaming(broken()), threads=threads)).send(GET)
        wire.head()
        assert wire.rest() == b"3\r\none\r\n"
        assert "application-failed method=GET path='/' error=KeyError" in caplog.text

    @pytest.mark.parametrize("threads", [0, 1])
    def test_a_piece_that_is_no_bytes_cuts_the_body(self, serve, connect, caplog, threads):
        wire = connect(serve(streaming(iter([b"one", "two"])), threads=threads)).send(GET)
        wire.head()
        assert wire.rest() == b"3\r\none\r\n"
        assert "application-failed method=GET path='/' error=TypeError" in caplog.text

    def test_it_is_too_late_for_another_status_when_a_piece_has_left(self, serve, connect, caplog):
        def app(_environ, start_response):
            start_response("200 OK", PLAIN)
            yield b"one"
            try:
                {}["missing"]
            except KeyError:
                start_response("500 Oh No", PLAIN, sys.exc_info())

        wire = connect(serve(app)).send(GET)
        wire.head()
        assert wire.rest() == b"3\r\none\r\n"
        assert "error=KeyError" in caplog.text

    @pytest.mark.parametrize("threads", [0, 1])
    def test_a_body_ends_with_its_client(self, serve, connect, threads):
        closed = threading.Event()

        def endless():
            try:
                while True:
                    yield b"x" * 10_000
            finally:
                closed.set()

        wire = connect(serve(streaming(endless()), threads=threads)).send(GET)
        wire.head()
        wire.socket.close()
        assert closed.wait(10)

    def test_an_exception_before_the_end_of_an_http_1_0_body_is_a_reset(self, serve, connect):
        def broken():
            yield b"one"
            raise KeyError("two")

        wire = connect(serve(streaming(broken()))).send(b"GET / HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            wire.rest()

    @pytest.mark.parametrize("threads", [0, 1])
    def test_an_endless_body_waits_for_a_client_that_does_not_read(self, serve, connect, threads):
        produced = [0]

        def endless():
            while True:
                produced[0] += 1
                yield b"x" * 65_536

        server = serve(streaming(endless()), threads=threads)
        wire = connect(server).send(GET)
        wire.head()
        seen = [-1]

        def rests():
            seen.append(produced[0])
            time.sleep(0.05)
            return seen[-1] == seen[-2] == produced[0]

        _until(rests)
        assert produced[0] < 1_000
        wire.take(4_000_000)
        _until(lambda: produced[0] > seen[-1])

    def test_an_endless_body_leaves_the_others_their_turn(self, serve, connect):
        def app(environ, start_response):
            start_response("200 OK", PLAIN)
            return iter(lambda: b"x", None) if environ["PATH_INFO"] == "/endless" else [b"hello"]

        server = serve(app)
        greedy = connect(server).send(b"GET /endless HTTP/1.1\r\nHost: test\r\n\r\n")
        reader = threading.Thread(target=lambda: _end_of(greedy), daemon=True)
        reader.start()
        assert connect(server).send(GET).answer()[2] == b"hello"
        greedy.socket.shutdown(socket.SHUT_RDWR)
        reader.join(10)

    def test_a_body_is_closed_once_whatever_became_of_it(self, serve, connect):
        class Body(list):
            closed = 0

            def close(self):
                self.closed += 1

        bodies = [Body([b"whole"]), Body([b"a", b"b"]), Body([b"a", 1])]
        remaining = iter(bodies)

        def app(_environ, start_response):
            start_response("200 OK", PLAIN)
            return next(remaining)

        wire = connect(serve(app))
        assert [wire.send(GET).answer()[2] for _ in range(2)] == [b"whole", b"ab"]
        wire.send(GET).head()
        assert wire.rest() == b"1\r\na\r\n"
        assert [body.closed for body in bodies] == [1, 1, 1]

    def test_a_large_body_arrives_whole(self, serve, connect):
        body = os.urandom(5_000_000)
        wire = connect(serve(constant(body))).send(GET * 3)
        assert [wire.answer()[2] == body for _ in range(3)] == [True, True, True]


class TestFaults:
    def test_every_fault_has_a_name_a_line_and_a_function(self):
        assert list(FAULTS) == ["reset", "empty", "hang", "truncate", "malformed", "drip", "cut-chunk"]
        assert all(fault.description and callable(fault.play) for fault in FAULTS.values())

    def test_reset_is_a_reset(self, serve, connect):
        wire = connect(serve(paced(fault="reset"))).send(GET)
        with pytest.raises(ConnectionResetError):
            wire.rest()

    def test_empty_is_a_close_without_a_byte(self, serve, connect):
        assert connect(serve(paced(fault="empty"))).send(GET).rest() == b""

    @ONE_LOOP
    def test_hang_answers_nothing_and_stays_open(self, serve, connect):
        wire = connect(serve(paced(fault="hang"))).send(GET)
        wire.socket.settimeout(0.2)
        with pytest.raises(TimeoutError):
            wire.rest()

    def test_a_hanging_answer_ends_with_its_client(self, serve, connect):
        server = serve(paced(fault="hang"))
        wire = connect(server).send(GET)
        _until(lambda: any(connection.hangs for connection in _connections(server)))
        wire.socket.close()
        _until(lambda: not _connections(server))

    def test_truncate_sends_less_than_it_promises(self, serve, connect):
        wire = connect(serve(paced(fault="truncate", body=b"123456"))).send(GET)
        assert wire.head()[1]["content-length"] == "6"
        assert wire.rest() == b"123"

    def test_truncate_cuts_the_head_of_an_answer_without_a_body(self, serve, connect):
        answer = connect(serve(paced(fault="truncate", body=b""))).send(GET).rest()
        assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\n\r\n" not in answer

    def test_malformed_is_no_http(self, serve, connect):
        assert connect(serve(paced(fault="malformed"))).send(GET).rest() == b"\x00\x7f~ this is no HTTP \xff\r\n\r\n"

    def test_drip_sends_a_byte_at_a_time(self, serve, connect):
        wire = connect(serve(paced(fault="drip"))).send(GET)
        pieces = [wire.socket.recv(100) for _ in range(4)]
        assert b"HTTP/1.1 200 OK".startswith(b"".join(pieces)[:8])
        assert len(b"".join(pieces)) < 100

    def test_drip_is_in_the_end_the_right_answer(self, serve, connect, monkeypatch):
        monkeypatch.setattr("mockserver.edges.runner.faults._DRIP_S", 0.0)
        wire = connect(serve(paced(fault="drip")))
        assert [wire.send(GET).answer()[2] for _ in range(2)] == [b'{"name": "cat"}'] * 2

    def test_cut_chunk_ends_in_the_middle_of_a_chunk(self, serve, connect):
        wire = connect(serve(paced(fault="cut-chunk", body=b"123456"))).send(GET)
        assert wire.head()[1]["transfer-encoding"] == "chunked"
        assert wire.rest() == b"6\r\n123"

    @pytest.mark.parametrize(
        ("fault", "error"),
        [
            ("reset", requests.ConnectionError),
            ("empty", requests.ConnectionError),
            ("hang", requests.ReadTimeout),
            ("truncate", requests.exceptions.ChunkedEncodingError),
            ("malformed", requests.ConnectionError),
            ("drip", requests.ReadTimeout),
            ("cut-chunk", requests.exceptions.ChunkedEncodingError),
        ],
    )
    def test_a_client_library_sees_each_fault(self, serve, fault, error):
        url = serve(paced(fault=fault)).url
        with requests.Session() as session:
            session.trust_env = False
            with pytest.raises(error):
                session.get(url, timeout={"drip": 0.03, "hang": 0.3}.get(fault, 10))

    @pytest.mark.parametrize("fault", sorted(FAULTS.keys() - {"hang", "drip"}))
    def test_a_fault_strikes_a_body_in_pieces_too(self, serve, connect, fault):
        endless = streaming(iter(lambda: b"x" * 1000, None))

        def app(environ, start_response):
            environ["mockserver.pace"].fault = fault
            return endless(environ, start_response)

        assert not _end_of(connect(serve(app)).send(GET)).endswith(b"0\r\n\r\n")

    def test_a_fault_strikes_a_body_with_its_own_pace_without_its_pauses(self, serve, connect):
        def app(environ, start_response):
            environ["mockserver.pace"].fault = "truncate"
            start_response("200 OK", PLAIN)
            return Pieces((60, b"123"), (60, b"456"))

        wire = connect(serve(app)).send(GET)
        assert wire.head()[1]["content-length"] == "6"
        assert wire.rest() == b"123"

    @ONE_LOOP
    def test_a_fault_comes_after_its_wait(self, serve, connect):
        wire = connect(serve(paced(wait_s=0.4, fault="empty"))).send(GET)
        assert wire.silent()
        assert wire.rest() == b""

    def test_an_unknown_fault_is_an_error_where_it_is_named(self, serve, connect, caplog):
        assert connect(serve(paced(fault="explode"))).send(GET).answer()[0] == "HTTP/1.1 500 Internal Server Error"
        assert "ValueError: There is no fault 'explode'; there are reset, empty, hang" in caplog.text


@ONE_LOOP
class TestEnviron:
    def test_it_is_what_pep_3333_asks_for(self, serve):
        # the validator of the standard library raises AssertionError in the application, which would be a 500
        url = serve(validator(constant())).url
        assert requests.get(f"{url}/a?b=c", timeout=5).status_code == 200
        assert requests.post(url, data=b"body", headers={"Content-Type": "text/plain"}, timeout=5).status_code == 200

    def test_it_holds_the_request_and_nothing_of_the_process(self, serve, connect, monkeypatch):
        monkeypatch.setenv("SECRET_OF_THE_PROCESS", "1")
        seen = {}

        def app(environ, start_response):
            seen.update(environ)
            return constant()(environ, start_response)

        server = serve(app)
        wire = connect(server).send(
            b"POST /a%20b?c=%26 HTTP/1.1\r\nHost: example\r\nx-A: 1\r\nX-a:  2 \r\nCookie: a=1\r\nCookie: b=2\r\n"
            b"Content-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"
        )
        wire.answer()
        environ = {key: value for key, value in seen.items() if not key.startswith(("wsgi.", "mockserver."))}
        assert environ == {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/a b",
            "QUERY_STRING": "c=%26",
            "RAW_URI": "/a%20b?c=%26",
            "REQUEST_URI": "/a%20b?c=%26",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": str(server.port),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "REMOTE_PORT": str(wire.socket.getsockname()[1]),
            "CONTENT_TYPE": "text/plain",
            "CONTENT_LENGTH": "3",
            "HTTP_HOST": "example",
            "HTTP_X_A": "1,2",
            "HTTP_COOKIE": "a=1; b=2",
        }
        assert seen["mockserver.headers"] == (
            ("Host", "example"),
            ("x-A", "1"),
            ("X-a", "2"),
            ("Cookie", "a=1"),
            ("Cookie", "b=2"),
            ("Content-Type", "text/plain"),
            ("Content-Length", "3"),
        )

    def test_each_request_has_its_own_pace_and_body(self, serve, connect):
        seen = []

        def app(environ, start_response):
            seen.append((environ, environ["mockserver.pace"], environ["wsgi.input"]))
            environ["HTTP_X_A"] = "spoilt"
            return constant()(environ, start_response)

        connect(serve(app)).send(b"GET / HTTP/1.1\r\nHost: test\r\nX-A: 1\r\n\r\n" * 2)
        _until(lambda: len(seen) == 2)
        assert all(first is not second for first, second in zip(*seen, strict=True))

    def test_a_chunked_body_has_a_length_when_it_arrives(self, serve, connect):
        def app(environ, start_response):
            start_response("200 OK", PLAIN)
            told = {key: environ.get(key) for key in ("CONTENT_LENGTH", "HTTP_TRANSFER_ENCODING")}
            return [json.dumps([told, environ["wsgi.input_terminated"]]).encode()]

        wire = connect(serve(app)).send(
            b"POST / HTTP/1.1\r\nHost: test\r\nTransfer-Encoding: chunked\r\n\r\n"
            b"3;ext=1\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n"
        )
        assert json.loads(wire.answer()[2]) == [{"CONTENT_LENGTH": "13", "HTTP_TRANSFER_ENCODING": None}, True]

    def test_wsgi_errors_is_standard_error(self, serve, connect, capfd):
        def app(environ, start_response):
            environ["wsgi.errors"].write("one\n")
            environ["wsgi.errors"].writelines(["two\n"])
            environ["wsgi.errors"].flush()
            return constant()(environ, start_response)

        connect(serve(app)).send(GET).answer()
        assert capfd.readouterr().err == "one\ntwo\n"


class TestRequests:
    @pytest.mark.parametrize(
        "method", ["GET", "DELETE", "HEAD", "OPTIONS", "QUERY", "TRACE", "PURGE", "my-Own.Method!"]
    )
    @pytest.mark.parametrize(
        "body", [b"Content-Length: 5\r\n\r\nhello", b"Transfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"]
    )
    def test_any_method_may_have_a_body_and_the_next_request_is_read_right(self, serve, connect, method, body):
        wire = connect(serve(echo)).send(f"{method} /a HTTP/1.1\r\nHost: test\r\n".encode() + body + GET)
        answer = wire.answer(bodiless=method == "HEAD")
        assert answer[2] == (b"" if method == "HEAD" else f"{method} /a hello".encode())
        assert wire.answer()[2] == b"GET / "

    def test_pipelined_requests_are_answered_in_order(self, serve, connect):
        wire = connect(serve(echo)).send(
            b"".join(f"GET /{number} HTTP/1.1\r\nHost: test\r\n\r\n".encode() for number in range(500))
        )
        assert [wire.answer()[2] for _ in range(500)] == [f"GET /{number} ".encode() for number in range(500)]

    def test_pipelined_requests_wait_for_a_client_that_does_not_read(self, serve, connect):
        called = []

        def app(_environ, start_response):
            called.append(1)
            start_response("200 OK", PLAIN)
            return [b"x" * 100_000]

        wire = connect(serve(app)).send(GET * 1000)
        time.sleep(0.3)
        assert len(called) < 500
        assert [len(wire.answer()[2]) for _ in range(1000)] == [100_000] * 1000

    def test_connection_close_is_obeyed(self, serve, connect):
        wire = connect(serve(echo)).send(b"GET / HTTP/1.1\r\nHost: test\r\nConnection: x, Close\r\n\r\n" + GET)
        assert wire.answer()[1]["connection"] == "close"
        assert _end_of(wire) == b""

    def test_http_1_0_closes_unless_it_asks_to_keep_alive(self, serve, connect):
        server = serve(echo)
        wire = connect(server).send(b"GET / HTTP/1.0\r\n\r\n")
        assert wire.answer()[1]["connection"] == "close"
        assert wire.rest() == b""
        wire = connect(server).send(b"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" * 2)
        assert [wire.answer()[1]["connection"] for _ in range(2)] == ["keep-alive"] * 2

    def test_a_client_that_expects_100_continue_gets_it_before_it_sends(self, serve, connect):
        wire = connect(serve(echo))
        wire.send(b"PUT / HTTP/1.1\r\nHost: test\r\nContent-Length: 5\r\nExpect: 100-Continue\r\n\r\n")
        assert wire.line(b"\r\n\r\n") == b"HTTP/1.1 100 Continue"
        assert wire.send(b"hello").answer()[2] == b"PUT / hello"

    def test_http_1_0_or_a_sent_body_gets_no_100_continue(self, serve, connect):
        server = serve(echo)
        head = b"Host: test\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n"
        assert connect(server).send(b"PUT / HTTP/1.1\r\n" + head + b"hello").answer()[2] == b"PUT / hello"
        wire = connect(server).send(b"PUT / HTTP/1.0\r\n" + head)
        assert wire.silent()
        assert wire.send(b"hello").answer()[2] == b"PUT / hello"

    def test_empty_lines_before_a_request_are_ignored(self, serve, connect):
        assert connect(serve(echo)).send(b"\r\n\r\n\r\n" + GET + b"\r\n" + GET).answer()[2] == b"GET / "

    @ONE_LOOP
    def test_what_is_remembered_of_earlier_requests_changes_none(self, serve, connect):
        def app(environ, start_response):
            start_response("200 OK", PLAIN)
            return [f"{environ['RAW_URI']} {environ.get('HTTP_X_A')}".encode()]

        wire = connect(serve(app))
        asked = [(f"/{number}", str(number)) for number in range(1100)] + [("/" + "a" * 2000, "b" * 5000), ("/1", "2")]
        for target, value in [*asked, *asked[-5:]]:
            wire.send(f"GET {target} HTTP/1.1\r\nHost: test\r\nX-A: {value}\r\n\r\n".encode())
            assert wire.answer()[2] == f"{target} {value}".encode()
        assert wire.send(GET).answer()[2] == b"/ None"

    def test_a_large_body_comes_in_many_pieces(self, serve):
        body = os.urandom(3_000_000)
        url = serve(echo).url
        assert requests.post(url, data=body, timeout=10).content == b"POST / " + body
        pieces = (body[at : at + 100_000] for at in range(0, len(body), 100_000))
        assert requests.post(url, data=pieces, timeout=10).content == b"POST / " + body


BAD = {
    b"GET /\r\n\r\n": 400,
    b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n": 400,
    b"GET / HTTP/1.1\nHost: a\n\n": 400,
    b"G\xc3\xa9T / HTTP/1.1\r\nHost: a\r\n\r\n": 400,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03": 400,
    b"GET / HTTP/2.0\r\nHost: a\r\n\r\n": 505,
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n": 505,
    b"GET / HTTP/1.1\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName : a\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\n: a\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: a\r\n folded\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: a\rb\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: a\nb: c\r\n\r\n": 400,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: a\0\r\n\r\n": 400,
    b"GET example HTTP/1.1\r\nHost: a\r\n\r\n": 400,
    b"GET * HTTP/1.1\r\nHost: a\r\n\r\n": 400,
    b"CONNECT example:443 HTTP/1.1\r\nHost: a\r\n\r\n": 501,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1,1\r\n\r\na": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\na": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\na": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\na": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\na": 400,
    b"POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n": 501,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n": 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1" * 9_000: 400,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n" + b"a: b\r\n" * 20_000: 431,
    b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffff\r\n": 413,
    b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000000\r\nExpect: 100-continue\r\n\r\n": 413,
    b"GET /" + b"a" * 70_000: 414,
    b"GET /" + b"a" * 70_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n": 414,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: " + b"a" * 70_000: 431,
    b"GET / HTTP/1.1\r\nHost: a\r\nName: " + b"a" * 70_000 + b"\r\n\r\n": 431,
}


class TestRefusals:
    @ONE_LOOP
    @pytest.mark.parametrize(("sent", "status"), BAD.items(), ids=[repr(sent[:60]) for sent in BAD])
    def test_what_is_no_request_is_refused_with_a_reason_and_the_connection_closed(self, serve, connect, sent, status):
        wire = connect(serve(echo)).send(sent)
        line, headers, body = wire.answer()
        assert int(line.split()[1]) == status
        assert headers["content-type"] == "text/plain; charset=utf-8"
        assert headers["connection"] == "close"
        assert body.endswith((b".\n", b"port?\n"))
        assert wire.rest() == b""

    def test_a_request_that_ends_in_the_middle_is_refused(self, serve, connect):
        server = serve(echo)
        for sent in (GET[:-2], b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel"):
            wire = connect(server).send(sent)
            wire.socket.shutdown(socket.SHUT_WR)
            assert wire.answer()[2] == b"The request ended in the middle.\n"
            assert wire.rest() == b""

    def test_the_answer_to_a_body_that_is_too_long_arrives_while_it_is_still_sent(self, serve):
        url = serve(echo, limits=Limits(body=1000)).url
        connection = http.client.HTTPConnection(url.removeprefix("http://"), timeout=10)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", "2000000")
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            for _ in range(20):
                connection.send(b"x" * 100_000)
        answer = connection.getresponse()
        assert (answer.status, answer.read()) == (413, b"The body is longer than 1000 bytes.\n")
        connection.close()

    def test_the_limit_of_a_body_is_the_last_length_that_passes(self, serve, connect):
        wire = connect(serve(echo, limits=Limits(body=5)))
        assert wire.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello").answer()[2] == b"PUT / hello"
        assert (
            wire.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nhello!")
            .answer()[0]
            .startswith("HTTP/1.1 413 ")
        )

    def test_requests_before_a_bad_one_are_answered(self, serve, connect):
        wire = connect(serve(echo)).send(GET + b"nonsense\r\n\r\n" + GET)
        assert wire.answer()[2] == b"GET / "
        assert wire.answer()[0] == "HTTP/1.1 400 Bad Request"
        assert wire.rest() == b""

    @ONE_LOOP
    def test_a_head_that_does_not_come_is_given_up_however_it_drips(self, serve, connect):
        wire = connect(serve(echo, limits=Limits(head_s=0.3)))
        for byte in GET:
            wire.send(bytes([byte]))
            if not wire.silent():
                break
        line, headers, body = wire.answer()
        assert (line, headers["connection"]) == ("HTTP/1.1 408 Request Timeout", "close")
        assert body == b"The request did not come within 0.3 s.\n"

    @ONE_LOOP
    def test_a_body_has_that_time_anew_with_each_piece(self, serve, connect):
        wire = connect(serve(echo, limits=Limits(head_s=0.8)))
        wire.send(b"PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n")
        for _ in range(6):
            time.sleep(0.2)
            wire.send(b"x")
        assert wire.answer()[2] == b"PUT / xxxxxx"

    @ONE_LOOP
    def test_an_idle_connection_is_closed_without_a_word(self, serve, connect):
        server = serve(echo, limits=Limits(idle_s=0.5))
        used = connect(server).send(GET)
        used.answer()
        assert [used.rest(), connect(server).rest()] == [b"", b""]

    @ONE_LOOP
    def test_a_waiting_answer_is_not_idle(self, serve, connect):
        assert connect(serve(paced(wait_s=0.7), limits=Limits(idle_s=0.3))).send(GET).answer()[0] == "HTTP/1.1 200 OK"

    def test_a_thousand_malformed_requests_never_kill_the_server(self, serve, connect, caplog):
        caplog.set_level(logging.WARNING)
        chance = random.Random(20)
        server = serve(echo)
        for _ in range(1000):
            with Wire(server.port) as wire, contextlib.suppress(ConnectionError):
                wire.send(_spoil(chance))
                wire.socket.shutdown(socket.SHUT_WR)
                answer = wire.rest()
                assert not answer or answer.startswith(b"HTTP/1.1 ")
        assert connect(server).send(GET).answer()[2] == b"GET / "
        assert caplog.text == ""
        _until(lambda: len(_connections(server)) == 1)


def _spoil(chance):
    good = [*BAD, GET, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"]
    spoilt = bytearray(chance.choice(good)[:2000])
    for _ in range(chance.randrange(1, 6)):
        at = chance.randrange(len(spoilt) + 1)
        match chance.randrange(3):
            case 0:
                spoilt[at:at] = chance.choice([b"\r\n", b"\r", b"\n", b"\0", b" ", b":", chance.randbytes(3)])
            case 1:
                del spoilt[at : at + chance.randrange(1, 10)]
            case 2:
                spoilt[at : at + 1] = chance.randbytes(1)
    return bytes(spoilt)


@ONE_LOOP
class TestAnswers:
    def test_the_answer_is_whole(self, serve, connect):
        status, headers, body = (
            connect(serve(constant(b"hello", "404 Not Found", [("X-Own", "\xe9")]))).send(GET).answer()
        )
        date = headers.pop("date")
        assert (status, headers, body) == (
            "HTTP/1.1 404 Not Found",
            {"x-own": "\xe9", "server": "mockserver", "content-length": "5"},
            b"hello",
        )
        assert abs(parsedate_to_datetime(date).timestamp() - time.time()) < 60

    def test_date_and_server_of_the_application_are_kept(self, serve, connect):
        own = [("Date", "Sun, 06 Nov 1994 08:49:37 GMT"), ("server", "nginx")]
        answer = connect(serve(constant(headers=own))).send(GET).line(b"\r\n\r\n").lower()
        assert (answer.count(b"date:"), answer.count(b"server:")) == (1, 1)
        assert b"nginx" in answer

    def test_the_framing_of_the_application_is_not_repeated(self, serve, connect):
        own = [("content-length", "5"), ("Transfer-Encoding", "chunked"), ("Connection", "keep-alive")]
        _, headers, body = connect(serve(constant(headers=own))).send(GET).answer()
        assert (headers["content-length"], body) == ("5", b"hello")
        assert headers.keys() == {"content-length", "date", "server"}

    def test_the_application_may_end_the_connection(self, serve, connect):
        wire = connect(serve(constant(headers=[("Connection", "close")]))).send(GET)
        assert wire.answer()[1]["connection"] == "close"
        assert wire.rest() == b""

    def test_an_upgrade_that_is_asked_for_keeps_its_connection_field(self, serve, connect):
        own = [("Connection", "upgrade"), ("Upgrade", "h2c")]
        headers = connect(serve(constant(b"", "426 Upgrade Required", own))).send(GET).answer()[1]
        assert (headers["connection"], headers["upgrade"]) == ("upgrade", "h2c")

    def test_head_has_no_body_and_the_length_that_get_would_have(self, serve, connect):
        head = b"HEAD / HTTP/1.1\r\nHost: test\r\n\r\n"
        wire = connect(serve(constant(b"hello")))
        assert wire.send(head).answer(bodiless=True)[1]["content-length"] == "5"
        assert wire.send(GET).answer()[2] == b"hello"
        wire = connect(serve(constant(b"", headers=[("Content-Length", "99")])))
        assert wire.send(head).answer(bodiless=True)[1]["content-length"] == "99"
        wire = connect(serve(constant(b"")))
        assert "content-length" not in wire.send(head).answer(bodiless=True)[1]
        assert wire.silent()

    @pytest.mark.parametrize("threads", [0, 1])
    def test_head_does_not_run_through_an_endless_body(self, serve, connect, threads):
        server = serve(streaming(iter(lambda: b"x", None)), threads=threads)
        wire = connect(server).send(b"HEAD / HTTP/1.1\r\nHost: test\r\n\r\n")
        headers = wire.answer(bodiless=True)[1]
        assert headers.keys() == {"content-type", "date", "server"}
        assert wire.silent()

    def test_head_of_a_paced_body_does_not_pause(self, serve, connect):
        wire = connect(serve(streaming(Pieces((60, b"x"))))).send(b"HEAD / HTTP/1.1\r\nHost: test\r\n\r\n" * 2)
        assert [wire.answer(bodiless=True)[0] for _ in range(2)] == ["HTTP/1.1 200 OK"] * 2

    @pytest.mark.parametrize("status", ["204 No Content", "304 Not Modified"])
    @pytest.mark.parametrize("make", [list, Pieces], ids=["whole", "paced"])
    def test_204_and_304_have_no_body_and_no_framing(self, serve, connect, status, make):
        def app(_environ, start_response):
            start_response(status, [("Content-Length", "5"), ("Transfer-Encoding", "chunked")])
            return [b"hello"] if make is list else Pieces((0, b"hello"))

        wire = connect(serve(app)).send(GET * 2)
        for _ in range(2):
            line, headers, _ = wire.answer(bodiless=True)
            assert (line, headers.keys()) == (f"HTTP/1.1 {status}", {"date", "server"})
        assert wire.silent()

    def test_an_informational_status_ends_the_connection(self, serve, connect):
        wire = connect(serve(constant(b"x", "101 Switching Protocols"))).send(GET)
        assert wire.answer(bodiless=True)[1]["connection"] == "close"
        assert wire.rest() == b""

    @pytest.mark.parametrize(
        ("status", "headers"),
        [
            ("200 OK", [("X-A", "1\r\nX-B: 2")]),
            ("200 OK", [("X-A", "1\nX-B: 2")]),
            ("200 OK", [("X-A", "1\r")]),
            ("200 OK", [("X-A", "\0")]),
            ("200 OK", [("X-A: 1\r\nX-B", "2")]),
            ("200 OK", [("X A", "2")]),
            ("200 OK", [("X-A", "\u20ac")]),
            ("200 OK", [("X-A", 1)]),
            ("200 OK", [("Content-Length", "five")]),
            ("200 OK", [("Content-Length", "4")]),
            ("200 OK\r\nX-B: 2", []),
            ("twenty", []),
            ("", []),
        ],
    )
    def test_what_would_break_the_answer_is_a_500_and_a_log_line(self, serve, connect, caplog, status, headers):
        wire = connect(serve(constant(status=status, headers=headers)))
        for _ in range(2):
            line, fields, body = wire.send(GET).answer()
            assert line == "HTTP/1.1 500 Internal Server Error"
            assert fields.keys() == {"content-type", "content-length", "date", "server"}
            assert body.startswith(b"The application raised ")
        assert "application-failed method=GET path='/'" in caplog.text

    @pytest.mark.parametrize("threads", [0, 1])
    @pytest.mark.parametrize(
        "error", [ValueError("secret"), SystemExit(3), StopIteration(), pytest.fail.Exception("no")]
    )
    def test_an_exception_is_a_500_that_is_logged_and_the_connection_lives(
        self, serve, connect, caplog, threads, error
    ):
        def app(environ, start_response):
            if environ["PATH_INFO"] == "/broken":
                raise error
            return constant()(environ, start_response)

        wire = connect(serve(app, threads=threads))
        line, _, body = wire.send(b"GET /broken?key=secret HTTP/1.1\r\nHost: a\r\n\r\n").answer()
        assert line == "HTTP/1.1 500 Internal Server Error"
        assert b"secret" not in body
        assert wire.send(GET).answer()[2] == b"hello"
        (record,) = [record for record in caplog.records if record.name == "mockserver.server"]
        assert record.getMessage().startswith("application-failed method=GET path='/broken' error=")
        assert record.exc_info is not None

    def test_an_error_while_the_body_is_closed_is_logged_and_the_answer_stands(self, serve, connect, caplog):
        class Body(list):
            def close(self):
                raise KeyError("late")

        wire = connect(serve(streaming(Body([b"hello"]), [("Content-Length", "5")])))
        assert [wire.send(GET).answer()[2] for _ in range(2)] == [b"hello"] * 2
        assert "application-failed in=close error=KeyError" in caplog.text

    def test_start_response_may_be_taken_back_before_a_byte_has_left(self, serve, connect):
        def app(_environ, start_response):
            start_response("200 OK", PLAIN)
            try:
                {}["missing"]
            except KeyError:
                start_response("503 Service Unavailable", PLAIN, sys.exc_info())
            return [b"sorry"]

        assert connect(serve(app)).send(GET).answer()[0] == "HTTP/1.1 503 Service Unavailable"

    def test_start_response_can_neither_be_forgotten_nor_repeated(self, serve, connect, caplog):
        def twice(_environ, start_response):
            start_response("200 OK", PLAIN)
            start_response("200 OK", PLAIN)
            return [b""]

        for app in (twice, lambda _environ, _start_response: [b"x"]):
            assert connect(serve(app)).send(GET).answer()[0] == "HTTP/1.1 500 Internal Server Error"
        assert "called start_response twice without exc_info" in caplog.text
        assert "returned before it called start_response" in caplog.text

    @pytest.mark.parametrize("kind", [list, iter])
    def test_what_is_written_the_old_way_comes_before_the_body(self, serve, connect, kind):
        def app(_environ, start_response):
            start_response("200 OK", PLAIN)(b"hello")
            return kind([b" wor", b"ld"])

        assert connect(serve(app)).send(GET).answer()[2] == b"hello world"


@ONE_LOOP
class TestFlask:
    @pytest.fixture
    def app(self):
        app = Flask(__name__, static_folder=None)
        app.ended = 0

        @app.teardown_request
        def count(_error):
            app.ended += 1

        @app.post("/echo")
        def echo_body():
            return request.get_json()

        @app.get("/stream")
        def stream():
            return Response(stream_with_context(f"{word} " for word in (request.args["a"], request.path)))

        @app.get("/events")
        def events():
            return Response(Pieces((0, b"one "), (0.01, b"two")), direct_passthrough=True)

        @app.delete("/gone")
        def gone():
            return "", 204

        return app

    @pytest.mark.parametrize("threads", [0, 2])
    def test_it_works_as_under_any_server(self, serve, app, threads):
        url = serve(app, threads=threads).url
        with requests.Session() as session:
            assert session.post(f"{url}/echo", json={"a": [1]}, timeout=5).json() == {"a": [1]}
            assert session.get(f"{url}/stream?a=b", timeout=5).text == "b /stream "
            assert session.head(f"{url}/stream?a=b", timeout=5).text == ""
            assert session.get(f"{url}/events", timeout=5).text == "one two"
            assert session.delete(f"{url}/gone", timeout=5).status_code == 204
            assert session.get(f"{url}/missing", timeout=5).status_code == 404
        assert app.ended >= 4


class FakeTransport:
    def __init__(self):
        self.written = b""
        self.closed = False

    def get_extra_info(self, name):
        return ("127.0.0.1", 1) if name == "peername" else self

    def setsockopt(self, *_):
        pass

    def write(self, piece):
        self.written += piece

    def write_eof(self):
        self.closed = True

    def close(self):
        self.closed = True

    def abort(self):
        self.closed = True

    def is_closing(self):
        return self.closed


TOKENS = st.text("abcXYZ019!#$%&'*+-.^_`|~", min_size=1, max_size=8)
VALUES = st.text(st.characters(min_codepoint=0x20, max_codepoint=0xFF, exclude_characters="\x7f"), max_size=20)
FRAMING_NAMES = {"host", "content-length", "transfer-encoding", "connection", "expect"}


@st.composite
def messages(draw):
    """Valid requests: (method, target, fields, body) and their bytes."""
    method, target = draw(TOKENS), "/" + draw(st.text("ab%2F/?&=.\xe9", max_size=12))
    fields = [("Host", "test")]
    fields += draw(
        st.lists(st.tuples(TOKENS.filter(lambda name: name.lower() not in FRAMING_NAMES), VALUES), max_size=4)
    )
    pieces = draw(st.lists(st.binary(min_size=1, max_size=30), max_size=3))
    body = b"".join(pieces)
    if draw(st.booleans()):
        fields.append(("Transfer-Encoding", "chunked"))
        sent = b"".join(b"%X\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    else:
        fields.append(("Content-Length", str(len(body))))
        sent = body
    head = f"{method} {target} HTTP/1.1\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"
    fields = tuple((name, value.strip(" \t")) for name, value in fields)
    return (method, target, fields, body), head.encode("latin-1") + sent


@ONE_LOOP
class TestParsing:
    @given(st.lists(messages(), min_size=1, max_size=3), st.data())
    @settings(max_examples=80, deadline=None, database=None, derandomize=True)
    def test_however_the_bytes_are_cut_the_requests_are_the_ones_that_were_sent(self, sent, data):
        seen = []

        def app(environ, start_response):
            told = environ["REQUEST_METHOD"], environ["RAW_URI"], environ["mockserver.headers"]
            seen.append((*told, environ["wsgi.input"].read()))
            return constant()(environ, start_response)

        wire = b"".join(written for _, written in sent)
        cuts = sorted(data.draw(st.lists(st.integers(0, len(wire)), max_size=8)))
        service = _Service(app, DEFAULT_LIMITS, 0, {})
        connection = Connection(service)
        try:
            connection.connection_made(FakeTransport())
            for start, end in zip([0, *cuts], [*cuts, len(wire)], strict=True):
                if start < end:
                    connection.data_received(wire[start:end])
        finally:
            service.loop.close()
        assert seen == [meant for meant, _ in sent]

    @given(messages())
    @settings(max_examples=80, deadline=None, database=None, derandomize=True)
    def test_an_independent_parser_reads_the_same_request(self, sent):
        h11 = pytest.importorskip("h11")
        (method, target, fields, body), wire = sent
        judge = h11.Connection(h11.SERVER)
        judge.receive_data(wire)
        try:
            head, *pieces = iter(judge.next_event, h11.EndOfMessage())
        except h11.RemoteProtocolError:
            return  # h11 is stricter than RFC 9110 §5.5 about bytes above 0x7F in a target
        assert (head.method, head.target) == (method.encode(), target.encode("latin-1"))
        assert [(name.decode(), value.decode("latin-1")) for name, value in head.headers.raw_items()] == list(fields)
        assert b"".join(bytes(piece.data) for piece in pieces) == body


def test_a_free_port_can_be_listened_on(serve, connect):
    server = serve(constant(), port=free_port())
    assert connect(server).send(GET).answer()[2] == b"hello"
