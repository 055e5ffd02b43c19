"""Which templates look like a path that nobody has.

Knows text only. Templates are found by the words they share with the path, so that a contract of a thousand costs no
more than one of ten; only the best of them are compared letter by letter.
"""

from __future__ import annotations

import difflib
import heapq
import re
from collections import Counter
from collections.abc import Iterable, Sequence

_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_COMPARED, _COMMON = 40, 320
_SIMILAR_WORDS = 2
_LONGEST = 200  # of a path; what is longer was not typed by anybody


class Signposts:
    """Templates by their words; made once, never changed."""

    def __init__(self, templates: Sequence[str]) -> None:
        self._shapes = {_PLACEHOLDER.sub("{}", template): template for template in templates}
        self._by_word: dict[str, list[str]] = {}
        self._by_letter: dict[str, list[str]] = {}
        for shape in self._shapes:
            for word in dict.fromkeys(_words(shape)):
                if word not in self._by_word:
                    self._by_word[word] = []
                    self._by_letter.setdefault(word[0], []).append(word)
                self._by_word[word].append(shape)

    def nearest(self, path: str) -> tuple[str, ...]:
        """Return up to three templates that look like a path.

        >>> Signposts(["/pets", "/pets/{id}", "/owners"]).nearest("/pet/7")
        ('/pets/{id}', '/pets')
        """
        wanted = path[:_LONGEST].split("/")
        votes: Counter[str] = Counter()
        for word in dict.fromkeys(_words(path[:_LONGEST])):
            for known in self._like(word):
                shapes = self._by_word[known]
                # a word that stands in all templates says little: the first of them are enough
                votes.update(shapes[:_COMPARED] if len(shapes) > _COMMON else shapes)
        best = heapq.nlargest(
            _COMPARED, votes, key=lambda shape: (votes[shape], -abs(shape.count("/") + 1 - len(wanted)))
        )
        likely = {_filled(shape, wanted): shape for shape in best}
        close = difflib.get_close_matches("/".join(wanted), list(likely), 3, 0.5)
        return tuple(self._shapes[likely[filled]] for filled in close)

    def _like(self, word: str) -> Iterable[str]:
        if word in self._by_word:
            return (word,)
        return difflib.get_close_matches(word, self._by_letter.get(word[0], ()), _SIMILAR_WORDS, 0.6)


def _words(path: str) -> list[str]:
    return [segment for segment in path.split("/") if segment and segment != "{}"]


def _filled(shape: str, wanted: Sequence[str]) -> str:
    """Put what the path has into the placeholders: any value is as good as its own."""
    segments = shape.split("/")
    if len(segments) != len(wanted):
        return shape
    return "/".join(sent if segment == "{}" else segment for segment, sent in zip(segments, wanted, strict=True))
