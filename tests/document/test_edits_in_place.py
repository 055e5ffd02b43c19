"""A document changed at one place keeps everything else to the byte."""

from __future__ import annotations

import difflib

import pytest

from mockserver.document.edits import Append, Drop, Edit, Put, actions_of, changed, edited
from mockserver.document.overlay import apply
from mockserver.document.read import read
from mockserver.errors import UnreadableDocument

TEXT = """# ours
components:
  schemas:
    Pet: # what we sell
      type: object
      required: [id, name]  # more to come
      properties:
        id: {type: string}   # never changes
        name:
          type: string
          # as painted on the door
          enum:
            - tom   # a cat
            - 'rex'

    Owner:
      required:
        - name
        - city
      properties: { name: {type: string}, city: {type: string, format: city} }
paths: {}
"""
PET = "/components/schemas/Pet"

EDITS = {
    "a member of a block": Put(f"{PET}/properties/age", {"type": "integer", "minimum": 0}),
    "a member of a flow": Put("/components/schemas/Owner/properties/age", {"type": "integer"}),
    "a member at the end": Put("/info", {"title": "Pets"}),
    "a member of nothing": Put("/paths/~1pets", {"get": {}}),
    "another value": Put(f"{PET}/properties/id/type", ["string", "null"]),
    "another node": Put(f"{PET}/properties/name", {"anyOf": [{"type": "string"}, {"type": "null"}]}),
    "an item of a block": Append(f"{PET}/properties/name/enum", "true"),
    "an item of a flow": Append(f"{PET}/required", "age"),
    "an item away from a flow": Drop(f"{PET}/required/0"),
    "the last item away from a flow": Drop(f"{PET}/required/1"),
    "an item away from a block": Drop("/components/schemas/Owner/required/1"),
    "a member away from a block": Drop(f"{PET}/properties/name/type"),
    "a member away from a flow": Drop("/components/schemas/Owner/properties/city/format"),
}


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_only_the_place_changes(edit: Edit) -> None:
    text = edited(TEXT.encode(), edit, "pets.yaml").decode()
    assert read(text.encode(), "pets.yaml") == changed(read(TEXT.encode(), "pets.yaml"), edit)
    gone = [line for line in difflib.ndiff(TEXT.splitlines(), text.splitlines()) if line.startswith("- ")]
    assert sum("#" in line for line in gone) <= 1 + ("name" in edit.pointer and edit.pointer.endswith("/name")) * 2
    assert text.count("# ours") == 1


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_an_overlay_comes_to_the_same(edit: Edit) -> None:
    tree = read(TEXT.encode(), "pets.yaml")
    overlay = {"overlay": "1.1.0", "info": {"title": "o", "version": "1"}, "actions": actions_of(edit, tree)}
    laid, notes = apply(tree, overlay, uri="o.yaml")
    assert laid == changed(tree, edit)
    assert notes == ()


def test_json_keeps_its_indentation() -> None:
    text = b'{\n    "a": {\n        "b": 1\n    }\n}\n'
    assert edited(text, Put("/a/c", 2), "a.json") == b'{\n    "a": {\n        "b": 1,\n        "c": 2\n    }\n}\n'


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="cannot be changed"):
        edited(b"a: &one\n  b: 1\nc: *one\n", Put("/a/b", 2), "a.yaml")
