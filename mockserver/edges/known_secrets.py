"""The credentials that this process knows: what its environment holds under names of secrets."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Final

from mockserver.cassette.secret_words import is_doubtful_name, is_secret_name, looks_random
from mockserver.jobs.configuration import ServiceSettings

_SHORTEST: Final = 8


def known_secrets(services: Iterable[ServiceSettings] = ()) -> frozenset[str]:
    """Return values of the environment that must never be written, and those that the configuration names."""
    templates = " ".join(word for one in services for each in one.auth for word in each.words.values())
    return frozenset(
        value
        for name, value in os.environ.items()
        if len(value) >= _SHORTEST
        and (f"${name}" in templates or f"${{{name}}}" in templates or _is_secret(name, value))
    )


def _is_secret(name: str, value: str) -> bool:
    lower = name.lower()
    if "/" in value and not looks_random(value):
        return False  # a path, such as that of an agent's socket
    return is_secret_name(lower) or (is_doubtful_name(lower) and looks_random(value))
