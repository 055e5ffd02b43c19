"""What a contract says of itself as a whole, old and new: its servers and the schemes of its credentials."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mockserver.change.found import found
from mockserver.change.model import Change, Paired
from mockserver.change.operations import nameless
from mockserver.contract.model import Contract
from mockserver.document.documents import Node


def whole(old: Contract, new: Contract, both: Sequence[Paired]) -> Iterator[Change]:
    """Yield what changed for all operations at once; `both` are those that either edition has."""
    places = _place(old), _place(new)
    ours, theirs = [_bare(server) for server in old.servers], [_bare(server) for server in new.servers]
    for server in ours:
        if server not in theirs and not _is_kept(server, theirs, both):
            told = f"server {server} is no longer documented"
            yield found("server-removed", "unproven", None, "server", told, old=places[0], new=places[1])
    for server in theirs:
        if server not in ours:
            told = f"server {server} is new"
            yield found("server-added", "compatible", None, "server", told, old=places[0], new=places[1])


def _bare(server: str) -> str:
    return server.rstrip("/") or server


def _is_kept(server: str, theirs: Sequence[str], both: Sequence[Paired]) -> bool:
    """Tell whether every operation is where it was: part of the address may have moved into the paths, or back."""
    return bool(both) and all(
        any(nameless(server + one.old.template) == nameless(other + one.new.template) for other in theirs)
        for one in both
    )


def _place(contract: Contract) -> Node:
    for word in ("servers", "host", "basePath"):
        if word in contract.root.tree:
            return contract.root.child(word)
    return contract.root
