"""What we want of the figures, and whether they say so: the first table of the results."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import in_process
import plugin
from harness import ratio, spread, table
from starting import YARDSTICK
from under_load import above_bare

if TYPE_CHECKING:
    from collections.abc import Iterator

Aim: TypeAlias = tuple[str, float, float]
"""What is measured, the figure, and the most that it may be."""

_PETSTORE = (("steady", 0.9, 0.6), ("scalar", 0.5, 0.5), ("prism", 0.12, 0.12), ("flask on granian", 0.5, 0.5))
_GITHUB = (("steady", 0.25), ("prism", 0.01))
_MOST_RSS_MB, _MOST_PLUGIN_MS = 150.0, 30.0


def told(found: dict[str, Any]) -> str:
    """Return the table of the aims whose figures were taken."""
    lines = [
        [what, f"{figure:.3g}", f"{most:g}", "yes" if figure <= most else "NO"] for what, figure, most in _aims(found)
    ]
    return "\n".join(["## Aims", "", table(["what", "measured", "at most", "met"], lines), ""])


def _aims(found: dict[str, Any]) -> Iterator[Aim]:
    load = found.get("load", {})
    if "petstore" in load:
        yield from _petstore(load["petstore"]["servers"])
    if "github" in load:
        servers = load["github"]["servers"]
        for name, most in _GITHUB:
            yield from _ratio("github", servers, "GET", name, most)
        yield "github: MB of memory after load", servers["mockserver"]["rss_after_mb"], _MOST_RSS_MB
    start = found.get("start", {})
    for contract, other, most in (("github", "steady", 0.9), ("petstore", YARDSTICK, 2.0)):
        one = start.get(contract, {}).get(other)
        if one and one["s"]:
            yield f"{contract}: first 200 against {other}", ratio(start[contract]["mockserver"]["s"], one["s"]), most
    yield from _in_process(found)


def _petstore(servers: dict[str, Any]) -> Iterator[Aim]:
    for name, get, post in _PETSTORE:
        yield from _ratio("petstore", servers, "GET", name, get)
        yield from _ratio("petstore", servers, "POST", name, post)
    for row, where, _, _, figure in above_bare(servers):
        if where == "granian":
            yield f"petstore: {row} above a bare callable against Flask's above its own", figure, 0.3


def _ratio(contract: str, servers: dict[str, Any], row: str, name: str, most: float) -> Iterator[Aim]:
    figures = servers.get(name, {}).get("rows", {}).get(row, {})
    if "cpu_us" in figures:
        mine = servers["mockserver"]["rows"][row]["cpu_us"]
        yield f"{contract}: CPU of {row} against {name}", ratio(mine, figures["cpu_us"]), most


def _in_process(found: dict[str, Any]) -> Iterator[Aim]:
    if "growth" in found:
        costs = [one["us"] for one in found["growth"]["operations"].values()]
        yield "cost per request with 1,000 times the operations", costs[-1] / costs[0], 1.2
    if "process" in found:
        best = found["process"]
        yield "request through requests against responses", best[in_process.MOCKED] / best[in_process.STATIC], 2.0
    if "plugin" in found:
        yield "CPU ms that our plugin adds to a start of pytest", plugin.added(found["plugin"]), _MOST_PLUGIN_MS
    if "soak" in found:
        megabytes = [one["rss_mb"] for one in found["soak"]]
        yield "memory after a million requests against the first turn", spread(megabytes)["max"] / megabytes[0], 1.1
