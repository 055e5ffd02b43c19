"""Points as people read them: a sentence, a line, the whole contract annotated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.contract.model import Contract
from mockserver.coverage.counts import Covered
from mockserver.coverage.points import Point
from mockserver.document import pointer as pointers
from mockserver.document.documents import name_of
from mockserver.document.positions import Places
from mockserver.report.model import Line, Page

_WHOLE = 4000
"""Lines of a document that is shown as a whole; of a longer one, what there is to be seen and the lines around it."""
_AROUND = 2
_UNIONS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})


def sentence(point: Point) -> str:
    """Return what "never" and "no longer" stand before: `shown: Shipment.owner is null`."""
    name = _named(point.pointer)
    match point.kind:
        case "operation":
            return f"asked for: {point.what}"
        case "parameter" | "status" | "media type":
            return f"{point.said}: {point.what}"
        case "enum":
            return f"{point.said}: {name} is {point.what}"
        case "union":
            return f"{point.said}: {name} as {point.what}"
        case "type":
            return f"{point.said}: {name} is {point.what}"
        case "optional":
            return f"{point.said}: {name} {point.what}"


def _named(pointer: str) -> str:
    """Return a place in a schema as people name it.

    >>> _named("/components/schemas/Shipment/properties/owner/anyOf/1")
    'Shipment.owner'
    """
    parts = list(pointers.split(pointer))
    if parts[:2] == ["components", "schemas"]:
        parts = parts[2:]
    elif parts[:1] == ["definitions"]:
        parts = parts[1:]
    elif "schema" in parts:
        parts = parts[len(parts) - parts[::-1].index("schema") :]
    words: list[str] = []
    rest = iter(parts)
    for part in rest:
        if part in {"properties", "patternProperties", "dependentSchemas"}:
            words.append(next(rest, part))
        elif part in _UNIONS or part == "enum":
            next(rest, None)
        elif part == "items":
            words.append("*")
        elif part == "additionalProperties":
            words.append("**")
        else:
            words.append(part)
    return ".".join(words) or "the value"


class Lines:
    """Looks places up, in documents that are read once."""

    def __init__(self, contract: Contract) -> None:
        self._documents = contract.documents
        self._places: dict[str, Places] = {}

    def number(self, uri: str, pointer: str) -> int:
        """Return the line of a place; 0 where its text is not known."""
        data = self._documents.data.get(uri)
        if data is None:
            return 0
        if uri not in self._places:
            self._places[uri] = Places(data, uri)
        return self._places[uri].line(pointer)

    def of(self, uri: str, pointer: str) -> tuple[str, int, str]:
        """Return file, line and text of a place."""
        line = self.number(uri, pointer)
        return name_of(uri), line, self._places[uri].text(line) if line else ""

    def row(self, point: Point) -> tuple[str, str]:
        """Return a point as a row of a table."""
        return f"{name_of(point.uri)}:{self.number(point.uri, point.pointer)}", sentence(point)


def pages(contract: Contract, found: Covered, lines: Lines) -> Iterator[Page]:
    """Yield the documents of a contract, annotated."""
    used = found.universe.of(found.used)
    by_line: dict[str, dict[int, list[Point]]] = {}
    for point in found.universe.points.values():
        number = lines.number(point.uri, point.pointer)
        by_line.setdefault(point.uri, {}).setdefault(number, []).append(point)
    for uri, points in by_line.items():
        data = contract.documents.data.get(uri)
        if data is not None:
            yield Page(name_of(uri), _annotated(data, points, found.seen, used))


def _annotated(
    data: bytes, points: Mapping[int, Sequence[Point]], seen: frozenset[str], used: frozenset[str]
) -> tuple[Line, ...]:
    texts = data.decode("utf-8", "replace").splitlines()
    told = {
        number: line
        for number, held in points.items()
        if 0 < number <= len(texts) and (line := _line(number, texts[number - 1], held, seen, used)).state
    }
    if len(texts) <= _WHOLE:
        return tuple(told.get(number) or Line(number, text) for number, text in enumerate(texts, 1))
    near = sorted(
        {
            number
            for at, line in told.items()
            if line.state != "unused"
            for number in range(max(1, at - _AROUND), min(len(texts), at + _AROUND) + 1)
        }
    )
    return tuple(told.get(number) or Line(number, texts[number - 1]) for number in near)


def _line(number: int, text: str, points: Sequence[Point], seen: frozenset[str], used: frozenset[str]) -> Line:
    wanted = [point for point in points if point.key in used]
    if not wanted:
        return Line(number, text, "unused", ("no operation that is used leads here",))
    missed = [point for point in wanted if point.key not in seen]
    hit = len(wanted) - len(missed)
    state = "partly" if hit and missed else "missed" if missed else "seen"
    return Line(number, text, state, (f"{hit} of {len(wanted)} seen", *_never(missed)))


def _never(missed: Sequence[Point]) -> Iterator[str]:
    """Yield what was never seen at one line, a sentence for each word that it begins with."""
    told: dict[str, list[str]] = {}
    for point in missed:
        word, _, what = sentence(point).partition(": ")
        told.setdefault(word, []).append(what)
    for word, parts in told.items():
        name = parts[0].partition(" ")[0]
        yield f"never {word}: {', '.join([parts[0], *(part.removeprefix(f'{name} ') for part in parts[1:])])}"
