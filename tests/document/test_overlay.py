"""Overlays: what every action does, what is shared, and what is refused with pointer and fix."""

import copy
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.document.overlay import apply
from mockserver.errors import UnreadableDocument

URI = "contracts/pets.overlay.yaml"


def overlay(*actions, version="1.1.0"):
    return {"overlay": version, "info": {"title": "Ours", "version": "1"}, "actions": list(actions)}


def applied(tree, *actions, version="1.1.0"):
    before = copy.deepcopy(tree)
    after, notes = apply(tree, overlay(*actions, version=version), uri=URI)
    assert tree == before, "an overlay never changes the tree it is given"
    assert notes == ()
    return after


def refused(document, tree=None):
    with pytest.raises(UnreadableDocument) as caught:
        apply({"info": {"title": "Pets"}, "tags": ["a"]} if tree is None else tree, document, uri=URI)
    return caught.value.what, caught.value.where.removeprefix(URI), caught.value.fix


def contract():
    return {
        "openapi": "3.1.0",
        "info": {"title": "Pets", "version": "1"},
        "paths": {
            "/pets": {
                "get": {"tags": ["a", "dummy"], "x-traits": ["paged"], "parameters": [{"name": "q", "in": "query"}]},
                "post": {"tags": ["b"]},
            },
            "/pets/{id}": {"get": {"tags": ["dummy"], "parameters": [{"name": "dummy", "in": "query"}]}},
        },
    }


# update


def test_an_update_is_merged_into_every_object_that_is_selected():
    tree = applied(contract(), {"target": "$.paths.*.get", "update": {"x-safe": True}})
    assert [item["get"]["x-safe"] for item in tree["paths"].values()] == [True, True]
    assert tree["paths"]["/pets"]["get"]["tags"] == ["a", "dummy"]


def test_an_update_is_merged_deeply():
    update = {"info": {"version": "2", "license": {"name": "MIT"}}, "tags": [{"name": "a"}]}
    assert applied({"info": {"title": "Pets", "version": "1"}}, {"target": "$", "update": update}) == {
        "info": {"title": "Pets", "version": "2", "license": {"name": "MIT"}},
        "tags": [{"name": "a"}],
    }


def test_lists_within_an_update_are_concatenated():
    assert applied({"a": {"b": [1]}}, {"target": "$", "update": {"a": {"b": [2]}}}) == {"a": {"b": [1, 2]}}


@pytest.mark.parametrize("version", ["1.0.0", "1.1.0"])
def test_a_selected_list_gets_an_entry_or_the_entries_of_a_list(version):
    assert applied({"a": [1]}, {"target": "$.a", "update": {"b": 2}}, version=version) == {"a": [1, {"b": 2}]}
    assert applied({"a": [1]}, {"target": "$.a", "update": 2}, version=version) == {"a": [1, 2]}
    assert applied({"a": [1]}, {"target": "$.a", "update": [2, 3]}, version=version) == {"a": [1, 2, 3]}


def test_a_selected_primitive_is_replaced():
    assert applied({"a": {"b": "old"}}, {"target": "$.a.b", "update": "new"}) == {"a": {"b": "new"}}
    assert applied({"a": {"b": None}}, {"target": "$.a.b", "update": False}) == {"a": {"b": False}}


def test_a_null_is_a_value_to_update_with():
    assert applied({"a": 1}, {"target": "$.a", "update": None}) == {"a": None}


def test_a_node_within_a_selected_node_is_updated_too():
    tree = {"x": {"t": 1, "y": {"t": 1}}}
    assert applied(tree, {"target": "$..[?@.t == 1]", "update": {"new": 2}}) == {
        "x": {"t": 1, "new": 2, "y": {"t": 1, "new": 2}}
    }


def test_a_node_that_is_selected_twice_is_updated_once():
    assert applied({"a": [0]}, {"target": "$['a', 'a']", "update": 1}) == {"a": [0, 1]}


