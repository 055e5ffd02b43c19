"""The frozen faults: each mutant is a correct client with one piece of text exchanged.

Knows files and text; does not know how a fault is found.
"""

from __future__ import annotations

import sys
import tomllib
import types
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Mutant:
    """A fault of one client; `source` is the whole file with it."""

    client: str
    name: str
    why: str
    source: str


def original(client: str) -> Mutant:
    """Return the correct client."""
    return Mutant(client, "", "", (HERE / f"{client}_client.py").read_text(encoding="utf-8"))


def mutants(client: str) -> Iterator[Mutant]:
    """Yield the faults of one client, in the order of the list."""
    source = original(client).source
    for entry in tomllib.loads((HERE / f"{client}.toml").read_text(encoding="utf-8"))["mutant"]:
        if source.count(entry["old"]) != 1:
            raise ValueError(f"{client}: {entry['name']}: the text stands {source.count(entry['old'])} times")
        yield Mutant(client, entry["name"], entry["why"], source.replace(entry["old"], entry["new"]))


def loaded(mutant: Mutant) -> types.ModuleType:
    """Return the client as a module of its own name."""
    module = types.ModuleType(f"{mutant.client}_client")
    module.__file__ = str(HERE / f"{mutant.client}_client.py")
    sys.modules[module.__name__] = module
    exec(compile(mutant.source, module.__file__, "exec"), module.__dict__)
    return module


if __name__ == "__main__":
    for client in ("shipping", "payments"):
        loaded(original(client))
        print(f"{client}: {sum(1 for mutant in mutants(client) if loaded(mutant))} mutants")
