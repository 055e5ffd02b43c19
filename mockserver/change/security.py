"""Who may ask, old and new: alternatives of credentials, and the scopes that each needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

from mockserver.change.found import found
from mockserver.change.model import Change, Evidence, Paired
from mockserver.contract.model import Contract, Operation, SecurityScheme
from mockserver.document.documents import Node
from mockserver.values import JSON

Schemes: TypeAlias = Mapping[str, SecurityScheme]
_Credential: TypeAlias = tuple[str, str, str, str]
_Alternative: TypeAlias = frozenset[_Credential]


def security(paired: Paired, old: tuple[Contract, Schemes], new: tuple[Contract, Schemes]) -> Iterator[Change]:
    """Yield what changed in the credentials that an operation asks for."""
    ours, theirs = _alternatives(paired.old, *old), _alternatives(paired.new, *new)
    places = _place(paired.old, old[0]), _place(paired.new, new[0])
    for alternative, told in ours.items():
        if any(other <= alternative for other in theirs):
            continue
        yield found(
            "security-added", "breaking", paired, "security",
            f"{told} is no longer enough: {' or '.join(theirs.values())} is asked for",
            old=places[0], new=places[1], direction="request",
            evidence=[Evidence(paired, "request", omitted=frozenset({"security"}) if not alternative else frozenset())],
        )  # fmt: skip
    for alternative, told in theirs.items():
        if not any(other <= alternative for other in ours):
            yield found(
                "security-removed", "compatible", paired, "security", f"{told} is enough now",
                old=places[0], new=places[1], direction="request",
            )  # fmt: skip
    yield from _scopes(paired, (_requirements(paired.old, old[0]), _requirements(paired.new, new[0])), places)


def _alternatives(operation: Operation, contract: Contract, schemes: Schemes) -> dict[_Alternative, str]:
    found_: dict[_Alternative, str] = {}
    for requirement in _requirements(operation, contract):
        if all(name in schemes for name in requirement):
            named = frozenset(_credential(schemes[name]) for name in requirement)
            found_.setdefault(named, " and ".join(requirement) or "no credential")
    return found_ or {frozenset(): "no credential"}


def _credential(scheme: SecurityScheme) -> _Credential:
    """Return what a request shows: names of schemes mean nothing, and a token is a token whoever gave it."""
    if scheme.kind in {"oauth2", "openIdConnect"} or (scheme.kind == "http" and scheme.scheme == "bearer"):
        return "http", "bearer", "", ""
    return scheme.kind, scheme.scheme, scheme.location, scheme.parameter


def _requirements(operation: Operation, contract: Contract) -> list[dict[str, JSON]]:
    written = operation.node.tree.get("security", contract.root.tree.get("security"))
    return [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []


def _place(operation: Operation, contract: Contract) -> Node:
    if "security" in operation.node.tree:
        return operation.node.child("security")
    return contract.root.child("security") if "security" in contract.root.tree else operation.node


def _scopes(
    paired: Paired, sides: tuple[list[dict[str, JSON]], list[dict[str, JSON]]], places: tuple[Node, Node]
) -> Iterator[Change]:
    ours, theirs = ({(name, scope) for one in side for name in one for scope in _listed(one[name])} for side in sides)
    names = {name for one in sides[0] for name in one}
    for name, scope in sorted(theirs - ours):
        if name in names:  # no contract knows which scopes a token has
            yield found(
                "security-scope-added", "unproven", paired, "security", f"{name} needs scope {scope} now",
                old=places[0], new=places[1], direction="request",
            )  # fmt: skip
    for name, scope in sorted(ours - theirs):
        if any(name in one for one in sides[1]):
            yield found(
                "security-scope-removed", "compatible", paired, "security", f"{name} no longer needs scope {scope}",
                old=places[0], new=places[1], direction="request",
            )  # fmt: skip


def _listed(value: JSON) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
