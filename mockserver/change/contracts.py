"""What a contract says of itself as a whole, old and new: its servers and the schemes of its credentials."""

from __future__ import annotations

from collections.abc import Iterator

from mockserver.change.found import found
from mockserver.change.model import Change
from mockserver.contract.model import Contract
from mockserver.document.documents import Node


def whole(old: Contract, new: Contract) -> Iterator[Change]:
    """Yield what changed for all operations at once."""
    places = _place(old), _place(new)
    for server in old.servers:
        if server not in new.servers:
            told = f"server {server} is no longer documented"
            yield found("server-removed", "unproven", None, "server", told, old=places[0], new=places[1])
    for server in new.servers:
        if server not in old.servers:
            told = f"server {server} is new"
            yield found("server-added", "compatible", None, "server", told, old=places[0], new=places[1])


def _place(contract: Contract) -> Node:
    for word in ("servers", "host", "basePath"):
        if word in contract.root.tree:
            return contract.root.child(word)
    return contract.root
