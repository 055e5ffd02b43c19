"""Values with everything in them, each alternative once: what a reader of many fields may be asked to show.

Where a boundary value goes one step from the least, these go one step from the fullest: another branch of a union,
another listed value, null, one optional member left out, no item. What stands only below another branch is explored
from there.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.generate.boundary import Boundary, Variation
from mockserver.generate.flat import branch_of, flattened, kind_of
from mockserver.values import JSON

_MOST: Final = 240
_LISTED: Final = 24
_DEEP: Final = 9
_ROOM: Final = 4000
_MARK: Final = re.compile(r"[\^|?#]\d*")
"""What a place of a choice has over the place in the value: `^1` is another branch of a union, and so on."""


class Fullest(Boundary):
    """The full values of one bundle."""

    _choices: Mapping[str, int]
    _forks: dict[str, int]
    _whys: dict[str, str]
    _room: int

    def _too_deep(self, path: tuple[str, ...]) -> bool:
        return self._room <= 0 or len(path) > 60 or any(path.count(each) > 4 for each in set(path[-4:]))

    def values(self) -> Iterator[Variation]:
        """Yield the fullest value, then one for each alternative; boundary values where a full one does not fit."""
        todo: deque[tuple[dict[str, int], str, str]] = deque([({}, "with everything", "")])
        seen: set[tuple[str, int]] = set()
        made: set[str] = set()
        while todo and len(made) < _MOST:
            choices, why, at = todo.popleft()
            self._choices, self._forks, self._whys, self._room = choices, {}, {}, _ROOM
            value = self._full(self._bundle, (), "")
            spelled = repr(value)
            if spelled not in made and self._accepts(value):
                made.add(spelled)
                yield Variation(value, why or self._whys.get(at, ""), _MARK.sub("", at))
            for fork in sorted(self._forks, key=lambda one: one.count("/")):
                for index in range(1, self._forks[fork]):
                    if (fork, index) not in seen and fork not in choices:
                        seen.add((fork, index))
                        todo.append(({**choices, fork: index}, "", fork))
        if not made:
            yield from super().values()

    def _chosen(self, at: str, whys: list[str]) -> int:
        """Return which alternative is taken at a place, and remember how many there are."""
        self._forks[at] = len(whys)
        index = self._choices.get(at, 0)
        self._whys[at] = whys[index] if index < len(whys) else ""
        return index if index < len(whys) else 0

    def _full(self, schema: JSON, path: tuple[str, ...], at: str) -> JSON:
        self._room -= 1
        flat, path = flattened(self._bundle, schema, path)
        if "const" in flat:
            return flat["const"]
        if flat.get("enum"):
            listed = sorted(flat["enum"], key=lambda value: value is None)[:_LISTED]
            return listed[self._chosen(at, [f"{value!r}, as listed" for value in listed])]
        for union in ("oneOf", "anyOf"):
            if flat.get(union):
                return self._alternative(flat, union, path, at)
        kinds = flat.get("type")
        if isinstance(kinds, list):
            ordered = sorted(kinds, key=lambda kind: kind == "null")
            kind = ordered[self._chosen(f"{at}|", [str(one) for one in ordered])]
            return None if kind == "null" else self._full({**flat, "type": kind}, path, at)
        match kind_of(flat):
            case "object":
                return self._object(flat, path, at)
            case "array":
                return self._list(flat, path, at)
            case "boolean":
                return (True, False)[self._chosen(at, ["true", "false"])]
            case _:
                return self._least(flat, path)

    def _alternative(self, flat: dict[str, JSON], union: str, path: tuple[str, ...], at: str) -> JSON:
        branches = sorted(flat[union], key=_says_little)
        index = self._chosen(f"{at}^", [f"alternative {number + 1}" for number in range(len(branches))])
        branch = branches[index]
        if self._too_deep(path):
            return self._least(flat, path)
        return self._named(
            branch_of(flat, union, branch),
            flat,
            branch,
            self._full(branch_of(flat, union, branch), path, f"{at}^{index}"),
        )

    def _object(self, flat: dict[str, JSON], path: tuple[str, ...], at: str) -> JSON:
        required = frozenset(flat.get("required", ()))
        value: dict[str, JSON] = {}
        deep = at.count("/") >= _DEEP or self._too_deep(path)
        for name, schema in (flat.get("properties") or {}).items():
            here = f"{at}/{name}"
            if schema is False or (deep and name not in required):
                continue
            if name in required or self._chosen(f"{here}?", ["there", "left out"]) == 0:
                value[name] = self._least(schema, path) if deep else self._full(schema, path, here)
        more = flat.get("additionalProperties")
        if isinstance(more, dict) and not deep:
            value.setdefault(self._names(flat)[0], self._full(more, path, f"{at}/*"))
        return value

    def _list(self, flat: dict[str, JSON], path: tuple[str, ...], at: str) -> JSON:
        prefix = flat.get("prefixItems")
        if prefix:
            return [self._full(schema, path, f"{at}/{index}") for index, schema in enumerate(prefix)]
        fewest, most = int(flat.get("minItems", 0)), int(flat.get("maxItems", 2))
        counts = [max(fewest, min(2, most, 1 if flat.get("uniqueItems") else 2))]
        counts += [0] if fewest == 0 else []
        count = counts[self._chosen(f"{at}#", [f"{one} items" for one in counts])]
        return [self._full(flat.get("items", {}), path, f"{at}/*") for _ in range(min(count, 20))]


def _says_little(branch: JSON) -> int:
    """Order alternatives: things before plain values, and null last."""
    if isinstance(branch, dict) and branch.get("type") == "null":
        return 2
    return 0 if isinstance(branch, dict) and ("$ref" in branch or "properties" in branch) else 1