def test_targets_may_be_filtered():
    tree = applied(contract(), {"target": "$.paths[?@.get['x-traits'][?@ == 'paged']].get", "update": {"x-ok": 1}})
    assert [item["get"].get("x-ok") for item in tree["paths"].values()] == [1, None]


def test_names_with_any_sign_are_selected_in_brackets():
    tree = applied(contract(), {"target": "$.paths['/pets/{id}'].get", "update": {"summary": "One pet"}})
    assert tree["paths"]["/pets/{id}"]["get"]["summary"] == "One pet"


def test_actions_are_applied_in_their_order_each_to_what_the_one_before_left():
    assert applied(
        {"a": {"type": "string"}},
        {"target": "$.a.type", "remove": True},
        {"target": "$.a", "update": {"type": ["string", "null"]}},
        {"target": "$.a.type", "update": "integer"},
    ) == {"a": {"type": ["string", "null", "integer"]}}


def test_overlay_1_0_replaces_a_value_of_another_kind():
    assert applied({"a": {"type": "string"}}, {"target": "$.a", "update": {"type": ["string"]}}, version="1.0.0") == {
        "a": {"type": ["string"]}
    }


def test_extensions_and_descriptions_of_the_overlay_do_nothing():
    document = {
        **overlay({"target": "$", "update": {"a": 1}, "description": "why", "x-note": 1}),
        "x-by": "drift",
        "extends": "pets.yaml",
    }
    assert apply({}, document, uri=URI) == ({"a": 1}, ())


# remove


def test_members_and_items_are_removed():
    tree = applied(contract(), {"target": "$.paths.*.get.parameters[?@.name == 'dummy']", "remove": True})
    assert tree["paths"]["/pets/{id}"]["get"]["parameters"] == []
    assert applied(contract(), {"target": "$.paths['/pets']", "remove": True})["paths"].keys() == {"/pets/{id}"}


def test_primitive_items_are_removed_by_overlay_1_1():
    tree = applied(contract(), {"target": "$.paths.*.get.tags[?@ == 'dummy']", "remove": True})
    assert [item["get"]["tags"] for item in tree["paths"].values()] == [["a"], []]


def test_of_a_list_any_items_are_removed_whatever_order_the_target_has():
    assert applied({"a": [0, 1, 2, 3]}, {"target": "$.a[2, 0, 2, -1]", "remove": True}) == {"a": [1]}


def test_a_node_is_removed_with_what_is_selected_within_it():
    tree = {"a": {"x": {"x": 1}, "y": [{"x": 2}, {"z": 3}]}}
    assert applied(tree, {"target": "$..x", "remove": True}) == {"a": {"y": [{}, {"z": 3}]}}


def test_a_removal_ignores_the_other_changes_of_its_action():
    assert applied({"a": {}, "b": 1}, {"target": "$.a", "remove": True, "update": 1, "copy": "$.b"}) == {"b": 1}


# copy


def test_a_copy_is_merged_like_an_update():
    tree = {"schemas": {"foo": {"type": "object", "required": ["a"]}, "bar": {"required": ["b"]}}}
    assert applied(tree, {"target": "$.schemas.bar", "copy": "$.schemas.foo"})["schemas"]["bar"] == {
        "type": "object",
        "required": ["b", "a"],
    }


def test_a_copy_has_a_life_of_its_own():
    assert applied(
        {"foo": {"deep": {"a": 1}}, "bar": {}},
        {"target": "$.foo.deep", "update": {"b": 2}},
        {"target": "$.bar", "copy": "$.foo"},
        {"target": "$.bar.deep", "update": {"c": 3}},
    ) == {"foo": {"deep": {"a": 1, "b": 2}}, "bar": {"deep": {"a": 1, "b": 2, "c": 3}}}


