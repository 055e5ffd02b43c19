"""Events as lines of the standard library's logging: one sentence, and every field as an attribute of the record.

Knows no client: a name, a level and fields come in. What is logged has no headers and no bodies.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import Any, Final, Literal, TypeAlias

Level: TypeAlias = Literal["debug", "info", "warning"]

LOGGER: Final = "mockserver.client"
_LEVELS: Final = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING}
_LOGGER: Final = logging.getLogger(LOGGER)


def log(event: str, level: Level, fields: Mapping[str, Any]) -> None:
    """Write one event; a field `status` is the attribute `status` of the record, and stands in the line."""
    number = _LEVELS[level]
    if _LOGGER.isEnabledFor(number):
        told = " ".join(f"{name}={_spelled(value)}" for name, value in fields.items() if value not in (None, ""))
        # "name" and the like belong to the record itself
        _LOGGER.log(number, "%s %s", event, told, extra={"event": event, **fields})


def _spelled(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    text = str(value)
    return repr(text) if not text.isprintable() or " " in text else text
