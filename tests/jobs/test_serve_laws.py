"""Whatever a request holds, there is an answer: valid requests of our contracts, bent in every place."""

import os
import random
import string
from pathlib import Path

import pytest

from mockserver import MockServer
from mockserver.exchange import Request
from mockserver.jobs.sample import Sampler
from mockserver.schema.compile import Validators

CONTRACTS = Path(__file__).parent.parent.parent / "contracts"
MANY = 10_000 if os.environ.get("CORPUS_FULL") else 2_000
HEADERS = (
    "X-Api-Key", "Authorization", "Content-Type", "Accept", "Cookie", "Prefer", "Idempotency-Key", "Origin",
    "Content-Length", "Access-Control-Request-Method",
)  # fmt: skip
BODIES = (
    b"", b"null", b"{}", b"[" * 900 + b"]" * 900, b'{"a":' * 600 + b"1" + b"}" * 600, b"1e999", b"9" * 5000,
    b'"\\ud800"',
    b"a[b][c][]=1&a[b]=2&a.b=3&=&&&", b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--x--",
    b"\xff\xfe\x00",
    b"<a><b/></a>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', b'{"parcels": [{}], "to": null}',
)  # fmt: skip


def bent(dice: random.Random, request: Request) -> Request:
    """Change a request in one to three places."""
    method, target, headers, body = request.method, request.target, list(request.headers), request.body
    for _ in range(dice.randint(1, 3)):
        match dice.randrange(8):
            case 0:
                method = dice.choice(
                    ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "QUERY", "", "\u00fc"]
                )
            case 1:
                at = dice.randrange(len(target) + 1)
                target = target[:at] + junk(dice) + target[at:]
            case 2:
                target += dice.choice("?&/;#") + "=".join(junk(dice) for _ in range(3))
            case 3:
                headers.append((dice.choice(HEADERS), junk(dice)))
            case 4 if headers:
                index = dice.randrange(len(headers))
                headers[index] = (headers[index][0], junk(dice))
            case 5 if headers:
                del headers[dice.randrange(len(headers))]
            case 6:
                body = dice.choice(BODIES)
            case _:
                at = dice.randrange(len(body) + 1)
                body = body[:at] + dice.randbytes(dice.randrange(6)) + body[at + dice.randrange(4) :]
    return Request(method, target, tuple(headers), body)


def junk(dice: random.Random) -> str:
    alphabet = string.printable + "%%%//??&&==,,;[]{}\x00\x7f\u00e9\u20ac\U0001f600"
    return "".join(dice.choices(alphabet, k=dice.randrange(9)))


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("on_violation", ["reject", "report"])
def test_no_request_raises_and_none_is_a_server_error(strict: bool, on_violation: str) -> None:  # noqa: FBT001
    mock = MockServer(contracts=CONTRACTS, strict=strict, on_violation=on_violation)
    dice = random.Random(20260229)
    sound = []
    for service in mock.session.services:
        sampler = Sampler(service.plans, Validators())
        for operation in service.contract.operations:
            request = sampler.request(operation, everything=True)
            sound.append(Request(request.method, f"/{service.name}{request.target}", request.headers, request.body))
    for request in sound:
        answer = mock.session.serve(request)
        assert answer.response.status < 300, (request, answer.response)
    for _ in range(MANY // 4):
        request = bent(dice, dice.choice(sound))
        answer = mock.session.serve(request)
        assert 200 <= answer.response.status < 500, (request, answer.response)
    assert len(list(mock.session.exchanges())) == min(1000, len(sound) + MANY // 4)


def test_a_contract_that_is_broken_everywhere_still_answers() -> None:
    broken = Path(__file__).parent / "broken.yaml"
    mock = MockServer(broken)
    for operation in mock.session.services[0].contract.operations:
        answer = mock.session.serve(Request(operation.method, operation.template.replace("{id}", "1")))
        assert answer.response.status in {200, 501}, operation.label
        assert answer.response.status == 200 or answer.violations[0].side == "contract"
