"""Secrets, planted in every place that an interaction has: none of them is written."""
# ruff: noqa: E501 - a kind of secret is a line

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from interactions import INTERACTIONS, interaction

from mockserver.cassette.leaks import leaks
from mockserver.cassette.model import Cassette, Interaction, Recorded
from mockserver.cassette.pseudonyms import Pseudonyms, is_pseudonym
from mockserver.cassette.scrub import Rules, Scrubber
from mockserver.cassette.secret_words import SHAPES, may_hold_a_shape
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.written import write_json, write_yaml
from mockserver.redact import SECRET_NAMES
from mockserver.values import replace

S = "kT9vX2mQ8zL4wR7pB3nY"
"""The secret, in most places."""
URL = "https://api.example/things"
JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtaWEiLCJleHAiOjE3OTUzMzQ0MDB9.c2lnbmF0dXJlc2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA7xyz\n-----END RSA PRIVATE KEY-----"
FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
MULTIPART = (("Content-Type", "multipart/form-data; boundary=b"),)
XML = (("Content-Type", "application/xml"),)
TEXT = (("Content-Type", "text/plain"),)
BEARER = (("Authorization", f"Bearer {S}"),)


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


PLANTED: dict[str, tuple[tuple[str, ...], tuple[Interaction, ...]]] = {
    "bearer token": ((S,), (interaction(sent_headers=BEARER),)),
    "basic authorization": (("hunter22secret",), (interaction(sent_headers=(("authorization", f"Basic {b64('mia:hunter22secret')}"),)),)),
    "key in a header": ((S,), (interaction(sent_headers=(("X-Api-Key", S),)),)),
    "header nobody named": ((S,), (interaction(sent_headers=(("X-Acme-Ticket", S),), headers=(("X-Trace-Blob", S),)),)),
    "cookie": ((S,), (interaction(sent_headers=(("Cookie", f"theme=dark; sid={S}"),)),)),
    "set-cookie": ((S,), (interaction(headers=(("Set-Cookie", f"sid={S}; HttpOnly"), ("Set-Cookie", "a=b"))),)),
    "query parameter": ((S,), (interaction(url=f"{URL}?page=1&api_key={S}"),)),
    "encoded query parameter": (("a/b+c=d&e secret",), (interaction(url=f"{URL}?token={quote('a/b+c=d&e secret', safe='')}"),)),
    "password in the address": (("hunter22secret",), (interaction(url="https://mia:hunter22secret@api.example/a"),)),
    "redirect": ((S,), (interaction(status=302, headers=(("Location", f"https://shop.example/cb?code_verifier={S}&a=1"),)),)),
    "redirect fragment": ((S,), (interaction(status=302, headers=(("Location", f"https://shop.example/cb#access_token={S}"),)),)),
    "form": (("hunter22secret",), (interaction("POST", URL, sent=b"user=mia&password=hunter22secret", sent_headers=FORM),)),
    "nested form": ((S,), (interaction("POST", URL, sent=f"card%5Bcvc%5D=123&auth[client_secret]={S}".encode(), sent_headers=FORM),)),
    "JSON member": ((S,), (interaction("POST", URL, sent={"clientSecret": S}),)),
    "nested JSON member": ((S, "s3cr3tpin"), (interaction(body={"data": [{"auth": {"refreshToken": S, "otp": "s3cr3tpin"}}]}),)),
    "token endpoint": ((S, "r" + S), (interaction("POST", "https://auth.example/token", sent=f"grant_type=refresh_token&refresh_token=r{S}".encode(), sent_headers=FORM, body={"access_token": S, "token_type": "Bearer", "expires_in": 3600}),)),
    "echoed in the answer": ((S,), (interaction(sent_headers=BEARER, body={"you_sent": {"headers": [f"it was {S}!"]}}),)),
    "echoed by a later answer": ((S,), (interaction(sent_headers=BEARER), interaction(body={"debug": S}))),
    "echoed by an earlier answer": ((S,), (interaction(body=f"<p>{S}</p>".encode(), headers=TEXT), interaction(body={"token": S}))),
    "echoed in base64": ((S, b64(f"x {S} y")), (interaction(sent_headers=BEARER, body={"raw": b64(f"x {S} y")}),)),
    "echoed in hex": ((S.encode().hex(),), (interaction(sent_headers=BEARER, body={"raw": S.encode().hex()}),)),
    "echoed in the path": ((S,), (interaction(url=f"{URL}/{S}/info", sent_headers=BEARER),)),
    "JSON within base64": ((S,), (interaction(body={"state": b64(json.dumps({"password": S}))}),)),
    "JSON within a text": ((S,), (interaction(body={"payload": json.dumps({"secret": S})}),)),
    "JWT under any name": ((JWT,), (interaction(body={"data": JWT}),)),
    "private key": (("MIIEowIBAAKCAQEA7xyz",), (interaction(body={"file": PEM}),)),
    "tokens known by their shape": (("AKIAIOSFODNN7EXAMPLE", "ghp_" + "a1B2" * 9), (interaction(body={"a": "AKIAIOSFODNN7EXAMPLE", "b": "ghp_" + "a1B2" * 9}),)),
    "compressed answer": ((S,), (interaction(body=gzip.compress(json.dumps({"token": S}).encode()), headers=(("Content-Type", "application/json"), ("Content-Encoding", "gzip"))),)),
    "XML element": ((S,), (interaction(body=f"<a><ns:password>{S}</ns:password></a>".encode(), headers=XML),)),
    "XML attribute": ((S,), (interaction(body=f'<login apiKey="{S}"/>'.encode(), headers=XML),)),
    "multipart field": ((S,), (interaction("POST", URL, sent=f'--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n{S}\r\n--b--\r\n'.encode(), sent_headers=MULTIPART),)),
    "server-sent events": ((S,), (interaction(body=f'data: {{"token": "{S}"}}\n\n'.encode(), headers=(("Content-Type", "text/event-stream"),)),)),
    "GraphQL variable": ((S,), (interaction("POST", URL, sent={"query": "mutation", "variables": {"input": {"password": S}}}),)),
    "signed address": ((S,), (interaction(body={"url": f"https://files.example/a.pdf?X-Amz-Signature={S}&sig=2"}),)),
    "error page": ((S,), (interaction(sent_headers=BEARER, status=500, body=f"<pre>Authorization: Bearer {S}</pre>".encode(), headers=(("Content-Type", "text/html"),)),)),
    "number": (("739251",), (interaction("POST", URL, sent={"otp": 739251}),)),
    "binary answer": ((S,), (interaction(sent_headers=BEARER, body=b"\xff\x00" + S.encode() + b"\xfe", headers=(("Content-Type", "application/octet-stream"),)),)),
    "short password, echoed": (("hunter2",), (interaction("POST", URL, sent={"password": "hunter2"}, body={"note": "not hunter2, please"}),)),
    "name of a member": ((S,), (interaction(sent_headers=BEARER, body={"sessions": {S: {"id": 1}}}),)),
    "name of a parameter": ((S,), (interaction(url=f"{URL}?{S}", sent_headers=BEARER),)),
    "part of the host": ((S,), (interaction(url=f"https://{S}.hooks.example/a", sent_headers=BEARER),)),
    "header nobody named, echoed": ((S,), (interaction(sent_headers=(("X-Acme-Ticket", S),), body={"said": S}),)),
    "error text": (("hunter22secret",), (interaction("POST", URL, sent=b"password=hunter22secret", sent_headers=FORM, status=500, body=b"Traceback: login('mia', 'hunter22secret') failed", headers=TEXT),)),
    "value beside its name": ((S,), (interaction("POST", URL, sent={"settings": [{"name": "password", "value": S}, {"key": "API_TOKEN", "value": S}]}),)),
    "among many": ((S,), (interaction(body={"tokens": {"first": S, "second": S[::-1]}, "secret": {"value": S}}),)),
    "segment of a path": ((S,), (interaction(url=f"https://api.example/password-resets/{S}"),)),
    "argument of a query": ((S,), (interaction("POST", URL, sent={"query": f'mutation {{ login(password: "{S}") {{ ok }} }}'}),)),
    "variable of a query": ((S,), (interaction("POST", URL, sent={"query": "mutation($p: String!) { login(password: $p) { ok } }", "variables": {"p": S}}),)),
    "connection string": ((S,), (interaction(body={"dsn": f"Server=db;User=app;Password={S};"}),)),
    "settings": ((S, "pw-9Xk2mQ"), (interaction(body=f"aws:\n  secret_access_key: {S}\nDB_PASSWORD=pw-9Xk2mQ\n".encode(), headers=TEXT),)),
    "column": ((S, "s3cr3tpin"), (interaction(body=f"user,password,otp\r\nmia,{S},s3cr3tpin\r\n".encode(), headers=(("Content-Type", "text/csv"),)),)),
    "field of a page": ((S,), (interaction(body=f'<input value="{S}" type="hidden" name="csrf_token"><meta name="api-key" content="{S}">'.encode(), headers=(("Content-Type", "text/html"),)),)),
    "entry of XML": ((S,), (interaction(body=f'<add key="ApiKey" value="{S}"/><entry key="db.password">{S}</entry>'.encode(), headers=XML),)),
    "event": ((S,), (interaction(body=f'data: {{"token":"{S}"}}\n\n'.encode(), headers=(("Content-Type", "text/event-stream"),)),)),
    "line of JSON": ((S,), (interaction(body=f'{{"a":1}}\n{{"token":"{S}"}}\n'.encode(), headers=(("Content-Type", "application/x-ndjson"),)),)),
    "list of keys": ((S,), (interaction(body={"api_keys": [], "tokens": [S]}),)),
}  # fmt: skip


