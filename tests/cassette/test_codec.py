"""Cassettes are read as VCR.py reads them, written so that it can, and refused with their line when broken."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from interactions import CASSETTES, INTERACTIONS, interaction
from vcr.request import Request as VcrRequest
from vcr.serialize import deserialize, serialize
from vcr.serializers import jsonserializer, yamlserializer

from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.written import write_json, write_yaml
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Response
from mockserver.values import replace


def measured(cassette: Cassette) -> Cassette:
    """Without Content-Length: what is spread over lines is measured again."""
    return Cassette(tuple(map(unmeasured, cassette.interactions)), cassette.expires, cassette.metadata)


def unmeasured(one: Interaction) -> Interaction:
    fields = tuple(field for field in one.response.headers if field[0].lower() != "content-length")
    return Interaction(one.origin, one.request, Response(one.response.status, fields, one.response.body), one.reason,
                       one.recorded, one.extra)  # fmt: skip


@given(CASSETTES)
def test_what_is_written_as_yaml_is_read_as_it_was(cassette: Cassette) -> None:
    assert measured(read_vcr(write_yaml(cassette), "a.yaml")) == measured(cassette)


@pytest.mark.parametrize("reason", ["A,", "a, b", "yes", "a: b", "a #b", "{a", "", "-", "=", "~"])
def test_a_reason_is_read_as_it_was_written(reason: str) -> None:
    cassette = Cassette((replace(interaction(), reason=reason),))
    assert read_vcr(write_yaml(cassette), "a.yaml").interactions[0].reason == reason


@given(CASSETTES)
def test_what_is_written_as_json_is_read_as_it_was(cassette: Cassette) -> None:
    assert read_vcr(write_json(cassette), "a.json") == cassette


@settings(max_examples=60)
@given(INTERACTIONS)
def test_vcrpy_reads_what_we_write(one: Interaction) -> None:
    requests, responses = deserialize(write_yaml(Cassette((one,))).decode(), yamlserializer)
    assert (requests[0].method, requests[0].uri) == (one.request.method, one.url)
    assert responses[0]["status"] == {"code": one.response.status, "message": one.reason}
    assert sorted(responses[0]["headers"]) == sorted({name for name, _ in one.response.headers})
    read = responses[0]["body"]["string"]
    assert read == one.response.body or json.loads(read) == json.loads(one.response.body)


@settings(max_examples=60)
@given(INTERACTIONS)
def test_we_read_what_vcrpy_writes(one: Interaction) -> None:
    grouped: dict[str, list[str]] = {}
    for name, value in one.response.headers:
        grouped.setdefault(name, []).append(value)
    sent = dict(one.request.headers)
    request = VcrRequest(one.request.method, one.url, one.request.body or None, sent)
    answer = {"status": {"code": one.response.status, "message": one.reason}, "headers": grouped,
              "body": {"string": one.response.body}}  # fmt: skip
    written = serialize({"requests": [request], "responses": [answer]}, yamlserializer)
    (read,) = read_vcr(written.encode(), "theirs.yaml").interactions
    assert (read.request.method, read.url, read.request.body) == (one.request.method, one.url, one.request.body)
    assert read.response.body == one.response.body
    assert sorted(read.response.headers) == sorted(one.response.headers)


def test_what_vcrpy_leaves_unquoted_is_a_text_and_no_number() -> None:
    answer = {
        "status": {"code": 200, "message": None},
        "headers": {"ETag": ["1e5", "0o17"]},
        "body": {"string": b"12e4"},
    }
    request = VcrRequest("GET", "https://api.example/", None, {"X-Commit": "7e10"})
    written = serialize({"requests": [request], "responses": [answer]}, yamlserializer)
    assert "- 1e5" in written
    (read,) = read_vcr(written.encode(), "theirs.yaml").interactions
    assert read.response == Response(200, (("ETag", "1e5"), ("ETag", "0o17")), b"12e4")
    assert read.request.headers == (("X-Commit", "7e10"),)


def test_vcrpy_reads_our_json_and_past_our_notes() -> None:
    cassette = Cassette((interaction(body={"id": 1}),), expires="90d")
    requests, responses = deserialize(write_json(cassette).decode(), jsonserializer)
    assert (len(requests), responses[0]["body"]["string"]) == (1, b'{"id": 1}')


def test_a_json_body_stands_over_lines_and_is_played_to_the_byte() -> None:
    one = interaction(
        body=b'{"id":"42","tags":["a"]}', headers=(("Content-Type", "application/json"), ("Content-Length", "24"))
    )
    written = write_yaml(Cassette((one,))).decode()
    assert '        {\n          "id": "42",\n          "tags": [\n            "a"\n          ]\n        }\n' in written
    assert read_vcr(written.encode(), "a.yaml").interactions == (one,)


def test_early_recordings_of_httpx_and_pickled_bodies_are_read() -> None:
    text = """
interactions:
- request:
    body: !!python/object/new:_io.BytesIO
      state: !!python/tuple
      - !!binary |
        aGVsbG8=
      - 0
      - null
    headers: {}
    method: POST
    uri: https://api.example/upload
  response:
    content: '{"ok": true}'
    headers: {content-type: [application/json]}
    http_version: HTTP/1.1
    status_code: 201
version: 1
"""
    (one,) = read_vcr(text.encode(), "old.yaml").interactions
    assert (one.request.body, one.response.status, one.response.body) == (b"hello", 201, b'{"ok": true}')


def test_requests_and_responses_may_stand_side_by_side() -> None:
    text = "requests:\n- {method: GET, uri: 'http://a/1'}\nresponses:\n- {status: {code: 204}, body: {string: ''}}\n"
    (one,) = read_vcr(text.encode(), "pairs.yaml").interactions
    assert (one.url, one.response.status) == ("http://a/1", 204)


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("interactions:\n- request: {method: GET\n", 3, "YAML"),
        ("interactions:\n- request:\n    method: GET\n    uri: http://a/\n  response: {headers: {}}\n", 5, "no status"),
        ("interactions:\n- request:\n    uri: http://a/\n  response: {status: {code: 200}}\n", 2, "no method or"),
        ("interactions:\n- 5\n", 2, "an interaction is an object"),
        ("interactions:\n- request: {method: GET, uri: 'http://a/'}\n", 2, "no response"),
        ("- request: {}\n  response: {}\n", 1, "before VCR.py 1.0"),
        ("openapi: 3.1.0\n", 1, "no cassette"),
        ("requests:\n- {method: GET, uri: 'http://a/'}\n", 1, "not as many responses"),
        ("version: 2\ninteractions: []\n", 1, "version 2"),
        (("interactions:\n- request: {method: GET, uri: 'http://a/'}\n  response:\n    status: {code: 200}\n"
         "    body:\n      string: !!binary |\n        a=b\n"), 6, "no base64"),
        ("interactions:\n- request: {method: GET, uri: 'http://a/', headers: [a]}\n  response: {status: {code: 200}}\n",
         2, "headers are an object"),
    ],
    ids=lambda value: str(value).replace("\n", " ")[:30],
)  # fmt: skip
def test_a_broken_cassette_is_an_error_with_its_line(text: str, line: int, words: str) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        read_vcr(text.encode(), "broken.yaml")
    assert words in refused.value.what
    assert refused.value.where.startswith(f"broken.yaml:{line}")
    assert refused.value.fix


def test_an_empty_file_is_no_empty_cassette() -> None:
    with pytest.raises(UnreadableDocument, match="empty"):
        read_vcr(b"", "empty.yaml")
