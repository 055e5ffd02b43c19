"""Compiled validators: the one cache, and the one file besides the algebra that knows jsonschema_rs.

A bundle is known by its content, so two operations that answer with the same schema share one validator. What a
validator finds is told as `Mismatch`es: one leaf each, in the contract's own terms.
"""

from __future__ import annotations

import base64
import hashlib
import json
import threading
from collections import OrderedDict, deque
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
    """One compiled schema. `dropped` names the patterns that no engine understands: they constrain nothing.

    One that needs `room` is let go of when others need it more, and compiled again when somebody asks.
    """

    __slots__ = ("_compiled", "_room", "_schema", "dropped", "is_valid", "used", "weight")

    def __init__(self, schema: JSON, dropped: tuple[str, ...], weight: int, room: Room | None) -> None:
        compiled = _compile(schema)
        self._compiled: jsonschema_rs.Draft202012Validator | None = compiled
        self._schema = schema
        self._room = room
        self.dropped = dropped
        self.weight = weight
        self.used = True
        self.is_valid: Callable[[JSON], bool] = compiled.is_valid
        if room is not None:
            self.is_valid = self._is_valid
            room.enter(self)

    def mismatches(self, value: JSON) -> Iterator[Mismatch]:
        """Yield what the value breaks, leaves first where a single cause is plain."""
        for error in self._held().iter_errors(value):
            yield _mismatch(error)

    def let_go(self) -> None:
        """Give the memory back."""
        self._compiled = None

    def _is_valid(self, value: JSON) -> bool:
        return self._held().is_valid(value)

    def _held(self) -> jsonschema_rs.Draft202012Validator:
        self.used = True
        compiled = self._compiled
        if compiled is None:
            compiled = self._compiled = _compile(self._schema)
            if self._room is not None:
                self._room.enter(self)
        return compiled


class Room:
    """Room for large validators, so many bytes of schema: who was not used for long goes. Safe for threads.

    What is compiled takes six times the memory of its text, and a definition as often as there are roots that lead to
    it; most are asked once, when a generator is planned.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self.held = 0
        self._queue: deque[Validator] = deque()
        self._lock = threading.Lock()

    def enter(self, validator: Validator) -> None:
        """Let a validator in, and others out until there is room; one that was used in its turn has another."""
        with self._lock:
            self.held += validator.weight
            for _ in range(2 * len(self._queue)):
                if self.held <= self._most:
                    break
                oldest = self._queue.popleft()
                if oldest.used:
                    oldest.used = False
                    self._queue.append(oldest)
                else:
                    oldest.let_go()
                    self.held -= oldest.weight
            self._queue.append(validator)


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


LARGE = 64 << 10
"""Bytes of a schema that is compiled in milliseconds, and takes so much memory that it needs room."""


class Validators:
    """Compiled validators by content: bounded, least recently used out first, safe for threads."""

    def __init__(self, limit: int = 2048, *, room: int = 4 << 20) -> None:
        self._limit = limit
        self.room = Room(room)
        self._lock = threading.Lock()
        self._compiled: OrderedDict[bytes, Validator] = OrderedDict()

    def compile(self, schema: JSON) -> Validator:
        """Return the validator of a self-contained schema (a `Bundle.schema`)."""
        text = content(schema)
        key = hashlib.blake2b(text, digest_size=16).digest()
        with self._lock:
            found = self._compiled.get(key)
            if found is not None:
                self._compiled.move_to_end(key)
                return found
        made = _compiled(schema, len(text), self.room if len(text) >= LARGE else None)
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


def _compiled(schema: JSON, weight: int, room: Room | None) -> Validator:
    try:
        return Validator(schema, (), weight, room)
    except (jsonschema_rs.ValidationError, ValueError):
        mended, dropped = _with_usable_patterns(schema)
    try:
        return Validator(mended, dropped, weight, room)
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
