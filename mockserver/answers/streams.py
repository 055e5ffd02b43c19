"""What a stream tells: items that belong together, in the order in which such things happen.

A schema speaks of one item at a time. Where it has a variant for each kind of event, one of each comes, what begins
first and what ends last; where all items are of one kind and tell when they are over, they are pieces of one text;
else they are records, each its own. Knows names and values: whether a change fits is asked of the judge.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy

from mockserver.answers.changes import GONE, Fits, Path, changed, members
from mockserver.contract.plan import MediaPlan
from mockserver.generate.generator import Generator
from mockserver.values import JSON
from mockserver.wire.json import dumps
from mockserver.wire.whole import utf8

_RECORDS = 3
_PIECES = 4
_DEEPEST = 5
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_TAGS = ("type", "event", "event_type", "kind", "object")
_BEGINNING = frozenset({"created", "start", "started", "begin", "began", "init", "initialized", "connected", "opened"})
_NAMING = frozenset({"type", "event", "event_type", "kind"})
"""What tells the kind of an event beside its data too, as server-sent events can."""
_OPENING = _BEGINNING | {"added", "queued"}
_CLOSING = frozenset(
    {
        "completed", "complete", "done", "stop", "stopped", "end", "ended", "finish", "finished", "closed", "success",
        "succeeded", "final",
    }
)  # fmt: skip
_FAILING = frozenset(
    {
        "error", "errors", "failed", "failure", "incomplete", "cancelled", "canceled", "cancelling", "expired", "abort",
        "aborted", "timeout", "exception", "refusal", "rejected",
    }
)  # fmt: skip
_CALLING = frozenset({"call", "calls", "function", "tool", "tools"})
"""What happens in place of a text, and would speak of another item under the same index."""
_COUNTERS = frozenset({"sequence_number", "sequence", "seq", "event_number", "event_index", "sequenceNumber"})
_REASONS = frozenset({"finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason"})
_ONCE = frozenset({"usage", "usageMetadata", "total_duration"})
_OVER = frozenset(
    {"done", "is_finished", "finished", "is_final", "final", "is_last", "last", "complete", "completed", "eos"}
)
_USUAL_REASONS = ("stop", "end_turn", "STOP", "COMPLETE", "complete", "completed", "eos", "eos_token", "length")
_TEXTS = frozenset({"content", "text", "delta", "token", "response", "completion", "generated_text", "answer", "chunk"})
_BESIDES = frozenset({"tool_calls", "function_call", "refusal", "error", "last_error", "incomplete_details"})
"""What comes instead of a text, or of a success."""


def ending_of(media: MediaPlan, operation: JSON) -> bytes:
    """Return what ends a stream of events after its last item, where the contract or its kind of items shows it."""
    if media.spec.item or not media.media.name.lower().startswith("text/event-stream"):
        return b""
    schema = media.bundle.schema if media.bundle is not None else None
    texts = dumps([operation, media.media.node.tree, schema])
    shown = b"[DONE]" in texts or b'.chunk"' in texts or (b'"choices"' in texts and b'"finish_reason"' in texts)
    return b"data: [DONE]\n\n" if shown else b""


def named_event(tag: str, item: JSON) -> bytes:
    """Return the line that names a server-sent event after its kind, or nothing."""
    return b"event: " + utf8(item[tag]) + b"\n" if tag in _NAMING else b""


def items_of(generator: Generator, fits: Fits, seed: int, wanted: Mapping[str, JSON]) -> tuple[list[JSON], str]:
    """Return the items of a stream, and the property that tells the kinds of event apart, if there is one.

    `wanted` are values for properties, each taken where it fits.
    """
    kinds = [_echoed(kind, wanted, fits) for kind in generator.variants(seed)]
    tag = _tag(kinds, generator.variants(seed + 1)) if len(kinds) > 1 else ""
    if tag:
        return _told(kinds, tag, fits), tag
    if len(kinds) == 1 and _is_piece(kinds[0]):
        return _pieces(kinds[0], fits), ""
    return [generator.draw(seed + index, wanted=wanted) for index in range(_RECORDS)], ""


def _echoed(item: JSON, wanted: Mapping[str, JSON], fits: Fits) -> JSON:
    """Return an event with what was asked for in it, or in what it tells of."""
    holders: list[tuple[Path, JSON]] = [((), item)]
    holders += [((name,), member) for name, member in item.items() if isinstance(member, dict)]
    changes = {(*path, name): (wanted[name],) for path, holder in holders for name in wanted if name in holder}
    return changed(item, changes, fits) if changes else item


def _tag(kinds: Sequence[JSON], others: Sequence[JSON]) -> str:
    """Return the property whose text differs from kind to kind, and is always the same within one."""
    if len(kinds) != len(others):
        return ""
    shared = [
        name
        for name in kinds[0]
        if all(
            isinstance(kind.get(name), str) and kind[name] == other.get(name)
            for kind, other in zip(kinds, others, strict=True)
        )
        and len({kind[name] for kind in kinds}) > 1
    ]
    return min(shared, key=lambda name: _TAGS.index(name) if name in _TAGS else len(_TAGS), default="")


def _told(kinds: Sequence[JSON], tag: str, fits: Fits) -> list[JSON]:
    """Return one event of each kind in their order: nothing fails, all speak of the same things."""
    once = {kind[tag]: kind for kind in reversed(kinds)}
    listed = list(once.values())[::-1]
    sound = [event for event in listed if _FAILING.isdisjoint(_words(event[tag]))] or listed
    if any("text" in _words(event[tag]) for event in sound):
        sound = [event for event in sound if _CALLING.isdisjoint(_words(event[tag]))]
    ordered = sorted(sound, key=lambda event: _when(event, tag))
    named = {name: value for event in ordered for name, value in event.items() if name.endswith(("_id", "Id"))}
    return [
        _settled(event, index, tag, named, fits, last=index == len(ordered) - 1) for index, event in enumerate(ordered)
    ]


def _when(event: Mapping[str, JSON], tag: str) -> tuple[int, int, int, int]:
    """Return when an event comes: what holds others opens before them and closes after them.

    The more an event refers to (an id, an index), the deeper inside it happens.
    """
    words = _words(event[tag])
    inside = sum(_is_reference(name) for name in event)
    if words[-1] in _OPENING:
        return 0, inside, words[-1] not in _BEGINNING, len(words)
    if words[-1] in _CLOSING:
        return 2, -inside, 1, -len(words)
    if any(path[-1] in _REASONS for path, _ in _leaves(event)):
        return 2, -inside, 0, -len(words)
    return 1, words[-1] != "progress", inside > 0, 0


def _is_reference(name: str) -> bool:
    return name.lower().endswith(("_id", "index")) or name.endswith("Id")


def _settled(event: JSON, number: int, tag: str, named: Mapping[str, JSON], fits: Fits, *, last: bool) -> JSON:
    """Return an event with its number, indexes from 0, and the state and the ids that all others tell."""
    changes: dict[Path, Sequence[JSON]] = {}
    words = _words(event[tag])
    for path, value in _leaves(event):
        name = path[-1]
        if name in _COUNTERS and isinstance(value, int):
            changes[path] = (number,)
        elif _is_index(name) and isinstance(value, int):
            changes[path] = (0,)
        elif name in _REASONS and words[-1] not in _OPENING:
            changes[path] = _USUAL_REASONS
        elif name in _REASONS:
            changes[path] = (None,)
        elif name == "status" and len(path) == 2 and isinstance(value, str):
            state = ("in_progress", "queued", "running") if words[-1] in _OPENING else ("completed",) if last else ()
            changes[path] = (words[-1], "_".join(words[-2:]), *state)
    for name, value in event.items():
        if isinstance(value, dict):
            for below in ("error", "last_error", "incomplete_details"):
                if below in value:
                    changes[name, below] = (None,)
            known = named.get(f"{name}_id", named.get(f"{name}Id"))
            if known is not None and "id" in value:
                changes[name, "id"] = (known,)
    return changed(event, changes, fits)


def _is_piece(item: JSON) -> bool:
    """Tell whether an item is a part of something that has an end, and no record of its own."""
    names = {path[-1] for path, _ in _leaves(item)}
    return not names.isdisjoint(_REASONS | _OVER) or "delta" in item or str(item.get("object", "")).endswith(".chunk")


def _pieces(base: JSON, fits: Fits) -> list[JSON]:
    """Return pieces of one text: the same in everything but the text, and the last tells that it is over."""
    base = deepcopy(base)
    for path, value in list(_lists(base)):
        if isinstance(value[0], dict) and not _REASONS.isdisjoint(value[0]):  # alternatives: one was asked for
            base = changed(base, {path: (value[:1],)}, fits)
    base = _without(base, fits)
    texts = [(path, value) for path, value in _leaves(base) if path[-1] in _TEXTS and isinstance(value, str) and value]
    items: list[JSON] = []
    for number in range(_PIECES):
        last = number == _PIECES - 1
        changes: dict[Path, Sequence[JSON]] = {path: (_part(text, number),) for path, text in texts}
        for path, value in _leaves(base):
            name = path[-1]
            if name in _REASONS:
                changes[path] = _USUAL_REASONS if last else (None,)
            elif name in _OVER and isinstance(value, bool):
                changes[path] = (last,)
            elif name == "role":
                changes[path] = ("assistant",)
            elif name in _COUNTERS and isinstance(value, int):
                changes[path] = (number,)
            elif _is_index(name) and isinstance(value, int):
                changes[path] = (next((part for part in reversed(path) if isinstance(part, int)), 0),)
        for name in _ONCE & base.keys() if not last else ():
            changes[(name,)] = (None, GONE)
        items.append(changed(base, changes, fits))
    return items


def _is_index(name: str | int) -> bool:
    return isinstance(name, str) and (name == "index" or name.endswith(("_index", "Index")))


def _part(text: str, number: int) -> str:
    """Return one of the pieces of a text; together they are the text."""
    words = text.split(" ")
    start, end = (len(words) * at // _PIECES for at in (number, number + 1))
    return " ".join(words[start:end]) + (" " if 0 < end < len(words) and end > start else "")


def _without(item: JSON, fits: Fits) -> JSON:
    """Leave out what would come instead of a text."""
    found = [path for path, _ in members(item, _DEEPEST) if path[-1] in _BESIDES]
    return changed(item, dict.fromkeys(found, (None, GONE)), fits)


def _leaves(value: JSON) -> Iterator[tuple[Path, JSON]]:
    return ((path, member) for path, member in members(value, _DEEPEST) if not isinstance(member, dict | list))


def _lists(value: JSON) -> Iterator[tuple[Path, JSON]]:
    return ((path, member) for path, member in members(value, _DEEPEST) if isinstance(member, list) and member)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORDS.findall(text)] or [""]
