"""Where a value stands, told in names: its own, and those of what it belongs to."""

from __future__ import annotations

from collections.abc import Iterable

from mockserver.generate.dice import salt_of
from mockserver.generate.names import singular, words_of
from mockserver.values import Struct

PLAIN_OWNERS = frozenset(
    {
        "data", "items", "response", "result", "results", "attributes", "body", "list", "value", "values", "object",
        "entries",
    }
)  # fmt: skip


class Place(Struct, frozen=True):
    """Where a value stands: its name, what its schema calls it, and the same of what it belongs to."""

    name: str = ""
    titles: tuple[str, ...] = ()
    owners: tuple[str, ...] = ()
    listed: bool = False
    root: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words of the name; of a list's items those of the list, for one of them."""
        found = words_of(self.name)
        return (*found[:-1], singular(found[-1])) if self.listed and found else found

    @property
    def salt(self) -> int:
        """A number of its own for this name."""
        return salt_of(self.name, "listed" if self.listed else "")

    def called(self, titles: Iterable[str]) -> Place:
        """Return the place with what its schema calls it."""
        return Place(self.name, tuple(titles)[:3], self.owners, self.listed, self.root)

    def below(self, name: str) -> Place:
        """Return the place of a property."""
        own = tuple(known for known in (self.name, *self.titles) if known)
        plain = all(set(words_of(known)) <= PLAIN_OWNERS for known in own)
        return Place(name, (), (*own, *self.owners)[:4] if plain else own)

    def referring(self) -> Place:
        """Return the place of a reference to what could stand here itself."""
        return Place(f"{self.name}_id", (), self.owners, self.listed, self.root)

    def item(self) -> Place:
        """Return the place of an item."""
        return Place(self.name, (), self.owners, listed=True)
