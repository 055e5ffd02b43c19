import pytest
import requests
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder
from wire_specs import INTEGER, INTEGERS, STRING, STRINGS, body

from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError
from mockserver.wire.specs import Encoding, Positions

FORM_DATA = "multipart/form-data"
ADDRESS = {"type": "object", "properties": {"street": STRING, "zip": INTEGER}}
SCHEMA = {
    "type": "object",
    "properties": {
        "id": INTEGER,
        "name": STRING,
        "file": {"type": "string", "format": "binary"},
        "files": {"type": "array", "items": {"type": "string", "format": "binary"}},
        "image": {"contentMediaType": "image/png"},
        "any": {},
        "tags": STRINGS,
        "sizes": INTEGERS,
        "address": ADDRESS,
        "addresses": {"type": "array", "items": ADDRESS},
        "note": {"anyOf": [STRING, STRINGS]},
    },
}


def part(name, octets, *headers):
    lines = [f'Content-Disposition: form-data; name="{name}"', *headers]
    return "\r\n".join([*lines, "", ""]).encode() + (octets if isinstance(octets, bytes) else octets.encode())


def sent(*parts, media_type=FORM_DATA):
    return f'{media_type}; boundary="b"', b"".join(b"--b\r\n" + one + b"\r\n" for one in parts) + b"--b--\r\n"


def decode(*parts, schema=SCHEMA, media_type=FORM_DATA, item=False, **encodings):
    return decode_body(body(schema, media_type, encodings=encodings, item=item), *sent(*parts, media_type=media_type))


@pytest.mark.parametrize(
    ("parts", "value"),
    [
        ([part("id", "5"), part("name", "zoë")], {"id": 5, "name": "zoë"}),
        ([part("name", "")], {"name": ""}),
        ([part("name", "a\r\nb\n")], {"name": "a\r\nb\n"}),
        ([part("file", b"\x00\xff\r\n")], {"file": "\x00ÿ\r\n"}),
        ([part("image", b"\x89PNG")], {"image": "\x89PNG"}),
        ([part("tags", "a"), part("id", "1"), part("tags", "b")], {"tags": ["a", "b"], "id": 1}),
        ([part("tags", "a")], {"tags": ["a"]}),
        ([part("files", b"\xff"), part("files", b"\xfe")], {"files": ["ÿ", "þ"]}),
        ([part("address", '{"zip": 5}')], {"address": {"zip": 5}}),
        ([part("address", '{"zip": 5}', "Content-Type: application/json")], {"address": {"zip": 5}}),
        ([part("addresses", '{"zip": 5}'), part("addresses", "{}")], {"addresses": [{"zip": 5}, {}]}),
        ([part("name", b"zo\xeb", "Content-Type: text/plain; charset=latin-1")], {"name": "zoë"}),
        ([part("id", "5", "content-type: application/octet-stream")], {"id": 5}),
        ([part("unknown", "x")], {"unknown": "x"}),
        ([part("any", b"\xff")], {"any": "ÿ"}),
        ([part("a%22b", "x")], {'a"b': "x"}),
        ([], {}),
    ],
)
def test_parts_are_read_by_what_they_say_and_then_by_their_schema(parts, value):
    assert decode(*parts) == Decoded(value)


def test_a_file_name_is_noted():
    named = part("file", "x", "Content-Type: text/plain").replace(b'"file"', b'"file"; filename="a b.txt"')
    starred = part("file", "x").replace(b'"file"', b"\"file\"; filename*=UTF-8''%E2%82%AC.txt")
    unknown = part("file", "x").replace(b'"file"', b"\"file\"; filename*=klingon''a%20b")
    assert [decode(one).notes for one in (named, starred, unknown)] == [
        ("part 1 (file) is the file a b.txt",),
        ("part 1 (file) is the file €.txt",),
        ("part 1 (file) is the file a%20b",),
    ]


def test_a_part_that_may_be_a_list_has_both_readings():
    assert decode(part("note", "a")) == Decoded({"note": "a"}, ({"note": ["a"]},))


def test_a_whole_list_in_one_part_is_read_and_noted():
    note = "holds all items as JSON; the contract has a part for each"
    assert decode(part("sizes", "[1,2]")) == Decoded({"sizes": [1, 2]}, notes=(f"part 1 (sizes) {note}",))
    assert decode(part("tags", '["a"]', "Content-Type: application/json")) == Decoded(
        {"tags": ["a"]}, notes=(f"part 1 (tags) {note}",)
    )
    assert decode(part("tags", '["a"]')) == Decoded({"tags": ['["a"]']})


