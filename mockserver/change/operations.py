"""Which operation of the old edition is which of the new one.

By method and path template, up to the names of its parameters; then with the base path of the servers before it; then
by operationId. Callbacks are operations below an operation.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from mockserver.change.model import Paired
from mockserver.contract.load import path_item_operations
from mockserver.contract.model import Contract, Operation
from mockserver.contract.openapi3 import follow
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.values import Struct

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Matched(Struct, frozen=True):
    """What belongs together, and what has no partner."""

    both: tuple[Paired, ...]
    gone: tuple[Operation, ...]
    come: tuple[Operation, ...]


def nameless(template: str) -> str:
    """Return a path template without the names of its parameters.

    >>> nameless("/pets/{id}/toys/{toy}")
    '/pets/{}/toys/{}'
    """
    return _PLACEHOLDER.sub("{}", template)


def renamed(paired: Paired) -> dict[str, str]:
    """Return the old names of path parameters by their new ones."""
    return dict(zip(_PLACEHOLDER.findall(paired.new.template), _PLACEHOLDER.findall(paired.old.template), strict=False))


def matched(old: Contract, new: Contract) -> Matched:
    """Match the operations of two contracts."""
    bases = old.base_paths[0] if old.base_paths else "", new.base_paths[0] if new.base_paths else ""
    keys: list[tuple[Callable[[Operation], str], Callable[[Operation], str]]] = [(_by_template, _by_template)]
    if bases[0] != bases[1]:
        keys.append((lambda one: _below(bases[0], one), lambda one: _below(bases[1], one)))
    keys.append((_by_id, _by_id))
    return _matched(old.operations, new.operations, keys, is_reversed=False)


def webhooks(old: Contract, new: Contract) -> Matched:
    """Match the webhooks of two contracts: there the API asks."""
    return _matched(old.webhooks, new.webhooks, [(_by_template, _by_template)], is_reversed=True)


def callbacks(old: Contract, new: Contract, paired: Paired) -> Matched:
    """Match the callbacks of an operation."""
    ours = tuple(_callbacks(old, paired.old))
    theirs = tuple(_callbacks(new, paired.new))
    return _matched(ours, theirs, [(_by_template, _by_template)], is_reversed=not paired.reversed)


def _matched(
    ours: Sequence[Operation],
    theirs: Sequence[Operation],
    keys: Sequence[tuple[Callable[[Operation], str], Callable[[Operation], str]]],
    *,
    is_reversed: bool,
) -> Matched:
    both: list[Paired] = []
    left, right = list(ours), list(theirs)
    for of_old, of_new in keys:
        named: dict[str, Operation] = {}
        for operation in right:
            named.setdefault(of_new(operation), operation)
        for operation in tuple(left):
            partner = named.pop(of_old(operation), None) if of_old(operation) else None
            if partner is not None:
                both.append(Paired(operation, partner, is_reversed))
                left.remove(operation)
                right.remove(partner)
    return Matched(tuple(both), tuple(left), tuple(right))


def _by_template(operation: Operation) -> str:
    return f"{operation.method} {nameless(operation.template)}"


def _below(base: str, operation: Operation) -> str:
    return f"{operation.method} {base}{nameless(operation.template)}"


def _by_id(operation: Operation) -> str:
    return operation.operation_id and f"{operation.method} {operation.operation_id}"


def _callbacks(contract: Contract, operation: Operation) -> Iterator[Operation]:
    tree = operation.node.tree.get("callbacks")
    if contract.dialect.version == "2.0" or not isinstance(tree, dict):
        return
    for name in tree:
        for expression, item in _path_items(contract.documents, operation, name):
            for found in path_item_operations(f"{name} {expression}", item, contract.dialect.version):
                yield Operation(found.method, found.template, "", found.node, found.path_item)


def _path_items(documents: Documents, operation: Operation, name: str) -> Iterator[tuple[str, Node]]:
    try:
        callback = follow(documents, operation.node.child("callbacks", name))
        for expression, item in callback.tree.items() if isinstance(callback.tree, dict) else ():
            if isinstance(item, dict) and not expression.startswith("x-"):
                yield expression, follow(documents, callback.child(expression))
    except UnreadableDocument:
        return  # lint tells it
