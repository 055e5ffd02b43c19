import pytest
from wire_specs import INTEGER, INTEGERS, STRING, STRINGS, body

from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.reading import Decoded, Undecodable, UnspellableError
from mockserver.wire.specs import BodySpec
from mockserver.wire.suggest import shape_of

XML = "application/xml"
HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n'
SAMPLE = "https://example.com/schema/sample"


def decode(text, schema, content_type=XML):
    return decode_body(body(schema, XML), content_type, text if isinstance(text, bytes) else text.encode())


def encode(value, schema):
    content_type, octets = encode_body(body(schema, XML), value)
    assert content_type == XML
    return octets.decode().removeprefix(HEAD)


def obj(name="doc", /, **properties):
    return {"type": "object", "xml": {"name": name}, "properties": properties}


def named(schema, **xml):
    return {**schema, "xml": xml}


ANIMAL = named(STRING, name="animal")
# OAS 3.0 to 3.2, XML Object Examples
EXAMPLES = [
    ("string", obj(animals=STRING), {"animals": "dog, cat"}, "<doc><animals>dog, cat</animals></doc>"),
    (
        "array",
        obj(animals=STRINGS),
        {"animals": ["dog", "cat"]},
        "<doc><animals>dog</animals><animals>cat</animals></doc>",
    ),
    (
        "attribute, prefix and namespace",
        obj("Person", id=named(INTEGER, attribute=True), name=named(STRING, namespace=SAMPLE, prefix="sample")),
        {"id": 123, "name": "example"},
        f'<Person id="123"><sample:name xmlns:sample="{SAMPLE}">example</sample:name></Person>',
    ),
    (
        "node type attribute",
        obj("Person", id=named(INTEGER, nodeType="attribute")),
        {"id": 123},
        '<Person id="123"/>',
    ),
    (
        "items have a name",
        obj(animals={"type": "array", "items": ANIMAL}),
        {"animals": ["dog", "cat"]},
        "<doc><animal>dog</animal><animal>cat</animal></doc>",
    ),
    (
        "the name of an array without element has no effect",
        obj(animals={"type": "array", "items": ANIMAL, "xml": {"name": "aliens"}}),
        {"animals": ["dog"]},
        "<doc><animal>dog</animal></doc>",
    ),
    (
        "wrapped",
        obj(animals={**STRINGS, "xml": {"wrapped": True}}),
        {"animals": ["dog", "cat"]},
        "<doc><animals><animals>dog</animals><animals>cat</animals></animals></doc>",
    ),
    (
        "wrapped by node type, items have a name",
        obj(animals={"type": "array", "items": ANIMAL, "xml": {"nodeType": "element"}}),
        {"animals": ["dog"]},
        "<doc><animals><animal>dog</animal></animals></doc>",
    ),
    (
        "wrapped, both have a name",
        obj(animals={"type": "array", "items": ANIMAL, "xml": {"name": "aliens", "wrapped": True}}),
        {"animals": ["dog"]},
        "<doc><aliens><animal>dog</animal></aliens></doc>",
    ),
    (
        "wrapped, only the wrapper has a name",
        obj(animals={**STRINGS, "xml": {"name": "aliens", "wrapped": True}}),
        {"animals": ["dog"]},
        "<doc><aliens><aliens>dog</aliens></aliens></doc>",
    ),
    (
        "attributes and text",
        {
            "type": "array",
            "xml": {"nodeType": "element", "name": "animals"},
            "items": obj("animal", kind=named(STRING, nodeType="attribute"), name=named(STRING, nodeType="text")),
        },
        [{"kind": "Cat", "name": "Fluffy"}, {"kind": "Dog", "name": "Fido"}],
        '<animals><animal kind="Cat">Fluffy</animal><animal kind="Dog">Fido</animal></animals>',
    ),
    (
        "cdata",
        obj("Documentation", content=named(STRING, nodeType="cdata")),
        {"content": "<html>]]></html>"},
        "<Documentation><![CDATA[<html>]]]]><![CDATA[></html>]]></Documentation>",
    ),
    (
        "ordered elements",
        {
            "type": "array",
            "xml": {"nodeType": "element", "name": "OneTwoThree"},
            "prefixItems": [
                named(STRING, name="One"),
                obj("Two", unit=named(STRING, nodeType="attribute"), value=named({"type": "number"}, nodeType="text")),
                named({"type": ["boolean", "null"]}, name="Three"),
            ],
        },
        ["Some text", {"unit": "cubits", "value": 42}, None],
        (
            '<OneTwoThree><One>Some text</One><Two unit="cubits">42</Two>'
            '<Three xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></OneTwoThree>'
        ),
    ),
    (
        "ordered elements and text",
        {
            "type": "array",
            "xml": {"nodeType": "element", "name": "Report"},
            "prefixItems": [
                named(STRING, nodeType="text"),
                named({"type": "number"}, name="data"),
                named(STRING, nodeType="text"),
            ],
        },
        ["Some preamble text.", 42, "Some postamble text."],
        "<Report>Some preamble text.<data>42</data>Some postamble text.</Report>",
    ),
    (
        "nulls",
        obj(
            "product",
            count=named({"type": ["number", "null"]}, nodeType="attribute"),
            description=STRING,
            related={"type": ["object", "null"]},
        ),
        {"count": None, "description": "Thing", "related": None},
        (
            "<product><description>Thing</description>"
            '<related xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></product>'
        ),
    ),
    (
        "an empty object is no null",
        obj("product", related={"type": ["object", "null"]}),
        {"related": {}},
        "<product><related/></product>",
    ),
    (
        "nodes of an object without element stand in its parent",
        obj(inner=named({"type": "object", "properties": {"a": STRING}}, nodeType="none"), b=STRING),
        {"inner": {"a": "x"}, "b": "y"},
        "<doc><a>x</a><b>y</b></doc>",
    ),
    (
        "a prefix that its parent declared",
        named(
            {"type": "object", "properties": {"a": named(STRING, prefix="p")}}, name="doc", prefix="p", namespace="u:n"
        ),
        {"a": "x"},
        '<p:doc xmlns:p="u:n"><p:a>x</p:a></p:doc>',
    ),
    (
        "a prefix that nobody declared is left out",
        obj(a=named(STRING, prefix="p"), b=named(STRING, prefix="p", attribute=True)),
        {"b": "y", "a": "x"},
        '<doc b="y"><a>x</a></doc>',
    ),
    (
        "an attribute in a namespace",
        obj(b=named(STRING, prefix="p", namespace="u:n", attribute=True)),
        {"b": "y"},
        '<doc xmlns:p="u:n" p:b="y"/>',
    ),
    (
        "a default namespace",
        named({"type": "object"}, name="doc", namespace="u:n"),
        {},
        '<doc xmlns="u:n"/>',
    ),
    (
        "arrays in arrays",
        obj(rows={"type": "array", "items": INTEGERS}),
        {"rows": [[1, 2], [3]]},
        "<doc><rows><rows>1</rows><rows>2</rows></rows><rows><rows>3</rows></rows></doc>",
    ),
]