@pytest.mark.parametrize(
    ("parts", "value", "name"),
    [
        ([part("tags[]", "a"), part("tags[]", "b")], {"tags": ["a", "b"]}, "tags[]"),
        (
            [part("address[street]", "x"), part("address[zip]", "5")],
            {"address": {"street": "x", "zip": 5}},
            "address[street]",
        ),
        ([part("files[0]", b"\xff")], {"files": ["ÿ"]}, "files[0]"),
    ],
)
def test_nested_names_are_read_and_noted(parts, value, name):
    root = name.partition("[")[0]
    assert decode(*parts) == Decoded(value, notes=(f"it was sent as {name}; the contract has parts called {root}",))


def test_an_encoding_says_what_a_part_is():
    assert decode(part("name", '"x"'), name=Encoding(content_type="application/json")) == Decoded({"name": "x"})
    assert decode(part("any", b"\xff"), any=Encoding(content_type="image/png, image/jpeg")) == Decoded({"any": "ÿ"})
    assert decode(part("any", b"\xff"), any=Encoding(content_type="image/*")) == Decoded({"any": "ÿ"})


def test_a_styled_property_is_spelled_like_a_parameter_without_percent_encoding():
    assert decode(part("tags", "a%2C,b"), tags=Encoding(explode=False)) == Decoded({"tags": ["a%2C", "b"]})
    assert decode(part("address[zip]", "5"), address=Encoding(style="deepObject")) == Decoded({"address": {"zip": 5}})
    exploded = Encoding(style="form", explode=True)
    assert decode(part("zip", "5"), part("id", "1"), address=exploded) == Decoded({"address": {"zip": 5}, "id": 1})
    assert decode(part("zip", b"\xff"), address=exploded) == Undecodable(
        "part 1 (zip) is not UTF-8 text from octet 0 on"
    )


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ([part("id", "1"), part("id", "2")], "part 2 (id) comes again and is a single value"),
        ([part("name", b"\xff")], "part 1 (name): it is not utf-8 text from octet 0 on"),
        (
            [part("address", "{")],
            "part 1 (address): it is not JSON: unexpected end of data at line 1, column 2 (offset 1)",
        ),
        ([b"Content-Type: text/plain\r\n\r\nx"], "part 1 has no name in its Content-Disposition"),
        ([part("tags[x]", "a")], "parts tags: it is an array and was sent with [x]; an item has [] or [0]"),
    ],
)
def test_a_broken_part_is_named(parts, message):
    assert decode(*parts) == Undecodable(message)


@pytest.mark.parametrize(
    ("content_type", "octets", "message"),
    [
        (FORM_DATA, b"", "its Content-Type names no boundary"),
        (FORM_DATA + "; boundary=b", b"{}", "its boundary --b does not stand in it"),
        (FORM_DATA + "; boundary=b", b"--b\r\n\r\nx", "it ends without the closing boundary --b--"),
        (FORM_DATA + "; boundary=b", b"--b\r\nx--b--\r\n--b--", "part 1 has no blank line after its headers"),
    ],
)
def test_what_is_no_multipart_is_told(content_type, octets, message):
    assert decode_body(body(SCHEMA, FORM_DATA), content_type, octets) == Undecodable(message)


def test_preamble_epilogue_folded_headers_and_bare_line_feeds_are_borne():
    octets = b'pre\n--b \nContent-Disposition: form-data;\n name="id"\n\n5\n--b--\nafter'
    assert decode_body(body(SCHEMA, FORM_DATA), FORM_DATA + "; boundary=b", octets) == Decoded({"id": 5})


def test_a_part_without_content_may_lack_its_last_line_break():
    octets = b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n--b--'
    assert decode_body(body(SCHEMA, FORM_DATA), FORM_DATA + "; boundary=b", octets) == Decoded({"name": ""})


def test_headers_that_are_not_utf_8_are_latin_1():
    assert decode(part("x", "1").replace(b'"x"', b'"\xeb"')).value == {"ë": "1"}


def test_unnamed_parts_are_an_array():
    schema = {"type": "array", "prefixItems": [ADDRESS, {}]}
    parts = [b"\r\n" + b'{"zip": 5}', b"Content-Type: image/png\r\n\r\n\xff"]
    assert decode(*parts, schema=schema, media_type="multipart/mixed") == Decoded([{"zip": 5}, "ÿ"])
    assert decode(b"\r\n5", schema=INTEGER, media_type="multipart/mixed", item=True) == Decoded([5])


def test_parts_of_a_form_as_an_array_keep_their_names():
    schema = {"type": "array", "items": SCHEMA}
    assert decode(part("id", "5"), part("name", "x"), schema=schema) == Decoded([{"id": 5}, {"name": "x"}])


