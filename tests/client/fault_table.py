"""Rows of the fault table that several modules play."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mockserver.client import APIError
from mockserver.client.errors import BadAnswer, ConnectionFailed
from mockserver.edges.fault_gate import Play, answer, drip, empty, raw, reset, spelled

GOOD = b'{"a": 1}'
OK = answer(200, GOOD)
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
SWIFT = {"base_s": 0.001, "throttled_base_s": 0.001, "cap_s": 0.002}
HASTY = {"retry": SWIFT, "timeout": {"connect_s": 0.25, "read_s": 0.25}, "deadline": {"total_s": 2}}


def outcome(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except APIError as told:
        return told


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> bytes:
    return HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(c), c) for c in chunks) + end


CUT = (BadAnswer, ConnectionFailed)  # httpx calls half a head none, which is as true
BROKEN: dict[str, tuple[Play, Any]] = {
    "4 empty": (empty(), ConnectionFailed),
    "5 reset before": (reset(), ConnectionFailed),
    "6 reset in the body": (raw(HEAD + b'Content-Length: 8\r\n\r\n{"a"', then="reset"), BadAnswer),
    "7 random data": (raw(b"\x00\x7f~ this is no HTTP \xff\r\n\r\n"), BadAnswer),
    "8 malformed chunk": (raw(HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n"), BadAnswer),
    "9 no final chunk": (raw(chunked(GOOD, end=b"")), BadAnswer),
    "9 cut in a chunk": (raw(HEAD + b'Transfer-Encoding: chunked\r\n\r\n8\r\n{"a"'), BadAnswer),
    "10 Content-Length too long": (raw(HEAD + b"Content-Length: 99\r\n\r\n" + GOOD), BadAnswer),
    "11 HTTP/1.0 cut off": (raw(b'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n{"a'), BadAnswer),
    "12 cut in the head": (raw(b"HTTP/1.1 200 OK\r\nContent-Type: appli"), CUT),
    "12 cut after the status": (raw(b"HTTP/1.1 200 OK\r\n"), CUT),
    "13 a line without a colon": (raw(b"HTTP/1.1 200 OK\r\nnonsense\r\nContent-Length: 2\r\n\r\n{}"), BadAnswer),
    "7 endless status line": (raw(b"HTTP/1.1 200 " + b"x" * 100_000), CUT),
}
LARGE = {
    "14 a header of 200 kB": HEAD + b"X-Large: " + b"x" * 200_000 + b"\r\nContent-Length: 8\r\n\r\n" + GOOD,
    "14 300 headers": HEAD + b"".join(b"X-%d: 1\r\n" % n for n in range(300)) + b"Content-Length: 8\r\n\r\n" + GOOD,
}
DRIPS = {
    "18 head": drip(spelled(200, GOOD), 0.03),
    "19 body": drip(spelled(200, b'{"a": "%b"}' % (b"x" * 200)), 0.02),
    "19 chunks": drip(chunked(*[b"1"] * 40), 0.02),
    "18 interim answers": drip(b"HTTP/1.1 103 Early Hints\r\n\r\n" * 20, 0.01),
}
