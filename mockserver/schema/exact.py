"""Integers as draft 4 has them.

OAS 2.0 and 3.0.3 §4.4 define an integer as a JSON number without a fraction or exponent part; 2020-12 (core §4.2.3)
sees no difference between `1` and `1.0`. A bundle is 2020-12, so where the contract's dialect is stricter, each `type`
that admits integers and not all numbers is told to the engine in draft 4's own words, just before it is compiled.
"""

from __future__ import annotations

from mockserver.schema.dialects import LISTS, MAPS, SINGLE
from mockserver.values import JSON

_DRAFT_4 = "http://json-schema.org/draft-04/schema#"


def exact(schema: JSON) -> JSON:
    """Return a bundle for which `1.0` is no integer.

    >>> exact({"type": "integer", "minimum": 1})
    {'minimum': 1, 'allOf': [{'$schema': 'http://json-schema.org/draft-04/schema#', 'type': 'integer'}]}
    """
    if not isinstance(schema, dict):
        return schema
    out = {keyword: _below(keyword, value) for keyword, value in schema.items()}
    types = out.get("type")
    if types is not None and "integer" in types and "number" not in types:
        del out["type"]
        out["allOf"] = [*out.get("allOf", []), {"$schema": _DRAFT_4, "type": types}]
    return out


def _below(keyword: str, value: JSON) -> JSON:
    if keyword in SINGLE:
        return exact(value)
    if keyword in LISTS:
        return [exact(item) for item in value]
    if keyword in MAPS or keyword == "$defs":
        return {name: exact(item) for name, item in value.items()}
    return value