def test_parts_of_multipart_related_are_named_by_their_content_id():
    octets = b"Content-ID: <id>\r\nContent-Type: text/plain\r\n\r\n5"
    assert decode(octets, media_type="multipart/related") == Decoded({"id": 5})


def test_a_body_that_is_wanted_as_text_is_its_octets():
    assert decode_body(body(STRING, FORM_DATA), FORM_DATA, b"\xff") == Decoded("ÿ")


def test_parts_are_written_with_what_they_need():
    value = {"id": 5, "name": 'a"b', "file": "\xff", "image": "\x89", "address": {"zip": 5}, "tags": ["x", "y"]}
    content_type, octets = encode_body(body(SCHEMA, FORM_DATA), value)
    boundary = content_type.removeprefix("multipart/form-data; boundary=")
    expected = [
        b'Content-Disposition: form-data; name="id"\r\n\r\n5',
        b'Content-Disposition: form-data; name="name"\r\n\r\na"b',
        (
            b'Content-Disposition: form-data; name="file"; filename="file"\r\n'
            b"Content-Type: application/octet-stream\r\n\r\n\xff"
        ),
        b'Content-Disposition: form-data; name="image"; filename="image"\r\nContent-Type: image/png\r\n\r\n\x89',
        b'Content-Disposition: form-data; name="address"\r\nContent-Type: application/json\r\n\r\n{"zip":5}',
        b'Content-Disposition: form-data; name="tags"\r\n\r\nx',
        b'Content-Disposition: form-data; name="tags"\r\n\r\ny',
    ]
    mark = f"--{boundary}".encode()
    assert octets == b"".join(mark + b"\r\n" + one + b"\r\n" for one in expected) + mark + b"--\r\n"


def test_what_requests_sends_is_read():
    files = {
        "file": ("ü b.bin", b"\x00\xff\r\n--"),
        "address": (None, '{"zip": 5}', "application/json"),
    }
    made = requests.Request("POST", "http://x", data={"id": "5", "tags": ["a", "b"]}, files=files).prepare()
    assert decode_body(body(SCHEMA, FORM_DATA), made.headers["Content-Type"], made.body) == Decoded(
        {"id": 5, "tags": ["a", "b"], "file": "\x00ÿ\r\n--", "address": {"zip": 5}},
        notes=("part 4 (file) is the file ü b.bin",),
    )


def test_what_we_write_is_read_by_werkzeug():
    value = {"id": 5, "name": 'a"b', "file": "\x00ÿ\r\n", "tags": ["x", ""]}
    content_type, octets = encode_body(body(SCHEMA, FORM_DATA), value)
    decoder = MultipartDecoder(content_type.partition("boundary=")[2].encode())
    decoder.receive_data(octets)
    decoder.receive_data(None)
    parts = []
    while not isinstance(event := decoder.next_event(), Epilogue):
        match event:
            case Field(name=name) | File(name=name):
                parts.append((name, b""))
            case Data(data=octets):
                parts.append((parts[-1][0], parts.pop()[1] + octets))
    assert parts == [("id", b"5"), ("name", b'a"b'), ("file", b"\x00\xff\r\n"), ("tags", b"x"), ("tags", b"")]


def test_the_same_value_has_the_same_octets():
    assert encode_body(body(SCHEMA, FORM_DATA), {"id": 5}) == encode_body(body(SCHEMA, FORM_DATA), {"id": 5})


def test_encodings_choose_the_media_type_or_the_style():
    encodings = {
        "image": Encoding(content_type="image/*"),
        "name": Encoding(content_type="application/json"),
        "tags": Encoding(explode=False),
        "address": Encoding(style="deepObject"),
    }
    value = {"image": "x", "name": "y", "tags": ["a", "b"], "address": {"zip": 1}}
    spec = body(SCHEMA, FORM_DATA, encodings=encodings)
    content_type, octets = encode_body(spec, value)
    assert [line for line in octets.split(b"\r\n") if line and not line.startswith(b"--")] == [
        b'Content-Disposition: form-data; name="image"; filename="image"',
        b"Content-Type: image/png",
        b"x",
        b'Content-Disposition: form-data; name="name"',
        b"Content-Type: application/json",
        b'"y"',
        b'Content-Disposition: form-data; name="tags"',
        b"a,b",
        b'Content-Disposition: form-data; name="address[zip]"',
        b"1",
    ]
    assert decode_body(spec, content_type, octets).value == value


