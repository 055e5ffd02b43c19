"""What a value is here: JSON, and the frozen, slotted classes that everything else is made of.

A `Struct` is written like a dataclass (`class Place(Struct, frozen=True)`) and compared by content. Its class is made
in a thirtieth of the time and its values in a fifth: a request makes a dozen values, and a start some 250 classes.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct, ValidationError, convert, field
from msgspec.structs import asdict, force_setattr, replace

__all__ = ["JSON", "Struct", "ValidationError", "asdict", "convert", "field", "force_setattr", "replace"]

JSON: TypeAlias = Any
"""None, bool, int, float, str, list of JSON or dict of str to JSON.

Written as `Any` because mypy cannot narrow the recursive union without a cast at every step.
"""
