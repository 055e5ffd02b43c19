"""A stream tells one story: one id, counters from 0, what begins first and what ends last."""

import json

import pytest

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.exchange import Request, Response, Streamed
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Service, Settings
from mockserver.schema.compile import Validators

TEXT, NUMBER = {"type": "string"}, {"type": "integer"}


class StillClock:
    def now(self):
        return 0.0


def kind(tag, **properties):
    return {
        "type": "object",
        "required": ["type", *properties],
        "properties": {"type": {"const": tag}, **properties},
    }


def answer(schema, media_type="text/event-stream", body=b'{"stream": true}', *, method="POST", **more):
    media = {media_type: {"schema": schema}}
    operation = {
        "requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}},
        "responses": {"200": {"description": "ok", "content": media}},
        **more,
    }
    document = {
        "openapi": "3.1.1",
        "info": {"title": "t", "version": "1"},
        "paths": {"/s": {method.lower(): operation}},
    }
    contract = load("api", Documents("api.yaml", {"api.yaml": json.dumps(document).encode()}))
    session = Session([Service(contract, Validators())], Settings(), StillClock())
    return session.serve(Request(method, "/s", (("Content-Type", "application/json"),), body)).response


def events(response):
    """Return the name and the data of each event."""
    found = []
    for block in response.body.decode().split("\n\n")[:-1]:
        fields = dict(line.split(": ", 1) for line in block.split("\n"))
        data = fields["data"]
        found.append((fields.get("event"), data if data == "[DONE]" else json.loads(data)))
    return found


MESSAGE = {"type": "object", "required": ["id", "model"], "properties": {"id": TEXT, "model": TEXT}}
LIFE = {
    "oneOf": [
        kind("error", message=TEXT),
        kind("block_delta", index=NUMBER, delta=kind("text_delta", text=TEXT)),
        kind("block_stop", index=NUMBER),
        kind(
            "message_delta", delta={"type": "object", "properties": {"stop_reason": {"enum": ["end_turn", "length"]}}}
        ),
        kind("message_stop"),
        kind("message_start", message=MESSAGE),
        kind("block_start", index=NUMBER),
    ]
}


def test_one_of_each_event_comes_what_holds_others_first_and_last():
    told = events(answer(LIFE))
    order = [name for name, _ in told]
    assert order == [
        "message_start", "block_start", "block_delta", "block_stop", "message_delta", "message_stop",
    ]  # fmt: skip
    assert [name for name, data in told if name != data["type"]] == []
    assert {data["index"] for _, data in told if "index" in data} == {0}
    assert told[4][1]["delta"]["stop_reason"] == "end_turn"


def test_events_are_numbered_and_speak_of_the_same_things():
    item = {"type": "object", "required": ["id", "status"], "properties": {"id": TEXT}}
    item["properties"]["status"] = {"enum": ["failed", "in_progress", "completed"]}
    schema = {
        "anyOf": [
            kind("run.item.done", item_id=TEXT, sequence_number=NUMBER),
            kind("run.completed", run=item, sequence_number=NUMBER),
            kind("run.failed", run=item, sequence_number=NUMBER),
            kind("run.created", run=item, sequence_number=NUMBER),
            kind("run.item.added", item=item, output_index=NUMBER, sequence_number=NUMBER),
        ]
    }
    told = [data for _, data in events(answer(schema))]
    assert [data["type"] for data in told] == ["run.created", "run.item.added", "run.item.done", "run.completed"]
    assert [data["sequence_number"] for data in told] == [0, 1, 2, 3]
    assert told[0]["run"]["id"] == told[3]["run"]["id"]
    assert told[1]["item"]["id"] == told[2]["item_id"]
    assert [told[0]["run"]["status"], told[3]["run"]["status"]] == ["in_progress", "completed"]


CHUNK = {
    "type": "object",
    "required": ["id", "object", "created", "model", "choices"],
    "properties": {
        "id": TEXT,
        "object": {"const": "chat.chunk"},
        "created": NUMBER,
        "model": TEXT,
        "usage": {"anyOf": [{"type": "object", "properties": {"tokens": NUMBER}}, {"type": "null"}]},
        "choices": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["index", "delta", "finish_reason"],
                "properties": {
                    "index": NUMBER,
                    "delta": {
                        "type": "object",
                        "properties": {"content": TEXT, "role": {"enum": ["user", "assistant"]}},
                    },
                    "finish_reason": {"enum": ["length", "stop", None]},
                },
            },
        },
    },
}


def test_chunks_are_pieces_of_one_text_and_only_the_last_is_over():
    told = [data for _, data in events(answer(CHUNK, body=b'{"stream": true, "model": "m-1"}'))]
    assert told.pop() == "[DONE]"
    choices = [data["choices"][0] for data in told]
    assert all(len(data["choices"]) == 1 for data in told)
    assert len({(data["id"], data["created"]) for data in told}) == 1
    assert {data["model"] for data in told} == {"m-1"}
    assert [choice["finish_reason"] for choice in choices] == [None] * (len(told) - 1) + ["stop"]
    assert {(choice["index"], choice["delta"]["role"]) for choice in choices} == {(0, "assistant")}
    assert "  " not in "".join(choice["delta"]["content"] for choice in choices)
    assert [data["usage"] is None for data in told] == [True] * (len(told) - 1) + [False]


def test_lines_tell_when_they_are_done():
    schema = {"type": "object", "required": ["model", "response", "done"]}
    schema["properties"] = {"model": TEXT, "response": TEXT, "done": {"type": "boolean"}}
    found = answer(schema, "application/x-ndjson")
    told = [json.loads(line) for line in found.body.splitlines()]
    assert [line["done"] for line in told] == [False, False, False, True]
    assert len({line["model"] for line in told}) == 1


def test_records_are_each_their_own():
    schema = {"type": "object", "required": ["id", "name"], "properties": {"id": TEXT, "name": TEXT}}
    told = [json.loads(line) for line in answer(schema, "application/jsonl").body.splitlines()]
    assert len({record["id"] for record in told}) == len(told) == 3


def test_a_schema_of_the_fields_of_an_event_is_that_of_the_event():
    def event(name, data):
        return {"type": "object", "required": ["event", "data"], "properties": {"event": {"const": name}, "data": data}}

    schema = {"oneOf": [event("run.created", MESSAGE), event("done", {"const": "[DONE]"})]}
    told = events(answer(schema))
    assert [name for name, _ in told] == ["run.created", "done"]
    assert told[0][1].keys() == {"id", "model"}
    assert told[1][1] == "[DONE]"


@pytest.mark.parametrize(("said", "ending"), [("it ends with `data: [DONE]`", "[DONE]"), ("it ends", None)])
def test_the_end_is_marked_where_the_contract_says_so(said, ending):
    schema = {"type": "object", "required": ["delta"], "properties": {"delta": TEXT}}
    last = events(answer(schema, description=said))[-1][1]
    assert (last if last == "[DONE]" else None) == ending


def test_each_item_is_a_piece_of_its_own_and_head_has_none():
    found = answer(LIFE)
    assert isinstance(found, Streamed)
    assert [piece.count(b"\n\n") for _, piece in found] == [1] * 6
    head = answer(LIFE, body=b"", method="HEAD", requestBody={"content": {}})
    assert isinstance(head, Response)


def test_the_same_request_gets_the_same_stream():
    assert answer(CHUNK).body == answer(CHUNK).body