@pytest.mark.parametrize(("schema", "value", "text"), [case[1:] for case in EXAMPLES], ids=[c[0] for c in EXAMPLES])
def test_values_are_written_as_the_examples_print_them(schema, value, text):
    assert encode(value, schema) == text


@pytest.mark.parametrize(("schema", "value", "text"), [case[1:] for case in EXAMPLES], ids=[c[0] for c in EXAMPLES])
def test_the_printed_examples_are_read(schema, value, text):
    decoded = decode(text, schema)
    assert decoded.value == value
    assert decoded.notes == ()


def test_text_is_typed_and_trimmed_but_for_strings():
    schema = obj(id=INTEGER, name=STRING, both={"type": ["integer", "string"]})
    assert decode("<doc><id> 5\n</id><name> x </name><both>7</both></doc>", schema) == Decoded(
        {"id": 5, "name": " x ", "both": 7}, ({"id": 5, "name": " x ", "both": "7"},)
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<doc><id>1</id>\n<id>2</id></doc>", "line 2: <id> comes again and is a single value"),
        ("<doc><id><x/></id></doc>", "line 1: <id> is a single value and holds <x>"),
        ('<doc x="1"><x>2</x></doc>', "line 1: <x> stands beside another node of that name; only one can be meant"),
        ("<doc>\n<id>1</doc>", "it is not XML: mismatched tag at line 2, column 8"),
        ("", "it is not XML: no element found at line 1, column 1"),
        ("<doc>&nbsp;</doc>", "it is not XML: undefined entity at line 1, column 6"),
        (
            '<!DOCTYPE doc [<!ENTITY a "aaaa">]><doc>&a;</doc>',
            "it has a document type (<!DOCTYPE>), which is refused: entities could be anything",
        ),
        ("<a>" * 300, "it is nested more than 200 levels deep at line 1"),
    ],
)
def test_a_broken_document_is_told_with_its_place(text, message):
    assert decode(text, obj(id=INTEGER)) == Undecodable(message)


def test_what_is_not_declared_is_a_property_too():
    text = '<doc a="1" xml:lang="de" xmlns:p="u:n"><b>2</b><c>x</c><c>y</c><p:d><e>1</e></p:d></doc>'
    assert decode(text, {"type": "object", "xml": {"name": "doc"}}).value == {
        "a": "1",
        "b": "2",
        "c": ["x", "y"],
        "d": {"e": "1"},
    }


def test_additional_properties_have_their_schema():
    schema = {"type": "object", "xml": {"name": "doc"}, "additionalProperties": INTEGERS}
    assert decode("<doc><a>1</a><b>2</b><b>3</b></doc>", schema) == Decoded({"a": [1], "b": [2, 3]})


def test_a_missing_array_without_element_may_have_been_empty():
    assert decode("<doc><a>x</a></doc>", obj(a=STRING, tags=STRINGS)) == Decoded({"a": "x"}, ({"a": "x", "tags": []},))


