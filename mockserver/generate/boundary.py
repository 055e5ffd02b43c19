"""The values of a schema at which programs go wrong: a deterministic set, each but one step away from the least value.

Each listed value, null wherever it may stand, what is optional left out and put in, lists of none, one and two, each
branch of a union, bounds of numbers and texts, spellings of times, characters that codecs mistake, properties that
nobody documented. Takes the keywords at their word and not further: whoever asks judges what comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct


class Variation(Struct, frozen=True):
    """A value, and in a few words what is special about it; `at` is the place in the value."""

    value: JSON
    why: str
    at: str = ""


_DEEPEST: Final = 6
_LONGEST: Final = 1000
_MOST: Final = 400
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
_EXTRA: Final = "x_undocumented"

Spread: TypeAlias = Iterator[Variation]


class Boundary:
    """The boundary values of one bundle (a schema that refers only to its own `$defs`).

    `spelled`: texts are spelled by somebody, so characters that codecs mistake are of interest, and not
    what nobody documented. `needs`
    are bare names (letters and digits, lower case) of properties without which nobody can say anything.
    """

    def __init__(
        self, bundle: JSON, validators: Validators, *, spelled: bool = True, needs: frozenset[str] = frozenset()
    ) -> None:
        self._bundle = bundle
        self._needs = needs
        self._extras = not spelled
        self._further_texts = _TEXTS if spelled else _TEXTS[:1]
        self._validators = validators
        self._accepts: Callable[[JSON], bool] = validators.compile(bundle).is_valid
        self._patterned: dict[str, tuple[str, ...]] = {}
        self._leasts: dict[str, JSON] = {}
        self._floor = _DEEPEST
        self._cut = False

    def least(self) -> JSON:
        """Return a value with nothing in it that need not be there; raise Unsatisfiable."""
        value = self._least(self._bundle, ())
        if self._accepts(value):
            return value
        return Generator(self._bundle, self._validators).draw(0)

    def values(self) -> Spread:
        """Yield the least value, then its variations; each fits, none comes twice."""
        seen: set[str] = set()
        try:
            least = self.least()
        except Unsatisfiable:
            return
        yield Variation(least, "the least")
        seen.add(repr(least))
        for self._floor in range(_DEEPEST + 1):  # what lies near the surface first: a large schema has no end below
            self._cut = False
            for variation in self._spread(self._bundle, least, (), ""):
                spelled = repr(variation.value)
                if spelled not in seen and self._accepts(variation.value):
                    seen.add(spelled)
                    yield variation
                    if len(seen) >= _MOST:
                        return
            if not self._cut:
                return

    def _flat(self, schema: JSON, path: tuple[str, ...]) -> tuple[dict[str, JSON], tuple[str, ...]]:
        """Return a schema with references followed and `allOf` merged as far as keywords go."""
        if not isinstance(schema, dict):
            return {}, path
        out = {key: value for key, value in schema.items() if key not in {"$ref", "allOf", "$defs"}}
        parts: list[JSON] = list(schema.get("allOf", ()))
        reference = schema.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/$defs/"):
            path = (*path, reference)
            parts.append(self._bundle["$defs"].get(reference.removeprefix("#/$defs/"), {}))
        for part in parts:
            inner, path = self._flat(part, path)
            out = _joined(inner, out)
        return out, path

    def _too_deep(self, path: tuple[str, ...]) -> bool:
        return len(path) > 3 * _DEEPEST or any(path.count(each) > 2 for each in set(path[-4:]))

    def _least(self, schema: JSON, path: tuple[str, ...]) -> JSON:
        reference = schema.get("$ref") if isinstance(schema, dict) and len(schema) == 1 else None
        if isinstance(reference, str):
            if reference not in self._leasts:
                self._leasts[reference] = self._least_of(schema, path)
            return self._leasts[reference]
        return self._least_of(schema, path)

    def _least_of(self, schema: JSON, path: tuple[str, ...]) -> JSON:
        flat, path = self._flat(schema, path)
        if "const" in flat:
            return flat["const"]
        if flat.get("enum"):
            return next((value for value in flat["enum"] if value is not None), flat["enum"][0])
        for union in ("oneOf", "anyOf"):
            if flat.get(union) and not self._too_deep(path):
                branches = [branch for branch in flat[union] if branch != {"type": "null"}] or flat[union]
                return self._least(branch_of(flat, union, branches[0]), path)
        match kind_of(flat):
            case "object":
                properties = flat.get("properties", {})
                few = max(0, int(flat.get("minProperties", 0)) - len(flat.get("required", ())))
                optional = [name for name in properties if name not in flat.get("required", ())][:few]
                return {
                    name: self._least(properties.get(name, {}), path)
                    for name in (
                        *optional,
                        *flat.get("required", ()),
                        *(name for name in properties if _bare(name) in self._needs),
                    )
                    if not self._too_deep(path)
                }
            case "array":
                items = flat.get("prefixItems") or []
                count = max(int(flat.get("minItems", 0)), 0)
                return [
                    self._least(items[index] if index < len(items) else flat.get("items", {}), path)
                    for index in range(min(count, 20))
                ]
            case "string":
                return next(self._texts(flat))[0]
            case "integer" | "number":
                return next(_numbers(flat))[0]
            case "boolean":
                return False
            case _:
                return None if flat.get("type") == "null" else "a"

    def _spread(self, schema: JSON, least: JSON, path: tuple[str, ...], at: str) -> Spread:
        """Yield values of a schema that lie one step from the least one."""
        flat, path = self._flat(schema, path)
        if at.count("/") > self._floor:
            self._cut = True
            return
        if self._too_deep(path):
            return
        if "const" in flat:
            return
        if flat.get("enum"):
            yield from (Variation(listed, f"{listed!r}, as listed", at) for listed in flat["enum"])
            return
        for union in ("oneOf", "anyOf"):
            if flat.get(union):
                yield from self._branches(flat, union, path, at)
                return
        kinds = flat.get("type")
        if isinstance(kinds, list):
            for kind in kinds:
                one = {**flat, "type": kind}
                if kind == "null":
                    yield Variation(None, "null", at)
                else:
                    inner = self._least(one, path)
                    yield Variation(inner, f"a {kind}", at)
                    yield from self._spread(one, inner, path, at)
            return
        match kind_of(flat):
            case "object":
                yield from self._objects(flat, least if isinstance(least, dict) else {}, path, at)
            case "array":
                yield from self._lists(flat, path, at)
            case "string":
                yield from (Variation(text, why, at) for text, why in self._texts(flat))
            case "integer" | "number":
                yield from (Variation(number, why, at) for number, why in _numbers(flat))
            case "boolean":
                yield from (Variation(value, str(value).lower(), at) for value in (True, False))
            case "":
                anything: tuple[JSON, ...] = ("a", 1, None, True, [], {})
                yield from (Variation(other, "of any type", at) for other in anything)

    def _branches(self, flat: dict[str, JSON], union: str, path: tuple[str, ...], at: str) -> Spread:
        for number, branch in enumerate(flat[union]):
            if branch == {"type": "null"}:
                yield Variation(None, "null", at)
                continue
            whole = branch_of(flat, union, branch)
            least = self._named(whole, flat, branch, self._least(whole, path))
            yield Variation(least, f"alternative {number + 1} of {len(flat[union])}", at)
            for variation in self._spread(whole, least, path, at):
                yield Variation(self._named(whole, flat, branch, variation.value), variation.why, variation.at)

    def _named(self, whole: JSON, flat: dict[str, JSON], branch: JSON, value: JSON) -> JSON:
        """Return an alternative under the name by which the discriminator knows it (OAS 3.1 §4.8.25)."""
        discriminator = flat.get("discriminator")
        if not isinstance(discriminator, dict) or not isinstance(value, dict) or not isinstance(branch, dict):
            return value
        name, reference = discriminator.get("propertyName"), branch.get("$ref")
        for word, target in (discriminator.get("mapping") or {}).items():
            if target == reference and isinstance(name, str):
                inner, _ = self._flat(whole, ())
                listed, _ = self._flat(inner.get("properties", {}).get(name, {}), ())
                known = listed.get("enum") or ([listed["const"]] if "const" in listed else None)
                return {**value, name: word} if known is None or word in known else value
        return value

    def _objects(self, flat: dict[str, JSON], least: dict[str, JSON], path: tuple[str, ...], at: str) -> Spread:
        properties: dict[str, JSON] = {
            name: schema for name, schema in (flat.get("properties") or {}).items() if schema is not False
        }
        leasts = {name: least.get(name, self._least(schema, path)) for name, schema in properties.items()}
        for name, schema in properties.items():
            here = f"{at}/{name}"
            if name not in least:
                yield Variation({**least, name: leasts[name]}, f"with {name}", here)
            for inner in self._spread(schema, leasts[name], path, here):
                yield Variation({**least, name: inner.value}, inner.why, inner.at)
        if len(properties) > len(least):
            yield Variation({**least, **leasts}, "with everything", at)
        more = flat.get("additionalProperties", flat.get("unevaluatedProperties", True))
        if more is True and (properties or "additionalProperties" not in flat):
            if properties and self._extras:
                yield Variation({**least, _EXTRA: "new"}, "with a property that nobody documented", at)
        elif isinstance(more, dict):
            yield from self._maps(flat, more, least, path, at)

    def _maps(
        self, flat: dict[str, JSON], more: dict[str, JSON], least: dict[str, JSON], path: tuple[str, ...], at: str
    ) -> Spread:
        value = self._least(more, path)
        names = self._names(flat)
        yield Variation({**least, names[0]: value}, "with one entry", at)
        yield Variation({**least, **dict.fromkeys(names, value)}, "with two entries", at)
        for inner in self._spread(more, value, path, f"{at}/{names[0]}"):
            yield Variation({**least, names[0]: inner.value}, inner.why, inner.at)

    def _names(self, flat: dict[str, JSON]) -> tuple[str, ...]:
        written = flat.get("propertyNames")
        if isinstance(written, dict):
            schema, _ = self._flat(written, ())
            found = [text for text, _ in self._texts(schema)]
            if len(found) > 1:
                return tuple(found[:2])
        return ("key", "other_key")

    def _lists(self, flat: dict[str, JSON], path: tuple[str, ...], at: str) -> Spread:
        prefix = flat.get("prefixItems")
        items = flat.get("items", {})
        if prefix:
            whole = [self._least(schema, path) for schema in prefix]
            yield Variation(whole, "every item", at)
            for index, schema in enumerate(prefix):
                for inner in self._spread(schema, whole[index], path, f"{at}/{index}"):
                    yield Variation([*whole[:index], inner.value, *whole[index + 1 :]], inner.why, inner.at)
            return
        one = self._least(items, path)
        variations = list(self._spread(items, one, path, f"{at}/0"))
        yield Variation([], "an empty list", at)
        yield Variation([one], "one item", at)
        other = next((each.value for each in variations if each.value != one), one)
        yield Variation([one, other], "two items", at)
        fewest = max(int(flat.get("minItems", 0)), 1)
        filler = [one] * (fewest - 1)
        for inner in variations:
            yield Variation([inner.value, *filler], inner.why, inner.at)
        most = flat.get("maxItems")
        if isinstance(most, int) and 2 < most <= 100:
            yield Variation([one] * most, f"{most} items, the most", at)

    def _texts(self, flat: dict[str, JSON]) -> Iterator[tuple[str, str]]:
        known = _FORMATS.get(str(flat.get("format")))
        if known and "pattern" not in flat:
            yield from known
            return
        shortest, longest = int(flat.get("minLength", 0)), flat.get("maxLength")
        if "pattern" in flat or flat.get("format"):
            yield from ((text, "a text of its pattern") for text in self._drawn(flat))
            return
        usual = "abcdefgh"[: max(shortest, 1)].ljust(shortest, "x")
        yield (usual if longest is None else usual[: int(longest)]), "a text"
        if shortest == 0:
            yield "", "an empty text"
        elif shortest > 1:
            yield "y" * shortest, "the shortest text"
        for text, why in self._further_texts:
            padded = text.ljust(shortest, "x")
            if longest is None or len(padded) <= int(longest):
                yield padded, why
        if longest is not None and shortest < int(longest) <= _LONGEST:
            yield "z" * int(longest), f"{longest} characters, the most"
        elif longest is None:
            yield "z" * 300, "a long text"

    def _drawn(self, flat: dict[str, JSON]) -> tuple[str, ...]:
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


def _bare(name: str) -> str:
    """Return a name as other languages' conventions spell it too: letters and digits, lower case."""
    return "".join(filter(str.isalnum, name)).lower()


