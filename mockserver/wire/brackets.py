"""Nested values spelled in names: `a[b][0][c]=v`, `a.b=v`, `a[]=v`.

OpenAPI defines one level of this (`deepObject`); SDKs send all levels in several dialects. What can be meant in one
way only is read, whatever it is called; what cannot is refused with a sentence. Does not know what stands behind the
names: leaves are read by the caller.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Sequence
from typing import Final, TypeAlias, TypeVar

from mockserver.wire.reading import Decoded, SpellingError, keyed, listed
from mockserver.wire.shape import Shape

Leaf = TypeVar("Leaf")
Path: TypeAlias = tuple[str, ...]

_STEPS: Final = re.compile(r"(?:\[([^\[\]]*)\]|\.([^.\[\]]+))")
_NAME_ENDS: Final = re.compile(r"[.\[]")
_DEEPEST: Final = 32
_LONGEST_NAME: Final = 2048


def split_name(name: str, roots: Container[str]) -> tuple[str, Path] | None:
    """Return the root and the steps below it, or None when the name does not start with one of the roots.

    >>> split_name("a.b[0][c]", {"a"}), split_name("a.b[]", {"a", "a.b"}), split_name("x[y]", {"a"})
    (('a', ('b', '0', 'c')), ('a.b', ('',)), None)
    """
    if len(name) > _LONGEST_NAME or ("[" not in name and "." not in name):
        return None
    for end in reversed([match.start() for match in _NAME_ENDS.finditer(name)]):
        root, rest = name[:end], name[end:]
        if root not in roots:
            continue
        steps = list(_STEPS.finditer(rest))
        if "".join(step[0] for step in steps) == rest:
            return root, tuple(step[1] if step[2] is None else step[2] for step in steps)
        if rest.startswith("[") and rest.endswith("]"):  # a name with a bracket in it
            return root, tuple(rest[1:-1].split("]["))
    return None


def assemble(
    entries: Sequence[tuple[Path, Leaf]], shape: Shape, read: Callable[[list[Leaf], Shape], Decoded]
) -> Decoded:
    """Return the value that the entries build; `read` reads the leaves that stand in one place.

    Raises SpellingError when they build none, or more than one.
    """
    if any(len(path) > _DEEPEST for path, _ in entries):
        raise SpellingError(f"it is nested more than {_DEEPEST} levels deep")
    leaves = [leaf for path, leaf in entries if not path]
    if len(leaves) == len(entries):
        return read(leaves, shape)
    if leaves:
        raise SpellingError("it was sent as one value and in parts; only one of them can be meant")
    groups: dict[str, list[tuple[Path, Leaf]]] = {}
    for path, leaf in entries:
        groups.setdefault(path[0], []).append((path[1:], leaf))
    steps = ", ".join(f"[{step}]" for step in list(groups)[:3])
    indexed = all(step == "" or (step.isascii() and step.isdigit()) for step in groups)
    if indexed and (shape.suggests_array or shape.unconstrained):
        return _array(groups, shape, read)
    if ("" not in groups or not shape.suggests_array) and (shape.suggests_object or shape.unconstrained):
        return keyed({step: assemble(below, shape.property(step), read) for step, below in groups.items()})
    if shape.suggests_array:
        raise SpellingError(f"it is an array and was sent with {steps}; an item has [] or [0]")
    raise SpellingError(f"it is a single value and was sent with {steps}")


def _array(
    groups: dict[str, list[tuple[Path, Leaf]]], shape: Shape, read: Callable[[list[Leaf], Shape], Decoded]
) -> Decoded:
    if list(groups) == [""]:
        return listed([assemble(item, shape.item(n), read) for n, item in enumerate(_items(groups[""]))])
    if groups.keys() != {str(index) for index in range(len(groups))}:
        raise SpellingError(f"its indexes are {', '.join(list(groups)[:5])}; they count from 0 without gaps")
    return listed([assemble(groups[str(index)], shape.item(index), read) for index in range(len(groups))])


def _items(entries: Sequence[tuple[Path, Leaf]]) -> list[list[tuple[Path, Leaf]]]:
    """Part what was sent as `a[]...` into items; of `a[][b]` an item ends where its first name comes again.

    That convention leaves open where an item ends that lacks a name, so all items must have the same ones.
    """
    if all(not path for path, _ in entries):
        return [[entry] for entry in entries]
    items: list[list[tuple[Path, Leaf]]] = []
    taken: list[set[Path]] = []
    for path, leaf in entries:
        if not items or path in taken[-1]:
            items.append([])
            taken.append(set())
        items[-1].append((path, leaf))
        taken[-1].add(path)
    unclear = len(items) > 1 and any("" in path for path, _ in entries)
    if unclear or any(paths != taken[0] for paths in taken):
        raise SpellingError("where one of its items ends cannot be told from []; number them: [0], [1]")
    return items