def test_unnamed_parts_say_their_type():
    spec = body({"type": "array", "prefixItems": [ADDRESS, STRING]}, "multipart/mixed; boundary=x; type=y")
    content_type, octets = encode_body(spec, [{"zip": 1}, "ü"])
    assert content_type.startswith("multipart/mixed; type=y; boundary=")
    assert b"Content-Type: application/json\r\n\r\n" in octets
    assert b"Content-Type: text/plain; charset=utf-8\r\n\r\n" in octets
    assert decode_body(spec, content_type, octets) == Decoded([{"zip": 1}, "ü"])


MIXED = "multipart/mixed; boundary=b"
ANY_PARTS = {"type": "array", "prefixItems": [ADDRESS, STRING], "items": {}}
BY_POSITION = Positions((Encoding("application/xml"), Encoding("text/html")), Encoding("image/*, application/json"))


def written(spec, value):
    content_type, octets = encode_body(spec, value)
    boundary = content_type.rpartition("=")[2]
    return content_type, octets, [one.strip(b"\r\n") for one in octets.split(f"--{boundary}".encode())[1:-1]]


def test_parts_without_a_name_are_encoded_by_position():
    # OAS 3.2 §4.14.1: prefixEncoding is for the first parts, itemEncoding for all others
    spec = body(ANY_PARTS, MIXED, positions=BY_POSITION)
    value = [{"zip": 1}, "<p>", "\x89PNG", "\xff"]
    content_type, octets, parts = written(spec, value)
    assert [part.partition(b"\r\n")[0].partition(b";")[0] for part in parts] == [
        b"Content-Type: application/xml", b"Content-Type: text/html", b"Content-Type: image/png",
        b"Content-Type: image/png",
    ]  # fmt: skip
    assert decode_body(spec, content_type, octets) == Decoded(value)


def test_parts_that_do_not_say_what_they_are_are_read_by_position():
    spec = body(ANY_PARTS, MIXED, positions=BY_POSITION)
    parts = [b"\r\n<root><zip>5</zip></root>", b"\r\n<p>", b"Content-Type: application/json\r\n\r\n[1]"]
    octets = b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"
    assert decode_body(spec, MIXED, octets) == Decoded([{"zip": 5}, "<p>", [1]])


def test_each_item_of_a_stream_of_parts_is_encoded_alike():
    spec = body(ADDRESS, MIXED, item=True, positions=Positions(item=Encoding("application/xml")))
    content_type, octets, parts = written(spec, [{"zip": 1}, {"zip": 2}])
    assert [part.partition(b"\r\n")[0] for part in parts] == [b"Content-Type: application/xml"] * 2
    assert decode_body(spec, content_type, octets) == Decoded([{"zip": 1}, {"zip": 2}])


def test_a_part_of_a_form_in_an_array_is_encoded_by_position():
    spec = body({"type": "array", "items": SCHEMA}, FORM_DATA, positions=Positions((Encoding("application/xml"),)))
    content_type, octets, parts = written(spec, [{"address": {"zip": 1}}, {"address": {"zip": 2}}])
    assert [b"application/xml" in part for part in parts] == [True, False]
    assert decode_body(spec, content_type, octets) == Decoded([{"address": {"zip": 1}}, {"address": {"zip": 2}}])


def test_a_part_that_is_multipart_itself_has_encodings_of_its_own():
    # OAS 3.2 §4.15.1: encoding, prefixEncoding and itemEncoding of an Encoding Object are those of the parts within
    inner = Encoding("multipart/mixed", positions=Positions(item=Encoding("application/xml")))
    form = Encoding("multipart/form-data", encodings={"address": Encoding("application/xml")})
    schema = {"type": "array", "prefixItems": [{"type": "array", "items": ADDRESS}, SCHEMA]}
    spec = body(schema, MIXED, positions=Positions((inner, form)))
    value = [[{"zip": 1}, {"zip": 2}], {"address": {"zip": 3}, "id": 4}]
    content_type, octets = encode_body(spec, value)
    assert octets.count(b"application/xml") == 3
    assert decode_body(spec, content_type, octets) == Decoded(value)


def test_a_form_as_an_array_is_written_part_by_part():
    spec = body({"type": "array", "items": SCHEMA}, FORM_DATA)
    value = [{"id": 5}, {"name": "x"}]
    assert decode_body(spec, *encode_body(spec, value)) == Decoded(value)


@pytest.mark.parametrize("value", ["text", 5, ["no part"]])
def test_what_has_no_parts_is_unspellable(value):
    with pytest.raises(UnspellableError):
        encode_body(body(SCHEMA, FORM_DATA), value)


def test_a_name_with_half_of_a_surrogate_pair_is_unspellable():
    with pytest.raises(UnspellableError, match="surrogate"):
        encode_body(body(SCHEMA, FORM_DATA), {"\ud800": "x"})
