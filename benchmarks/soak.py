"""Memory after a million requests: it must be what it was after the first few thousand."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

from harness import load, rss_mb, running, table
from subjects import ours, subjects

if TYPE_CHECKING:
    from harness import Running


def measure(requests: int) -> list[dict[str, Any]]:
    """Ask all kinds of requests in turns until there were so many; return memory after each turn."""
    subject = subjects(["petstore"])[0]
    found: list[dict[str, Any]] = []
    done, begun = 0.0, time.monotonic()
    with running(ours(subject), subject.rows[0], subject.headers) as at:
        while done < requests:
            for row in subject.rows:
                done += _turn(at, row, subject.headers)
            found.append({"requests": round(done), "rss_mb": rss_mb(at.process.pid)})
            print(f"\rsoak: {done:.0f} of {requests}, {found[-1]['rss_mb']:.0f} MB", end="", file=sys.stderr)
    print(f", {time.monotonic() - begun:.0f} s", file=sys.stderr)
    return found


def _turn(at: Running, row: Any, headers: Any, seconds: float = 5) -> float:
    return load(at, row, headers, seconds)["requests"]


def told(found: list[dict[str, Any]]) -> str:
    """Return the table: about ten lines of it."""
    step = max(1, len(found) // 10)
    lines = [[one["requests"], f"{one['rss_mb']:.1f}"] for one in [*found[::step], found[-1]]]
    return "\n".join(["## Soak", "", table(["requests", "RSS MB"], lines), ""])
