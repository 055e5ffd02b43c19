"""What a method is told: an argument for each thing that is to be said, and what of it must reach the wire."""

from __future__ import annotations

import keyword
import re

from mockserver.api.clients.bound import Binding
from mockserver.edges.consumer.members import is_unsaid
from mockserver.edges.consumer.methods import Notes
from mockserver.edges.consumer.watched import looked_at, watched
from mockserver.jobs.verify.cases import Place, Said
from mockserver.values import JSON


def arguments_of(binding: Binding, said: Said) -> tuple[dict[str, JSON], dict[Place, JSON]]:
    """Return the arguments for what is said, and what must arrive."""
    arguments: dict[str, JSON] = dict(binding.fixed)
    expected: dict[Place, JSON] = {}
    if binding.function is not None:
        said = {place: watched(value) for place, value in said.items()}
    left = dict(said)
    for bound in binding.bound:
        for one in bound:
            if one.place is None or one.place not in said:
                continue
            value = said[one.place]
            left.pop(one.place, None)
            if one.parameter.name not in arguments:
                arguments[one.parameter.name] = value
            if not is_unsaid(value, one.parameter.default):
                expected[one.place] = value
    if binding.more:
        for place, value in left.items():
            arguments[_keyword(place[-1])] = value
            if value is not None:
                expected[place] = value
    return arguments, expected


def expressed_of(expected: dict[Place, JSON], said: Said, notes: Notes) -> tuple[dict[Place, JSON], bool]:
    """Return what of the expected the arguments express, and whether some of it has no words in the client's types."""
    expressed: dict[Place, JSON] = {}
    lossy = False
    for place, value in expected.items():
        if not _unknown(place, notes):
            part, any_of_it = looked_at(value, notes.expressed, said[place])
            lossy = lossy or part != said[place]
            if any_of_it:
                expressed[place] = part
    return expressed, lossy


def _keyword(name: str) -> str:
    """Return a contract's name as Python would write it.

    >>> _keyword("Idempotency-Key"), _keyword("collectOn"), _keyword("from")
    ('idempotency_key', 'collect_on', 'from_')
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    snake = re.sub(r"[^A-Za-z0-9]+", "_", snake).strip("_").lower()
    return f"{snake}_" if keyword.iskeyword(snake) else snake


def _unknown(place: Place, notes: Notes) -> bool:
    """Tell whether the method has no parameter for what was said."""
    return _keyword(place[-1]) in notes.unknown
