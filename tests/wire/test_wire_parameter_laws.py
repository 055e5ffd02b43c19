"""Laws of parameters: what was encoded is decoded, but for the losses that the functions' docstrings name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from wire_specs import EACH, INTEGER, LAW, STRING, parameter

from mockserver.wire.cookie import CookieDecoder, encode_cookie
from mockserver.wire.header import HeaderDecoder, encode_header
from mockserver.wire.path import encode_path, path_decoder
from mockserver.wire.query import QueryDecoder, encode_query
from mockserver.wire.reading import ABSENT, Absent, Decoded, Undecodable

PATH = [("path", style, explode) for style in ("simple", "label", "matrix") for explode in (False, True)]
QUERY = [
    *(("query", style, explode) for style in ("form", "spaceDelimited", "pipeDelimited") for explode in (False, True)),
    ("query", "tabDelimited", False),
    ("query", "deepObject", True),
]
HEADER = [("header", "simple", explode) for explode in (False, True)]
COOKIE = [("cookie", style, explode) for style in ("form", "cookie") for explode in (False, True)]
EVERYWHERE = [*PATH, *QUERY, *HEADER, *COOKIE]
DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|", "tabDelimited": "\t"}

SCALARS = [
    (STRING, st.text()),
    (INTEGER, st.integers()),
    ({"type": "number"}, st.floats(allow_nan=False, allow_infinity=False) | st.integers()),
    ({"type": "boolean"}, st.booleans()),
    ({"type": ["integer", "null"]}, st.none() | st.integers()),
]
OBJECT = {"type": "object", "properties": {"id": INTEGER, "name": STRING, "on": {"type": "boolean"}}}


def wire_of(spec, value):
    match spec.location:
        case "path":
            return encode_path(spec, value)
        case "query":
            return "&".join(encode_query(spec, value))
        case "header":
            return encode_header(spec, value)[0]
        case _:
            return encode_cookie(spec, value)


def reading_of(spec, wire):
    match spec.location:
        case "path":
            return path_decoder(spec)(wire)
        case "query":
            return QueryDecoder([spec]).decode(wire).parameters[spec.name]
        case "header":
            return HeaderDecoder([spec]).decode(((spec.name, wire),))[spec.name]
        case _:
            return CookieDecoder([spec]).decode((("Cookie", wire),))[spec.name]


def round_trip(spec, value):
    return reading_of(spec, wire_of(spec, value))


def carried(location, style, *, listed):
    """Texts that the place can carry, and that hold no delimiter which it does not encode."""
    if location == "header" or style == "cookie":
        printable = st.characters(min_codepoint=0x21, max_codepoint=0xFF, exclude_characters='\x7f,;="')
        return st.text(printable).filter(lambda text: text.strip() == text)
    if listed and style in DELIMITERS:
        return st.text(st.characters(exclude_characters=DELIMITERS[style], exclude_categories=["Cs"]))
    return st.text()


@pytest.mark.parametrize(("location", "style", "explode"), EVERYWHERE)
@EACH
@given(drawn=st.data())
def test_a_scalar_comes_back(location, style, explode, drawn):
    schema, values = drawn.draw(st.sampled_from(SCALARS))
    if schema is STRING:
        values = carried(location, style, listed=False)
    value = drawn.draw(values)
    assert round_trip(parameter(schema, location, style, explode=explode), value) == Decoded(value)


@pytest.mark.parametrize(("location", "style", "explode"), EVERYWHERE)
@EACH
@given(drawn=st.data())
def test_an_array_comes_back(location, style, explode, drawn):
    items, texts = drawn.draw(
        st.sampled_from([(STRING, carried(location, style, listed=True)), (INTEGER, st.integers())])
    )
    value = drawn.draw(st.lists(texts, max_size=4))
    reading = round_trip(parameter({"type": "array", "items": items}, location, style, explode=explode), value)
    if not value and reading == ABSENT:
        assert location in ("query", "cookie")
        assert explode
        return
    assert value in (reading.value, *reading.alternatives)
    if value not in ([], [""]):
        assert reading == Decoded(value)


@pytest.mark.parametrize(("location", "style", "explode"), EVERYWHERE)
@EACH
@given(drawn=st.data())
def test_an_object_comes_back(location, style, explode, drawn):
    texts = carried(location, style, listed=True)
    members = {"id": st.integers(), "name": texts, "on": st.booleans()}
    value = drawn.draw(st.fixed_dictionaries({}, optional=members))
    reading = round_trip(parameter(OBJECT, location, style, explode=explode), value)
    assert reading == Decoded(value) or (not value and reading == ABSENT)


@pytest.mark.parametrize(("location", "style", "explode"), [*PATH, *[query for query in QUERY if not query[2]]])
@EACH
@given(value=st.dictionaries(st.text().filter(lambda name: name != "color"), st.text(), min_size=1, max_size=3))
def test_undeclared_properties_come_back_where_they_cannot_be_another_parameter(location, style, explode, value):
    delimiter = DELIMITERS.get(style)
    if delimiter and any(delimiter in text for pair in value.items() for text in pair):
        return
    reading = round_trip(parameter({"type": "object"}, location, style, explode=explode), value)
    assert reading.value == value


NESTED = st.recursive(
    st.integers() | st.booleans(),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=3)
        | st.dictionaries(st.from_regex("[a-z][a-z0-9.]{0,4}", fullmatch=True), inner, min_size=1, max_size=3)
    ),
    max_leaves=8,
)


def described(value):
    """The schema of exactly that value."""
    match value:
        case list():
            return {"type": "array", "prefixItems": [described(item) for item in value]}
        case dict():
            return {"type": "object", "properties": {name: described(member) for name, member in value.items()}}
        case bool():
            return {"type": "boolean"}
        case _:
            return INTEGER


@LAW
@given(value=st.dictionaries(st.sampled_from(["a", "b", "0"]), NESTED, min_size=1))
def test_a_deep_object_comes_back_at_all_levels(value):
    assert round_trip(parameter(described(value), style="deepObject"), value) == Decoded(value)


@pytest.mark.parametrize(("location", "style", "explode"), EVERYWHERE)
@EACH
@given(wire=st.text(), kinds=st.sets(st.sampled_from(["null", "integer", "string", "array", "object"])))
def test_whatever_comes_over_the_wire_is_read_without_an_error(location, style, explode, wire, kinds):
    schema = {"type": sorted(kinds), **(OBJECT if "object" in kinds else {}), "items": INTEGER}
    spec = parameter(schema, location, style, explode=explode)
    prefix = "" if location in ("path", "header") else "color="
    for text in (wire, prefix + wire, f"color[{wire}]=1&id={wire}"):
        assert isinstance(reading_of(spec, text), (Decoded, Absent, Undecodable))


@pytest.mark.parametrize(("location", "style", "explode"), EVERYWHERE)
@EACH
@given(
    value=st.text() | st.lists(st.text() | st.lists(st.integers())) | st.dictionaries(st.text(), st.none() | st.text())
)
def test_a_mixed_value_is_spelled_or_refused(location, style, explode, value):
    spec = parameter({}, location, style, explode=explode)
    try:
        wire = wire_of(spec, value)
    except ValueError:
        assert location in ("header", "cookie")
    else:
        assert location not in ("path", "query") or wire.isascii()
