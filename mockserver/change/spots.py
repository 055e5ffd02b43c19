"""Places in two schemas that are compared, and what is said of them. Knows no keyword."""

from __future__ import annotations

from mockserver.document.documents import Node
from mockserver.schema.edition import Edition, place
from mockserver.values import JSON, Struct


class Spot(Struct, frozen=True):
    """A written schema of one edition: the place it starts from, and the steps from there."""

    edition: Edition
    node: Node
    root: JSON
    schema: JSON
    steps: tuple[str | int, ...] = ()

    def below(self, *steps: str | int) -> Spot:
        """Return the spot of a schema inside."""
        schema = self.schema
        for step in steps:
            schema = schema[step]
        return Spot(self.edition, self.node, self.root, schema, (*self.steps, *steps))

    def place(self, *steps: str | int) -> tuple[str, str]:
        """Return where the schema, or something directly in it, is written."""
        return place(self.node, (*self.steps, *steps), self.root)


class Step(Struct, frozen=True):
    """A step into a value: `kind` is property, item, other (a property that is not declared) or same."""

    kind: str
    name: str | int
    old: Spot
    new: Spot


class Edit(Struct, frozen=True):
    """One edit. `part` names what it is judged by: keywords, `property NAME`, `null` or the whole schema."""

    rule: str
    way: tuple[Step, ...]
    old: Spot
    new: Spot
    part: str
    told: str
    old_steps: tuple[str | int, ...] | None = ()
    new_steps: tuple[str | int, ...] | None = ()


class Child(Struct, frozen=True):
    """A pair of references, compared by itself."""

    way: tuple[Step, ...]
    old: str
    new: str


def edit_of(rule: str, keyword: str, old: Spot, new: Spot, way: tuple[Step, ...], told: str, *, part: str) -> Edit:
    """Return an edit of a keyword that may stand on one side only."""
    ours = (keyword,) if keyword in old.schema else ()
    theirs = (keyword,) if keyword in new.schema else ()
    return Edit(rule, way, old, new, part, told, ours, theirs)