def written(interactions: tuple[Interaction, ...], rules: Rules = Rules()) -> bytes:  # noqa: B008 - frozen
    """What would reach the disk: nothing, where the gate refuses."""
    clean = Scrubber(rules, b"key").scrub(interactions)
    if any(leak for one in clean for leak in leaks(one, rules)):
        return b""
    cassette = Cassette(clean)
    return write_yaml(cassette) + write_json(cassette)


@pytest.mark.parametrize("kind", PLANTED)
def test_no_planted_secret_is_written(kind: str) -> None:
    secrets, interactions = PLANTED[kind]
    disk = written(interactions)
    assert disk, "the gate refused what scrubbing should have mended"
    for secret in secrets:
        for spelled in (secret, quote(secret, safe=""), b64(secret), json.dumps(secret)[1:-1]):
            assert spelled.encode() not in disk


@pytest.mark.parametrize(
    "text",
    [
        "Invalid token: expired, send another", "password: must be longer", '<a key="1" name="next">go</a>', "key=page",
        "fetch(url, {credentials: 'same-origin'})",
        "tokens: 1024 of 4096", '<input name="q" value="secret garden">', "the cookie: a story", "a,b\r\n1,2\r\n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("kind", ["text/plain", "text/html", "text/csv"])
def test_prose_about_secrets_is_none(text: str, kind: str) -> None:
    one = interaction(body=text.encode(), headers=(("Content-Type", kind),))
    assert not list(leaks(one))
    assert Scrubber(Rules(), b"key").scrub((one,))[0].response == one.response


def test_a_path_template_names_what_stands_in_a_path() -> None:
    rules = Rules(paths=frozenset({"/invitations/{inviteToken}", "/{password}"}))
    used = interaction(url="https://api.example/v2/invitations/abcd1234")
    (clean,) = Scrubber(rules, b"key").scrub((used,))
    assert "abcd1234" not in clean.url
    assert [leak.place for leak in leaks(used, rules)] == ["/request/uri"]
    other = interaction(url="https://api.example/v2/invitations")
    assert Scrubber(rules, b"key").scrub((other,))[0].url == other.url


@pytest.mark.parametrize("kind", PLANTED)
def test_the_gate_alone_finds_what_was_planted(kind: str) -> None:
    _, interactions = PLANTED[kind]
    found = [leak for one in interactions for leak in leaks(one)]
    knows_the_value = kind.startswith(("echoed", "header nobody named"))
    assert found or knows_the_value


def test_more_than_twenty_kinds_are_planted() -> None:
    assert len(PLANTED) >= 30


NAMES = sorted(name for name in SECRET_NAMES if name.isidentifier())
TOKENS = st.text("abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789", min_size=16, max_size=40)
WRAPS: tuple[Callable[[object], object], ...] = (
    lambda inner: {"data": inner}, lambda inner: [1, inner], lambda inner: {"a": {"b": [inner]}},
    lambda inner: {"text": json.dumps(inner)},
)  # fmt: skip


@given(
    name=st.sampled_from(NAMES), secret=TOKENS, wraps=st.lists(st.sampled_from(WRAPS), max_size=3),
    place=st.sampled_from(["query", "header", "form", "sent", "answered", "cookie", "bearer"]),
    echo=st.sampled_from(["", "plain", "base64", "quoted", "path"]),
    filler=INTERACTIONS.map(lambda one: replace(one, recorded=Recorded())),
)  # fmt: skip
def test_wherever_a_secret_is_planted_it_is_not_written(
    name: str, secret: str, wraps: list[Callable[[object], object]], place: str, echo: str, filler: Interaction
) -> None:
    value: object = {name: secret, "id": 1}
    for wrap in wraps:
        value = wrap(value)
    planted = {
        "query": lambda: interaction(url=f"{URL}?{name}={secret}"),
        "header": lambda: interaction(sent_headers=((f"X-{name.replace('_', '-')}", secret),)),
        "form": lambda: interaction("POST", URL, sent=f"a=1&b[{name}]={secret}".encode(), sent_headers=FORM),
        "sent": lambda: interaction("POST", URL, sent=value),
        "answered": lambda: interaction(body=value),
        "cookie": lambda: interaction(sent_headers=(("Cookie", f"{name}={secret}"),)),
        "bearer": lambda: interaction(sent_headers=(("Authorization", f"Bearer {secret}"),)),
    }[place]()
    echoed = {
        "": interaction, "plain": lambda: interaction(body={"note": f"got {secret}."}),
        "base64": lambda: interaction(body={"raw": b64(secret)}),
        "quoted": lambda: interaction(body=f"say%3A{quote(secret)}".encode(), headers=TEXT),
        "path": lambda: interaction(url=f"{URL}/{secret}"),
    }[echo]()  # fmt: skip
    disk = written((filler, planted, echoed))
    assert secret.encode() not in disk
    assert b64(secret).encode() not in disk


@given(st.lists(INTERACTIONS, max_size=2))
def test_scrubbing_twice_is_scrubbing_once(interactions: list[Interaction]) -> None:
    scrubber = Scrubber(Rules(), b"key")
    once = scrubber.scrub(interactions)
    assert scrubber.scrub(once) == once


@pytest.mark.parametrize("kind", PLANTED)
def test_scrubbing_what_was_scrubbed_changes_nothing(kind: str) -> None:
    scrubber = Scrubber(Rules(), b"key")
    once = scrubber.scrub(PLANTED[kind][1])
    assert scrubber.scrub(once) == once
    assert read_vcr(write_yaml(Cassette(once)), "a.yaml").interactions == once


def test_the_same_token_has_the_same_pseudonym_so_that_a_flow_replays() -> None:
    login = interaction("POST", "https://auth.example/token", body={"access_token": S})
    use = interaction(sent_headers=BEARER)
    first, second = Scrubber(Rules(), b"key").scrub((login, use))
    token = json.loads(first.response.body)["access_token"]
    assert second.request.header("authorization") == f"Bearer {token}"
    assert Scrubber(Rules(), b"another").scrub((login,))[0] != first


def test_what_is_no_secret_stays() -> None:
    one = interaction(
        url=f"{URL}?page_token=abcdef&limit=10&max_tokens=5",
        sent_headers=(("Accept", "application/json"), ("Idempotency-Key", "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11")),
        body={"id": "42", "author": "Mia", "next_page_token": "abc", "keywords": ["a"], "token_type": "Bearer",
              "usage": {"prompt_tokens": 12}, "passed": True, "monkey": "x", "design": "y", "tokens_used": 5,
              "hash": "3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11", "secure": "yes"},
    )  # fmt: skip
    (clean,) = Scrubber(Rules(), b"key").scrub((one,))
    assert (clean.url, clean.request, clean.response) == (one.url, one.request, one.response)
    assert list(leaks(one)) == []


def test_what_was_taken_out_is_noted_by_its_place() -> None:
    one = interaction("POST", f"{URL}?sig={S}", sent={"user": {"password": S}}, sent_headers=(("X-Acme", "1"), *BEARER))
    (clean,) = Scrubber(Rules(), b"key").scrub((one,))
    assert clean.recorded.redacted == (
        "/request/uri?sig", "/request/headers/Authorization", "/request/body#/user/password",
    )  # fmt: skip
    assert clean.recorded.dropped == ("x-acme",)


@pytest.mark.parametrize("value", ["key_9f8e7d6c5b4a39281706", "whsec_" + "aB3" * 10 + "zz", "4242424242424242",
                                   "CH9300762011623852957", "0123456789abcdef0123456789abcdef", "a" * 40])  # fmt: skip
def test_a_pseudonym_has_the_shape_of_the_secret(value: str) -> None:
    made = Pseudonyms(b"key").of(value)
    assert made != value
    assert is_pseudonym(made)
    assert not is_pseudonym(value)
    kinds = [(character.isdigit(), character.islower(), character.isupper()) for character in value]
    assert [(character.isdigit(), character.islower(), character.isupper()) for character in made] == kinds


@given(st.text(min_size=1, max_size=60))
def test_a_pseudonym_is_its_own_pseudonym(value: str) -> None:
    made = Pseudonyms(b"key").of(value)
    assert Pseudonyms(b"key").of(made) == made


def test_names_of_the_contract_are_secret_and_those_said_to_be_public_are_not() -> None:
    one = interaction("POST", URL, sent={"number": "4242424242424242"}, body={"number": "8", "session": "winter"})
    rules = Rules(written=frozenset({"number"}), public=frozenset({"session"}))
    (clean,) = Scrubber(rules, b"key").scrub((one,))
    assert b"4242424242424242" not in clean.request.body
    assert clean.response == one.response


def test_the_gate_names_the_place_and_never_the_value() -> None:
    one = interaction("POST", URL, sent={"deep": [{"authBlob": S}]})
    (leak,) = leaks(Scrubber(Rules(), b"key").scrub((one,))[0])
    assert leak.place == "/request/body#/deep/0/authBlob"
    assert S not in repr(leak)


def test_a_body_that_nobody_can_look_into_is_refused() -> None:
    one = interaction(body=b"\x0b\x02\x80hi\x03\xff", headers=(("Content-Encoding", "br"),))
    assert [leak.place for leak in leaks(Scrubber(Rules(), b"key").scrub((one,))[0])] == ["/response/body"]


def test_a_credential_that_is_known_is_found_under_any_name() -> None:
    rules = Rules(values=frozenset({S}))
    one = interaction(url=f"{URL}/bot{S}/me", body={"note": S})
    (clean,) = Scrubber(rules, b"key").scrub((one,))
    assert S not in clean.url
    assert S.encode() not in clean.response.body


@pytest.mark.parametrize("name", [name for name, _ in SHAPES])
@given(choice=st.data())
@settings(max_examples=15)
def test_the_quick_look_misses_no_shape(name: str, choice: st.DataObject) -> None:
    shape = dict(SHAPES)[name].pattern
    before = {
        "password in an address": "https://",
        "bearer token": "Bearer ",
        "Slack webhook": "hooks.slack.com/services/",
    }
    bare = re.sub(r"\(\?<?[=!](?:[^()\\]|\\.|\[[^\]]*\])*\)", "", shape)
    secret = choice.draw(st.from_regex(re.compile(bare, re.DOTALL), fullmatch=True))
    text = before.get(name, "") + secret + ("@a.example" if name == "password in an address" else "")
    assert may_hold_a_shape(text)
