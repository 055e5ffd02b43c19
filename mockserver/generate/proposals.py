"""Values that probably fit a schema, at little cost: for who judges each and can do without.

No trial, no second way, small values: what `Generator` does more makes sure that a value is found if there is one.
"""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.errors import MockserverError
from mockserver.generate.dice import fork
from mockserver.generate.heights import Heights
from mockserver.generate.merge import Book
from mockserver.generate.nodes import Stuck
from mockserver.generate.place import Place
from mockserver.generate.plan import Planner
from mockserver.schema.compile import Validators
from mockserver.values import JSON

_BUDGET = 60
_SALT = 99


def proposals(bundle: JSON, validators: Validators, count: int, effort: int) -> Iterator[JSON]:
    """Yield some values, `count` at most; nothing where none is found in `effort` steps."""
    book = Book(bundle, validators, effort=effort)
    try:
        pieces = book.pieces((book.root,))
        planner = Planner(book, Heights(book), budget=_BUDGET)
        draw = planner.draw(pieces, Place(root=True)) if pieces is not None else None
        if draw is not None:
            yield from (draw(fork(seed, _SALT)) for seed in range(count))
    except (MockserverError, Stuck):
        return
