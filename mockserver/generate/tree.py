"""A place in a value that is being made: what holds there, how it is reached, and what is below it."""

from __future__ import annotations

from typing import TypeAlias

from mockserver.generate.dice import Draw
from mockserver.generate.facts import Facts, Pieces
from mockserver.generate.merge import Form
from mockserver.generate.place import Place
from mockserver.values import JSON, Struct, field

Mark: TypeAlias = frozenset[int] | tuple[int, ...]


class Node(Struct):
    """A place in the value: what holds here, how it is reached, the form that was chosen and what is below it."""

    pieces: Pieces
    place: Place
    depth: int = 0
    weight: int = 1
    optional: bool = False
    trail: str = ""
    above: frozenset[Mark] = frozenset()
    hints: tuple[JSON, ...] = ()
    first: Form | None = None
    form: Form | None = None
    lean: bool = False
    leaf: Draw | None = None
    fields: dict[str, Node] = field(default_factory=dict)
    extras: list[tuple[tuple[str, ...], Node]] = field(default_factory=list)
    more: tuple[int, int] = (0, 0)
    items: list[Node] = field(default_factory=list)
    rest: Node | None = None
    counts: tuple[int, int] = (0, 0)
    fewest: int = 0

    def clear(self) -> None:
        """Forget what is below."""
        self.leaf = self.rest = None
        self.fields, self.extras, self.items = {}, [], []
        self.lean = False


def is_grown(form: Form | None) -> bool:
    """Tell whether something is below a form: it is a list or an object, and not one that the contract spells out."""
    return form is not None and form.kind in {"object", "array"} and form.facts.values is None


def mark(pieces: Pieces, facts: Facts) -> Mark:
    """Return what says that two nodes are of one make."""
    return facts.shape or tuple(map(id, pieces))
