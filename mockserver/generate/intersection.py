"""Strings that several regular expressions admit at once, between two lengths.

All expressions run side by side as automata, breadth first, so the shortest strings come first and an expression that
drawing at random meets by chance only (`^a.*z$` with `[0-9]{3}`, a leading look-ahead) is met for certain. What an
automaton cannot tell (back references, look-arounds in the middle) is allowed for: who asks judges what comes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator

from mockserver.generate.charsets import ANY, Ranges
from mockserver.generate.dice import Roll
from mockserver.generate.patterns import draw_character
from mockserver.generate.regex import Chars, Edge, Either, Group, Look, Regex, Repeat, Sequence
from mockserver.values import Struct, field

_MOST_STATES = 3000
_MOST_WORK = 60_000  # so many times a state is looked at for a character
_MOST_CHARACTERS = 24
_MOST_COPIES = 48
_ENOUGH = 8

_States = frozenset[int]


class TooLarge(Exception):
    """The automaton would need more states than it is worth."""


class Automaton(Struct):
    """Steps without a character (with the edge they need, if any) and with one; the last state accepts."""

    empty: list[list[tuple[str, int]]] = field(default_factory=list)
    moves: list[list[tuple[Ranges, int]]] = field(default_factory=list)
    accepting: int = 0
    copies: int = _MOST_COPIES

    @classmethod
    def of(cls, regex: Regex, *, copies: int = _MOST_COPIES) -> Automaton:
        """Return the automaton of a pattern; `copies` is how often at most what may be repeated is. Raise TooLarge."""
        made = cls(copies=copies)
        start = made.state()
        made.moves[start].append((ANY, start))  # a pattern is not anchored (JSON Schema core 2020-12 §6.4)
        accepting = made.add(regex, start)
        made.accepting = made.state()
        made.empty[accepting].append(("", made.accepting))
        made.moves[made.accepting].append((ANY, made.accepting))
        return made

    def state(self) -> int:
        """Add a state."""
        if len(self.empty) >= _MOST_STATES:
            raise TooLarge
        self.empty.append([])
        self.moves.append([])
        return len(self.empty) - 1

    def add(self, regex: Regex, start: int) -> int:
        """Append what a tree spells to a state; return the state behind it."""
        match regex:
            case Chars(ranges):
                end = self.state()
                self.moves[start].append((ranges, end))
                return end
            case Sequence(parts):
                for part in parts:
                    start = self.add(part, start)
                return start
            case Either(options):
                end = self.state()
                for option in options:
                    self.empty[self.add(option, start)].append(("", end))
                return end
            case Repeat():
                return self._repeat(regex, start)
            case Group(part):
                return self.add(part, start)
            case Edge(kind) if kind in "^$":
                end = self.state()
                self.empty[start].append((kind, end))
                return end
            case _:
                return start

    def _repeat(self, regex: Repeat, start: int) -> int:
        for _ in range(regex.low):
            start = self.add(regex.part, start)
        end = self.state()
        self.empty[start].append(("", end))
        if regex.high is None:
            back = self.state()
            self.empty[end].append(("", back))
            self.empty[self.add(regex.part, back)].append(("", end))
            return end
        for _ in range(min(regex.high - regex.low, self.copies)):
            start = self.add(regex.part, start)
            self.empty[start].append(("", end))
        return end

    def closure(self, states: Iterable[int], edges: str) -> _States:
        """Return all states that are reached without a character, over the edges that hold here."""
        seen = set(states)
        todo = list(seen)
        while todo:
            for edge, target in self.empty[todo.pop()]:
                if target not in seen and (not edge or edge in edges):
                    seen.add(target)
                    todo.append(target)
        return frozenset(seen)

    def step(self, states: _States, point: int) -> _States:
        """Return the states behind one character."""
        reached = {
            target
            for state in states
            for ranges, target in self.moves[state]
            if any(low <= point <= high for low, high in ranges)
        }
        return self.closure(reached, "")


def demands(regex: Regex) -> tuple[list[Regex], list[Regex]]:
    """Return the expressions that must match and that must not: a look-ahead at the start is one of its own."""
    if not isinstance(regex, Sequence) or not regex.parts or regex.parts[0] != Edge("^"):
        return [regex], []
    wanted: list[Regex] = []
    refused: list[Regex] = []
    at = 1
    while at < len(regex.parts):
        part = regex.parts[at]
        if not isinstance(part, Look) or not part.ahead:
            break
        (refused if part.negative else wanted).append(Sequence((Edge("^"), part.part)))
        at += 1
    return [Sequence((Edge("^"), *regex.parts[at:])), *wanted], refused


def find_strings(regexes: Iterable[Regex], shortest: int, longest: int | None, walk: int = 0) -> Iterator[str]:
    """Yield strings that all expressions admit, the shortest first; none when the search becomes too long.

    Another `walk` meets other characters.
    """
    wanted: list[Automaton] = []
    refused: list[Automaton] = []
    try:
        for regex in regexes:
            demanded, barred = demands(regex)
            wanted.extend(map(Automaton.of, demanded))
            refused.extend(map(Automaton.of, barred))
    except TooLarge:
        return
    if wanted:
        yield from _search(wanted, refused, (shortest, longest), Roll(walk))


def _search(
    wanted: list[Automaton], refused: list[Automaton], lengths: tuple[int, int | None], roll: Roll
) -> Iterator[str]:
    shortest, longest = lengths
    automata = [*wanted, *refused]
    start = tuple(automaton.closure([0], "^") for automaton in automata)
    todo = deque([(start, "")])
    seen: set[tuple[tuple[_States, ...], int]] = set()
    found = work = 0
    while todo and found < _ENOUGH and work < _MOST_WORK:
        states, text = todo.popleft()
        if len(text) >= shortest and _accepted(wanted, refused, states, text):
            found += 1
            yield text
        if longest is not None and len(text) >= longest:
            continue
        characters = _characters(automata, states, roll)
        work += len(characters) * sum(map(len, states))
        for character in characters:
            behind = tuple(
                automaton.step(here, ord(character)) for automaton, here in zip(automata, states, strict=True)
            )
            key = (behind, min(len(text) + 1, shortest) if longest is None else len(text) + 1)
            if key not in seen and all(behind[: len(wanted)]):
                seen.add(key)
                todo.append((behind, text + character))


def _accepted(wanted: list[Automaton], refused: list[Automaton], states: tuple[_States, ...], text: str) -> bool:
    edges = "$" if text else "^$"

    def accepts(automaton: Automaton, here: _States) -> bool:
        return automaton.accepting in automaton.closure(here, edges)

    count = len(wanted)
    return all(map(accepts, wanted, states[:count])) and not any(map(accepts, refused, states[count:]))


def _characters(automata: list[Automaton], states: tuple[_States, ...], roll: Roll) -> list[str]:
    """Return a character of each set that some automaton tells apart from the others here."""
    cuts = {0}
    for automaton, here in zip(automata, states, strict=True):
        for state in here:
            for ranges, _ in automaton.moves[state]:
                for low, high in ranges:
                    cuts.update((low, high + 1))
    ordered = sorted(cuts)
    spans = [(low, high - 1) for low, high in zip(ordered, [*ordered[1:], 0x110000], strict=True) if low < high]
    readable = sorted(spans, key=lambda span: (span[0] > 126 or span[1] < 32, span[0] < 48))
    return [character for span in readable[:_MOST_CHARACTERS] if (character := draw_character((span,), roll))]