def test_a_copy_within_itself_ends():
    assert applied({"a": {"b": {}}}, {"target": "$.a.b", "copy": "$.a"}) == {"a": {"b": {"b": {}}}}


# what is shared, what is noted


def test_untouched_parts_are_shared():
    tree = contract()
    changed, _ = apply(tree, overlay({"target": "$.paths['/pets'].get", "update": {"summary": "x"}}), uri=URI)
    assert changed["paths"]["/pets/{id}"] is tree["paths"]["/pets/{id}"]
    assert changed["info"] is tree["info"]
    assert changed["paths"]["/pets"]["get"]["tags"] is tree["paths"]["/pets"]["get"]["tags"]


def test_a_target_that_selects_nothing_is_noted():
    tree = contract()
    document = overlay(
        {"target": "$.paths['/gone']", "remove": True}, {"target": "$.info"}, {"target": "$.info", "remove": False}
    )
    assert apply(tree, document, uri=URI) == (
        tree,
        (
            f"{URI}#/actions/0: the target $.paths['/gone'] selects nothing",
            f"{URI}#/actions/1: the action has neither `update` nor `copy`, nor `remove: true`",
            f"{URI}#/actions/2: the action has neither `update` nor `copy`, nor `remove: true`",
        ),
    )


# what is refused


def without(name):
    return {key: value for key, value in overlay({"target": "$"}).items() if key != name}


@pytest.mark.parametrize(
    ("document", "what", "pointer", "fix"),
    [
        ([], "an overlay is an object", "", "write `overlay: 1.1.0`, `info` and `actions`"),
        (without("overlay"), "None is no version that can be applied", "#/overlay", "write `overlay: 1.1.0`"),
        (overlay({}, version=1.0), "1.0 is no version that can be applied", "#/overlay", "write `overlay: 1.1.0`"),
        (
            overlay({}, version="2.0.0"),
            "'2.0.0' is no version that can be applied",
            "#/overlay",
            "write `overlay: 1.1.0`",
        ),
        (
            without("info"),
            "an overlay needs a title and a version",
            "#/info",
            "write `info: {title: ..., version: ...}`",
        ),
        (
            {**without("info"), "info": {"title": "x"}},
            "an overlay needs a title and a version",
            "#/info",
            "write `info: {title: ..., version: ...}`",
        ),
        (
            {**overlay({}), "extends": 1},
            "`extends` is the URI of a document",
            "#/extends",
            "write a text, or leave it out",
        ),
        (
            without("actions"),
            "an overlay needs at least one action",
            "#/actions",
            "write a list of `target` and `update`",
        ),
        (overlay(), "an overlay needs at least one action", "#/actions", "write a list of `target` and `update`"),
        (
            {**overlay({}), "action/s": []},
            "an overlay has no field action/s here",
            "#/action~1s",
            "use one of: overlay, info, extends, actions",
        ),
        (
            overlay("$"),
            "an action is an object",
            "#/actions/0",
            "write `target` and one of `update`, `remove` and `copy`",
        ),
        (
            overlay({"update": 1}),
            "an action needs a target",
            "#/actions/0/target",
            "write a JSONPath, for example `$.info`",
        ),
        (
            overlay({"target": "$", "updates": 1}),
            "an overlay has no field updates here",
            "#/actions/0/updates",
            "use one of: target, description, update, remove, copy",
        ),
        (
            overlay({"target": "$", "remove": "yes"}),
            "`remove` is true or false",
            "#/actions/0/remove",
            "write `remove: true`",
        ),
        (
            overlay({"target": "$", "copy": 1}),
            "`copy` selects a node of the document",
            "#/actions/0/copy",
            "write a JSONPath, for example `$.info`",
        ),
        (
            overlay({"target": "$", "copy": "$.info", "update": {}}),
            "`copy` and `update` exclude one another",
            "#/actions/0/copy",
            "write an action for each of them",
        ),
        (
            overlay({"target": "$", "copy": "$.info"}, version="1.0.0"),
            "`copy` came with Overlay 1.1",
            "#/actions/0/copy",
            "write `overlay: 1.1.0`",
        ),
        (
            overlay({"target": "$.info", "copy": "$.tags.*.x"}),
            "`copy` selects 0 nodes, and must select one",
            "#/actions/0/copy",
            "write the path of one node that exists",
        ),
        (
            overlay({"target": "$.info", "copy": "$.*"}),
            "`copy` selects 2 nodes, and must select one",
            "#/actions/0/copy",
            "write the path of one node that exists",
        ),
        (
            overlay({"target": "$", "remove": True}),
            "the whole document cannot be removed",
            "#/actions/0/target",
            "select a part of it",
        ),
        (
            overlay({"target": "$.info.title", "update": "x"}, version="1.0.0"),
            "Overlay 1.0 cannot change a primitive by itself",
            "#/actions/0/target",
            "write `overlay: 1.1.0`, or select the object that contains it",
        ),
        (
            overlay({"target": "$.*", "update": {}}),
            "the target selects nodes of several kinds: array, object",
            "#/actions/0/target",
            "write an action for each kind",
        ),
        (
            overlay({"target": "$.info", "update": "x"}),
            "/info is an object, and a primitive cannot change that",
            "#/actions/0/target",
            "give an object, or select another node",
        ),
        (
            overlay({"target": "$.info.title", "update": []}),
            "/info/title is a primitive, and an array cannot change that",
            "#/actions/0/target",
            "give a primitive, or select another node",
        ),
        (
            overlay({"target": "$", "update": []}),
            "the root is an object, and an array cannot change that",
            "#/actions/0/target",
            "give an object, or select another node",
        ),
        (
            overlay({"target": "$", "update": {"info": {"title": {}}}}),
            "/info/title is a primitive, and an object cannot be merged into it",
            "#/actions/0",
            "remove it with an action before this one",
        ),
    ],
)
def test_a_malformed_overlay_is_refused_with_pointer_and_fix(document, what, pointer, fix):
    assert refused(document) == (what, pointer, fix)


