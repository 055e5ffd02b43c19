"""Specs for tests, from small schemas."""

from hypothesis import settings

from mockserver.values import JSON
from mockserver.wire.specs import BodySpec, ParameterSpec
from mockserver.wire.suggest import shape_of

LAW = settings(max_examples=60, derandomize=True, deadline=None, database=None)
EACH = settings(LAW, max_examples=20)  # for laws that are asked of many combinations

STRING = {"type": "string"}
INTEGER = {"type": "integer"}
STRINGS = {"type": "array", "items": STRING}
INTEGERS = {"type": "array", "items": INTEGER}
COLOR = {"type": "object", "properties": dict.fromkeys("RGB", INTEGER)}


def parameter(
    schema: JSON, location="query", style="form", *, explode=True, name="color", bundle=None, **more
) -> ParameterSpec:
    return ParameterSpec(
        name=name,
        location=location,
        style=style,
        explode=explode,
        required=False,
        shape=shape_of(schema, bundle),
        **more,
    )


def body(schema: JSON, media_type="application/json", **more) -> BodySpec:
    return BodySpec(media_type, shape_of(schema), **more)
