"""What no table can say about one object of OpenAPI 2.0.

Knows one object at a time. Does not know where it is used (that is rules_whole).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.checks.document.flaw import Flaw, Place, called, pointer_of, structural
from mockserver.checks.document.leaves import MEDIA_RANGE, TOKEN
from mockserver.checks.document.rules_3 import Rule, required_path_parameter, responses, schema, unique_tags
from mockserver.schema.dialects import Version
from mockserver.values import JSON

_ASSERTIONS: Final = (
    "allOf",
    "properties",
    "additionalProperties",
    "items",
    "required",
    "enum",
    "nullable",
    "pattern",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "multipleOf",
    "minItems",
    "maxItems",
    "minProperties",
    "maxProperties",
)


def _parameter(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    name, written = called("parameter", value, place), value.get("name")
    yield from _items(value, place, name)
    if value.get("in") == "path":
        yield from required_path_parameter(value, place, version)
    if value.get("in") == "header" and isinstance(written, str) and not TOKEN.fullmatch(written):
        message = f"{name} has a name that HTTP does not allow for a header"
        yield structural((place, "name", False), message, "use letters, digits and -")


def _header(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    yield from _items(value, place, called("header", value, place))


def _nested(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    yield from _items(value, place, "items")


def _items(value: dict[str, JSON], place: Place, name: str) -> Iterator[Flaw]:
    """OAS 2.0 "Parameter Object": items is required if the type is array."""
    if value.get("type") == "array" and "items" not in value:
        yield structural(place, f"{name} is an array without items", "add items: {type: string}, for example")


def _response(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    """OAS 2.0 "Example Object": the names are media types."""
    examples = value.get("examples")
    for key in examples if isinstance(examples, dict) else ():
        if not MEDIA_RANGE.fullmatch(str(key)) and not str(key).startswith("x-"):
            at = pointer_of(((place, "examples", False), key, True))
            message = f"the example {key} of {called('response', value, place)} is not named after a media type"
            yield Flaw("document-media-type", at, message, "name it application/json, for example", "warning")


def _schema(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    yield from schema(value, place, version)
    if "$ref" not in value:
        return
    idle = [keyword for keyword in _ASSERTIONS if keyword in value]
    if idle:
        # OAS 2.0 "Reference Object" is a JSON Reference: its other members are ignored
        verb = "is" if len(idle) == 1 else "are"
        message = f"{', '.join(idle)} beside the $ref of {called('schema', value, place)} {verb} ignored"
        yield structural(place, message, "wrap the reference: allOf: [{$ref: ...}]", level="warning")


RULES_2: Final[Mapping[str, Rule]] = {
    "OpenAPI": unique_tags,
    "FormParameter": _parameter,
    "QueryParameter": _parameter,
    "HeaderParameter": _parameter,
    "PathParameter": _parameter,
    "Items": _nested,
    "Header": _header,
    "Response": _response,
    "Responses": responses,
    "SchemaObject": _schema,
}
