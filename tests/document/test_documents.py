import json

import pytest

from mockserver.document.documents import Documents, outward_references
from mockserver.errors import UnresolvedReference


def documents(**trees: object) -> Documents:
    return Documents("api.json", {f"{name}.json": json.dumps(tree).encode() for name, tree in trees.items()})


def test_a_local_reference_leads_into_the_same_document() -> None:
    held = documents(api={"components": {"schemas": {"Pet": {"type": "object"}}}})
    found = held.resolve(held.root_node(), "#/components/schemas/Pet")
    assert (found.uri, found.pointer, found.tree) == ("api.json", "/components/schemas/Pet", {"type": "object"})


def test_a_reference_into_another_file_is_relative_to_where_it_stands() -> None:
    held = Documents("c/api.json", {"c/api.json": b"{}", "c/parts/pet.json": b'{"a/b": {"x": 1}}'})
    found = held.resolve(held.root_node(), "./parts/pet.json#/a~1b")
    assert (found.uri, found.tree) == ("c/parts/pet.json", {"x": 1})


def test_a_fragment_may_be_percent_encoded() -> None:
    held = documents(api={"paths": {"/pets/{id}": {"get": {}}}})
    assert held.resolve(held.root_node(), "#/paths/~1pets~1%7Bid%7D/get").tree == {}


def test_anchors_and_ids_are_found() -> None:
    held = documents(
        api={
            "$defs": {
                "a": {"$anchor": "here", "type": "string"},
                "b": {"$id": "https://example.com/b", "$defs": {"c": {"$anchor": "in", "type": "null"}}},
            }
        }
    )
    root = held.root_node()
    assert held.resolve(root, "#here").tree["type"] == "string"
    assert held.resolve(root, "https://example.com/b").pointer == "/$defs/b"
    assert held.resolve(root, "https://example.com/b#in").tree["type"] == "null"
    assert held.resolve(root, "https://example.com/b#/$defs/c").pointer == "/$defs/b/$defs/c"


@pytest.mark.parametrize("lost", ["#/nowhere", "#nowhere", "other.json", "https://example.com/x#/y"])
def test_a_lost_reference_says_where_it_stands_and_what_to_do(lost: str) -> None:
    held = documents(api={"a": {"$ref": lost}})
    with pytest.raises(UnresolvedReference) as error:
        held.resolve(held.root_node().child("a"), lost)
    assert error.value.where == "api.json#/a"
    assert lost in error.value.what
    assert error.value.fix


def test_outward_references_are_collected_whatever_stands_around_them() -> None:
    tree = {
        "paths": {"/a": {"$ref": "paths/a.yaml#/x"}},
        "responses": {"default": {"$ref": "../common.yaml"}},
        "properties": {"value": {"$ref": "value.yaml"}},
        "local": {"$ref": "#/properties"},
        "discriminator": {"mapping": {"cat": "cat.yaml#/Cat", "dog": "Dog"}},
    }
    found = outward_references(json.dumps(tree).encode(), tree, "c/api.yaml")
    assert found == {"c/paths/a.yaml", "common.yaml", "c/value.yaml", "c/cat.yaml"}


def test_a_document_in_one_file_has_no_outward_references() -> None:
    assert outward_references(b'{"$ref": "#/a"}', {"$ref": "#/a"}, "api.json") == frozenset()
