from urllib.parse import unquote

import pytest
from wire_specs import COLOR, INTEGER, INTEGERS, STRING, STRINGS, body

from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError
from mockserver.wire.specs import Encoding

FORM = "application/x-www-form-urlencoded"
ADDRESS = {"type": "object", "properties": {"street": STRING, "zip": STRING, "lines": STRINGS}}
SCHEMA = {
    "type": "object",
    "properties": {
        "id": INTEGER,
        "name": STRING,
        "tags": STRINGS,
        "sizes": INTEGERS,
        "address": ADDRESS,
        "addresses": {"type": "array", "items": ADDRESS},
        "metadata": {"type": "object", "additionalProperties": STRING},
        "expiry": {"anyOf": [{"type": "object", "properties": {"gte": INTEGER}}, INTEGER]},
    },
}


def decode(raw, schema=SCHEMA, **encodings):
    octets = raw if isinstance(raw, bytes) else raw.encode()
    return decode_body(body(schema, FORM, encodings=encodings), FORM, octets)


def encode(value, schema=SCHEMA, **encodings):
    return encode_body(body(schema, FORM, encodings=encodings), value)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("", {}),
        ("id=5&name=a+b%2B", {"id": 5, "name": "a b+"}),
        ("name=", {"name": ""}),
        ("name", {"name": ""}),
        ("tags=a&tags=b", {"tags": ["a", "b"]}),
        ("tags=a", {"tags": ["a"]}),
        ("address=%7B%22street%22%3A%22x%22%7D", {"address": {"street": "x"}}),
        ('addresses={"zip":"1"}&addresses={"zip":"2"}', {"addresses": [{"zip": "1"}, {"zip": "2"}]}),
        ('addresses=[{"zip":"1"}]', {"addresses": [{"zip": "1"}]}),
        ("expiry=5", {"expiry": 5}),
        ("n%61me=x", {"name": "x"}),
    ],
)
def test_fields_are_read_by_their_schema(raw, value):
    assert decode(raw) == Decoded(value)


def test_the_members_of_an_object_that_nobody_styled_may_be_fields():
    # OAS 3.0.3 §4.7.14.3, 3.1.0 §4.8.14.4: the default is style form, which explodes; 3.1.1 has JSON
    assert decode("street=x&lines=a&lines=b&id=5") == Decoded(
        {"address": {"street": "x", "lines": ["a", "b"]}, "id": 5}
    )
    json_typed = Encoding(content_type="application/json")
    assert decode("street=x", address=json_typed) == Decoded({"address": {"street": "x"}})


@pytest.mark.parametrize("own", ['address={"zip":"1"}', "address[zip]=1", "address.zip=1"])
def test_members_beside_their_object_are_names_that_are_not_declared(own):
    assert decode(f"{own}&street=x").value == {"address": {"zip": "1"}, "street": "x"}


def test_a_member_of_two_objects_is_a_name_that_is_not_declared():
    schema = {"type": "object", "properties": {"from": ADDRESS, "to": ADDRESS, "other": {"properties": {"x": INTEGER}}}}
    assert decode("zip=1&x=2", schema).value == {"zip": "1", "other": {"x": 2}}


def test_names_that_are_not_declared_are_properties_too():
    assert decode("x=5&y=a&y=b&z[k]=v&name=n") == Decoded(
        {"x": "5", "y": ["a", "b"], "z[k]": "v", "name": "n"}, ({"x": 5, "y": ["a", "b"], "z[k]": "v", "name": "n"},)
    )


def test_additional_properties_have_their_schema():
    assert decode("x=5", {"type": "object", "additionalProperties": INTEGER}) == Decoded({"x": 5})


@pytest.mark.parametrize(
    ("raw", "value", "sent", "documented"),
    [
        ("address[street]=x&address[zip]=1", {"address": {"street": "x", "zip": "1"}}, "address[street]", "address="),
        ("address.street=x", {"address": {"street": "x"}}, "address.street", "address="),
        ("tags[]=a&tags[]=b", {"tags": ["a", "b"]}, "tags[]", "tags=a&tags=b"),
        ("addresses[0][lines][]=a", {"addresses": [{"lines": ["a"]}]}, "addresses[0][lines][]", "addresses="),
        ("metadata[a.b]=5", {"metadata": {"a.b": "5"}}, "metadata[a.b]", "metadata="),
        ("expiry[gte]=5", {"expiry": {"gte": 5}}, "expiry[gte]", "gte="),
    ],
)
def test_nested_names_of_sdks_are_read_and_noted(raw, value, sent, documented):
    decoded = decode(raw)
    assert decoded.value == value
    assert decoded.notes[0].startswith(f"it was sent as {sent}=...; the contract spells it {documented}")


