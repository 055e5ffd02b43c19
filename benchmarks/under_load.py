"""Servers under load, side by side: CPU per request, throughput, latency, memory.

All of a subject are up at once, and rounds are interleaved, so that what disturbs the machine disturbs all of them.
"""

from __future__ import annotations

import contextlib
import sys
from typing import Any

from harness import Running, load, ratio, rss_mb, running, spread, table
from subjects import Subject, ours, peers, yardsticks


def measure(subject: Subject, rounds: int, seconds: float) -> dict[str, Any]:
    """Return what each server spent on each kind of request, round by round."""
    others, missing = peers(subject)
    servers = [ours(subject), *(yardsticks() if subject.name == "petstore" else []), *others]
    found: dict[str, Any] = {"not installed": missing, "servers": {}}
    with contextlib.ExitStack() as stack:
        up: dict[str, Running] = {}
        for server in servers:
            try:
                up[server.name] = stack.enter_context(running(server, subject.rows[0], subject.headers))
            except TimeoutError as silent:
                found.setdefault("silent", []).append(str(silent))
                continue
            found["servers"][server.name] = {"rss_idle_mb": rss_mb(up[server.name].process.pid), "rows": {}}
        _rounds(subject, up, found, rounds, seconds)
        for name, at in up.items():
            found["servers"][name]["rss_after_mb"] = rss_mb(at.process.pid)
    return found


def _rounds(subject: Subject, up: dict[str, Running], found: dict[str, Any], rounds: int, seconds: float) -> None:
    for number in range(rounds + 1):
        for row in subject.rows:
            for name, at in up.items():
                print(
                    f"\r{subject.name}: round {number} of {rounds}, {row.name:6}", end="", file=sys.stderr, flush=True
                )
                rows = found["servers"][name]["rows"]
                try:
                    figures = load(at, row, subject.headers, seconds)
                except SystemExit as wrong:
                    rows[row.name] = {"wrong": str(wrong)}
                    continue
                if number and "wrong" not in rows.get(row.name, {}):  # round 0 warms up
                    kept = rows.setdefault(row.name, {})
                    for figure, value in figures.items():
                        kept.setdefault(figure, []).append(value)
    print(file=sys.stderr)


def told(subject: Subject, found: dict[str, Any]) -> str:
    """Return the tables of one subject."""
    servers = found["servers"]
    lines = [f"## {subject.name} under load", ""]
    for row in subject.rows:
        mine = servers["mockserver"]["rows"].get(row.name, {}).get("cpu_us")
        rows = []
        for name, server in servers.items():
            figures = server["rows"].get(row.name, {})
            if "cpu_us" not in figures or mine is None:
                rows.append([name, figures.get("wrong", "not measured"), *[""] * 5])
                continue
            cost = spread(figures["cpu_us"])
            middle = {key: spread(figures[key])["median"] for key in ("per_s", "p50_ms", "p99_ms")}
            rows.append(
                [
                    name,
                    f"{cost['median']:.1f}",
                    f"{cost['min']:.1f} to {cost['max']:.1f}",
                    f"{ratio(mine, figures['cpu_us']):.2f}",
                    f"{middle['per_s']:.0f}",
                    f"{middle['p50_ms']:.2f}",
                    f"{middle['p99_ms']:.2f}",
                ]
            )
        head = ["server", "CPU us/request", "least to most", "ours / its", "requests/s", "p50 ms", "p99 ms"]
        lines += [f"### {row.name}: {row.method} {row.path}", "", table(head, rows), ""]
    memory = [[name, f"{one['rss_idle_mb']:.0f}", f"{one['rss_after_mb']:.0f}"] for name, one in servers.items()]
    lines += ["### Memory", "", table(["server", "RSS idle MB", "RSS after load MB"], memory), ""]
    above = [
        [f"{row}, Flask on {where}", *(f"{one:.2f}" for one in figures)] for row, where, *figures in above_bare(servers)
    ]
    if above:
        lines += [
            "### Above a bare callable of the same server",
            "",
            table(["request", "ours", "Flask", "ratio"], above),
            "",
        ]
    for silent in found.get("silent", []):
        lines += [silent, ""]
    if found["not installed"]:
        lines += [f"Not installed: {', '.join(found['not installed'])}.", ""]
    return "\n".join(lines)


def above_bare(servers: dict[str, Any]) -> list[tuple[str, str, float, float, float]]:
    """Return what our answer costs above a bare callable on our server, against Flask's above its own.

    Each line: the request, the server of Flask, both costs and their ratio.
    """
    lines = []
    for where in ("granian", "our server"):
        if f"flask on {where}" not in servers:
            continue
        for row in ("GET", "POST"):
            mine, base, view, its_base = (
                servers[name]["rows"][row]["cpu_us"]
                for name in ("mockserver", "bare on our server", f"flask on {where}", f"bare on {where}")
            )
            ours = [one - other for one, other in zip(mine, base, strict=True)]
            its = [one - other for one, other in zip(view, its_base, strict=True)]
            lines.append((row, where, spread(ours)["median"], spread(its)["median"], ratio(ours, its)))
    return lines
