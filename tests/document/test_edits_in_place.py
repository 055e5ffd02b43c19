"""A document changed at one place keeps everything else to the byte."""

from __future__ import annotations

import difflib

import pytest

from mockserver.document.edits import Append, Drop, Edit, Put, Rename, Wrap, actions_of, changed
from mockserver.document.overlay import apply
from mockserver.document.read import read
from mockserver.document.rewrite import edited
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
    "a block into a union": Wrap(f"{PET}/properties/name", "anyOf", ({"type": "null"},)),
    "a flow into a union": Wrap(f"{PET}/properties/id", "anyOf", ({"type": "null"}, {"$ref": "#/x"})),
    "a component into a union": Wrap("/components/schemas/Owner", "allOf", ({"properties": {"a": {}}},)),
    "another name": Rename(f"{PET}/properties/name/enum", "x-enum"),
    "another name in a flow": Rename("/components/schemas/Owner/properties/city", "town"),
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


JSON_EDITS = {
    "a member": (Put("/a/c", {"d": 2}), '"b": [1],\n        "c": {\n            "d": 2\n        }'),
    "an item of a line": (Append("/a/b", 2), '"b": [1, 2]'),
    "an item of lines": (Append("/e", 5), "3,\n        4,\n        5\n"),
    "another value": (Put("/a/b", value=True), '"b": true'),
    "a member away": (Drop("/e"), '"b": [1]\n    }\n}'),
    "an item away": (Drop("/e/0"), '"e": [\n        4\n'),
    "another name": (Rename("/e", "f"), '"f": [\n'),
    "a union": (
        Wrap("/a", "anyOf", (None,)),
        (
            '"a": {\n        "anyOf": [\n            {\n                "b": [1]\n            },\n            null\n'
            "        ]\n    }"
        ),
    ),
}


@pytest.mark.parametrize(("edit", "part"), JSON_EDITS.values(), ids=JSON_EDITS)
def test_json_keeps_its_layout(edit: Edit, part: str) -> None:
    text = '{\n    "a": {\n        "b": [1]\n    },\n    "e": [\n        3,\n        4\n    ]\n}\n'
    now = edited(text.encode(), edit, "a.json").decode()
    assert part in now
    assert read(now.encode(), "a.json") == changed(read(text.encode(), "a.json"), edit)


def test_json_on_one_line_stays_on_it() -> None:
    assert edited(b'{"a": {"b": 1}}', Put("/a/c", [2]), "a.json") == b'{"a": {"b": 1, "c": [2]}}'


@pytest.mark.parametrize("edit", EDITS.values(), ids=EDITS)
def test_line_ends_stay_what_they_are(edit: Edit) -> None:
    text = edited(TEXT.replace("\n", "\r\n").encode(), edit, "pets.yaml")
    assert text == edited(TEXT.encode(), edit, "pets.yaml").replace(b"\n", b"\r\n")


def test_comments_move_with_what_is_wrapped() -> None:
    text = edited(TEXT.encode(), Wrap(f"{PET}/properties/name", "anyOf", ({"type": "null"},)), "pets.yaml").decode()
    assert (
        """        name:
          anyOf:
            - type: string
              # as painted on the door
              enum:
                - tom   # a cat
                - 'rex'
            - type: 'null'
"""
        in text
    )


def test_where_an_alias_stands_only_its_own_place_changes() -> None:
    text = b"a: &one # ours\n  b: 1\nc: *one\nd: 2\n"
    assert edited(text, Put("/c/b", 2), "a.yaml") == b"a: &one # ours\n  b: 1\nc: {b: 2}\nd: 2\n"


def test_what_cannot_be_changed_is_refused() -> None:
    with pytest.raises(UnreadableDocument, match="cannot be changed"):
        edited(b"a: &one\n  b: 1\nc: *one\n", Put("/a/b", 2), "a.yaml")
