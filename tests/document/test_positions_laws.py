"""Every pointer of a random tree is located where PyYAML's own marks say, in every layout that can be written."""

import json
import re
from typing import ClassVar

import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from layouts import Layout

from mockserver.document.pointer import join
from mockserver.document.positions import Places, Position, locate
from mockserver.document.yaml12 import key as named
from mockserver.document.yaml12 import plain

LAW = settings(max_examples=100, deadline=None, derandomize=True, database=None)


class Marked(yaml.CSafeLoader):
    """Plain scalars untagged, so that what they mean does not matter here."""

    yaml_implicit_resolvers: ClassVar = {None: [("?", re.compile(""))]}


WORDS = st.sampled_from(
    (
        "a",
        "on",
        "200",
        "~",
        "null",
        "1.5",
        "/pets/{id}",
        "x-y",
        "a: b",
        "a #b",
        "#",
        "- a",
        "? a",
        "'",
        '"',
        "it's",
        "<",
    )
) | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff\x85\u2028\u2029"))
TEXTS = WORDS | st.sampled_from(
    (
        "two\nlines\n",
        "# title\n\ntext: x\n  - deeper\n",
        "\n\n lead",
        "long " * 40,
        "tab\there",
        "end\n\n\n",
        "{",
        "]",
        "&a",
        "*a",
        "!t",
        "|",
        ">",
    )
)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)


CONTAINERS = TREES.filter(lambda tree: isinstance(tree, dict | list) and tree)


def pointers(tree, parts=()):
    yield parts, tree
    for part, value in tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else ():
        yield from pointers(value, (*parts, part))


def marked(text):
    """Every pointer with the position that PyYAML's nodes have; a map and a list end where their last member ends."""
    found = {}

    def end(node):
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            return end(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1])
        return max(len(text[: node.end_mark.index].rstrip(" \t\r\n")), node.start_mark.index)

    def visit(node, parts, start):
        stop = max(end(node), start.index)
        found[parts] = Position(
            line=start.line + 1,
            column=start.column + 1,
            end_line=text.count("\n", 0, stop) + 1,
            start=len(text[: start.index].encode()),
            end=len(text[:stop].encode()),
        )
        if isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                name = key.value if key.style else named(plain(key.value))  # `0E0` is a number, in quotes a text
                visit(value, (*parts, name), key.start_mark)
        elif isinstance(node, yaml.SequenceNode):
            for number, value in enumerate(node.value):
                visit(value, (*parts, number), value.start_mark)

    root = yaml.compose(text, Loader=Marked)
    visit(root, (), root.start_mark)
    return found


def assert_every_position_is_the_marked_one(text):
    places = Places(text.encode())
    expected = marked(text)
    assert {parts: places.locate(join(parts)) for parts in expected} == expected


@settings(LAW, max_examples=150)
@given(
    tree=TREES,
    flow=st.sampled_from((False, True, None)),
    indent=st.sampled_from((2, 4)),
    width=st.sampled_from((20, 80, 10_000)),
    style=st.sampled_from((None, "'", '"', "|", ">")),
)
def test_every_pointer_of_dumped_yaml_is_where_pyyaml_marks_it(tree, flow, indent, width, style):
    options = {"default_flow_style": flow, "indent": indent, "width": width, "default_style": style}
    assert_every_position_is_the_marked_one(yaml.dump(tree, **options, allow_unicode=True, sort_keys=False))


@settings(LAW, max_examples=200)
@given(tree=CONTAINERS, seed=st.integers(0, 2**32), wild=st.booleans())
def test_every_pointer_of_yaml_in_any_layout_is_where_pyyaml_marks_it(tree, seed, wild):
    text = Layout(seed, wild=wild).document(tree)
    try:
        yaml.compose(text, Loader=Marked)
    except yaml.YAMLError:
        assume(condition=False)
    assert_every_position_is_the_marked_one(text)


def test_a_key_that_is_a_number_stands_where_it_is_written():
    assert_every_position_is_the_marked_one("---\n  ? 0E0 \n  :  null  \n'1.50': 1\n".replace("'1", "  '1"))
    assert_every_position_is_the_marked_one("a: 1\n1.50: 2\n0x10: 3\n~: 4\n'0E0': 5\n")


@LAW
@given(tree=TREES, indent=st.sampled_from((None, 0, 2, "\t")), ascii_only=st.booleans())
def test_every_pointer_of_json_is_where_its_own_text_stands(tree, indent, ascii_only):
    text = json.dumps(tree, indent=indent, ensure_ascii=ascii_only)
    data = text.encode()
    places = Places(data)
    for parts, value in pointers(tree):
        place = places.locate(join(parts))
        source = data[place.start : place.end]
        expected = {parts[-1]: value} if parts and isinstance(parts[-1], str) else value
        assert json.loads(source if expected is value else b"{%s}" % source) == expected
        assert place.line == data.count(b"\n", 0, place.start) + 1
        assert place.end_line == data.count(b"\n", 0, place.end) + 1
        assert place.column == len(data[: place.start].rpartition(b"\n")[2].decode()) + 1


@LAW
@given(tree=CONTAINERS, seed=st.integers(0, 2**32), wild=st.booleans(), data=st.data())
def test_a_second_question_has_the_same_answer_as_a_first(tree, seed, wild, data):
    text = Layout(seed, wild=wild).document(tree)
    try:
        asked = data.draw(st.permutations(sorted(marked(text), key=str)))
    except yaml.YAMLError:
        assume(condition=False)
    places = Places(text.encode())
    assert [places.locate(join(parts)) for parts in asked] == [locate(text.encode(), join(parts)) for parts in asked]
