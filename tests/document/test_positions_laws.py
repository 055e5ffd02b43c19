"""Every pointer of a random tree is located where PyYAML's own marks say, in every layout that can be written."""

import json
import re

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mockserver.document.pointer import join, look_up
from mockserver.document.positions import Places, Position
from mockserver.document.read import read


class Marked(yaml.CSafeLoader):
    """Plain scalars untagged, so that what they mean does not matter here."""

    yaml_implicit_resolvers = {None: [("?", re.compile(""))]}


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


def pointers(tree, parts=()):
    yield parts
    match tree:
        case dict():
            for name, value in tree.items():
                yield from pointers(value, (*parts, name))
        case list():
            for number, value in enumerate(tree):
                yield from pointers(value, (*parts, number))


def marked(text):
    """Every pointer with the position that PyYAML's nodes have; a map and a list end where their last member ends."""
    found = {}

    def end(node):
        if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
            return end(node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1])
        return max(len(text[: node.end_mark.index].rstrip()), node.start_mark.index)

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
                visit(value, (*parts, key.value), key.start_mark)
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


@settings(max_examples=150, deadline=None)
@given(
    tree=TREES,
    flow=st.sampled_from((False, True, None)),
    indent=st.sampled_from((2, 4)),
    width=st.sampled_from((20, 80, 10_000)),
    style=st.sampled_from((None, "'", '"', "|", ">")),
)
def test_every_pointer_of_dumped_yaml_is_where_pyyaml_marks_it(tree, flow, indent, width, style):
    text = yaml.dump(
        tree,
        default_flow_style=flow,
        indent=indent,
        width=width,
        default_style=style,
        allow_unicode=True,
        sort_keys=False,
    )
    assert_every_position_is_the_marked_one(text)
