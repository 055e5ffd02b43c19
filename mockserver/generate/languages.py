"""Is every text that these regular expressions admit admitted by that one?

All run side by side as automata until no new combination of states is met, so a yes is a proof. What an automaton
cannot tell (back references, look-arounds in the middle, flags) and what takes too long is no proof. Where engines
read an expression differently (the dot, at the ends of lines), it is taken so that the answer holds for both.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from mockserver.generate.charsets import DOT, Ranges, complement
from mockserver.generate.intersection import Automaton, TooLarge, demands
from mockserver.generate.regex import Chars, Edge, Either, Group, Look, Regex, Repeat, Unreadable, parse
from mockserver.generate.regex import Sequence as Row
from mockserver.values import replace

_MOST_WORK: Final = 200_000
_MOST_COPIES: Final = 2000
_ODD: Final = re.compile(r"\(\?[a-zA-Z>#-](?<!\(\?P)|\\[pPGAZz]|\[\[?:|[*+?}]\+")
_PERL_DOT: Final = complement(((10, 10),))

_States = frozenset[int]


class _Unfit(Exception):
    """No automaton says the same as an expression."""


@lru_cache(maxsize=1024)
def is_within(narrow: tuple[str, ...], wide: str) -> bool:
    r"""Tell whether it is proved that all texts that match each of the patterns match the wide one.

    >>> is_within(("^[a-z]{2}$",), r"^\w{2,3}$"), is_within(("^a|b$",), "^(a|b)$"), is_within((), ".*")
    (True, False, True)
    """
    try:
        trees, wider = [_tree(pattern) for pattern in narrow], _tree(wide)
        return all(_is_within([_told(tree, dot) for tree in trees], _told(wider, dot)) for dot in (DOT, _PERL_DOT))
    except (_Unfit, TooLarge, Unreadable):
        return False


def _is_within(narrow: Sequence[Regex], wide: Regex) -> bool:
    parts = [demands(tree) for tree in narrow]
    wanted = [_made(one) for all_of, _ in parts for one in all_of]
    refused = [_made(one) for _, none_of in parts for one in none_of]
    all_of, none_of = demands(wide)
    return all(_is_empty(wanted, [*refused, _made(one)]) for one in all_of) and all(
        _is_empty([*wanted, _made(one)], refused) for one in none_of
    )


def _tree(pattern: str) -> Regex:
    if _ODD.search(pattern):
        raise _Unfit
    return parse(pattern)


def _told(regex: Regex, dot: Ranges) -> Regex:
    """Return a tree with this meaning of the dot and without the names of groups."""
    match regex:
        case Chars(ranges):
            return Chars(dot) if ranges == DOT else regex
        case Row(parts):
            return Row(tuple(_told(part, dot) for part in parts))
        case Either(options):
            return Either(tuple(_told(option, dot) for option in options))
        case Group(part):
            return _told(part, dot)
        case Repeat() | Look():
            return replace(regex, part=_told(regex.part, dot))
        case _:
            return regex


def _made(regex: Regex) -> Automaton:
    """Return the automaton of a tree, if it tells the tree exactly; raise _Unfit."""
    todo = [regex]
    while todo:
        match todo.pop():
            case Row(parts):
                todo.extend(parts)
            case Either(options):
                todo.extend(options)
            case Repeat(part):
                todo.append(part)
            case Chars() | Edge(kind="^" | "$"):
                pass
            case _:
                raise _Unfit
    return Automaton.of(regex, copies=_MOST_COPIES)


def _is_empty(wanted: Sequence[Automaton], refused: Sequence[Automaton]) -> bool:
    """Tell whether no text is accepted by all that are wanted and by none that are refused; raise TooLarge."""
    automata = [*wanted, *refused]
    count = len(wanted)
    start = tuple(automaton.closure([0], "^") for automaton in automata)
    todo, seen, work = deque([(start, "^$")]), {start}, 0
    while todo:
        states, edges = todo.popleft()
        ends = [one.accepting in one.closure(here, edges) for one, here in zip(automata, states, strict=True)]
        if all(ends[:count]) and not any(ends[count:]):
            return False
        for point in _points(automata, states):
            work += sum(map(len, states))
            if work > _MOST_WORK:
                raise TooLarge
            behind = tuple(one.step(here, point) for one, here in zip(automata, states, strict=True))
            lost = not all(behind[:count]) or any(
                one.accepting in here for one, here in zip(refused, behind[count:], strict=True)
            )  # what is accepted stays so, whatever follows
            if not lost and behind not in seen:
                seen.add(behind)
                todo.append((behind, "$"))
    return True


def _points(automata: Sequence[Automaton], states: Sequence[_States]) -> Iterator[int]:
    """Yield a character of each set that some automaton tells apart from the others here."""
    cuts = {0}
    for automaton, here in zip(automata, states, strict=True):
        for state in here:
            for ranges, _ in automaton.moves[state]:
                for low, high in ranges:
                    cuts |= {low, high + 1}
    yield from sorted(cut for cut in cuts if cut <= 0x10FFFF)
