"""From nothing to the first 200: seconds, CPU, memory. Ours beside the least Flask application and the peers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from harness import Server, ratio, rss_mb, running, spread, table
from subjects import Subject, ours, peers, yardsticks

if TYPE_CHECKING:
    from collections.abc import Sequence

YARDSTICK = "flask on our server"
SLOW_S = 10.0
"""A start that takes longer is measured once."""


def measure(subjects: Sequence[Subject], rounds: int) -> dict[str, Any]:
    """Return what each start took, round by round; the yardstick starts in every round."""
    found: dict[str, Any] = {}
    yardstick = next(one for one in yardsticks() if one.name == YARDSTICK)
    for number in range(rounds + 1):
        for subject in subjects:
            least = [Server(YARDSTICK, yardstick.command)] if subject.name == "petstore" else []
            for server in (ours(subject), *least, *peers(subject)[0]):
                print(f"\rstart: round {number} of {rounds}, {subject.name:10}", end="", file=sys.stderr)
                if number > 1 and found[subject.name][server.name].get("slow"):
                    continue
                kept = found.setdefault(subject.name, {}).setdefault(server.name, {"s": [], "cpu_s": [], "rss_mb": []})
                try:
                    with running(server, subject.rows[0], subject.headers) as up:
                        figures = (up.up_s, up.start_cpu_s, rss_mb(up.process.pid))
                except TimeoutError:
                    kept["silent"] = kept["slow"] = True
                    continue
                kept["slow"] = up.up_s > SLOW_S
                for name, figure in zip(("s", "cpu_s", "rss_mb"), figures, strict=True):
                    if number:  # round 0 brings the files into memory
                        kept[name].append(figure)
    print(file=sys.stderr)
    return found


def told(found: dict[str, Any]) -> str:
    """Return the table."""
    lines = []
    for subject, servers in found.items():
        mine = servers["mockserver"]
        for name, one in servers.items():
            if one.get("silent") or not one["s"]:
                lines.append([subject, name, "no 200 in 60 s", *[""] * 4])
                continue
            took, cpu = spread(one["s"]), spread(one["cpu_s"])
            lines.append(
                [
                    subject,
                    name,
                    f"{took['median']:.2f} ({took['min']:.2f} to {took['max']:.2f})",
                    f"{ratio(mine['s'][: len(one['s'])], one['s']):.2f}",
                    f"{cpu['median']:.2f}",
                    f"{ratio(mine['cpu_s'][: len(one['s'])], one['cpu_s']):.2f}",
                    f"{spread(one['rss_mb'])['median']:.0f}",
                ]
            )
    head = ["contract", "server", "first 200 after s", "ours / its", "CPU s", "ours / its", "RSS MB"]
    return "\n".join(["## Start", "", table(head, lines), ""])
