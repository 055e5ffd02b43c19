"""Keys that stand twice in one object: the reader takes the last one, as JSON and YAML readers mostly do.

RFC 8259 §4: names SHOULD be unique, and what happens where they are not is unpredictable; YAML 1.2 §3.2.1.3: keys are
unique. Knows both notations. Looks twice only at a document that has such a key.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from mockserver.document import yaml_nodes
from mockserver.document.pointer import child
from mockserver.document.read import repeats_in_yaml, utf8
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON, Struct

_MERGE = "<<"


class Repeat(Struct, frozen=True):
    """A key that stands before another one of its name: the place of both, and their lines (from 1)."""

    pointer: str
    name: str
    first: int
    last: int


def repeats(data: bytes, uri: str) -> Iterator[Repeat]:
    r"""Yield the keys that stand twice, each with the place that counts.

    >>> [(one.pointer, one.first, one.last) for one in repeats(b"a: {b: 1}\nc:\n  d: 1\n  d: 2\n", "pets.yaml")]
    [('/c/d', 3, 4)]
    """
    text = utf8(data, uri).decode()
    is_json = text.lstrip()[:1] in ("{", "[")
    if not (_repeats_in_json(text) if is_json else repeats_in_yaml(text)):
        return
    try:
        # a tab may stand between the tokens of JSON, and nowhere else in it; YAML knows it there not
        root = yaml_nodes.compose(text.replace("\t", " ") if is_json else text, uri)
    except UnreadableDocument:
        return  # deeper than YAML is read
    yield from _repeated(root, text)


def _repeats_in_json(text: str) -> bool:
    found = False

    def noted(pairs: list[tuple[str, JSON]]) -> JSON:
        nonlocal found
        made = dict(pairs)
        found = found or len(made) < len(pairs)
        return made

    try:
        json.loads(text, object_pairs_hook=noted)
    except (ValueError, RecursionError):  # ValueError: it is YAML in flow style
        return repeats_in_yaml(text)
    return found


def _repeated(root: yaml_nodes.Node, text: str) -> Iterator[Repeat]:
    todo: list[tuple[yaml_nodes.Node, str]] = [(root, "")]
    while todo:
        node, pointer = todo.pop()
        if isinstance(node, yaml_nodes.Sequence):
            todo.extend((item, child(pointer, index)) for index, item in enumerate(node.items))
        elif isinstance(node, yaml_nodes.Mapping):
            before: dict[str, int] = {}
            for key, value in node.items:
                at = child(pointer, key.text)
                if key.text in before and key.text != _MERGE:
                    lines = (text.count("\n", 0, index) + 1 for index in (before[key.text], key.start))
                    yield Repeat(at, key.text, *lines)
                before[key.text] = key.start
                todo.append((value, at))
