"""Texts and numbers at which programs go wrong: bounds, spellings of times, characters that codecs mistake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.generate.flat import kind_of
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.compile import Validators
from mockserver.values import JSON

_LONGEST: Final = 1000
_TIMES: Final = (
    # RFC 3339 §5.6, as APIs write them; a lower-case t and z and leap seconds are left to those who look for trouble
    ("2026-01-02T03:04:05Z", "a time in UTC"),
    ("2026-01-02T03:04:05+05:30", "a time with an offset"),
    ("2026-01-02T03:04:05.5Z", "a time with a fraction"),
    ("2026-01-02T03:04:05.123456-08:00", "a time with microseconds"),
    ("1969-12-31T23:59:59Z", "a time before 1970"),
)
_FORMATS: Final[Mapping[str, tuple[tuple[str, str], ...]]] = {
    "date-time": _TIMES,
    "date": (("2026-01-02", "a day"), ("2024-02-29", "the 29th of February"), ("1969-12-31", "a day before 1970")),
    "uuid": (("3f1f8a52-6c0b-4f0e-9a39-2f7f4f1f6c11", "a UUID"), ("00000000-0000-0000-0000-000000000000", "nil")),
    "email": (("a@example.com", "an address"), ("o.hara+tag@sub.example.com", "an address with a tag")),
    "uri": (("https://example.com/a?b=c&d=%20#e", "an address with a query"), ("https://example.com", "no path")),
    "uri-reference": (("/a/b?c=d", "a relative address"), ("https://example.com/", "an absolute address")),
    "byte": (("aGk=", "base64"), ("", "nothing in base64")),
}
_TEXTS: Final = (
    ("Zoë 日本 ✓", "letters beyond ASCII"),
    ("a b", "a space"),
    ("a/b", "a slash"),
    ("a,b", "a comma"),
    ("a&b=c", "an ampersand"),
    ("a+b", "a plus sign"),
    ("50%", "a percent sign"),
    ("a?b#c", "a question mark and a hash"),
    ("1", "a text of digits"),
    ("null", "the word null"),
    ('"q"', "quotation marks"),
)


class Texts:
    """The texts of schemas, each with what is special about it. `spelled`: characters that codecs mistake are too."""

    def __init__(self, validators: Validators, *, spelled: bool) -> None:
        self._validators = validators
        self._further = _TEXTS if spelled else _TEXTS[:1]
        self._patterned: dict[str, tuple[str, ...]] = {}

    def of(self, flat: Mapping[str, JSON]) -> Iterator[tuple[str, str]]:
        """Yield the usual text first."""
        known = _FORMATS.get(str(flat.get("format")))
        if known and "pattern" not in flat:
            yield from known
            return
        shortest, longest = int(flat.get("minLength", 0)), flat.get("maxLength")
        if "pattern" in flat or flat.get("format"):
            drawn = self._drawn(flat)
            yield from ((text, "a text of its pattern") for text in drawn)
            if "pattern" in flat:
                yield drawn[-1].swapcase(), "a text of its pattern, capitals and small letters exchanged"
            return
        usual = "abcdefgh"[: max(shortest, 1)].ljust(shortest, "x")
        yield (usual if longest is None else usual[: int(longest)]), "a text"
        if shortest == 0:
            yield "", "an empty text"
        elif shortest > 1:
            yield "y" * shortest, "the shortest text"
        for text, why in self._further:
            padded = text.ljust(shortest, "x")
            if longest is None or len(padded) <= int(longest):
                yield padded, why
        if longest is not None and shortest < int(longest) <= _LONGEST:
            yield "z" * int(longest), f"{longest} characters, the most"
        elif longest is None:
            yield "z" * 300, "a long text"

    def _drawn(self, flat: Mapping[str, JSON]) -> tuple[str, ...]:
        key = repr(sorted(flat.items(), key=lambda pair: pair[0]))
        found = self._patterned.get(key)
        if found is None:
            schema = {name: flat[name] for name in ("pattern", "format", "minLength", "maxLength") if name in flat}
            generator = Generator({"type": "string", **schema}, self._validators)
            try:
                drawn = [generator.draw(seed) for seed in range(6)]
            except Unsatisfiable:
                drawn = ["a"]
            found = self._patterned[key] = tuple(sorted(dict.fromkeys(drawn), key=len))[:4]
        return found


def numbers(flat: Mapping[str, JSON]) -> Iterator[tuple[JSON, str]]:
    """Yield the numbers of a schema, the usual one first, each with what is special about it."""
    whole = kind_of(flat) == "integer"
    step = flat.get("multipleOf", 1 if whole else 0.5)
    low = flat.get("minimum")
    high = flat.get("maximum")
    if "exclusiveMinimum" in flat and not isinstance(flat["exclusiveMinimum"], bool):
        low = max(flat["exclusiveMinimum"] + step, flat["exclusiveMinimum"] + step if low is None else low)
    if "exclusiveMaximum" in flat and not isinstance(flat["exclusiveMaximum"], bool):
        high = min(flat["exclusiveMaximum"] - step, flat["exclusiveMaximum"] - step if high is None else high)
    usual = 1 if step == 1 or not whole else step
    for value, why in (
        (usual if low is None or low <= usual else low, "a number"),
        (0, "zero"),
        (low, "the least number"),
        (high, "the greatest number"),
        (-1, "a negative number"),
        (step * 7 if whole else 1.5, "another number"),
        (0.25 if not whole else None, "a fraction"),
        (2**31 if high is None else None, "more than 31 bits"),
        (2**53 + 1 if high is None and whole else None, "more than a float can tell"),
        (1e21 if high is None and not whole else None, "a number with an exponent"),
    ):
        if value is None or (low is not None and value < low) or (high is not None and value > high):
            continue
        yield (int(value) if whole else value), why
