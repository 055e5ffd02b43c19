"""Who may ask, old and new: alternatives of credentials, and the scopes that each needs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from mockserver.change.found import found
from mockserver.change.model import Change, Evidence, Paired
from mockserver.contract.model import Contract, Operation, SecurityScheme
from mockserver.document.documents import Node
from mockserver.values import JSON, Struct

Schemes: TypeAlias = Mapping[str, SecurityScheme]
_Credential: TypeAlias = tuple[str, str, str, str]
_Scope: TypeAlias = tuple[_Credential, str]


class _Alternative(Struct, frozen=True):
    """One way to be let in: the credentials, what each is called here, and the scopes that they need."""

    names: Mapping[_Credential, str]
    scopes: frozenset[_Scope]

    @property
    def credentials(self) -> frozenset[_Credential]:
        """The credentials: an empty set lets everybody in."""
        return frozenset(self.names)

    @property
    def told(self) -> str:
        """The names of the schemes."""
        return " and ".join(self.names.values()) or "no credential"

    @property
    def whole(self) -> str:
        """The names of the schemes, and the scopes."""
        scopes = " and ".join(scope for _, scope in sorted(self.scopes))
        return f"{self.told} with scope {scopes}" if scopes else self.told

    def scope(self, scope: _Scope) -> str:
        """Return a scope with the name of its scheme before it."""
        return f"{self.names[scope[0]]} needs scope {scope[1]}"


def security(paired: Paired, old: tuple[Contract, Schemes], new: tuple[Contract, Schemes]) -> Iterator[Change]:
    """Yield what changed in the credentials that an operation asks for: one of its alternatives is enough."""
    ours, theirs = _alternatives(paired.old, *old), _alternatives(paired.new, *new)
    places = _place(paired.old, old[0]), _place(paired.new, new[0])
    for alternative in ours:
        yield from _kept(paired, alternative, theirs, places)
    for alternative in theirs:
        yield from _opened(paired, alternative, ours, places)


def _kept(
    paired: Paired, alternative: _Alternative, theirs: Sequence[_Alternative], places: tuple[Node, Node]
) -> Iterator[Change]:
    """Yield what is wanted now besides what was enough."""
    near = [other for other in theirs if other.credentials <= alternative.credentials]
    if not near:
        yield found(
            "security-added", "breaking", paired, "security",
            f"{alternative.told} is no longer enough: {' or '.join(other.told for other in theirs)} is asked for",
            old=places[0], new=places[1], direction="request",
            evidence=[Evidence(paired, "request", security=tuple(alternative.names.values()))],
        )  # fmt: skip
        return
    nearest = min(near, key=lambda other: len(other.scopes - alternative.scopes))
    names, scopes = tuple(alternative.names.values()), tuple(sorted(scope for _, scope in alternative.scopes))
    for scope in sorted(nearest.scopes - alternative.scopes):
        told = nearest.scope(scope)
        yield found(
            "security-scope-added", "breaking", paired, "security", f"{told} now",
            old=places[0], new=places[1], direction="request",
            evidence=[Evidence(paired, "request", security=names, scopes=scopes, lacks=told)],
        )  # fmt: skip


def _opened(
    paired: Paired, alternative: _Alternative, ours: Sequence[_Alternative], places: tuple[Node, Node]
) -> Iterator[Change]:
    """Yield what is enough now, and was not."""
    near = [other for other in ours if other.credentials <= alternative.credentials]
    if any(other.scopes <= alternative.scopes for other in near):
        return
    wider = [other for other in near if alternative.scopes < other.scopes]
    if not wider:
        yield found(
            "security-removed", "compatible", paired, "security", f"{alternative.whole} is enough now",
            old=places[0], new=places[1], direction="request",
        )  # fmt: skip
        return
    nearest = min(wider, key=lambda other: len(other.scopes))
    for scope in sorted(nearest.scopes - alternative.scopes):
        yield found(
            "security-scope-removed", "compatible", paired, "security", f"{nearest.scope(scope)} no longer",
            old=places[0], new=places[1], direction="request",
        )  # fmt: skip


def _alternatives(operation: Operation, contract: Contract, schemes: Schemes) -> tuple[_Alternative, ...]:
    found_: dict[tuple[frozenset[_Credential], frozenset[_Scope]], _Alternative] = {}
    for requirement in _requirements(operation, contract):
        if all(name in schemes for name in requirement):
            credentials = {name: _credential(schemes[name]) for name in requirement}
            scopes = frozenset(
                (credentials[name], scope) for name in requirement for scope in _listed(requirement[name])
            )
            one = _Alternative({credential: name for name, credential in credentials.items()}, scopes)
            found_.setdefault((one.credentials, one.scopes), one)
    return tuple(found_.values()) or (_Alternative({}, frozenset()),)


def _credential(scheme: SecurityScheme) -> _Credential:
    """Return what a request shows: names of schemes mean nothing, and a token is a token whoever gave it."""
    if scheme.kind in {"oauth2", "openIdConnect"} or (scheme.kind == "http" and scheme.scheme == "bearer"):
        return "http", "bearer", "", ""
    # RFC 9110 §5.1: names of header fields are case-insensitive
    name = scheme.parameter.lower() if scheme.location == "header" else scheme.parameter
    return scheme.kind, scheme.scheme, scheme.location, name


def _requirements(operation: Operation, contract: Contract) -> list[dict[str, JSON]]:
    written = operation.node.tree.get("security", contract.root.tree.get("security"))
    return [one for one in written if isinstance(one, dict)] if isinstance(written, list) else []


def _place(operation: Operation, contract: Contract) -> Node:
    if "security" in operation.node.tree:
        return operation.node.child("security")
    return contract.root.child("security") if "security" in contract.root.tree else operation.node


def _listed(value: JSON) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []
