import pytest
from wire_specs import INTEGER, STRING, body

from mockserver.wire.bodies import decode_body, encode_body, is_per_item, is_sequential
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError

OBJECT = {"type": "object"}
BINARY = {"type": "string", "format": "binary"}


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/json; charset=utf-8", "Application/Problem+JSON", "text/json", ""]
)
def test_json_and_all_that_ends_in_json_is_json(content_type):
    assert decode_body(body(OBJECT), content_type, b' {"a": [1, null]} ') == Decoded({"a": [1, None]})


@pytest.mark.parametrize(
    ("octets", "message"),
    [
        (b"", "it is empty; JSON has at least a value"),
        (b"(", "it is not JSON: unexpected character, expected a JSON value at line 1, column 1 (offset 0)"),
        (b'{"a":\xff}', "it is not JSON: a byte that is not UTF-8 at line 1, column 6 (offset 5)"),
    ],
)
def test_what_is_no_json_is_undecodable_with_its_place(octets, message):
    assert decode_body(body(OBJECT), "application/json", octets) == Undecodable(message)


def test_null_is_a_value():
    assert decode_body(body(OBJECT), "application/json", b"null") == Decoded(None)


def test_json_in_another_charset_is_read_and_noted():
    assert decode_body(body(STRING), "application/json; charset=utf-16", '"ü"'.encode("utf-16")) == Decoded(
        "ü", notes=("JSON was sent in utf-16; it is UTF-8",)
    )


@pytest.mark.parametrize(
    ("schema", "content_type", "octets", "reading"),
    [
        (STRING, "text/plain", "zoë".encode(), Decoded("zoë")),
        (STRING, "text/csv; charset=ISO-8859-1", b"zo\xeb", Decoded("zoë")),
        (INTEGER, "text/plain", b"5", Decoded(5)),
        (STRING, "text/plain", b"", Decoded("")),
        (
            OBJECT,
            "text/plain",
            b'{"a":1}',
            Decoded({"a": 1}, notes=("a nested value was sent as JSON text, which its style does not define",)),
        ),
        (STRING, "text/plain", b"a\xff", Undecodable("it is not utf-8 text from octet 1 on")),
        (STRING, "text/plain; charset=klingon", b"a", Undecodable("its charset 'klingon' is not known")),
        (STRING, "text/plain; charset=hex", b"a", Undecodable("its charset 'hex' is not known")),
    ],
)
def test_text_is_decoded_in_its_charset_and_typed(schema, content_type, octets, reading):
    assert decode_body(body(schema, "text/*"), content_type, octets) == reading


@pytest.mark.parametrize(
    ("schema", "content_type", "octets", "value"),
    [
        ({}, "application/octet-stream", b"\x00\xff", "\x00ÿ"),
        (STRING, "image/png", b"\x89PNG", "\x89PNG"),
        (STRING, "image/gif", b"", ""),
        (BINARY, "application/x-thing", b"\xc3\xbc", "Ã¼"),
        (STRING, "application/x-other", b"\xc3\xbc", "ü"),
        (STRING, "application/x-other", b"\xff", "ÿ"),
        (STRING, "application/pdf", b"\xc3\xbc", "Ã¼"),
        (STRING, "nonsense", b"\xff", "ÿ"),
    ],
)
def test_octets_are_characters_one_for_one(schema, content_type, octets, value):
    assert decode_body(body(schema, "application/octet-stream"), content_type, octets) == Decoded(value)


@pytest.mark.parametrize(
    ("schema", "media_type", "value", "encoded"),
    [
        (OBJECT, "application/json", {"a": "ü"}, ("application/json", '{"a":"ü"}'.encode())),
        (OBJECT, "application/vnd.a+json; v=2", [1], ("application/vnd.a+json; v=2", b"[1]")),
        (OBJECT, "*/*", {"a": 1}, ("application/json", b'{"a":1}')),
        (BINARY, "*/*", "\xff", ("application/octet-stream", b"\xff")),
        (STRING, "text/*", "ü", ("text/plain; charset=utf-8", "ü".encode())),
        (STRING, "text/csv; charset=latin-1", "ü", ("text/csv; charset=utf-8", "ü".encode())),
        (INTEGER, "text/plain", 5, ("text/plain; charset=utf-8", b"5")),
        (BINARY, "image/png", "\x89\xff", ("image/png", b"\x89\xff")),
        (BINARY, "image/*", "漢", ("image/png", "漢".encode())),
        ({}, "application/pdf", {"a": 1}, ("application/pdf", b'{"a":1}')),
        (STRING, "application/x-other", "ü", ("application/x-other", "ü".encode())),
        (STRING, "nonsense", "ü", ("application/octet-stream", b"\xfc")),
    ],
)
def test_values_are_encoded_with_their_whole_content_type(schema, media_type, value, encoded):
    assert encode_body(body(schema, media_type), value) == encoded


def test_half_of_a_surrogate_pair_has_no_octets():
    for media_type in ("text/plain", "application/x-other"):
        with pytest.raises(UnspellableError, match="surrogate"):
            encode_body(body(STRING, media_type), "\ud800")


def test_a_lenient_reading_reaches_the_values():
    spec = body({"type": "object", "properties": {"on": {"type": "boolean"}}}, "application/x-www-form-urlencoded")
    assert decode_body(spec, spec.media_type, b"on=True", lenient=True).value == {"on": True}


def test_sequential_media_types_are_known():
    names = [
        "text/event-stream",
        "application/x-ndjson",
        "application/jsonl",
        "application/geo+json-seq",
        "text/plain",
        "",
    ]
    assert [is_sequential(name) for name in names] == [True, True, True, True, False, False]


def test_a_schema_is_per_item_unless_it_is_an_array():
    listed = {"type": "array", "items": OBJECT}
    assert [is_per_item(body(OBJECT)), is_per_item(body(listed)), is_per_item(body(listed, item=True))] == [
        True,
        False,
        True,
    ]


def test_yaml_is_read_and_written_as_json():
    # RFC 9512: JSON is YAML
    spec = body({"type": "object"}, "application/apply-patch+yaml")
    assert decode_body(spec, "application/apply-patch+yaml", b"a: 1\nb: [x, on]\n") == Decoded(
        {"a": 1, "b": ["x", "on"]}
    )
    assert encode_body(spec, {"a": 1}) == ("application/apply-patch+yaml", b'{"a":1}')
    assert isinstance(decode_body(spec, "text/yaml", b"a: ["), Undecodable)


def test_octets_whose_schema_describes_an_object_are_read_as_json():
    spec = body({"type": "object"}, "application/octet-stream")
    assert decode_body(spec, "application/octet-stream", b'{"a": 1}') == Decoded({"a": 1})


def test_a_charset_with_a_nul_is_no_crash():
    spec = body({"type": "object"}, "application/json")
    assert isinstance(decode_body(spec, "application/json; charset=a\x00", b"{}"), Undecodable)


def test_what_is_nested_without_end_is_refused():
    spec = body({}, "application/json")
    assert isinstance(decode_body(spec, "application/json", b"[" * 150 + b"]" * 150), Decoded)
    assert decode_body(spec, "application/json", b"[" * 300 + b"]" * 300) == Undecodable(
        "it is nested more than 200 levels deep"
    )
    assert isinstance(decode_body(spec, "application/json", b"[" + b"[]," * 5000 + b"[]]"), Decoded)
