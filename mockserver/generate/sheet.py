"""Drawn values as JSON text at once: what no seed changes is spelled when the sheet is made.

A sheet says to the byte what `dumps(draw(seed))` says. It looks into the draws that are built of parts, and draws and
spells by itself whatever else stands in a value. Knows no schemas.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType
from typing import TypeAlias

from mockserver.generate.dice import HIGH, MASK, MULTIPLIER, SMALL, Choice, Constant, Draw, Steps, fork
from mockserver.generate.nodes import STOCK, ListDraw, ObjectDraw, StockDraw
from mockserver.values import JSON
from mockserver.wire.json import Spelled, loads, part_dumps

_Write: TypeAlias = Callable[[int], bytes]
_Hole: TypeAlias = tuple[int, int, int, int, _Write]
"""Which piece; of which seed; salt and count that make a number of it (count 0: the seed itself); what writes that."""

_FEW, _TABLE = 64, 512
"""So many options are spelled beforehand: any, or texts, which sheets share."""
_NOTHING: Mapping[str, JSON] = MappingProxyType({})


class Sheet:
    """The text of a draw: pieces that stay, and a hole between each two of them.

    `names` tells the piece that is the value of each property of an object. To make a sheet or to write it may raise
    TypeError: there is a value that only a whole text can spell.
    """

    __slots__ = ("_forks", "_holes", "_left", "_lists", "_pieces", "names")

    def __init__(self, pen: _Pen, names: Mapping[str, int]) -> None:
        self._forks = tuple(pen.forks)
        self._holes = tuple(pen.holes)
        self._left: dict[tuple[str, ...], tuple[_Hole, ...]] = {}
        self._lists = dict(pen.lists)
        self._pieces = [*pen.pieces, pen.text]
        self.names = names

    def write(self, seed: int, instead: Mapping[str, JSON] = _NOTHING) -> bytes:
        """Return the text of the value of a seed, with other values for some of its properties."""
        seeds = self._seeds(seed)
        pieces = self._pieces.copy()
        holes = self._holes
        if instead:
            names = tuple(instead)
            holes = self._left.get(names) or self._beside(names)
            for name in names:
                pieces[self.names[name]] = part_dumps(instead[name])
        for piece, of, salt, count, write in holes:
            pieces[piece] = write((((seeds[of] ^ salt) * MULTIPLIER & MASK) >> HIGH) % count if count else seeds[of])
        return b"".join(pieces)

    def _beside(self, names: tuple[str, ...]) -> tuple[_Hole, ...]:
        """Return the holes that are left when some properties have other values."""
        taken = {self.names[name] for name in names}
        left = tuple(hole for hole in self._holes if hole[0] not in taken)
        if len(self._left) < _FEW:
            self._left[names] = left
        return left

    def outline(self, seed: int, instead: Mapping[str, JSON] = _NOTHING) -> JSON:
        """Return what `write` writes as a value, in whose lists the items are texts still; None if it is no such."""
        seeds = self._seeds(seed)
        if not self.names:
            return self._opened(self._holes[0], seeds) if 1 in self._lists else None
        beside = dict(zip(self.names, self._holes, strict=True))
        return {name: instead[name] if name in instead else self._opened(hole, seeds) for name, hole in beside.items()}

    def _opened(self, hole: _Hole, seeds: Sequence[int]) -> JSON:
        piece, of, salt, count, write = hole
        if piece in self._lists:
            return list(map(Spelled, self._lists[piece](seeds[of])))
        return loads(write((((seeds[of] ^ salt) * MULTIPLIER & MASK) >> HIGH) % count if count else seeds[of]))

    def _seeds(self, seed: int) -> list[int]:
        seeds = [seed]
        for above, salt in self._forks:
            seed = ((seeds[above] ^ salt) * MULTIPLIER) & MASK
            seeds.append(seed ^ seed >> 29)
        return seeds


def sheet_of(draw: Draw) -> Sheet | None:
    """Return the sheet of a draw; None where nothing is known of its parts."""
    pen, names = _Pen(), {}
    if isinstance(draw, ObjectDraw):
        of = pen.fork(draw, 0)
        for begin, (name, value) in zip(_begins(draw), draw.pairs, strict=True):
            pen.text += begin
            names[name] = pen.leave(of, value)
        pen.text += b"}" if draw.pairs else b"{}"
    elif isinstance(draw, ListDraw):
        pen.value(draw, 0)
    else:
        return None
    return Sheet(pen, names)


class _Pen:
    """Writes a sheet from its beginning to its end; `text` is what will be its next piece."""

    def __init__(self) -> None:
        self.forks: list[tuple[int, int]] = []
        self.holes: list[_Hole] = []
        self.lists: dict[int, Callable[[int], list[bytes]]] = {}
        self.pieces: list[bytes] = []
        self.text = b""

    def fork(self, draw: ObjectDraw, of: int) -> int:
        """Fork a seed as an object does; return which one it is."""
        self.forks.append((of, draw.salt))
        return len(self.forks)

    def leave(self, of: int, draw: Draw) -> int:
        """Leave a hole for what is drawn; return its piece."""
        self.pieces += (self.text, b"")
        self.text = b""
        piece = len(self.pieces) - 1
        if isinstance(draw, ListDraw):
            self.lists[piece] = _writes_items(draw)
        self.holes.append((piece, of, *_hole(draw)))
        return piece

    def value(self, draw: Draw, of: int) -> None:
        """Write a value: what stays is text."""
        if isinstance(draw, Constant):
            self.text += part_dumps(draw.value)
        elif isinstance(draw, ObjectDraw):
            self._object(draw, of)
        else:
            self.leave(of, draw)

    def _object(self, draw: ObjectDraw, of: int) -> None:
        holes, forks = len(self.holes), len(self.forks)
        of = self.fork(draw, of)
        for begin, (_, value) in zip(_begins(draw), draw.pairs, strict=True):
            self.text += begin
            self.value(value, of)
        self.text += b"}" if draw.pairs else b"{}"
        if len(self.holes) == holes:  # nobody asks for its seeds
            del self.forks[forks:]


def _begins(draw: ObjectDraw) -> list[bytes]:
    """Return what stands before the value of each property."""
    return [(b"," if index else b"{") + part_dumps(name) + b":" for index, (name, _) in enumerate(draw.pairs)]


def _hole(draw: Draw) -> tuple[int, int, _Write]:
    match draw:
        case Choice() if draw.count <= SMALL:
            return draw.salt, draw.count, _writes_option(draw.options)
        case Steps() if draw.count <= SMALL:
            first, width = draw.first, draw.width
            return draw.salt, draw.count, lambda number: b"%d" % (first + number * width)
        case StockDraw():
            return draw.salt, STOCK, _writes_stock(draw)
        case _:
            return 0, 0, _writes(draw)


def _writes(draw: Draw) -> _Write:
    """Return what writes the value of a seed."""
    match draw:
        case Constant():
            text = part_dumps(draw.value)
            return lambda _seed: text
        case ObjectDraw():
            pen = _Pen()
            pen.value(draw, 0)
            return Sheet(pen, {}).write
        case ListDraw():
            items = _writes_items(draw)
            return lambda seed: b"[%b]" % b",".join(items(seed))
        case _:
            return lambda seed: part_dumps(draw(seed))


def _writes_items(draw: ListDraw) -> Callable[[int], list[bytes]]:
    item, seeds = _writes(draw.item), draw.seeds
    return lambda seed: list(map(item, seeds(seed)))


def _writes_stock(draw: StockDraw) -> _Write:
    """Return what writes a thing from stock: each of them is written once, for as long as there is room for it."""
    write, salt = _writes(draw.draw), draw.salt
    texts: list[bytes | None] = [None] * STOCK

    def written(number: int) -> bytes:
        text = texts[number]
        if text is None:
            text = write(fork(number, salt))
            SHELF.keep(texts, number, text)
        return text

    return written


class Shelf:
    """Where texts from stock are kept, together no more than so many bytes: the oldest go first. Safe for threads."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._order: deque[tuple[list[bytes | None], int]] = deque()
        self._lock = threading.Lock()
        self.held = 0

    def keep(self, texts: list[bytes | None], number: int, text: bytes) -> None:
        """Keep a text in its place."""
        with self._lock:
            if texts[number] is not None:  # another thread was faster
                return
            texts[number] = text
            self._order.append((texts, number))
            self.held += len(text)
            while self.held > self._most:
                oldest, place = self._order.popleft()
                self.held -= len(oldest[place] or b"")
                oldest[place] = None


SHELF = Shelf(16 << 20)


def _writes_option(options: tuple[object, ...]) -> _Write:
    if len(options) <= _FEW:
        return tuple(map(part_dumps, options)).__getitem__
    if len(options) <= _TABLE and all(type(option) is str for option in options):
        return _spelled(options).__getitem__
    return lambda number: part_dumps(options[number])


@lru_cache(maxsize=64)
def _spelled(options: tuple[object, ...]) -> tuple[bytes, ...]:
    return tuple(map(part_dumps, options))
