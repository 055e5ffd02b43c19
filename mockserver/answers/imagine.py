"""The value of an answer: the contract's own example where it is sound, else one that is generated.

An `Imagination` remembers a bounded number of compiled generators and of examples that are sound; what it says depends
on its arguments only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Final, Literal, TypeAlias

from mockserver.answers.changes import Path, changed
from mockserver.answers.files import file_of
from mockserver.answers.streams import ending_of, items_of, named_event
from mockserver.contract.plan import MediaPlan, ParameterPlan, bounded
from mockserver.generate.echo import WRAPPERS
from mockserver.generate.generator import Generator
from mockserver.generate.names import folded
from mockserver.schema.compile import Validator, Validators
from mockserver.schema.discriminated import discriminated
from mockserver.values import JSON, Struct, replace
from mockserver.wire.bodies import decode_body, encode_body
from mockserver.wire.json import joined_dumps, loads
from mockserver.wire.media_type import is_json
from mockserver.wire.parameters import encode_header
from mockserver.wire.reading import Decoded, UnspellableError
from mockserver.wire.specs import BodySpec

Source: TypeAlias = Literal["example", "generated"]
_TRIES = 8
_REMEMBERED = 4096
UNREAD: Final = object()
_EXPANDED = 64  # requests choose among many ways to expand, so few of them are kept
_GeneratorKey: TypeAlias = tuple[MediaPlan | ParameterPlan, frozenset[str]]


class SoundExample(Struct, frozen=True):
    """An example that keeps its schema. `raw` is set where the example is the text of the body itself."""

    name: str
    value: JSON
    raw: bytes | None = None


class Imagined(Struct, frozen=True):
    """A body as its full Content-Type and bytes, with the value it spells; a stream is sent in its `pieces`."""

    content_type: str
    body: bytes
    spelled: JSON
    source: Source
    pieces: tuple[bytes, ...] = ()

    @property
    def value(self) -> JSON:
        """The value; of a body that was written at once, read when somebody asks."""
        return loads(self.body) if self.spelled is UNREAD else self.spelled


class NoSuchExample(Struct, frozen=True):
    """A named example that does not exist or does not keep its schema."""

    name: str
    known: tuple[str, ...]


class _Way(Struct, frozen=True):
    """How bodies of one media type are made; `json` is the whole Content-Type of one JSON text, or nothing."""

    spec: BodySpec
    examples: tuple[SoundExample, ...]
    is_file: bool
    generator: Generator
    ends: bytes = b""
    json: str = ""


class Imagination:
    """Imagines answers for the plans of one contract."""

    def __init__(self, validators: Validators) -> None:
        self._validators = validators
        self._generators: dict[_GeneratorKey, Generator] = {}
        self._expanding: dict[_GeneratorKey, Generator] = {}
        self._examples: dict[MediaPlan, tuple[SoundExample, ...]] = {}
        self._ways: dict[tuple[MediaPlan, str], _Way] = {}

    def named(self, media: MediaPlan, content_type: str, name: str) -> Imagined | NoSuchExample:
        """Return the body of a named example, to the letter."""
        for example in self.examples(media):
            if example.name == name:
                return _spelled_example(media, content_type, example, example.value)
        return NoSuchExample(name, tuple(example.name for example in self.examples(media) if example.name))

    def body(
        self,
        media: MediaPlan,
        content_type: str,
        seed: int,
        *,
        wanted: Mapping[str, JSON],
        dynamic: bool = False,
        operation: JSON = None,
        expanded: frozenset[str] = frozenset(),
        part: Callable[[JSON], JSON] | None = None,
    ) -> Imagined:
        """Return a body: the first sound example with the wanted values put in, or a generated one.

        `operation` is its tree, whose texts may tell how a stream ends; `part` takes out of a sound value what is asked
        for, and keeps it sound.
        """
        way = self._ways.get((media, content_type)) or self._way(media, content_type, operation)
        if way.examples and not dynamic:
            example = way.examples[0]
            value = _with_wanted(media, example.value, wanted)
            value = part(value) if part is not None else value
            return _spelled_example(media, content_type, example, value)
        if way.is_file:
            return Imagined(content_type, file_of(content_type), None, "generated")
        generator = self._generator(media, expanded) if expanded else way.generator
        text = self._text(generator, seed, wanted, part) if way.json else None
        if text is not None:
            return Imagined(way.json, text, UNREAD, "generated")
        for further in range(_TRIES):
            try:
                if media.per_item:
                    return self._stream(media, way, content_type, seed + further, wanted)
                value = generator.draw(seed + further, wanted=wanted)
                value = part(value) if part is not None else value
                full, body = encode_body(way.spec, value)
            except UnspellableError:  # what the media type cannot carry, such as a control character in XML
                continue
            return Imagined(full, body, value, "generated")
        return Imagined(content_type, file_of(content_type), None, "generated")

    def _text(
        self, generator: Generator, seed: int, wanted: Mapping[str, JSON], part: Callable[[JSON], JSON] | None
    ) -> bytes | None:
        """Return the text of a generated value that need not be drawn first; None where it has to be."""
        if part is None:
            return generator.write(seed, wanted=wanted)
        outline = generator.outline(seed, wanted=wanted)
        try:
            return joined_dumps(part(outline)) if outline is not None else None
        except TypeError:
            return None

    def _way(self, media: MediaPlan, content_type: str, operation: JSON) -> _Way:
        is_file = (media.bundle is None and not is_json(content_type)) or _is_opaque(media, content_type)
        ends = ending_of(media, operation) if media.per_item else b""
        spec = _spec_of(media, content_type)
        one_text = is_json(spec.media_type) and not media.per_item
        full = encode_body(spec, None)[0] if one_text else ""
        way = _Way(spec, self.examples(media), is_file, self._generator(media), ends, full)
        return bounded(self._ways, _REMEMBERED).setdefault((media, content_type), way)

    def _stream(
        self, media: MediaPlan, way: _Way, content_type: str, seed: int, wanted: Mapping[str, JSON]
    ) -> Imagined:
        fits = media.validator.is_valid if media.validator is not None else _anything
        items, tag = items_of(way.generator, fits, seed, wanted)
        pieces = [encode_body(way.spec, [item])[1] for item in items]
        if tag and not way.spec.item and content_type.startswith("text/event-stream"):
            pieces = [named_event(tag, item) + piece for item, piece in zip(items, pieces, strict=True)]
        pieces += [way.ends] if way.ends else []
        return Imagined(encode_body(way.spec, [])[0], b"".join(pieces), items, "generated", tuple(pieces))

    def value(self, media: MediaPlan, seed: int, *, wanted: Mapping[str, JSON]) -> JSON:
        """Return a generated value; raise Unsatisfiable when the schema admits none."""
        return self._generator(media).draw(seed, wanted=wanted)

    def header(self, plan: ParameterPlan, seed: int) -> tuple[str, ...]:
        """Return the lines of a response header; none for an optional one that would be empty."""
        for example in plan.parameter.examples:
            if example.value is not None and (plan.validator is None or plan.validator.is_valid(example.value)):
                with suppress(UnspellableError):
                    return encode_header(plan.spec, example.value)
        generator = self._generator(plan)
        lines: tuple[str, ...] = ()
        for further in range(_TRIES):  # an empty list is spelled as nothing, and nobody reads nothing as a list
            try:
                lines = encode_header(plan.spec, generator.draw(seed + further, name=plan.parameter.name))
            except UnspellableError:
                continue  # characters that no header can carry (RFC 9110 §5.5)
            if any(lines):
                return lines
        return lines if plan.parameter.required else ()

    def examples(self, media: MediaPlan) -> tuple[SoundExample, ...]:
        """Return the examples that keep their schema."""
        found = self._examples.get(media)
        if found is None:
            sound = _sound(media)
            judge = self._without_discriminator(media) if sound else None
            if judge is not None:
                sound = [example for example in sound if judge.is_valid(example.value)]
            found = bounded(self._examples, _REMEMBERED)[media] = tuple(sound)
        return found

    def _without_discriminator(self, media: MediaPlan) -> Validator | None:
        """Return what JSON Schema alone says, where a discriminator decides otherwise: many a client knows none.

        OAS 3.0.4 §4.7.25: the discriminator MUST NOT change the validation outcome.
        """
        schema = media.bundle.schema if media.bundle is not None else True
        return self._validators.compile(schema) if discriminated(schema) != schema else None

    def _generator(self, plan: MediaPlan | ParameterPlan, expanded: frozenset[str] = frozenset()) -> Generator:
        memory = self._expanding if expanded else self._generators
        found = memory.get((plan, expanded))
        if found is None:
            schema = plan.bundle.schema if plan.bundle is not None else True
            found = Generator(schema, self._validators, expanded=expanded)
            bounded(memory, _EXPANDED if expanded else _REMEMBERED)[plan, expanded] = found
        return found


def _sound(media: MediaPlan) -> list[SoundExample]:
    found = []
    for example in media.media.examples:
        sound = sound_example(media, example.name, example.value)
        if sound is not None and not example.external:
            found.append(sound)
    if media.bundle is not None and not media.spec.item:
        for value in schema_examples(media.bundle.schema):
            sound = sound_example(media, "", value)
            if sound is not None:
                found.append(sound)
    return found


def sound_example(media: MediaPlan, name: str, value: JSON) -> SoundExample | None:
    """Return the example if it keeps its schema: as a value, as JSON text, or as the text of the body itself."""
    if media.accepts(value) and not (
        isinstance(value, str) and not is_json(media.media.name) and not _says_string(media)
    ):
        return SoundExample(name, value)
    if not isinstance(value, str):
        return None
    if is_json(media.media.name):
        try:
            parsed = loads(value.encode())
        except ValueError:
            return None
        return SoundExample(name, parsed) if media.accepts(parsed) else None
    raw = value.encode()
    outcome = decode_body(media.spec, media.media.name, raw)
    if isinstance(outcome, Decoded) and media.accepts(outcome.value):
        return SoundExample(name, outcome.value, raw)
    return None


def _says_string(media: MediaPlan) -> bool:
    return media.bundle is not None and "string" in media.spec.shape.kinds and not media.spec.shape.unconstrained


def schema_examples(schema: JSON) -> Sequence[JSON]:
    """Return what the schema itself gives as example, through its references (OAS 3.0.3 §4.7.24; 3.1 §4.8.24)."""
    node = schema
    for _ in range(16):
        if not isinstance(node, dict):
            return ()
        if "example" in node:
            return (node["example"],)
        if isinstance(node.get("examples"), list):
            return tuple(node["examples"])
        reference = node.get("$ref")
        if not isinstance(reference, str):
            return ()
        node = schema["$defs"].get(reference.removeprefix("#/$defs/"))
    return ()


def _spelled_example(media: MediaPlan, content_type: str, example: SoundExample, value: JSON) -> Imagined:
    if example.raw is not None and value is example.value:
        return Imagined(content_type, example.raw, value, "example")
    return spelled(media, content_type, value, "example")


def spelled(media: MediaPlan, content_type: str, value: JSON, source: Source) -> Imagined:
    """Spell a value as a body of the chosen media type, a stream item by item."""
    spec = _spec_of(media, content_type)
    full, body = encode_body(spec, value)
    if not media.per_item or not isinstance(value, list):
        return Imagined(full, body, value, source)
    return Imagined(full, body, value, source, tuple(encode_body(spec, [item])[1] for item in value))


def _spec_of(media: MediaPlan, content_type: str) -> BodySpec:
    """Return how a body is spelled when a range is documented and one type of it was negotiated."""
    return media.spec if media.spec.media_type == content_type else replace(media.spec, media_type=content_type)


def _is_opaque(media: MediaPlan, content_type: str) -> bool:
    """Tell whether the body is a file, so that a text made for its schema would be no such file."""
    if is_json(content_type) or media.bundle is None or not isinstance(media.bundle.schema, dict):
        return False
    schema = media.bundle.schema
    if schema.get("format") == "binary" or (media.spec.shape.unconstrained and not content_type.startswith("text/")):
        return True
    kind = content_type.partition("/")[0]
    return kind in {"image", "audio", "video", "font"} or content_type.startswith(
        ("application/pdf", "application/zip", "application/gzip", "application/octet-stream")
    )


def _with_wanted(media: MediaPlan, value: JSON, wanted: Mapping[str, JSON]) -> JSON:
    """Put wanted values into an example where it has the property, itself or in what it wraps, and stays sound."""
    changes: dict[Path, tuple[JSON, ...]] = {}
    path: Path = ()
    holder = value
    while isinstance(holder, dict) and wanted:
        spelled = {folded(name): name for name in reversed(holder)}
        for name, given in wanted.items():
            own = name if name in holder else spelled.get(folded(name), "")
            if own in holder and own not in WRAPPERS and holder[own] != given:
                changes[*path, own] = (given,)
        inner = next((name for name in holder if name in WRAPPERS), "")
        path, holder = (*path, inner), holder.get(inner)
    return changed(value, changes, media.accepts) if changes else value


def _anything(_value: JSON) -> bool:
    return True
