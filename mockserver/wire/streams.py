"""Bodies that are a list of items, both directions: JSON lines, JSON text sequences and server-sent events.

The value is always the array of the items (OAS 3.2 §4.14.2.1). What one item is depends on the contract: with
`itemSchema`, or with a `schema` that is no array, the shape is that of each item; see `is_per_item`. An event is its
`data` as JSON, which is how contracts before 3.2 mean it, or, with `itemSchema`, the whole event.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from mockserver.values import JSON
from mockserver.wire import json
from mockserver.wire.coerce import read, to_text
from mockserver.wire.media_type import MediaRange
from mockserver.wire.reading import Decoded, SpellingError, UnspellableError, keyed, listed, noted
from mockserver.wire.shape import Shape
from mockserver.wire.specs import BodySpec
from mockserver.wire.whole import json_of, utf8

_RECORD_SEPARATOR: Final = b"\x1e"
_LINE: Final = re.compile("\r\n|\r|\n")
_FIELDS: Final = ("event", "id", "retry", "data")
_LONGEST_PAUSE: Final = 20  # digits of milliseconds
_DONE: Final = "[DONE]"  # how several APIs say that a stream is over; it is no item


def is_per_item(spec: BodySpec) -> bool:
    """Tell whether the schema of a sequential media type judges each item, and not the array of all."""
    return spec.item or not spec.shape.suggests_array


def decode_lines(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode JSON lines; empty lines do not count."""
    del spec, media, lenient
    items: list[JSON] = []
    for number, line in enumerate(body.split(b"\n"), 1):
        if line.strip():
            items.append(_json_item(line.strip(), f"line {number}"))
    return Decoded(items)


def encode_lines(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode an array as JSON lines."""
    del spec
    return str(media), b"".join(json.dumps(item) + b"\n" for item in _list(value))


def decode_sequence(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode a JSON text sequence (RFC 7464 §2.1)."""
    del spec, media, lenient
    before, *texts = body.split(_RECORD_SEPARATOR)
    if before.strip():
        raise SpellingError("its first text has no record separator (0x1E) in front")
    items = [_json_item(text.strip(), f"text {n}") for n, text in enumerate(texts, 1) if text.strip()]
    return Decoded(items)


def encode_sequence(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode an array as a JSON text sequence (RFC 7464 §2.2)."""
    del spec
    return str(media), b"".join(_RECORD_SEPARATOR + json.dumps(item) + b"\n" for item in _list(value))


def decode_events(spec: BodySpec, media: MediaRange, body: bytes, *, lenient: bool) -> Decoded:
    """Decode server-sent events (HTML §9.2.6). An event that no empty line ends does not count, and is noted."""
    del media
    try:
        text = body.decode("utf-8").removeprefix("\ufeff")
    except UnicodeDecodeError as error:
        raise SpellingError(f"the event stream is not UTF-8 from octet {error.start} on") from error
    events, unfinished = _events(text)
    notes = ["its last event is not ended by an empty line, so no client sees it"] if unfinished else []
    if not spec.item and events and events[-1]["data"] == _DONE:
        events.pop()
        notes.append(f"it ends with {_DONE}, which is no item")
    items = [_item(spec, event, index, lenient=lenient) for index, event in enumerate(events)]
    return noted(listed(items), *notes)


def encode_events(spec: BodySpec, media: MediaRange, value: JSON) -> tuple[str, bytes]:
    """Encode an array as server-sent events.

    Lossy: a carriage return in a text comes back as a line feed (HTML §9.2.5); of whole events, all but `event`,
    `data`, `id` and `retry`, and events without data.
    """
    blocks: list[str] = []
    for index, item in enumerate(_list(value)):
        if spec.item and isinstance(item, dict):
            lines = [line for name in _FIELDS if item.get(name) is not None for line in _lines(name, item[name])]
        else:
            is_text = _shape(spec, index).sole == "string" and isinstance(item, str)
            lines = _lines("data", item if is_text else json.dumps(item).decode("utf-8"))
        blocks.append("".join(f"{line}\n" for line in lines) + "\n")
    return str(media), utf8("".join(blocks))


def _events(text: str) -> tuple[list[dict[str, str]], bool]:
    """Return the fields of each event that has data, and whether an unfinished one follows."""
    events: list[dict[str, str]] = []
    event: dict[str, str] = {}
    *lines, rest = _LINE.split(text)
    for line in lines:
        if line:
            _take(event, line)
            continue
        if "data" in event:
            events.append(event)
        event = {}
    _take(event, rest)
    return events, "data" in event


def _take(event: dict[str, str], line: str) -> None:
    """Take one line into an event; comments, unknown fields and impossible values are ignored."""
    name, _, text = line.partition(":")
    text = text.removeprefix(" ")
    possible = "\0" not in text if name == "id" else name != "retry" or (text.isascii() and text.isdigit())
    if name == "data" and "data" in event:
        event["data"] += "\n" + text
    elif name in _FIELDS and possible:
        event[name] = text


def _item(spec: BodySpec, event: Mapping[str, str], index: int, *, lenient: bool) -> Decoded:
    shape = _shape(spec, index)
    if spec.item:
        members = {name: read(text, shape.property(name), lenient=lenient) for name, text in event.items()}
        if "retry" in event and len(event["retry"]) < _LONGEST_PAUSE:
            members["retry"] = Decoded(int(event["retry"]))  # OAS 3.2 §4.14.3: a number, whatever the schema says
        return keyed(members)
    text = event["data"]
    if shape.sole == "string":
        return Decoded(text)
    try:
        return Decoded(json_of(text.encode("utf-8")))
    except SpellingError as error:
        if "string" in shape.kinds:
            return Decoded(text)
        raise SpellingError(f"event {index + 1}: {error}") from error


def _lines(name: str, value: JSON) -> list[str]:
    """Return the lines of one field; only data may have several."""
    lines = _LINE.split(to_text(value))
    if len(lines) > 1 and name != "data":
        raise UnspellableError(f"the {name} of an event cannot hold a line break")
    return [f"{name}: {line}" for line in lines]


def _shape(spec: BodySpec, index: int) -> Shape:
    return spec.shape if is_per_item(spec) else spec.shape.item(index)


def _json_item(text: bytes, place: str) -> JSON:
    try:
        return json_of(text)
    except SpellingError as error:
        raise SpellingError(f"{place}: {error}") from error


def _list(value: JSON) -> list[JSON]:
    if not isinstance(value, list):
        raise UnspellableError(f"a stream spells an array of items, not {value!r:.40}")
    return value
