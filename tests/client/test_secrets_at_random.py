"""No secret in a message, a repr, a log line or an event, whatever is sent; the server echoes all that it is told."""

import base64
import json
import logging
import random
import traceback
from typing import Any
from urllib.parse import quote

import pytest
import requests

from mockserver.client import APIError, ApiKey, AttemptLog, Basic, Bearer, resilient
from mockserver.client.ports import Event
from mockserver.edges.fault_gate import FaultGate, Wire, raw, reset, spelled

SECRET = "s3cr3t/V@lue+x"
FORMS = (SECRET, quote(SECRET, safe=""), base64.b64encode(f"me:{SECRET}".encode()).decode())
ONCE = {
    "retry": {"attempts": 2, "base_s": 0, "throttled_base_s": 0}, "timeout": {"read_s": 0.3},
    "breaker": False, "budget": False, "rate_limit": False,
}  # fmt: skip
AUTHS = [
    Bearer(SECRET),
    ApiKey("X-Api-Key", SECRET),
    ApiKey("key", SECRET, place="query"),
    ApiKey("sid", SECRET, place="cookie"),
    Basic("me", SECRET),
    lambda request: request._replace(headers=(*request.headers, ("X-Custom", SECRET))),
    None,
]
ASKED: list[dict[str, Any]] = [
    {},
    {"headers": {"Authorization": f"Bearer {SECRET}"}},
    {"params": {"api_key": SECRET}},
    {"params": {"access_token": SECRET}, "headers": {"Cookie": f"a={SECRET}"}},
    {"headers": {"X-Auth-Token": SECRET}, "json": {"password": SECRET}},
]


class Echo:
    """Says what it was told, in every part of an answer that there is."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def __call__(self, wire: Wire) -> None:
        said = f"{wire.request.target} {dict(wire.request.headers)}"
        body = json.dumps({"title": "no", "detail": said, "token": SECRET}).encode()
        hidden = SECRET.encode()
        status = self._random.choice([400, 401, 403, 404, 409, 429, 500, 503])
        plays = [
            raw(spelled(200, body)[:-20]),
            raw(spelled(status, body, (("Content-Type", "application/problem+json"),)), then="keep"),
            raw(spelled(500, body, (("X-Echo", SECRET), ("X-Request-Id", "r"))), then="keep"),
            raw(spelled(200, hidden, (("Content-Type", "application/json"),)), then="keep"),
            raw(spelled(302, b"", (("Location", f"file:///etc?{SECRET}"),)), then="keep"),
            raw(b"HTTP/1.1 999 " + hidden + b"\r\nContent-Length: 0\r\n\r\n", then="keep"),
            raw(b"HTTP/1.1 200 OK\r\n" + hidden + b"\r\n\r\n"),
            raw(b"garbage " + said.encode() + b"\r\n\r\n"),
            reset(),
        ]
        self._random.choice(plays)(wire)


class Spy:
    def __init__(self) -> None:
        self.seen: list[str] = []

    def observe(self, event: Event) -> None:
        self.seen.append(repr(event))


def told(error: APIError) -> str:
    """Return everything that can be seen of an error, but the answer's own body and headers."""
    mine = {name: value for name, value in vars(error).items() if name not in {"request", "_request", "response"}}
    url = error.answer.url if error.answer is not None else ""
    return "\n".join(
        [str(error), repr(error), repr(error.as_dict()), repr(mine), url, *traceback.format_exception(error)]
    )


def judge(texts: list[str], caplog: pytest.LogCaptureFixture) -> None:
    texts += [
        f"{record.getMessage()} {vars(record)}" for record in caplog.records if record.name.startswith("mockserver")
    ]
    assert len(texts) > 100
    assert [text for text in texts if any(form in text for form in FORMS)] == []


def test_a_client_tells_no_secret(make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="mockserver.client")
    spy, failed = Spy(), []
    with FaultGate(Echo(1)) as gate:
        for auth in AUTHS:
            client = make(gate.url, auth=auth, policy=ONCE, hooks=[AttemptLog(), spy])
            spy.seen.append(f"{client!r} {auth!r}")
            for number in range(15):
                method = ("get", "post", "put")[number % 3]
                try:
                    getattr(client, method)("/x", **ASKED[number % len(ASKED)])
                except APIError as error:
                    failed.append(told(error))
    judge([*failed, *spy.seen], caplog)


def test_a_wrapped_session_tells_no_secret(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="mockserver.client")
    spy, failed = Spy(), []
    session = resilient(requests.Session(), policy=ONCE, hooks=[AttemptLog(), spy])
    with FaultGate(Echo(2)) as gate, session:
        for number in range(90):
            try:
                session.request(("GET", "POST", "PUT")[number % 3], gate.url, timeout=1, **ASKED[number % len(ASKED)])
            except APIError as error:
                failed.append(told(error))
    judge([*failed, *spy.seen], caplog)
