"""The least value of a schema."""

import pytest
from two_editions import contract, document

from mockserver.change.lean import Leaner, Unfit
from mockserver.schema.edition import Edition

TEXT = {"type": "string"}
LISTS = {"type": "array", "items": TEXT}
ORDER = {"type": "object", "properties": {"tags": LISTS, "note": TEXT, "more": {}}, "required": ["tags"]}


def leaner(*, filled: bool) -> Leaner:
    held = contract(document({}))
    return Leaner(Edition(held.documents, held.dialect, "request"), lambda _: "leaf", filled=filled)


@pytest.mark.parametrize(
    ("schema", "least", "filled"),
    [
        (ORDER, {"tags": []}, {"tags": ["leaf"]}),
        ({"type": "object", "properties": {"note": TEXT}}, {}, {"note": "leaf"}),
        ({"anyOf": [False, {"const": 3}]}, 3, 3),
        ({"allOf": [ORDER, {"type": "object", "required": ["note"], "properties": {"note": {"enum": ["x"]}}}]},
         {"tags": [], "note": "x"}, {"tags": ["leaf"], "note": "x"}),
        ({"type": "array", "items": TEXT, "minItems": 2}, ["leaf", "leaf"], ["leaf", "leaf"]),
    ],
    ids=["required", "optional", "alternative", "together", "items"],
)  # fmt: skip
def test_a_value_has_what_it_needs_and_for_a_form_nothing_empty(schema, least, filled) -> None:
    assert leaner(filled=False).of(schema) == least
    assert leaner(filled=True).of(schema) == filled


@pytest.mark.parametrize("schema", [False, {"anyOf": [False]}, {"allOf": [TEXT, ORDER]}], ids=str)
def test_what_is_not_put_together_at_once_is_left_to_the_generator(schema) -> None:
    with pytest.raises(Unfit):
        leaner(filled=False).of(schema)
