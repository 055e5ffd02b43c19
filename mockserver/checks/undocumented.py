"""What an answer holds that the contract does not speak of.

An open object may have any property, so none of them breaks the contract; but a client that comes to need one has
nothing to hold on to. Only told, never a fault.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.contract.plan import MediaPlan
from mockserver.document.pointer import child
from mockserver.messages import BY_ID
from mockserver.schema.bundle import Bundle
from mockserver.values import JSON
from mockserver.violation import Violation

_UNIONS = ("allOf", "anyOf", "oneOf")
_CONDITIONAL = ("if", "then", "else")
_DEEPEST = 64


def undocumented(value: JSON, media: MediaPlan, operation: str) -> Iterator[Violation]:
    """Yield a finding for each property of an answer's body that no schema names."""
    if media.bundle is None:
        return
    values = value if media.per_item and isinstance(value, list) else [value]
    seen: dict[str, str] = {}
    for one in values:
        for pointer in _unnamed(one, [media.bundle.schema], media.bundle, ""):
            seen.setdefault(_without_numbers(pointer), pointer)
    uri, pointer = media.bundle.place(())
    for at in seen.values():
        yield Violation(
            "response-undocumented",
            "provider",
            BY_ID["response-undocumented"].level,
            operation,
            uri,
            pointer,
            f"body#{at}",
            f"{at} is not in the contract",
            "document it, if your client is to use it",
        )


def _without_numbers(pointer: str) -> str:
    return "/".join("*" if part.isdigit() else part for part in pointer.split("/"))


def _unnamed(value: JSON, schemas: Sequence[JSON], bundle: Bundle, at: str, depth: int = 0) -> Iterator[str]:
    if depth > _DEEPEST:
        return
    parts = [part for schema in schemas for part in _parts(schema, bundle, frozenset())]
    if isinstance(value, list):
        items = [part["items"] for part in parts if isinstance(part.get("items"), dict)]
        for index, item in enumerate(value):
            tuples = [part["prefixItems"][index] for part in parts if index < len(part.get("prefixItems", ()))]
            if tuples or items:
                yield from _unnamed(item, tuples or items, bundle, child(at, index), depth + 1)
    if not isinstance(value, dict) or not any("properties" in part for part in parts):
        return  # nothing is said of what it holds
    is_map = any("patternProperties" in part or isinstance(part.get("additionalProperties"), dict) for part in parts)
    for name, item in value.items():
        named = [part["properties"][name] for part in parts if name in part.get("properties", {})]
        if named:
            yield from _unnamed(item, named, bundle, child(at, name), depth + 1)
        elif not is_map:
            yield child(at, name)


def _parts(schema: JSON, bundle: Bundle, followed: frozenset[str]) -> Iterator[dict[str, JSON]]:
    """Yield a schema and all that may hold beside it: what any of them names is documented."""
    if not isinstance(schema, dict):
        return
    yield schema
    reference = schema.get("$ref")
    if isinstance(reference, str) and reference.startswith("#/$defs/") and reference not in followed:
        yield from _parts(bundle.schema["$defs"][reference[8:]], bundle, followed | {reference})
    for keyword in _UNIONS:
        for branch in schema.get(keyword, ()):
            yield from _parts(branch, bundle, followed)
    for keyword in _CONDITIONAL:
        yield from _parts(schema.get(keyword), bundle, followed)