def test_a_styled_property_is_spelled_like_a_parameter():
    assert decode("tags=a,b&tags2=c", tags=Encoding(explode=False)) == Decoded({"tags": ["a", "b"], "tags2": "c"})
    assert decode("tags=a|b", tags=Encoding(style="pipeDelimited")) == Decoded({"tags": ["a", "b"]})
    assert decode("tags=a%09b", tags=Encoding(style="tabDelimited")) == Decoded({"tags": ["a", "b"]})
    assert decode("address[street]=x", address=Encoding(style="deepObject", explode=True)) == Decoded(
        {"address": {"street": "x"}}
    )


def test_an_exploded_object_takes_the_names_of_its_properties():
    encoding = Encoding(style="form", explode=True)
    assert decode("street=x&lines=a&lines=b&id=1", address=encoding) == Decoded(
        {"address": {"street": "x", "lines": ["a", "b"]}, "id": 1}
    )
    assert decode("address[zip]=1&id=1", address=encoding).value == {"address": {"zip": "1"}, "id": 1}
    assert decode("zip=1&zip=2", address=encoding) == Undecodable(
        "field address: zip: it was sent 2 times and is a single value"
    )


def test_a_property_with_a_content_type_is_parsed():
    json = Encoding(content_type="application/json")
    assert decode('name="x"&tags="a"&tags="b"', name=json, tags=json) == Decoded({"name": "x", "tags": ["a", "b"]})
    xml = Encoding(content_type="application/xml")
    assert decode("address=<address><street>x</street></address>", address=xml).value == {"address": {"street": "x"}}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ("id=1&id=2", "field id: it was sent 2 times and is a single value"),
        ("name=%FF", "field name: %FF holds octets that are not UTF-8"),
        ("tags[1]=a", "field tags: its indexes are 1; they count from 0 without gaps"),
        ("address=", "field address: it is empty; JSON has at least a value"),
        ("%FF=1", "%FF holds octets that are not UTF-8"),
        (b"name=\xff", "the form is not UTF-8 from octet 5 on"),
    ],
)
def test_a_broken_field_is_named(raw, message):
    assert decode(raw) == Undecodable(message)


def test_a_form_that_is_wanted_as_text_is_text():
    assert decode("a=1&b", STRING) == Decoded("a=1&b")
    assert encode("a=1", STRING) == (FORM, b"a=1")


def test_a_form_without_schema_is_an_object_of_texts():
    assert decode("a=x&b=y", {}) == Decoded({"a": "x", "b": "y"})


def test_values_are_spelled_by_their_content_type_or_their_style():
    value = {"id": 5, "tags": ["a b", "c&"], "address": {"zip": "1"}, "metadata": {}, "sizes": []}
    assert encode(value) == (FORM, b"id=5&tags=a%20b&tags=c%26&address=%7B%22zip%22%3A%221%22%7D&metadata=%7B%7D")
    styled = {
        "address": Encoding(style="deepObject", explode=True),
        "tags": Encoding(explode=False),
        "name": Encoding(allow_reserved=True),
    }
    value = {"address": {"lines": ["x"]}, "tags": ["a,b", "c"], "name": "a/b,&"}
    assert encode(value, **styled) == (FORM, b"address%5Blines%5D%5B0%5D=x&tags=a%2Cb,c&name=a/b%2C%26")


def test_a_property_is_written_in_its_content_type():
    encodings = {"address": Encoding(content_type="application/xml"), "name": Encoding(content_type="application/json")}
    value = {"address": {"zip": "1"}, "name": "x"}
    _, octets = encode(value, **encodings)
    assert unquote(octets.decode()) == (
        'address=<?xml version="1.0" encoding="UTF-8"?>\n<root><zip>1</zip></root>&name="x"'
    )
    assert decode(octets, **encodings).value == value


def test_only_an_object_is_a_form():
    with pytest.raises(UnspellableError, match="a form spells an object"):
        encode([1])


def test_a_list_of_objects_is_read_back():
    schema = {"properties": {"colors": {"type": "array", "items": COLOR}}}
    value = {"colors": [{"R": 1}, {"G": 2}]}
    _, octets = encode(value, schema)
    assert decode(octets, schema) == Decoded(value)
