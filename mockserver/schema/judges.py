"""The judges of one contract's bundles: discriminators decide, and integers are those of the dialect.

Remembers the judge of each bundle and each definition that was rewritten for one, because the bundles of a contract
share their definitions. Compiles nothing itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from mockserver.schema.compile import Validator, Validators, content
from mockserver.schema.discriminated import discriminated
from mockserver.schema.exact import exact
from mockserver.values import JSON

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


class Judges:
    """A memory of pure results, bounded and safe for threads: two threads that ask at once get equal judges.

    Definitions are known by identity; each is kept beside its result, so that no other object can have its id.
    """

    def __init__(self, validators: Validators, *, exact_integers: bool, limit: int = 16384) -> None:
        self._validators = validators
        self._exact_integers = exact_integers
        self._limit = limit
        self._judges: dict[tuple[int, bytes], tuple[Mapping[str, JSON], Validator]] = {}
        self._rewritten: dict[int, tuple[JSON, JSON]] = {}

    def of(self, schema: JSON) -> Validator:
        """Return the judge of a bundle's schema."""
        if not isinstance(schema, dict) or "$defs" not in schema:
            return self._validators.compile(self._rewrite(schema, {}))
        definitions: Mapping[str, JSON] = schema["$defs"]
        root = {keyword: value for keyword, value in schema.items() if keyword != "$defs"}
        key = (id(definitions), content(root))
        found = self._judges.get(key)
        if found is None:
            below = {name: self._definition(one, definitions) for name, one in definitions.items()}
            judge = self._validators.compile({**self._rewrite(root, definitions), "$defs": below})
            found = self._remember(self._judges, key, (definitions, judge))
        return found[1]

    def _definition(self, schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
        found = self._rewritten.get(id(schema))
        if found is None:
            found = self._remember(self._rewritten, id(schema), (schema, self._rewrite(schema, definitions)))
        return found[1]

    def _rewrite(self, schema: JSON, definitions: Mapping[str, JSON]) -> JSON:
        judged = discriminated(schema, definitions)
        return exact(judged) if self._exact_integers else judged

    def _remember(self, memory: dict[_Key, _Value], key: _Key, value: _Value) -> _Value:
        if len(memory) >= self._limit:
            memory.clear()
        memory[key] = value
        return value
