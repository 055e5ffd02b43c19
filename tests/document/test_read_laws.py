"""What was written is read, both YAML readers agree, and nothing but an error with place and fix is ever raised."""

import json
import math

import ryaml
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from layouts import Layout

from mockserver.document import yaml_nodes
from mockserver.document.read import read
from mockserver.document.yaml12 import plain
from mockserver.errors import UnreadableDocument

LAW = settings(max_examples=100, deadline=None, derandomize=True, database=None)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\ue000"))
TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**80), 2**80) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=25,
)
CONTAINERS = TREES.filter(lambda tree: isinstance(tree, dict | list) and tree)


def exactly(data, uri):
    text = data.decode()
    return yaml_nodes.build(yaml_nodes.compose(text, uri), text, uri)


def outcome(reader, data, uri="pets.yaml"):
    try:
        return reader(data, uri)
    except UnreadableDocument as exc:
        return exc.what, exc.where, exc.fix


@LAW
@given(tree=TREES, indent=st.sampled_from((None, 2)), ascii_only=st.booleans())
def test_json_that_was_written_is_read(tree, indent, ascii_only):
    assert read(json.dumps(tree, indent=indent, ensure_ascii=ascii_only).encode(), "pets.json") == tree


@LAW
@given(tree=TREES.filter(lambda tree: tree is not None))
def test_quoted_and_tagged_yaml_that_was_written_is_read(tree):
    data = yaml.safe_dump(tree, default_style='"', allow_unicode=True, sort_keys=False).encode()
    assert read(data, "pets.yaml") == exactly(data, "pets.yaml") == tree


@settings(LAW, max_examples=200)
@given(tree=CONTAINERS, seed=st.integers(0, 2**32), wild=st.booleans())
def test_both_yaml_readers_agree_on_every_layout(tree, seed, wild):
    data = Layout(seed, wild=wild).document(tree).encode()
    assert outcome(read, data) == outcome(exactly, data)


@settings(LAW, max_examples=500)
@given(
    text=st.text("0123489.eE+-_xobaf~", max_size=7)
    | st.sampled_from(
        ("true", "True", "tRUE", "null", "NULL", "~", ".inf", "+.INF", "-.Inf", ".NaN", ".nan", "0x", "0o8")
    )
)
def test_both_yaml_readers_agree_on_every_plain_scalar(text):
    try:
        quick = ryaml.loads(f"- [{text}]")
    except ValueError:
        assume(condition=False)
    assume(quick != [[]])
    value = plain(text)
    assert repr([[value]]) == repr(quick)  # the difference of 0.0 and -0.0, of 1 and True, and NaN, counts


@settings(LAW, max_examples=300)
@given(
    data=st.binary(max_size=40)
    | st.text("ab:-?{}[],&*!|>'\"%@#\\ \n\t1.<~\ufeff\u2028", max_size=40).map(str.encode)
    | st.text("ab:-{}[],\n ", max_size=30).map(lambda text: text.encode("utf-16")),
    uri=st.sampled_from(("pets.yaml", "pets.json", "pets")),
)
def test_every_other_input_is_refused_with_place_and_fix(data, uri):
    tree = outcome(read, data, uri)
    if isinstance(tree, tuple):
        what, where, fix = tree
        assert where.startswith(uri)
        assert what
        assert fix
    else:
        assert all_texts_and_finite(tree)


def all_texts_and_finite(tree):
    match tree:
        case dict():
            return all(isinstance(name, str) and all_texts_and_finite(value) for name, value in tree.items())
        case list():
            return all(map(all_texts_and_finite, tree))
        case float():
            return math.isfinite(tree)
        case _:
            return tree is None or isinstance(tree, bool | int | str)