def kind_of(flat: Mapping[str, JSON]) -> str:
    """Return the type that a schema means, where it names one or its keywords do."""
    kind = flat.get("type")
    if isinstance(kind, list):
        return next((one for one in kind if one != "null"), "null")
    if isinstance(kind, str):
        return kind
    if any(word in flat for word in ("properties", "required", "additionalProperties")):
        return "object"
    if "items" in flat or "prefixItems" in flat:
        return "array"
    if any(word in flat for word in ("pattern", "minLength", "maxLength", "format")):
        return "string"
    return "number" if "minimum" in flat or "maximum" in flat else ""


def branch_of(flat: Mapping[str, JSON], union: str, branch: JSON) -> JSON:
    """Return one alternative of a union with what stands beside the union."""
    beside = {key: value for key, value in flat.items() if key not in {union, "discriminator"}}
    return {**beside, "allOf": [branch]} if beside else branch


def _joined(one: Mapping[str, JSON], other: Mapping[str, JSON]) -> dict[str, JSON]:
    """Return two schemas as one, as far as properties and required go; of other keywords the stricter bound counts."""
    out = {**one, **other}
    if "properties" in one and "properties" in other:
        mixed = dict(one["properties"])
        for name, schema in other["properties"].items():
            mixed[name] = {"allOf": [mixed[name], schema]} if name in mixed else schema
        out["properties"] = mixed
    if "required" in one and "required" in other:
        out["required"] = list(dict.fromkeys((*one["required"], *other["required"])))
    if "enum" in one and "enum" in other:
        out["enum"] = [value for value in one["enum"] if value in other["enum"]] or one["enum"]
    return out


def _numbers(flat: Mapping[str, JSON]) -> Iterator[tuple[JSON, str]]:
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
