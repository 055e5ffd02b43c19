"""An edit that is harmless where it stands is harmless, and one that is not comes with a whole message."""

from two_editions import answers, asks, changes, told

JSON = "application/json"


def of(**schemas):
    holder = {"$ref": "#/components/schemas/Holder"}
    return {"content": {JSON: {"schema": holder}}, "components": {"components": {"schemas": schemas}}}


def answering(**schemas):
    made = of(**schemas)
    return answers(made["content"], **made["components"])


NAMES = ["a", "b", "c"]


def listed(*names):
    return {"type": "string", "enum": list(names)}


def test_a_component_that_every_use_narrows_may_be_widened() -> None:
    def holder(more):
        narrowed = {"allOf": [{"$ref": "#/components/schemas/Kind"}], "enum": ["a", "b"]}
        return {"type": "object", "properties": {"kind": narrowed, "more": more}}

    old = answering(Holder=holder({"type": "integer"}), Kind=listed("a", "b"))
    new = answering(Holder=holder({"type": "number"}), Kind=listed(*NAMES))
    assert told(changes(old, new)) == [("enum-value-added", "compatible"), ("type-changed", "breaking")]


def test_a_component_that_one_use_takes_as_it_is_breaks_there() -> None:
    holder = {"type": "object", "properties": {"kind": {"$ref": "#/components/schemas/Kind"}}}
    old = answering(Holder=holder, Kind=listed("a", "b"))
    (change,) = changes(old, answering(Holder=holder, Kind=listed(*NAMES)))
    assert change.witness["response"]["body"] == {"kind": "c"}
    assert change.at == "200 body#/kind"


def test_a_witness_in_a_form_has_nothing_empty_that_it_needs() -> None:
    def form(**properties):
        item = {"type": "object", "required": ["plans"], "additionalProperties": False, "properties": {
            "plans": {"type": "array", "items": {"type": "string"}}, **properties}}  # fmt: skip
        schema = {"type": "object", "properties": {"phase": item}}
        encoding = {"phase": {"style": "deepObject", "explode": True}}
        return asks({"application/x-www-form-urlencoded": {"schema": schema, "encoding": encoding}})

    found = changes(form(note={"type": "string"}), form(note={"type": "string", "maxLength": 3}))
    assert told(found) == [("length-changed", "breaking")]
    assert "phase%5Bplans%5D" in found[0].witness["request"]["body"]
