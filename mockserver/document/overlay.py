"""OpenAPI Overlay 1.0 and 1.1: changes laid over a document that is not ours to edit.

Knows actions and JSONPath (RFC 9535). Does not know what the changed document means, nor which overlay belongs to
which document.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NoReturn, TypeAlias, assert_never

from mockserver.document.pointer import child, join
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from mockserver.values import JSON

_VERSION: Final = re.compile(r"1\.([01])(?:\.\d+)?")
_FIELDS: Final = ("overlay", "info", "extends", "actions")
_ACTION_FIELDS: Final = ("target", "description", "update", "remove", "copy")

_Path: TypeAlias = tuple[str | int, ...]


class _Update(Struct, frozen=True):
    value: JSON


class _Copy(Struct, frozen=True):
    source: str


class _Remove(Struct, frozen=True):
    pass


class _Nothing(Struct, frozen=True):
    pass


class _Action(Struct, frozen=True):
    target: str
    change: _Update | _Copy | _Remove | _Nothing
    minor: int
    where: str


def apply(tree: JSON, overlay: JSON, *, uri: str) -> tuple[JSON, tuple[str, ...]]:
    """Return the changed tree, which shares what was not touched, and a note for every action that changed nothing.

    `uri` is the overlay's, for the messages. A malformed overlay raises `UnreadableDocument`.

    >>> apply({"info": {"title": "Pets"}}, {
    ...     "overlay": "1.0.0",
    ...     "info": {"title": "Ours", "version": "1"},
    ...     "actions": [{"target": "$.info", "update": {"version": "2"}}],
    ... }, uri="pets.overlay.yaml")
    ({'info': {'title': 'Pets', 'version': '2'}}, ())
    """
    notes: list[str] = []
    for action in _actions(overlay, uri):
        selected = _select(tree, action.target, f"{action.where}/target")
        if not selected:  # Overlay 1.1 §4.4.3.1: the action succeeds without changing the document
            notes.append(f"{action.where}: the target {action.target} selects nothing")
        elif isinstance(action.change, _Nothing):
            notes.append(f"{action.where}: the action has neither `update` nor `copy`, nor `remove: true`")
        else:
            tree = _changed(tree, action, action.change, selected)
    return tree, tuple(notes)


def _actions(overlay: JSON, uri: str) -> Iterator[_Action]:
    """Check the overlay object (Overlay 1.1 §4.4.1) and give its actions."""
    if not isinstance(overlay, dict):
        _refuse("an overlay is an object", uri, "write `overlay: 1.1.0`, `info` and `actions`")
    version = overlay.get("overlay")
    known = _VERSION.fullmatch(version) if isinstance(version, str) else None
    if not known:
        _refuse(f"{version!r} is no version that can be applied", f"{uri}#/overlay", "write `overlay: 1.1.0`")
    _check_fields(overlay, _FIELDS, f"{uri}#")
    info = overlay.get("info")
    if not isinstance(info, dict) or not {"title", "version"} <= info.keys():
        _refuse("an overlay needs a title and a version", f"{uri}#/info", "write `info: {title: ..., version: ...}`")
    if not isinstance(overlay.get("extends", ""), str):
        _refuse("`extends` is the URI of a document", f"{uri}#/extends", "write a text, or leave it out")
    actions = overlay.get("actions")
    if not isinstance(actions, list) or not actions:
        _refuse("an overlay needs at least one action", f"{uri}#/actions", "write a list of `target` and `update`")
    for number, action in enumerate(actions):
        yield _action(action, int(known[1]), uri + "#" + join(("actions", number)))


def _action(fields: JSON, minor: int, where: str) -> _Action:
    """Check one action object (Overlay 1.1 §4.4.3)."""
    if not isinstance(fields, dict):
        _refuse("an action is an object", where, "write `target` and one of `update`, `remove` and `copy`")
    _check_fields(fields, _ACTION_FIELDS, where)
    target, source, removes = fields.get("target"), fields.get("copy"), fields.get("remove", False)
    if not isinstance(target, str):
        _refuse("an action needs a target", f"{where}/target", "write a JSONPath, for example `$.info`")
    if not isinstance(removes, bool):
        _refuse("`remove` is true or false", f"{where}/remove", "write `remove: true`")
    if "copy" in fields and not minor:
        _refuse("`copy` came with Overlay 1.1", f"{where}/copy", "write `overlay: 1.1.0`")
    if removes:  # "this field has no impact if the `remove` field is `true`", say both `update` and `copy`
        return _Action(target, _Remove(), minor, where)
    if "copy" not in fields:
        return _Action(target, _Update(fields["update"]) if "update" in fields else _Nothing(), minor, where)
    if "update" in fields:
        _refuse("`copy` and `update` exclude one another", f"{where}/copy", "write an action for each of them")
    if not isinstance(source, str):
        _refuse("`copy` selects a node of the document", f"{where}/copy", "write a JSONPath, for example `$.info`")
    return _Action(target, _Copy(source), minor, where)


def _check_fields(fields: dict[str, JSON], known: Collection[str], where: str) -> None:
    for name in fields:
        if name not in known and not name.startswith("x-"):
            _refuse(f"an overlay has no field {name} here", child(where, name), f"use one of: {', '.join(known)}")


def _refuse(what: str, where: str, fix: str) -> NoReturn:
    raise UnreadableDocument(what, where=where, fix=fix)


def _select(tree: JSON, query: str, where: str) -> dict[_Path, JSON]:
    """Evaluate a JSONPath; the paths of what it selects, each once, with the values."""
    import jsonpath  # noqa: PLC0415  # 40 ms that only a contract with an overlay should pay

    fix = "write a JSONPath of RFC 9535, names with other signs in brackets: `$.paths['/pets'].get`"
    if not query.startswith("$"):
        _refuse(f"{query!r} is no JSONPath: it begins with $", where, fix)
    try:
        path = jsonpath.JSONPathEnvironment(strict=True).compile(query)
        # Of a bare text the library would select in what it says, read as JSON.
        return {match.parts: match.obj for match in path.finditer(tree)} if isinstance(tree, dict | list) else {}
    except jsonpath.JSONPathError as exc:
        _refuse(f"{query!r} is no JSONPath: {exc.args[0] if exc.args else type(exc).__name__}", where, fix)


def _changed(tree: JSON, action: _Action, change: _Update | _Copy | _Remove, selected: dict[_Path, JSON]) -> JSON:
    kinds = {_kind(value) for value in selected.values()}
    if not action.minor and "primitive" in kinds:  # Overlay 1.0 §4.4.3.1: "not primitive types or null values"
        fix = "write `overlay: 1.1.0`, or select the object that contains it"
        _refuse("Overlay 1.0 cannot change a primitive by itself", f"{action.where}/target", fix)
    match change:
        case _Remove():
            return _removed(tree, action, selected)
        case _Copy(source):
            sources = list(_select(tree, source, f"{action.where}/copy").values())
            if len(sources) != 1:
                what = f"`copy` selects {len(sources)} nodes, and must select one"
                _refuse(what, f"{action.where}/copy", "write the path of one node that exists")
            return _updated(tree, action, selected, sources[0])
        case _Update(value):
            return _updated(tree, action, selected, value)
        case _:
            assert_never(change)


def _removed(tree: JSON, action: _Action, selected: dict[_Path, JSON]) -> JSON:
    if () in selected:
        _refuse("the whole document cannot be removed", f"{action.where}/target", "select a part of it")
    draft = _Draft(tree)
    # What stands deeper goes first, and of a list the last: so that no path is moved before it is used.
    for path in sorted(selected, key=lambda path: (len(path), *map(_order, path)), reverse=True):
        del draft.container(path[:-1])[path[-1]]
    return draft.tree


def _order(part: str | int) -> tuple[int, str]:
    return (part, "") if isinstance(part, int) else (0, part)


def _updated(tree: JSON, action: _Action, selected: dict[_Path, JSON], value: JSON) -> JSON:
    kinds = {_kind(target) for target in selected.values()}
    if action.minor and len(kinds) > 1:  # Overlay 1.1 §4.4.3.1
        what = f"the target selects nodes of several kinds: {', '.join(sorted(kinds))}"
        _refuse(what, f"{action.where}/target", "write an action for each kind")
    draft = _Draft(tree)
    for path in sorted(selected, key=len, reverse=True):  # a node that holds another is merged with its changed content
        draft.replace(path, _laid_over(draft.at(path), value, action, join(path)))
    return draft.tree


def _laid_over(target: JSON, value: JSON, action: _Action, at: str) -> JSON:
    """Lay the value over a selected node."""
    match _kind(target), _kind(value):
        case "array", "array":
            return target + value
        case "array", _:
            return [*target, value]
        case "object", "object":
            return _merged(target, value, action, at)
        case "primitive", "primitive":
            return value
        case kind, other:
            _refuse(
                f"{at or 'the root'} is {_an(kind)}, and {_an(other)} cannot change that",
                f"{action.where}/target",
                f"give {_an(kind)}, or select another node",
            )


def _merged(target: dict[str, JSON], value: dict[str, JSON], action: _Action, at: str) -> dict[str, JSON]:
    """Merge recursively (Overlay 1.1 §4.4.3.1); 1.0 leaves open what other combinations do, and replaces here."""
    whole = dict(target)
    for name, new in value.items():
        old = whole.get(name)
        match _kind(old), _kind(new):
            case "object", "object":
                whole[name] = _merged(whole[name], new, action, child(at, name))
            case "array", "array":
                whole[name] = whole[name] + new
            case kind, other if action.minor and name in whole and kind != other:
                what = f"{child(at, name)} is {_an(kind)}, and {_an(other)} cannot be merged into it"
                _refuse(what, action.where, "remove it with an action before this one")
            case _:
                whole[name] = new
    return whole


def _kind(value: JSON) -> str:
    return "object" if isinstance(value, dict) else "array" if isinstance(value, list) else "primitive"


def _an(kind: str) -> str:
    return f"a {kind}" if kind == "primitive" else f"an {kind}"


class _Draft:
    """A tree that is copied where it is changed: every container once, however many changes it sees."""

    def __init__(self, tree: JSON) -> None:
        self._root = [tree]
        self._own: dict[int, JSON] = {id(self._root): self._root}

    @property
    def tree(self) -> JSON:
        return self._root[0]

    def at(self, path: _Path) -> JSON:
        node = self.tree
        for part in path:
            node = node[part]
        return node

    def container(self, path: _Path) -> JSON:
        """Return the container at a path, which may be changed from now on."""
        holder: JSON = self._root
        for part in (0, *path):
            if id(holder[part]) not in self._own:
                copy = holder[part].copy()
                holder[part] = self._own[id(copy)] = copy
            holder = holder[part]
        return holder

    def replace(self, path: _Path, value: JSON) -> None:
        """Put a value at a path."""
        if path:
            self.container(path[:-1])[path[-1]] = value
        else:
            self._root[0] = value
