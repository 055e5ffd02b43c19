import pytest
from wire_specs import INTEGER, STRING, body

from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError

LOG = {"type": "object", "properties": {"id": INTEGER}}
EVENT = {
    "type": "object",
    "properties": {"event": STRING, "data": STRING, "id": STRING, "retry": INTEGER},
}
EVENTS = "text/event-stream"
LINES = "application/x-ndjson"
SEQUENCE = "application/json-seq"


def events(text, schema=LOG, **more):
    return decode_body(body(schema, EVENTS, **more), EVENTS, text if isinstance(text, bytes) else text.encode())


@pytest.mark.parametrize(
    "media_type", ["application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonlines"]
)
def test_each_line_is_an_item(media_type):
    spec = body(LOG, media_type)
    assert decode_body(spec, media_type, b'{"id":1}\r\n\n{"id":2}') == Decoded([{"id": 1}, {"id": 2}])
    assert encode_body(spec, [{"id": 1}, None]) == (media_type, b'{"id":1}\nnull\n')


def test_a_broken_line_is_named():
    assert decode_body(body(LOG, LINES), LINES, b"1\n\n{\n") == Undecodable(
        "line 3: it is not JSON: unexpected end of data at line 1, column 2 (offset 1)"
    )


def test_each_text_of_a_sequence_is_an_item():
    spec = body(LOG, SEQUENCE)
    assert decode_body(spec, SEQUENCE, b'\x1e{"id":\n1}\n\x1e\n\x1e2\n') == Decoded([{"id": 1}, 2])
    assert decode_body(spec, SEQUENCE, b"") == Decoded([])
    assert encode_body(spec, [{"id": 1}]) == (SEQUENCE, b'\x1e{"id":1}\n')


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b'{"id":1}', "its first text has no record separator (0x1E) in front"),
        (b"\x1e1\n\x1e{", "text 2: it is not JSON: unexpected end of data at line 1, column 2 (offset 1)"),
    ],
)
def test_a_broken_sequence_is_told(octets, message):
    assert decode_body(body(LOG, SEQUENCE), SEQUENCE, octets) == Undecodable(message)


def test_the_data_of_each_event_is_an_item():
    text = '\ufeffevent: a\ndata: {"id":\ndata: 1}\n\n: comment\n\nid: 7\n\ndata:{"id":2}\r\rdata: 3\r\n\r\n'
    assert events(text) == Decoded([{"id": 1}, {"id": 2}, 3])


def test_the_data_of_an_event_is_a_text_where_one_is_suggested():
    assert events("data: a\ndata:  b\n\ndata:\n\n", STRING) == Decoded(["a\n b", ""])
    assert events("data: a\n\ndata: 5\n\n", {"anyOf": [LOG, STRING]}) == Decoded(["a", 5])


def test_an_array_schema_gives_its_items_their_shape():
    assert events("data: a\n\n", {"type": "array", "items": STRING}) == Decoded(["a"])


def test_the_last_word_of_a_stream_is_no_item():
    assert events("data: 1\n\ndata: [DONE]\n\n") == Decoded([1], notes=("it ends with [DONE], which is no item",))


def test_an_unfinished_event_is_not_seen():
    note = ("its last event is not ended by an empty line, so no client sees it",)
    assert events("data: 1\n\ndata: 2\n") == Decoded([1], notes=note)
    assert events("data: 1\n\ndata: 2") == Decoded([1], notes=note)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("data: 1\n\ndata: {\n\n", "event 2: it is not JSON: unexpected end of data at line 1, column 2 (offset 1)"),
        (b"data: \xff\n\n", "the event stream is not UTF-8 from octet 6 on"),
    ],
)
def test_a_broken_event_is_named(text, message):
    assert events(text) == Undecodable(message)


def test_with_an_item_schema_an_item_is_the_whole_event():
    text = (
        "event: addString\ndata: This data is formatted\ndata: across two lines\nretry: 5\n\n"
        "event: addInt64\ndata: 1234\nunknownField: this is ignored\n\n"
        ': This is a comment\nevent: addJSON\ndata: {"foo": 42}\nid: 7\nid: a\0b\nretry: soon\n\n'
    )
    assert events(text, EVENT, item=True) == Decoded(
        [
            {"event": "addString", "data": "This data is formatted\nacross two lines", "retry": 5},
            {"event": "addInt64", "data": "1234"},
            {"event": "addJSON", "data": '{"foo": 42}', "id": "7"},
        ]
    )


def test_a_whole_event_may_have_typed_data():
    schema = {"type": "object", "properties": {"data": LOG}}
    decoded = events('data: {"id": 1}\n\n', schema, item=True)
    assert decoded.value == [{"data": {"id": 1}}]


def test_items_are_written_as_events():
    assert encode_body(body(LOG, EVENTS), [{"id": 1}, "x"]) == (EVENTS, b'data: {"id":1}\n\ndata: "x"\n\n')
    assert encode_body(body(STRING, EVENTS), ["a\nb", ""]) == (EVENTS, b"data: a\ndata: b\n\ndata: \n\n")


def test_whole_events_are_written_field_by_field():
    value = [{"data": {"a": 1}, "event": "e", "retry": 5, "id": None, "other": 1}]
    assert encode_body(body(EVENT, EVENTS, item=True), value) == (EVENTS, b'event: e\nretry: 5\ndata: {"a":1}\n\n')


def test_a_stream_is_an_array():
    for media_type in (EVENTS, LINES, SEQUENCE):
        with pytest.raises(UnspellableError, match="a stream spells an array"):
            encode_body(body(LOG, media_type), {"id": 1})


def test_the_name_of_an_event_has_one_line():
    with pytest.raises(UnspellableError, match="line break"):
        encode_body(body(EVENT, EVENTS, item=True), [{"event": "a\nb", "data": ""}])
