"""Small changes of a document: of its tree, and as actions of an overlay. What they do to its text is in rewrite.py."""

from __future__ import annotations

from typing import TypeAlias

from mockserver.document import pointer as pointers
from mockserver.values import JSON, Struct


class Put(Struct, frozen=True):
    """Let a member of a map, or an item of a list, have a value, new or other than before."""

    pointer: str
    value: JSON


class Append(Struct, frozen=True):
    """Add an item to the end of a list."""

    pointer: str
    value: JSON


class Drop(Struct, frozen=True):
    """Take a member of a map, or an item of a list, away."""

    pointer: str


class Wrap(Struct, frozen=True):
    """Put a node, as it is written, first into a list under a keyword: `{anyOf: [it, *others]}`."""

    pointer: str
    keyword: str
    others: tuple[JSON, ...]


class Rename(Struct, frozen=True):
    """Call a member of a map otherwise."""

    pointer: str
    name: str


Edit: TypeAlias = Put | Append | Drop | Wrap | Rename


def changed(tree: JSON, edit: Edit) -> JSON:
    """Return the tree with an edit, sharing what is not touched; raise LookupError where there is no such place.

    >>> changed({"a": {"b": [1]}}, Append("/a/b", 2))
    {'a': {'b': [1, 2]}}
    >>> changed({"a": {"type": "string"}}, Wrap("/a", "anyOf", ({"type": "null"},)))
    {'a': {'anyOf': [{'type': 'string'}, {'type': 'null'}]}}
    """
    parts = pointers.split(edit.pointer)
    if isinstance(edit, Append):
        items = pointers.look_up(tree, edit.pointer)
        if not isinstance(items, list):
            raise LookupError(edit.pointer)  # noqa: TRY004 - there is no end of a list at that place
        return _with(tree, parts, [*items, edit.value])
    holder = pointers.look_up(tree, pointers.parent(edit.pointer))
    last = int(parts[-1]) if isinstance(holder, list) else parts[-1]
    match edit:
        case Put(value=value):
            new = holder.copy()
            new[last] = value
        case Wrap(keyword=keyword, others=others):
            new = holder.copy()
            new[last] = {keyword: [pointers.look_up(tree, edit.pointer), *others]}
        case Rename(name=name):
            pointers.look_up(tree, edit.pointer)
            new = {name if key == last else key: value for key, value in holder.items()}
        case Drop():
            pointers.look_up(tree, edit.pointer)
            new = holder.copy()
            del new[last]
    return _with(tree, parts[:-1], new)


def _with(node: JSON, parts: tuple[str, ...], value: JSON) -> JSON:
    if not parts:
        return value
    key = int(parts[0]) if isinstance(node, list) else parts[0]
    copy = node.copy()
    copy[key] = _with(node[key], parts[1:], value)
    return copy


def actions_of(edit: Edit, tree: JSON) -> list[dict[str, JSON]]:
    """Return an edit as actions of an overlay (Overlay 1.1 §4.4.3), given the tree that it is laid over."""
    parent, last = pointers.parent(edit.pointer), pointers.split(edit.pointer)[-1]
    holder = pointers.look_up(tree, parent)
    match edit:
        case Append(pointer=pointer, value=value):
            return [{"target": _path(pointer, tree), "update": [value] if isinstance(value, list) else value}]
        case Drop(pointer=pointer):
            if isinstance(holder, list) and isinstance(holder[int(last)], str):
                return [{"target": f"{_path(parent, tree)}[?@ == {_quoted(holder[int(last)])}]", "remove": True}]
            return [{"target": _path(pointer, tree), "remove": True}]
        case _:
            return _replaced(edit, tree)


def _replaced(edit: Put | Wrap | Rename, tree: JSON) -> list[dict[str, JSON]]:
    """Return the actions that put another value into the place of one: an overlay merges, and cannot replace."""
    now, place = changed(tree, edit), edit.pointer
    while isinstance(pointers.look_up(tree, pointers.parent(place)), list):
        place = pointers.parent(place)  # what is taken out of a list could only be put to its end
    parent, last = pointers.parent(place), pointers.split(place)[-1]
    name = edit.name if isinstance(edit, Rename) else last
    holder, value = pointers.look_up(tree, parent), pointers.look_up(now, pointers.child(parent, name))
    update = {"target": _path(parent, tree), "update": {name: value}}
    is_merged = isinstance(value, dict | list) or isinstance(holder.get(last), dict | list)
    removal = [{"target": _path(place, tree), "remove": True}] if last in holder and (is_merged or name != last) else []
    return [*removal, update]


def _path(pointer: str, tree: JSON) -> str:
    """Spell a pointer as a JSONPath: items of lists by their number."""
    text, node = "$", tree
    for part in pointers.split(pointer):
        is_item = isinstance(node, list)
        text += f"[{part}]" if is_item else f"[{_quoted(part)}]"
        node = node[int(part)] if is_item else node[part]
    return text


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
