"""What runs have seen, as a file: written by one run, merged with those of others, compared with that of yesterday.

A set of keys for each contract, sorted, so that a diff of two files reads well. Merging is union: it has no order, and
merging twice changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from mockserver.errors import UsageError
from mockserver.values import JSON, Struct

_VERSION = 1


class Seen(Struct, frozen=True):
    """What was seen of one contract: its service, the file it was read from, and the digest of what it said."""

    service: str
    file: str
    digest: str
    keys: frozenset[str]
    broken: frozenset[str] = frozenset()


def merged(seen: Iterable[Seen]) -> tuple[Seen, ...]:
    """Join what runs have seen; raise UsageError when they saw different editions of one contract."""
    found: dict[str, Seen] = {}
    for one in seen:
        known = found.get(one.service)
        if known is not None and known.digest != one.digest:
            raise UsageError(
                f"these runs have seen two editions of {one.service}", fix="measure all shards on one commit"
            )
        found[one.service] = (
            one
            if known is None
            else Seen(one.service, known.file, one.digest, known.keys | one.keys, known.broken | one.broken)
        )
    return tuple(found[name] for name in sorted(found))


def plain(seen: Iterable[Seen]) -> JSON:
    """Return what was seen as JSON."""
    services = {
        one.service: {
            "file": one.file,
            "digest": one.digest,
            "seen": sorted(one.keys),
            "broken": sorted(one.broken),
        }
        for one in merged(seen)
    }
    return {"mockserver": "coverage", "version": _VERSION, "services": services}


def written(seen: Iterable[Seen]) -> str:
    """Return the text of a file."""
    return json.dumps(plain(seen), indent=1, ensure_ascii=False) + "\n"


def read(text: str, where: str) -> tuple[Seen, ...]:
    """Read the text of a file; raise UsageError when it is none of ours."""
    try:
        page = json.loads(text)
        return of(page)
    except (ValueError, KeyError, TypeError, AttributeError) as wrong:
        raise UsageError(
            f"this is no coverage file: {wrong}", where=where, fix="pytest --contract-coverage=FILE writes one"
        ) from wrong


def of(page: JSON) -> tuple[Seen, ...]:
    """Return what was seen from JSON of ours; any other raises ValueError, KeyError, TypeError or AttributeError."""
    if page["mockserver"] != "coverage" or page["version"] != _VERSION:
        raise ValueError(f"version {page['version']} of {page['mockserver']}")
    return tuple(
        Seen(name, str(one["file"]), str(one["digest"]), frozenset(one["seen"]), frozenset(one["broken"]))
        for name, one in page["services"].items()
    )
