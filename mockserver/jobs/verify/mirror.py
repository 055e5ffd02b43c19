"""The mirror contract: what is said to a client, and what it is answered, as the request body of a made-up operation.

A generator of requests then draws typed arguments and conforming answers, which no generator offers by itself. The
mirror is a document like any other and is judged by nobody: what is drawn from it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mockserver.generate.flat import is_read_only
from mockserver.jobs.verify.answers import Given
from mockserver.jobs.verify.cases import Case, Cases, Direction, Place
from mockserver.jobs.verify.spellable import is_carried, is_spellable
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON, Struct, field
from mockserver.wire.media_type import is_json

_PARTS = "parts"


class Mirror(Struct, frozen=True):
    """A document, and for each of its paths how what is drawn there becomes a case."""

    document: JSON
    paths: tuple[str, ...]
    cases: Cases
    givens: Mapping[str, Given]
    places: Mapping[str, Place]
    required: frozenset[str] = frozenset()

    def case(self, path: str, drawn: JSON) -> Case | None:
        """Return the case that was drawn, or None for one that nobody can spell."""
        given = self.givens.get(path)
        if given is not None:
            value = drawn.get("answer")
            if given.media is None or not (is_json(given.media.media.name) or is_carried(given.media, value)):
                return None
            if not given.media.accepts(value):
                return None
            direction: Direction = "refused" if given.status >= 400 else "answered"
            again = Given(given.status, given.documented, given.media, value, "drawn")
            return Case(direction, self.cases.least(), again, "drawn")
        case = self._said(drawn)
        return self.cases.apart(case) if case is not None else None

    def _said(self, drawn: JSON) -> Case | None:
        if not self.required <= drawn.keys():
            return None
        said = {place: value for key, place in self.places.items() if (value := drawn.get(key, ...)) is not ...}
        for entry in self.cases.parameters():
            place = (entry.parameter.location, entry.parameter.name)
            value = said.get(place)
            if place in said and not is_spellable(entry, value):
                said[place] = value = _tidied(value, plainly=place[0] in {"header", "cookie"})
            if place in said and (
                not is_spellable(entry, value) or not (entry.validator is None or entry.validator.is_valid(value))
            ):
                return None
        media = self.cases.request_media()
        body = said.pop(("body",), None)
        if media is not None and ("body",) in self.places.values() and "body" in drawn:
            if not is_carried(media, body) or not media.accepts(body):
                return None
            if ("body",) in self.cases.places:
                said["body",] = body
            elif isinstance(body, dict):
                said.update(
                    {("body", name): value for name, value in body.items() if ("body", name) in self.cases.tops()}
                )
        return Case("sent", said, None, "drawn")


def _tidied(value: JSON, *, plainly: bool) -> JSON:
    """Return a value with what no parameter can carry taken out of its texts."""
    match value:
        case str():
            return "".join(each for each in value if each.isprintable() and (each.isascii() or not plainly)).strip()
        case list():
            return [_tidied(item, plainly=plainly) for item in value]
        case dict():
            return {name: _tidied(item, plainly=plainly) for name, item in value.items()}
        case _:
            return value


class _Writer(Struct):
    """Schemas of several bundles in one document."""

    schemas: dict[str, JSON] = field(default_factory=dict)
    known: dict[int, JSON] = field(default_factory=dict)

    def written(self, bundle: Bundle | None, *, sent: bool = False) -> JSON:
        """Return the schema, its definitions moved to the document's components; what is sent has no `readOnly`."""
        if bundle is None:
            return {"type": "string"}
        if id(bundle) not in self.known:
            names = {name: f"s{len(self.known)}_{number}" for number, name in enumerate(_definitions(bundle.schema))}
            for name, new in names.items():
                self.schemas[new] = _moved(bundle.schema["$defs"][name], names, bundle.schema if sent else None)
            self.known[id(bundle)] = _moved(
                {key: value for key, value in bundle.schema.items() if key != "$defs"}
                if isinstance(bundle.schema, dict)
                else bundle.schema,
                names,
                bundle.schema if sent else None,
            )
        return self.known[id(bundle)]


def _definitions(schema: JSON) -> Iterator[str]:
    yield from schema.get("$defs", ()) if isinstance(schema, dict) else ()


def _moved(node: JSON, names: Mapping[str, str], sent: JSON) -> JSON:
    """Return a schema with its references moved; where it is `sent` (the whole bundle), without what is read only."""
    if isinstance(node, list):
        return [_moved(item, names, sent) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _moved(value, names, sent) for key, value in node.items() if key != "discriminator"}
    properties = node.get("properties")
    if sent is not None and isinstance(properties, dict):
        read_only = {name for name, schema in properties.items() if is_read_only(sent, schema)}
        out["properties"] = {name: False if name in read_only else schema for name, schema in out["properties"].items()}
    reference = out.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        out["$ref"] = f"#/components/schemas/{names[reference.removeprefix('#/$defs/')]}"
    return out


def mirror(cases: Cases, directions: Sequence[Direction]) -> Mirror:
    """Return the mirror of one operation: a path for what is said, one for each documented answer."""
    writer = _Writer()
    paths: dict[str, JSON] = {}
    givens: dict[str, Given] = {}
    places: dict[str, Place] = {}
    required: list[str] = []
    if "sent" in directions:
        properties: dict[str, JSON] = {}
        for entry in cases.parameters():
            key = f"{entry.parameter.location} {entry.parameter.name}"
            places[key] = (entry.parameter.location, entry.parameter.name)
            properties[key] = writer.written(entry.bundle)
            if entry.parameter.required or any(place[:2] == places[key] for place in cases.must):
                required.append(key)
        media = cases.request_media()
        if media is not None:
            places["body"] = ("body",)
            properties["body"] = writer.written(media.bundle, sent=True)
            if cases.plan.body is not None and cases.plan.body.required:
                required.append("body")
        if properties:
            paths["/sent"] = _operation("sent", properties, required)
    for number, given in enumerate(_leasts(cases)):
        direction: Direction = "refused" if given.status >= 400 else "answered"
        if direction in directions and given.media is not None and given.media.bundle is not None:
            path = f"/answered{number}"
            givens[path] = given
            paths[path] = _operation(path[1:], {"answer": writer.written(given.media.bundle)}, ["answer"])
    document = {
        "openapi": "3.1.0",
        "info": {"title": "mirror", "version": "1"},
        "paths": paths,
        "components": {"schemas": writer.schemas},
    }
    return Mirror(document, tuple(paths), cases, givens, places, frozenset(required))


def _leasts(cases: Cases) -> Iterator[Given]:
    """Yield one answer for each status and media type; of errors, only the first of each schema."""
    seen: set[tuple[int, str]] = set()
    errors: set[int] = set()
    for given in cases.answers():
        key = (given.status, given.media.media.name if given.media is not None else "")
        if key in seen or given.media is None:
            continue
        seen.add(key)
        if given.status >= 400:
            if id(given.media.validator) in errors:
                continue
            errors.add(id(given.media.validator))
        yield given


def _operation(name: str, properties: Mapping[str, JSON], required: Sequence[str]) -> JSON:
    schema = {
        "type": "object",
        "properties": dict(properties),
        "required": list(required),
        "additionalProperties": False,
    }
    return {
        "post": {
            "operationId": name,
            "requestBody": {"required": True, "content": {"application/json": {"schema": schema}}},
            "responses": {"200": {"description": _PARTS}},
        }
    }
