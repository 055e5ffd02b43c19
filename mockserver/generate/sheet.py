"""Drawn values as JSON text at once: what no seed changes is spelled when the sheet is made.

A sheet says to the byte what `dumps(draw(seed))` says. It looks into the draws that are built of parts, and draws and
spells by itself whatever else stands in a value. Knows no schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache, partial
from types import MappingProxyType
from typing import TypeAlias

from mockserver.generate.dice import HIGH, MASK, MULTIPLIER, SMALL, Choice, Constant, Draw, Steps, fork
from mockserver.generate.echo import Name
from mockserver.generate.judged import JudgedDraw
from mockserver.generate.nodes import STOCK, CountedDraw, ExtrasDraw, KeptDraw, ListDraw, ObjectDraw, StockDraw
from mockserver.generate.shelf import SHELF
from mockserver.values import JSON, Struct
from mockserver.wire.json import Spelled, kept_dumps, loads, part_dumps

_Write: TypeAlias = Callable[[int], bytes]
_Hole: TypeAlias = tuple[int, int, int, int, _Write]
"""Which piece; of which seed; salt and count that make a number of it (count 0: the seed itself); what writes that."""

_FEW, _TABLE = 64, 512
"""So many options are spelled beforehand: any, or texts, which sheets share."""
_NOTHING: Mapping[Name, JSON] = MappingProxyType({})


class Sheet:
    """The text of a draw: pieces that stay, and a hole between each two of them.

    `names` tells the piece that is the value of each property of an object, and of what it wraps; `varied` are names
    that it may have besides. To make a sheet or to write it may raise TypeError: there is a value that only a whole
    text can spell.
    """

    __slots__ = ("_count", "_forks", "_holes", "_left", "_lists", "_pieces", "is_list", "names", "varied")

    def __init__(self, pen: _Pen, count: _Count | None = None, varied: frozenset[str] = frozenset()) -> None:
        self._count = count
        self._forks = tuple(pen.forks)
        self._holes = tuple(pen.holes)
        self._left: dict[tuple[Name, ...], tuple[_Hole, ...]] = {}
        self._lists = dict(pen.lists)
        self._pieces = [*pen.pieces, pen.text]
        self.names = pen.names
        self.is_list = not pen.names and 1 in pen.lists
        self.varied = varied

    def write(self, seed: int, instead: Mapping[Name, JSON] = _NOTHING) -> bytes:
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
        if self._count is not None:
            for name, text in self._count.texts(seeds[1]):
                if name not in instead:
                    pieces[self.names[name]] = text
        return b"".join(pieces)

    def _beside(self, names: tuple[Name, ...]) -> tuple[_Hole, ...]:
        """Return the holes that are left when some properties have other values."""
        taken = {self.names[name] for name in names}
        left = tuple(hole for hole in self._holes if hole[0] not in taken)
        if len(self._left) < _FEW:
            self._left[names] = left
        return left

    def outline(self, seed: int, instead: Mapping[Name, JSON] = _NOTHING) -> JSON:
        """Return what `write` writes as a value, in whose lists the items are texts still; None if it is no such."""
        seeds = self._seeds(seed)
        if not self.names or self.varied:
            return self._opened(self._holes[0], seeds) if self.is_list else None
        out: dict[str, JSON] = {}
        for name, hole in zip(self.names, self._holes, strict=True):
            _stand(out, name, self._opened(hole, seeds))
        if self._count is not None:
            self._count.draw.note(out, len(out[self._count.draw.items]))
        for name, given in instead.items():
            _stand(out, name, given)
        return out

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


def sheet_of(draw: Draw, through: Sequence[str] = ()) -> Sheet | None:
    """Return the sheet of a draw; None where nothing is known of its parts. `through`: what wraps the thing itself."""
    pen = _Pen()
    if isinstance(draw, ListDraw | JudgedDraw):
        pen.value(draw, 0)
        return Sheet(pen)
    counted = draw if isinstance(draw, CountedDraw) else None
    held = counted.base if counted is not None else draw
    extras = held if isinstance(held, ExtrasDraw) else None
    held = extras.base if extras is not None else held
    if not isinstance(held, ObjectDraw):
        return None
    pen.named(held, 0, () if counted is not None else through)
    if extras is not None:
        pen.text = pen.text.removesuffix(b"}")
        pen.leave(0, _writes_extras(extras))
        pen.text = b"}"
    count = _Count(counted, dict(held.pairs)) if counted is not None else None
    return Sheet(pen, count, frozenset(name for names, _ in extras.kinds for name in names) if extras else frozenset())


class _Count:
    """What a list makes of the numbers that tell of it."""

    def __init__(self, draw: CountedDraw, drawn: Mapping[str, Draw]) -> None:
        items = drawn[draw.items]
        self.draw = draw
        self._length: Callable[[int], int] = items.length if isinstance(items, ListDraw) else lambda n: len(items(n))
        self._beside = [(note.at[0], note) for note in draw.notes if len(note.at) == 1]
        self._below = [(name, drawn[name]) for name in dict.fromkeys(note.at[0] for note in draw.notes if note.at[1:])]

    def texts(self, seed: int) -> Iterator[tuple[str, bytes]]:
        """Yield the texts of the properties that tell of a list."""
        length = self._length(seed)
        for name, note in self._beside:
            number = note.of(length)
            if number is not None:
                yield name, b"%d" % number
        for name, drawn in self._below:
            out = {name: drawn(seed)}
            self.draw.note(out, length)
            yield name, part_dumps(out[name])


def _stand(out: dict[str, JSON], name: Name, value: JSON) -> None:
    way = (name,) if isinstance(name, str) else name
    for step in way[:-1]:
        out = out.setdefault(step, {})
    out[way[-1]] = value


class _Pen:
    """Writes a sheet from its beginning to its end; `text` is what will be its next piece."""

    def __init__(self) -> None:
        self.forks: list[tuple[int, int]] = []
        self.holes: list[_Hole] = []
        self.lists: dict[int, Callable[[int], list[bytes]]] = {}
        self.names: dict[Name, int] = {}
        self.pieces: list[bytes] = []
        self.text = b""

    def fork(self, draw: ObjectDraw, of: int) -> int:
        """Fork a seed as an object does; return which one it is."""
        self.forks.append((of, draw.salt))
        return len(self.forks)

    def named(self, draw: ObjectDraw, of: int, through: Sequence[str], way: tuple[str, ...] = ()) -> None:
        """Write an object with a hole for each of its properties, and of those that it wraps."""
        of = self.fork(draw, of)
        for begin, (name, value) in zip(_begins(draw), draw.pairs, strict=True):
            self.text += begin
            if through and name == through[0] and isinstance(value, ObjectDraw) and value.pairs:
                self.named(value, of, through[1:], (*way, name))
            else:
                self.names[(*way, name) if way else name] = self.leave(of, value)
        self.text += b"}" if draw.pairs else b"{}"

    def leave(self, of: int, draw: Draw | _Spelling) -> int:
        """Leave a hole for what is drawn, or for what is spelled at once; return its piece."""
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


def _hole(draw: Draw | _Spelling) -> tuple[int, int, _Write]:
    match draw:
        case _Spelling(write):
            return 0, 0, write
        case Choice() if draw.count <= SMALL:
            return draw.salt, draw.count, _writes_option(draw.options)
        case Steps() if draw.count <= SMALL:
            first, width = draw.first, draw.width
            return draw.salt, draw.count, lambda number: b"%d" % (first + number * width)
        case StockDraw():
            return draw.salt, STOCK, _writes_stock(draw)
        case KeptDraw():
            return draw.salt, STOCK, draw.text
        case _:
            return 0, 0, _writes(draw)


def _writes(draw: Draw) -> _Write:
    """Return what writes the value of a seed."""
    match draw:
        case Constant():
            text = kept_dumps(draw.value)
            return lambda _seed: text
        case ObjectDraw():
            pen = _Pen()
            pen.value(draw, 0)
            return Sheet(pen).write
        case CountedDraw() | ExtrasDraw() if (sheet := sheet_of(draw)) is not None:
            return sheet.write
        case JudgedDraw() if isinstance(draw.source, _OF_PARTS):
            return partial(draw.text, _writes(draw.source))
        case ListDraw():
            items = _writes_items(draw)
            return lambda seed: b"[%b]" % b",".join(items(seed))
        case _:
            return lambda seed: part_dumps(draw(seed))


_OF_PARTS = (ObjectDraw, ListDraw, CountedDraw, ExtrasDraw)


class _Spelling(Struct, frozen=True):
    """What is no value by itself."""

    write: _Write


def _writes_extras(draw: ExtrasDraw) -> _Spelling:
    """Return what writes the properties that are added to an object."""
    writes = [_writes(value) for _, value in draw.kinds]
    begins = {name: part_dumps(name) + b":" for names, _ in draw.kinds for name in names}
    first = b"," if draw.base.pairs else b""

    def write(seed: int) -> bytes:
        text = b",".join([begins[name] + writes[kind](below) for name, kind, below in draw.added(seed)])
        return first + text if text else text

    return _Spelling(write)


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


def _writes_option(options: tuple[object, ...]) -> _Write:
    if len(options) <= _FEW:
        return tuple(map(kept_dumps, options)).__getitem__
    if len(options) <= _TABLE and all(type(option) is str for option in options):
        return _spelled(options).__getitem__
    return lambda number: part_dumps(options[number])


@lru_cache(maxsize=64)
def _spelled(options: tuple[object, ...]) -> tuple[bytes, ...]:
    return tuple(map(kept_dumps, options))
