"""Laws of bodies: what was encoded is decoded, but for the losses that the functions' docstrings name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_specs import EACH, INTEGER, INTEGERS, LAW, STRING, STRINGS, body

from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError
from mockserver.wire.specs import Encoding

FORM = "application/x-www-form-urlencoded"
FORM_DATA = "multipart/form-data"
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
ADDRESS = {"type": "object", "properties": {"street": STRING, "zip": INTEGER, "lines": STRINGS}}
PROPERTIES = {
    "id": INTEGER,
    "on": {"type": "boolean"},
    "rate": {"type": "number"},
    "name": STRING,
    "none": {"type": ["integer", "null"]},
    "tags": STRINGS,
    "sizes": INTEGERS,
    "address": ADDRESS,
    "addresses": {"type": "array", "items": ADDRESS},
}
OBJECT = {"type": "object", "properties": PROPERTIES, "xml": {"name": "object"}}


def objects(text, *, least=1):
    """Values of OBJECT; arrays have at least one item where an empty one is nothing on the wire."""
    address = st.fixed_dictionaries(
        {}, optional={"street": text, "zip": st.integers(), "lines": st.lists(text, min_size=least, max_size=3)}
    )
    return st.fixed_dictionaries(
        {},
        optional={
            "id": st.integers(),
            "on": st.booleans(),
            "rate": st.floats(allow_nan=False, allow_infinity=False),
            "name": text,
            "none": st.none() | st.integers(),
            "tags": st.lists(text, min_size=least, max_size=3),
            "sizes": st.lists(st.integers(), min_size=least, max_size=3),
            "address": address,
            "addresses": st.lists(address, min_size=least, max_size=2),
        },
    )


def round_trip(spec, value):
    content_type, octets = encode_body(spec, value)
    return decode_body(spec, content_type, octets)


@pytest.mark.parametrize("media_type", ["application/json", "application/problem+json", "*/*"])
@LAW
@given(JSON_VALUES)
def test_json_comes_back(media_type, value):
    assert round_trip(body({}, media_type), value) == Decoded(value)


@pytest.mark.parametrize("media_type", ["application/x-ndjson", "application/json-seq", "text/event-stream"])
@LAW
@given(st.lists(JSON_VALUES.filter(lambda value: value != "[DONE]"), max_size=4))
def test_items_come_back(media_type, value):
    assert round_trip(body({"type": "object"}, media_type), value) == Decoded(value)


@LAW
@given(
    st.lists(
        st.fixed_dictionaries(
            {"data": st.text(st.characters(exclude_characters="\r", exclude_categories=["Cs"]))},
            optional={
                "event": st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])),
                "id": st.text(st.characters(exclude_characters="\r\n\0", exclude_categories=["Cs"])),
                "retry": st.integers(min_value=0, max_value=10**9),
            },
        )
    )
)
def test_whole_events_come_back(value):
    properties = {"event": STRING, "data": STRING, "id": STRING, "retry": INTEGER}
    spec = body({"type": "object", "properties": properties}, "text/event-stream", item=True)
    assert round_trip(spec, value) == Decoded(value)


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-other"])
@LAW
@given(st.text())
def test_text_comes_back(media_type, value):
    assert round_trip(body(STRING, media_type), value) == Decoded(value)


@pytest.mark.parametrize("media_type", ["application/octet-stream", "image/png"])
@LAW
@given(st.binary())
def test_octets_come_back(media_type, octets):
    spec = body({"type": "string", "format": "binary"}, media_type)
    decoded = decode_body(spec, media_type, octets)
    assert encode_body(spec, decoded.value) == (media_type, octets)


@LAW
@given(objects(st.text()))
def test_a_form_comes_back(value):
    assert round_trip(body(OBJECT, FORM), value) == Decoded(value)


@pytest.mark.parametrize(
    "encoding",
    [
        Encoding(style="form", explode=False),
        Encoding(style="form", explode=True),
        Encoding(style="deepObject", explode=True),
        Encoding(allow_reserved=True),
    ],
)
@EACH
@given(
    st.fixed_dictionaries(
        {},
        optional={
            "sizes": st.lists(st.integers(), min_size=1, max_size=3),
            "tags": st.lists(st.text(), min_size=1, max_size=3).filter(lambda tags: tags != [""]),
            "address": st.fixed_dictionaries({"zip": st.integers()}, optional={"street": st.text()}),
        },
    )
)
def test_a_styled_form_comes_back(encoding, value):
    spec = body(OBJECT, FORM, encodings=dict.fromkeys(value, encoding))
    assert round_trip(spec, value) == Decoded(value)


@LAW
@given(objects(st.text()), st.binary(), st.lists(st.binary(), min_size=1, max_size=2))
def test_a_multipart_form_comes_back(value, file, files):
    binary = {"type": "string", "format": "binary"}
    properties = {**PROPERTIES, "file": binary, "files": {"type": "array", "items": binary}}
    sent = {**value, "file": file.decode("latin-1"), "files": [one.decode("latin-1") for one in files]}
    reading = round_trip(body({"type": "object", "properties": properties}, FORM_DATA), sent)
    assert reading.value == sent


@LAW
@given(st.lists(st.text(), max_size=3))
def test_unnamed_parts_come_back(value):
    assert round_trip(body(STRINGS, "multipart/mixed"), value) == Decoded(value)


XML_TEXT = st.text(st.characters(min_codepoint=0x20, exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"))


@LAW
@given(objects(XML_TEXT))
def test_a_document_comes_back(value):
    reading = round_trip(body(OBJECT, "application/xml"), value)
    assert (reading.value, reading.notes) == (value, ())


@LAW
@given(objects(XML_TEXT, least=0))
def test_a_document_with_wrapped_arrays_comes_back_whole(value):
    def wrapped(schema):
        if schema["type"] == "array":
            return {**schema, "items": wrapped(schema["items"]), "xml": {"wrapped": True}}
        if schema["type"] == "object":
            return {**schema, "properties": {name: wrapped(below) for name, below in schema["properties"].items()}}
        return schema

    reading = round_trip(body(wrapped(OBJECT), "application/xml"), value)
    assert reading == Decoded(value)


@LAW
@given(XML_TEXT, st.integers(), XML_TEXT)
def test_attributes_and_text_nodes_come_back(kind, number, text):
    schema = {
        "type": "object",
        "properties": {
            "kind": {**STRING, "xml": {"attribute": True}},
            "number": {**INTEGER, "xml": {"nodeType": "attribute"}},
            "text": {**STRING, "xml": {"nodeType": "cdata"}},
        },
    }
    value = {"kind": kind, "number": number, "text": text}
    assert round_trip(body(schema, "application/xml"), value) == Decoded(value)


CONTENT_TYPES = [
    "application/json",
    "text/plain",
    "text/plain; charset=utf-16",
    FORM,
    "multipart/form-data; boundary=b",
    "multipart/mixed; boundary=b",
    "application/xml",
    "application/xml; charset=latin-1",
    "text/event-stream",
    "application/x-ndjson",
    "application/json-seq",
    "image/png",
    "",
]
MARKS = (b"--b", b"--b--", b"\r\n", b"\n", b'Content-Disposition: form-data; name="tags"', b"Content-Type: ")
TAGS = (b"<a>", b"</a>", b"<object", b">", b"&#0;", b"<![CDATA[", b"='", b"<!DOCTYPE")
WORDS = (b"data: ", b"\x1e", b"tags[]=", b"%", b"a[b][", b"application/json", b"; charset=x", b"\xff", b"\0")
VALUES = (b"{", b'"', b"[", b"1e999", b"null", b"12345678901234567890")
FRAGMENTS = st.lists(
    st.sampled_from((*MARKS, *TAGS, *WORDS, *VALUES)) | st.binary(max_size=3),
    max_size=12,
).map(b"".join)


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
@LAW
@given(octets=FRAGMENTS, schema=st.sampled_from([OBJECT, STRING, STRINGS, {}, INTEGER, {"type": ["object", "null"]}]))
def test_whatever_comes_over_the_wire_is_read_without_an_error(content_type, octets, schema):
    for item in (False, True):
        reading = decode_body(body(schema, "*/*", item=item), content_type, octets, lenient=item)
        assert isinstance(reading, (Decoded, Undecodable))


@pytest.mark.parametrize("content_type", CONTENT_TYPES[:-1])
@LAW
@given(value=JSON_VALUES, schema=st.sampled_from([OBJECT, STRINGS, {}]))
def test_any_value_is_spelled_or_refused(content_type, value, schema):
    try:
        sent, octets = encode_body(body(schema, content_type), value)
    except UnspellableError:
        return
    assert isinstance(octets, bytes)
    assert sent.partition(";")[0] == content_type.partition(";")[0]
