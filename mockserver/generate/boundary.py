"""The values of a schema at which programs go wrong: a deterministic set, each but one step away from the least value.

Each listed value, null wherever it may stand, what is optional left out and put in, lists of none, one and two, each
branch of a union, bounds of numbers and texts, spellings of times, characters that codecs mistake, properties that
nobody documented. Takes the keywords at their word and not further: whoever asks judges what comes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, TypeAlias

from mockserver.generate.brinks import Texts, numbers
from mockserver.generate.flat import branch_of, flattened, is_read_only, kind_of
from mockserver.generate.generator import Generator, Unsatisfiable
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct


class Variation(Struct, frozen=True):
    """A value, and in a few words what is special about it; `at` is the place in the value."""

    value: JSON
    why: str
    at: str = ""


_DEEPEST: Final = 6
_MOST: Final = 400
_EXTRA: Final = "x_undocumented"
ENTRIES: Final = ("key", "other_key")
"""Names of entries of a map, where the contract has no names for them."""

Spread: TypeAlias = Iterator[Variation]


class Boundary:
    """The boundary values of one bundle (a schema that refers only to its own `$defs`).

    `spelled`: it is sent by somebody, so characters that codecs mistake are of interest, and not what nobody documented
    or what is the API's to say (`readOnly`). `needs` are bare names (letters and digits, lower case) of properties
    without which nobody can say anything.
    """

    def __init__(
        self, bundle: JSON, validators: Validators, *, spelled: bool = True, needs: frozenset[str] = frozenset()
    ) -> None:
        self._bundle = bundle
        self._needs = needs
        self._extras = not spelled
        self._validators = validators
        self._texts = Texts(validators, spelled=spelled)
        self._accepts: Callable[[JSON], bool] = validators.compile(bundle).is_valid
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
        flat, path = flattened(self._bundle, schema, path)
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
                return next(self._texts.of(flat))[0]
            case "integer" | "number":
                return next(numbers(flat))[0]
            case "boolean":
                return False
            case _:
                return None if flat.get("type") == "null" else "a"

    def _spread(self, schema: JSON, least: JSON, path: tuple[str, ...], at: str) -> Spread:
        """Yield values of a schema that lie one step from the least one."""
        flat, path = flattened(self._bundle, schema, path)
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
                yield from (Variation(text, why, at) for text, why in self._texts.of(flat))
            case "integer" | "number":
                yield from (Variation(number, why, at) for number, why in numbers(flat))
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
                inner, _ = flattened(self._bundle, whole, ())
                listed, _ = flattened(self._bundle, inner.get("properties", {}).get(name, {}), ())
                known = listed.get("enum") or ([listed["const"]] if "const" in listed else None)
                return {**value, name: word} if known is None or word in known else value
        return value

    def _objects(self, flat: dict[str, JSON], least: dict[str, JSON], path: tuple[str, ...], at: str) -> Spread:
        properties: dict[str, JSON] = {
            name: schema for name, schema in (flat.get("properties") or {}).items() if self._is_said(name, schema)
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

    def _is_said(self, name: str, schema: JSON) -> bool:
        """Tell whether a property is of interest: there may be one, and it is for this side to say."""
        if schema is False:
            return False
        return self._extras or _bare(name) in self._needs or not is_read_only(self._bundle, schema)

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
            schema, _ = flattened(self._bundle, written, ())
            found = [text for text, _ in self._texts.of(schema)]
            if len(found) > 1:
                return tuple(found[:2])
        return ENTRIES

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


def _bare(name: str) -> str:
    """Return a name as other languages' conventions spell it too: letters and digits, lower case."""
    return "".join(filter(str.isalnum, name)).lower()
