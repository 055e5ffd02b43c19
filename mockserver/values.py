"""What a document or a body holds."""

from __future__ import annotations

from typing import Any, TypeAlias

JSON: TypeAlias = Any
"""None, bool, int, float, str, list of JSON or dict of str to JSON.

Written as `Any` because mypy cannot narrow the recursive union without a cast at every step.
"""