@pytest.mark.parametrize(
    "query", ["", "info", "$.", "$.paths./pets", "$.paths['/pets'", "$[?", "$.paths.*~", "$.a | $.b"]
)
def test_a_target_that_is_no_jsonpath_is_refused(query):
    what, pointer, fix = refused(overlay({"target": "$.info", "update": {}}, {"target": query, "update": {}}))
    assert what.startswith(f"{query!r} is no JSONPath: ")
    assert pointer == "#/actions/1/target"
    assert fix == "write a JSONPath of RFC 9535, names with other signs in brackets: `$.paths['/pets'].get`"


# laws


LAW = settings(max_examples=100, deadline=None, derandomize=True, database=None)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abc~/'", max_size=3), inner, max_size=3),
    max_leaves=12,
)


@LAW
@given(tree=TREES, update=TREES)
def test_an_overlay_never_changes_the_tree_it_is_given(tree, update):
    before = copy.deepcopy((tree, update))
    with suppress(UnreadableDocument):
        apply(tree, overlay({"target": "$..*", "update": update}, {"target": "$..a", "remove": True}), uri=URI)
    assert (tree, update) == before


@LAW
@given(tree=TREES.filter(lambda tree: isinstance(tree, dict)))
def test_what_is_merged_with_itself_without_lists_is_the_same(tree):
    flat = {name: value for name, value in tree.items() if "[" not in repr(value)}
    assert apply(flat, overlay({"target": "$", "update": flat}), uri=URI)[0] == flat


@LAW
@given(tree=TREES)
def test_nothing_is_left_when_every_member_is_removed(tree):
    expected = {} if isinstance(tree, dict) else [] if isinstance(tree, list) else tree
    assert apply(tree, overlay({"target": "$..*", "remove": True}), uri=URI)[0] == expected