def test_other_names_are_noted():
    schema = obj(id=named(INTEGER, namespace="u:n"), key=INTEGER, list={**STRINGS, "xml": {"wrapped": True}})
    assert decode('<dok key="2"><id>1</id><list><x>a</x></list> text</dok>', schema) == Decoded(
        {"id": 1, "list": ["a"], "key": 2},
        notes=(
            "line 1: <x> is called <list> in the contract",
            "line 1: <id> is in the namespace none; the contract says u:n",
            "line 1: <dok> holds text beside its elements, which the contract does not describe",
            "line 1: <dok> has key as attribute, not as element",
            "line 1: <dok> is called <doc> in the contract",
        ),
    )


def test_names_of_components_are_names_of_elements():
    bundle = {
        "$ref": "#/$defs/Pets",
        "$defs": {
            "Pets": {
                "type": "object",
                "properties": {"best": {"$ref": "#/$defs/Pet"}, "all": {"items": {"$ref": "#/$defs/Pet"}}},
            },
            "Pet": {"type": "object", "properties": {"id": INTEGER}},
        },
    }
    spec = BodySpec(XML, shape_of(bundle))
    value = {"best": {"id": 1}, "all": [{"id": 2}]}
    written = encode_body(spec, value)[1].decode()
    assert written == HEAD + "<Pets><best><id>1</id></best><all><id>2</id></all></Pets>"
    assert decode_body(spec, XML, written.encode()) == Decoded(value)
    by_component = b"<Pets><best><id>1</id></best><Pet><id>2</id></Pet></Pets>"
    assert decode_body(spec, XML, by_component) == Decoded(value)


def test_charsets_are_honoured():
    schema = obj(a=STRING)
    assert decode('<?xml version="1.0" encoding="ISO-8859-1"?><doc><a>ë</a></doc>'.encode("latin-1"), schema).value == {
        "a": "ë"
    }
    assert decode("<doc><a>ë</a></doc>".encode("latin-1"), schema, f"{XML}; charset=latin-1").value == {"a": "ë"}
    assert decode("<doc><a>ë</a></doc>".encode("utf-16"), schema).value == {"a": "ë"}
    assert isinstance(decode(b"<doc/>", schema, f"{XML}; charset=klingon"), Undecodable)


def test_a_document_that_is_wanted_as_text_is_its_text():
    assert decode("<a>ü</a>", STRING) == Decoded("<a>ü</a>")
    assert decode("<a>", STRING) == Undecodable("it is not XML: no element found at line 1, column 4")
    assert encode_body(body(STRING, XML), "<a/>") == (XML, b"<a/>")


def test_a_named_scalar_is_an_element():
    schema = named(INTEGER, name="n")
    assert (encode(5, schema), decode("<n>5</n>", schema)) == ("<n>5</n>", Decoded(5))


def test_without_a_schema_elements_are_objects_and_texts():
    assert decode('<a b="1"><c>x</c></a>', {}).value == {"b": "1", "c": "x"}
    assert decode("<a>x</a>", {}) == Decoded("x")
    assert encode({"a": {"b": [1, 2]}}, {}) == "<root><a><b>1</b><b>2</b></a></root>"


def test_a_value_that_may_be_an_object_or_a_text_is_told_by_what_it_holds():
    schema = obj(a={"anyOf": [STRING, {"type": "object", "properties": {"b": STRING}}]})
    assert decode("<doc><a>x</a></doc>", schema).value == {"a": "x"}
    assert decode("<doc><a><b>x</b></a></doc>", schema).value == {"a": {"b": "x"}}


def test_what_would_break_the_document_is_escaped():
    schema = obj(a=named(STRING, attribute=True), b=STRING, c=named(STRING, nodeType="cdata"))
    value = {"a": '<"&\n\t\r', "b": "<]]>&\r\n", "c": "\r"}
    text = encode(value, schema)
    assert text == '<doc a="&lt;&quot;&amp;&#10;&#9;&#13;"><b>&lt;]]&gt;&amp;&#13;\n</b>&#13;</doc>'
    assert decode(text, obj(a=value and named(STRING, attribute=True), b=STRING)).value["a"] == value["a"]


@pytest.mark.parametrize("value", [{"a": "\0"}, {"a": "\ufffe"}, {"a b": "x"}, {"a:b": "x"}, {"": "x"}, {"1": "x"}])
def test_what_xml_cannot_carry_is_unspellable(value):
    with pytest.raises(UnspellableError):
        encode(value, obj(a=STRING))


def test_other_xml_media_types_are_xml():
    assert decode_body(body(obj(a=STRING), "application/problem+xml"), "application/problem+xml", b"<doc/>") == Decoded(
        {}
    )
    assert encode_body(body(obj(), "text/xml; charset=latin-1"), {}) == ("text/xml", f"{HEAD}<doc/>".encode())


def test_a_text_where_elements_are_documented_is_told_as_a_text():
    spec = body({"type": "object", "properties": {"name": {"type": "string"}}}, "application/xml")
    assert decode_body(spec, "application/xml", b"<pet>0.5</pet>").value == "0.5"
