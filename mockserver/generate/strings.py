"""Texts that fit: an example of the contract, a believable one, or one made for the pattern.

Each way is tried on a row of seeds when it is planned; what comes of it is looked at again whenever it is drawn, so a
text that leaves here fits, formats and patterns included. Knows nothing of what is around the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from mockserver.generate import words
from mockserver.generate.believable import text_maker
from mockserver.generate.dice import Draw, Roll, chooser, constant, fork
from mockserver.generate.facts import Facts, identity
from mockserver.generate.formats import FORMATS, SPELLINGS, base64_text
from mockserver.generate.intersection import find_strings
from mockserver.generate.merge import Book
from mockserver.generate.patterns import drop_open_ends, looks_ahead, writer
from mockserver.generate.place import Place
from mockserver.generate.regex import Regex, Unreadable, parse
from mockserver.generate.told import told_values
from mockserver.values import JSON

_TRIALS = 16
_OFTEN = 2
_TRIES = 4
_SEARCHES = 160
_WALKS = 5
_VARIED = 6
_ROOMY = 160  # no text drawn by name is longer
_LONGEST = 100_000

PLACEHOLDERS = frozenset(
    {
        "", "string", "text", "value", "str", "example", "sample", "foo", "bar", "baz", "test", "none", "null", "n/a",
        "todo", "tbd", "lorem ipsum", "undefined", "default", "any", "xxx", "...", "-",
    }
)  # fmt: skip
_PLACEHOLDER = re.compile(r"^<.*>$|^\{.*\}$|^lorem ipsum", re.IGNORECASE)

Fits = Callable[[str], bool]


def is_placeholder(text: str) -> bool:
    """Tell whether an example says nothing.

    >>> [is_placeholder(text) for text in ("string", "<your id>", "cus_123")]
    [True, True, False]
    """
    return text.strip().lower() in PLACEHOLDERS or _PLACEHOLDER.match(text) is not None


def string_draw(book: Book, facts: Facts, place: Place) -> Draw | None:
    """Return a draw of texts; None when none was found that fits."""
    if facts.shortest > _LONGEST:
        return None
    fits = fitting(book, facts)
    vendors = None if place.root else _vendors(facts, place, fits)
    if vendors is not None:
        return vendors
    if _fits_by_itself(facts):
        return next(_makers(facts, place))
    chosen: Draw | None = None
    stock: list[str] = []
    for maker in _makers(facts, place):
        hits = [text for trial in range(_TRIALS) if fits(text := maker(fork(trial, 11)))]
        if hits and (chosen is None or len(hits) >= _OFTEN):
            chosen = chosen if len(stock) >= _OFTEN else maker
            stock += hits
        if len(stock) >= _OFTEN:
            break
    else:
        stock += _found(facts, fits)
    if not stock:
        return None
    return _guarded(chosen, fits, chooser(tuple(dict.fromkeys(stock)), place.salt))


def _fits_by_itself(facts: Facts) -> bool:
    """Tell whether nothing is asked for but what a draw by format or name has anyway."""
    if facts.excluded or facts.rivals or facts.patterns or facts.shortest > 1 or len(facts.formats) > 1:
        return False
    return facts.longest is None or facts.longest >= _ROOMY


def fitting(book: Book, facts: Facts) -> Fits:
    """Return the question whether a text fits."""
    parts: list[JSON] = [{"pattern": pattern} for pattern in facts.patterns]
    parts += [{"format": name} for name in facts.formats if name in FORMATS]
    judge: Fits = book.validators.compile({"allOf": parts}).is_valid if parts else _anything
    shortest, longest = facts.shortest, facts.longest
    barred = {identity(value) for value in facts.excluded}
    rivals = [book.judge((rival,)) for rival in facts.rivals if isinstance(rival, dict)]

    def fits(text: str) -> bool:
        long_enough = len(text) >= shortest and (longest is None or len(text) <= longest)
        return long_enough and text not in barred and judge(text) and not any(rival(text) for rival in rivals)

    return fits


def _anything(_text: str) -> bool:
    return True


def _guarded(maker: Draw | None, fits: Fits, spare: Draw) -> Draw:
    """Return a draw that looks at what it draws, and takes what was met when it was planned if it meets nothing now."""
    if maker is None:
        return spare

    def draw(seed: int) -> JSON:
        for attempt in range(_TRIES):
            text = maker(fork(seed, attempt) if attempt else seed)
            if fits(text):
                return text
        return spare(seed)

    return draw


def _makers(facts: Facts, place: Place) -> Iterator[Draw]:
    """Yield ways to draw, the most believable first; the last of them always draws."""
    known = [name for name in facts.formats if name in FORMATS]
    for name in known:
        yield FORMATS[name](place.words, place.salt)
    if "base64" in facts.encodings:
        yield base64_text(place.salt)
    if not known:
        yield from (chooser(values, place.salt) for values in map(told_values, facts.texts) if values)
        yield text_maker(place, tuple(facts.texts))
        yield chooser(words.THINGS, place.salt)  # what its name asks for is ruled out
    trees = trees_of(facts)
    found = _common(trees, facts) if facts.patterns and len(trees) > 1 else []
    if found:
        yield chooser(found, place.salt)
    for tree in trees:
        yield _pattern_draw(tree, facts, place.salt)
    for tree in trees:
        if any(True for _ in looks_ahead(tree)):
            yield _overlaid(tree, facts, place.salt)
    yield _prose(facts, place)


def _vendors(facts: Facts, place: Place, fits: Fits) -> Draw | None:
    """Return a draw of what the contract gives; what looks like an identifier varies, the way it is written stays."""
    names = place.words[-1:]
    identifies = not _IDENTIFIERS.isdisjoint(names)
    if identifies and facts.formats == ["uuid"]:
        return None
    for given in (facts.examples, facts.defaults):
        texts = [text for text in given if isinstance(text, str) and not is_placeholder(text) and fits(text)]
        if not texts:
            continue
        varies = _OPAQUE.search(texts[0]) or (identifies and texts[0].isalnum() and not texts[0].isalpha())
        if len(texts) == 1 and not facts.formats and varies:
            return _guarded(_alike(texts[0], place.salt), fits, constant(texts[0]))
        return chooser(texts, place.salt)
    return None


_IDENTIFIERS = frozenset({"id", "ids", "uid", "uuid", "guid", "key", "number"})
_OPAQUE = re.compile(r"(?=[A-Za-z0-9]*[0-9])(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{9,}$")


def _alike(text: str, salt: int) -> Draw:
    """Return a draw of texts whose last characters differ, each a digit or a letter as it is in `text`."""
    head, tail = text[:-_VARIED], text[-_VARIED:]
    alphabets = [_alphabet(character) for character in tail]

    def draw(seed: int) -> str:
        number = fork(seed, salt)
        out = head
        for alphabet in alphabets:
            number, index = divmod(number, len(alphabet))
            out += alphabet[index]
        return out

    return draw


def _alphabet(character: str) -> str:
    if character.isdecimal():
        return "0123456789"
    letters = "abcdef" if character in "abcdefABCDEF" else "ghjkmnpqrstuvwxyz"
    return letters if character.islower() else letters.upper()


def trees_of(facts: Facts) -> list[Regex]:
    """Return all that is told as a regular expression: patterns that can be read, and formats."""
    trees: list[Regex] = []
    spelled = [SPELLINGS[name] for name in facts.formats if name in SPELLINGS]
    for pattern in (*facts.patterns, *spelled):
        try:
            trees.append(parse(pattern))
        except Unreadable:
            continue
    return trees


def _common(trees: list[Regex], facts: Facts) -> list[str]:
    out: list[str] = []
    for walk in range(_WALKS):
        found = list(find_strings(trees, facts.shortest, facts.longest, walk))
        if not found:
            break
        out += found
    return out


def _pattern_draw(tree: Regex, facts: Facts, salt: int) -> Draw:
    shortest, longest = facts.shortest, facts.longest
    draw = writer(tree).draw
    return lambda seed: draw(Roll(seed ^ salt), shortest, longest)


def _overlaid(tree: Regex, facts: Facts, salt: int) -> Draw:
    """Return a draw that writes what must stand ahead over what the pattern spells (as password rules ask)."""
    demanded = [writer(drop_open_ends(part)) for part in looks_ahead(tree)]
    whole = writer(tree)

    def draw(seed: int) -> str:
        roll = Roll(seed ^ salt)
        text = whole.draw(roll, facts.shortest, facts.longest)
        for part in demanded:
            piece = part.draw(roll, 0, len(text))
            if piece and len(piece) <= len(text):
                at = roll.below(len(text) - len(piece) + 1)
                text = text[:at] + piece + text[at + len(piece) :]
        return text

    return draw


def _prose(facts: Facts, place: Place) -> Draw:
    """Return a draw of words, cut or filled to the length that is asked for."""
    named = text_maker(place, tuple(facts.texts))
    shortest, longest = facts.shortest, facts.longest

    def draw(seed: int) -> str:
        text = str(named(seed))
        roll = Roll(seed ^ place.salt)
        while len(text) < shortest:
            text += " " + roll.choice(words.SENTENCES if shortest - len(text) > 20 else words.THINGS)
        limit = len(text) if longest is None else longest
        limit = max(shortest, min(limit, len(text)))
        cut = text[:limit].rstrip()
        return cut if len(cut) >= shortest else cut.ljust(shortest, "a")

    return draw


def _found(facts: Facts, fits: Fits) -> list[str]:
    """Search where no way drew what fits: along all patterns at once, then by trying more."""
    trees = trees_of(facts)
    searched = bool(facts.patterns) and len(trees) > 1  # then it has been done, and found nothing
    texts = [] if searched else list(filter(fits, _common(trees, facts)))
    roll = Roll(23)
    writers = [writer(tree) for tree in trees]
    for attempt in range(0 if texts else _SEARCHES):
        for each in writers:
            text = each.draw(roll, facts.shortest + attempt % 5, facts.longest)
            if fits(text):
                texts.append(text)
    return texts
