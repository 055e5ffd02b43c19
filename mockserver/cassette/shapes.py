"""What values have in common: a schema (JSON Schema 2020-12) that all of them keep, and no looser than they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from mockserver.values import JSON

_FORMATS: Final = (
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")),
    ("date-time", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")),
    ("date", re.compile(r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])")),
    ("uri", re.compile(r"https?://[A-Za-z0-9._~:/?#\[\]@!$&'()*+,;=%-]+")),
    ("email", re.compile(r"[A-Za-z0-9._+-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")),
)
_IDENTITY: Final = re.compile(
    r"\d+|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|(?=.*\d)[A-Za-z0-9_-]{12,}|[A-Za-z]{1,8}_(?=.*\d)[A-Za-z0-9]{6,}"
)
_MANY_NAMES: Final = 40


def looks_like_id(text: str) -> bool:
    """Tell whether a text names one thing of many.

    >>> [looks_like_id(text) for text in ("42", "ch_45c48cce2e2d", "shipments", "v2")]
    [True, True, False, False]
    """
    return _IDENTITY.fullmatch(text) is not None


def schema_of(values: Sequence[JSON]) -> dict[str, JSON]:
    """Return the schema of values that were seen.

    >>> schema_of([{"id": 1}, {"id": None, "at": "2026-11-22"}])["required"]
    ['id']
    """
    kinds = sorted({_kind(value) for value in values})
    if {"integer", "number"} <= set(kinds):
        kinds.remove("integer")
    schema: dict[str, JSON] = {"type": kinds[0] if len(kinds) == 1 else kinds} if kinds else {}
    texts = [value for value in values if isinstance(value, str)]
    if texts:
        schema.update(_format(texts))
    objects = [value for value in values if isinstance(value, dict)]
    if objects:
        schema.update(_object(objects))
    items = [item for value in values if isinstance(value, list) for item in value]
    if items:
        schema["items"] = schema_of(items)
    return schema


def _kind(value: JSON) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int():
            return "integer"
        case float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"


def _format(texts: Sequence[str]) -> dict[str, JSON]:
    return next(({"format": name} for name, form in _FORMATS if all(form.fullmatch(text) for text in texts)), {})


def _object(objects: Sequence[dict[str, JSON]]) -> dict[str, JSON]:
    names = list(dict.fromkeys(name for one in objects for name in one))
    if len(names) > _MANY_NAMES or (len(names) > 2 and all(map(looks_like_id, names))):
        return {"additionalProperties": schema_of([value for one in objects for value in one.values()])}
    required = [name for name in names if all(name in one for one in objects)]
    properties = {name: schema_of([one[name] for one in objects if name in one]) for name in names}
    return {**({"required": required} if required else {}), "properties": properties}


def typed(text: str) -> JSON:
    """Return a text of a query or a form as the value that it spells.

    >>> typed("12"), typed("true"), typed("012")
    (12, True, '012')
    """
    if text in {"true", "false"}:
        return text == "true"
    if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text):
        return int(text)
    return float(text) if re.fullmatch(r"-?(0|[1-9]\d*)\.\d{1,15}", text) else text
