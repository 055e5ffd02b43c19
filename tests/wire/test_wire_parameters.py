import pytest
from wire_specs import INTEGER, STRING, STRINGS, parameter

from mockserver.wire.parameters import encode_querystring, querystring_decoder
from mockserver.wire.reading import ABSENT, Decoded, Undecodable
from mockserver.wire.specs import Encoding

FORM = "application/x-www-form-urlencoded"
FOO_BAR = {"type": "object", "properties": {"foo": STRING, "bar": {"type": "boolean"}, "tags": STRINGS}}


def whole(schema, media_type, **more):
    return parameter(schema, "querystring", "", media_type=media_type, **more)


# OAS 3.2 §4.12.4, Parameter Object Examples
@pytest.mark.parametrize(
    ("spec", "raw", "value"),
    [
        (whole(FOO_BAR, FORM), "foo=a+%2B+b&bar=true", {"foo": "a + b", "bar": True}),
        (
            whole({"type": "object"}, "application/json"),
            "%7B%22numbers%22%3A%5B1%2C2%5D%2C%22flag%22%3Anull%7D",
            {"numbers": [1, 2], "flag": None},
        ),
        (whole(STRING, "application/jsonpath"), "%24.a.b%5B1%3A1%5D", "$.a.b[1:1]"),
    ],
)
def test_the_whole_query_is_one_value(spec, raw, value):
    assert querystring_decoder(spec)(raw) == Decoded(value)
    assert querystring_decoder(spec)(encode_querystring(spec, value)) == Decoded(value)


def test_a_form_may_style_its_properties():
    spec = whole(FOO_BAR, FORM, encodings={"tags": Encoding(explode=False)})
    assert querystring_decoder(spec)("tags=a,b") == Decoded({"tags": ["a", "b"]})
    assert encode_querystring(spec, {"tags": ["a", "b"]}) == "tags=a,b"


def test_no_query_is_no_value():
    assert querystring_decoder(whole(FOO_BAR, FORM))("") == ABSENT


@pytest.mark.parametrize(
    ("spec", "raw", "message"),
    [
        (whole({}, "application/json"), "{", "it is not JSON: unexpected end of data at line 1, column 2 (offset 1)"),
        (whole(STRING, "text/plain"), "%FF", "%FF holds octets that are not UTF-8"),
        (whole(FOO_BAR, FORM), "bar=true&bar=true", "field bar: it was sent 2 times and is a single value"),
    ],
)
def test_a_broken_query_is_undecodable(spec, raw, message):
    assert querystring_decoder(spec)(raw) == Undecodable(message)


def test_text_is_typed():
    assert querystring_decoder(whole(INTEGER, "text/plain"))("5") == Decoded(5)
    assert encode_querystring(whole(INTEGER, "text/plain"), 5) == "5"
