"""Compiled validators: the one cache, and the one file besides the algebra that knows jsonschema_rs.

A bundle is known by its content, so two operations that answer with the same schema share one validator. What a
validator finds is told as `Mismatch`es: one leaf each, in the contract's own terms.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping

import jsonschema_rs
import orjson

from mockserver.document import pointer as pointers
from mockserver.errors import UnreadableDocument
from mockserver.schema.patterns import spellings
from mockserver.values import JSON, Struct


class Mismatch(Struct, frozen=True):
    """A value that a keyword does not admit.

    `path` is the place in the value; `place` the place in the bundle, keyword included; `expected` the keyword's
    value. `branches` holds, for a union that nothing fits, what is wrong with each alternative.
    """

    keyword: str
    path: tuple[str | int, ...]
    place: tuple[str | int, ...]
    message: str
    expected: JSON
    instance: JSON
    branches: tuple[tuple[Mismatch, ...], ...] = ()


class Validator:
    """One compiled schema. `dropped` names the patterns that no engine understands: they constrain nothing."""

    __slots__ = ("_compiled", "dropped", "is_valid")

    def __init__(self, compiled: jsonschema_rs.Draft202012Validator, dropped: tuple[str, ...]) -> None:
        self._compiled = compiled
        self.dropped = dropped
        self.is_valid: Callable[[JSON], bool] = compiled.is_valid

    def mismatches(self, value: JSON) -> Iterator[Mismatch]:
        """Yield what the value breaks, leaves first where a single cause is plain."""
        for error in self._compiled.iter_errors(value):
            yield _mismatch(error)


def _mismatch(error: jsonschema_rs.ValidationError) -> Mismatch:
    kind = error.kind
    facts = kind.as_dict()
    context = facts.get("context") or ()
    return Mismatch(
        keyword=kind.name,
        path=tuple(error.instance_path),
        place=tuple(error.schema_path),
        message=error.message,
        expected=_expected(kind.name, facts),
        instance=error.instance,
        branches=tuple(tuple(_mismatch(inner) for inner in branch) for branch in context),
    )


def _expected(keyword: str, facts: Mapping[str, JSON]) -> JSON:
    if keyword == "propertyNames":
        return facts["error"].message
    if keyword in {"anyOf", "oneOf"}:
        return None
    return next(iter(facts.values()), None)


def _is_base64(text: str) -> bool:
    # OAS 3.0.3 §4.4: format byte is base64. RFC 4648 §3.2: with its pad; §3.3: with no character beyond the alphabet.
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


FORMATS: Mapping[str, Callable[[str], bool]] = {"byte": _is_base64}
"""Formats that the engine does not know; int32 and its like are written as ranges by the bundle."""

_ENGINE = jsonschema_rs.FancyRegexOptions(backtrack_limit=200_000)


def _compile(schema: JSON) -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(
        schema, validate_formats=True, formats=dict(FORMATS), pattern_options=_ENGINE, offline=True
    )


class Validators:
    """Compiled validators by content: bounded, least recently used out first, safe for threads."""

    def __init__(self, limit: int = 2048) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._compiled: OrderedDict[bytes, Validator] = OrderedDict()

    def compile(self, schema: JSON) -> Validator:
        """Return the validator of a self-contained schema (a `Bundle.schema`)."""
        key = hashlib.blake2b(content(schema), digest_size=16).digest()
        with self._lock:
            found = self._compiled.get(key)
            if found is not None:
                self._compiled.move_to_end(key)
                return found
        made = _compiled(schema)
        with self._lock:
            self._compiled[key] = made
            while len(self._compiled) > self._limit:
                self._compiled.popitem(last=False)
        return made


def content(schema: JSON) -> bytes:
    """Return what a schema says, the same for equal schemas."""
    try:
        return orjson.dumps(schema, option=orjson.OPT_SORT_KEYS)
    except TypeError:  # an integer beyond 64 bits, which orjson does not write
        return json.dumps(schema, sort_keys=True).encode()


def _compiled(schema: JSON) -> Validator:
    try:
        return Validator(_compile(schema), ())
    except (jsonschema_rs.ValidationError, ValueError):
        mended, dropped = _with_usable_patterns(schema)
    try:
        return Validator(_compile(mended), dropped)
    except (jsonschema_rs.ValidationError, ValueError) as refused:
        place = pointers.join(getattr(refused, "instance_path", ()))
        raise UnreadableDocument(
            f"a schema cannot be compiled: {getattr(refused, 'message', refused)}",
            where=place,
            fix="mend the keyword named here",
        ) from refused


def usable_pattern(pattern: str) -> str | None:
    """Return the pattern as the engine spells it, or None when no spelling of it is a regular expression."""
    for spelling in spellings(pattern):
        try:
            _compile({"pattern": spelling})
        except (jsonschema_rs.ValidationError, ValueError):
            continue
        return spelling
    return None


def _with_usable_patterns(schema: JSON) -> tuple[JSON, tuple[str, ...]]:
    dropped: list[str] = []

    def mend(node: JSON, *, schema_here: bool) -> JSON:
        if isinstance(node, list):
            return [mend(item, schema_here=schema_here) for item in node]
        if not isinstance(node, dict):
            return node
        out = {key: mend(value, schema_here=True) for key, value in node.items() if key not in {"enum", "const"}}
        out.update((key, node[key]) for key in ("enum", "const") if key in node)
        if schema_here and isinstance(out.get("pattern"), str):
            usable = usable_pattern(out["pattern"])
            if usable is None:
                dropped.append(out.pop("pattern"))
            else:
                out["pattern"] = usable
        if isinstance(out.get("patternProperties"), dict):
            named = {key: usable_pattern(key) for key in out["patternProperties"]}
            dropped.extend(key for key, usable in named.items() if usable is None)
            out["patternProperties"] = {
                usable: out["patternProperties"][key] for key, usable in named.items() if usable is not None
            }
        return out

    return mend(schema, schema_here=True), tuple(dropped)
