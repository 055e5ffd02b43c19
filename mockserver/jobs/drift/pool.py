"""Things that the API has told of: where the parameters of a path come from.

An item of `GET /shipments` is a value for `GET /shipments/{id}`; a field `trackingNumber` is one for
`/tracking/{trackingNumber}`; a link (OAS 3.1 §4.8.20) says so itself. Nothing is guessed: a value was answered before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from mockserver.contract.model import Contract, Operation, ResponseSpec
from mockserver.document import pointer as pointers
from mockserver.exchange import Request, Response
from mockserver.values import JSON, Struct

Captured = Mapping[str, JSON]

_PARAMETER: Final = re.compile(r"\{([^{}]+)\}")
_ANYBODYS: Final = frozenset(
    {
        "id",
        "name",
        "type",
        "kind",
        "key",
        "code",
        "status",
        "state",
        "object",
        "url",
        "value",
        "title",
        "slug",
        "number",
    }
)
_DEEPEST: Final = 6
_KEPT: Final = 50


class Told(Struct, frozen=True):
    """An answer with what it was asked: the values of the path, and the body as a value."""

    operation: Operation
    captured: Captured
    request: Request
    response: Response
    documented: ResponseSpec | None
    value: JSON


class Pool:
    """What was learnt, newest last. `made` pools hold only what this very run has made."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._items: dict[str, list[tuple[Captured, JSON]]] = {}
        self._named: dict[str, list[JSON]] = {}
        self._linked: dict[str, list[Captured]] = {}
        self._led: list[tuple[str, Captured]] = []

    def learn(self, told: Told) -> None:
        """Take note of what an answer holds."""
        template = told.operation.target[0]
        items = list(_items(told.value)) if told.request.method in {"GET", "HEAD"} else []
        if isinstance(told.value, dict):
            own, _, last = template.rpartition("/")
            if _PARAMETER.fullmatch(last):
                self._add(own, {name: told.captured[name] for name in _names(own) if name in told.captured}, told.value)
            else:
                self._add(template, told.captured, told.value)  # what POST /shipments has made is one of /shipments
        for item in items:
            self._add(template, told.captured, item)
        for name, value in _fields(told.value):
            known = self._named.setdefault(_bare(name), [])
            if value not in known and len(known) < _KEPT:
                known.append(value)
        for target, captured in _followed(told, self._contract):
            known_links = self._linked.setdefault(target, [])
            if captured not in known_links and len(known_links) < _KEPT:
                known_links.append(captured)

    def lead(self, operation: Operation, captured: Captured) -> None:
        """Take note of an operation to whose address an answer has led."""
        one = (operation.target[0], captured)
        if one not in self._led and sum(template == one[0] for template, _ in self._led) < _KEPT:
            self._led.append(one)

    def _add(self, template: str, captured: Captured, item: JSON) -> None:
        known = self._items.setdefault(template, [])
        if (captured, item) not in known and len(known) < _KEPT:
            known.append((captured, item))

    def paths(self, operation: Operation) -> Iterator[Captured]:
        """Yield values for all parameters of an operation's path, each combination once; the surest first."""
        seen: list[Captured] = []
        template = operation.target[0]
        wanted = _names(template)
        led = (captured for other, captured in self._led if f"{template}/".startswith(f"{other}/"))
        for captured in (*self._linked.get(operation.name, ()), *self._combined(template), *led):
            if set(wanted) <= set(captured) and captured not in seen:
                seen.append(captured)
                yield {name: captured[name] for name in wanted}

    def related(self, name: str) -> JSON:
        """Return what a thing is called by whose kind a field names: `customer` is one of /customers; None: unknown."""
        wanted = kind_word(f"/{re.sub(r'_?[iI][dD]$', '', name)}s")
        for template, known in self._items.items():
            if known and kind_word(template) == wanted:
                return _identity(known[-1][1], "id")
        return None

    def _combined(self, template: str) -> list[Captured]:
        found: list[Captured] = [{}]
        for parameter in _PARAMETER.finditer(template):
            name = parameter[1]
            collection = template[: parameter.start()].rstrip("/")
            grown: list[Captured] = []
            for captured, item in self._items.get(collection, ()):
                value = _identity(item, name)
                if value is not None:
                    grown.append({**captured, name: value})
            if not grown and _bare(name) not in _ANYBODYS:
                values = self._named.get(_bare(name), ())
                grown = [{**before, name: value} for before in found for value in values]
            found = [one for one in grown if set(_names(template[: parameter.end()])) <= set(one)]
        return found


def kind_word(template: str) -> str:
    """Return what the things of a collection are called, bare: one of `/payment_methods` is a paymentmethod.

    >>> kind_word("/customers/{id}/payment_methods"), kind_word("/companies"), kind_word("/companys")
    ('paymentmethod', 'company', 'company')
    """
    return re.sub(r"ies$", "y", _bare(template.rpartition("/")[2])).removesuffix("s")


def _names(template: str) -> list[str]:
    return _PARAMETER.findall(template)


def _bare(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _identity(item: JSON, parameter: str) -> JSON:
    """Return what an item of a collection is called by."""
    if not isinstance(item, dict):
        return item if isinstance(item, str) and item else None
    by_name = {_bare(name): value for name, value in item.items()}
    for name in (_bare(parameter), "id", "uuid"):
        value = by_name.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return value
    return None


def _items(value: JSON) -> Iterator[JSON]:
    """Yield the items of an answer that is a list, or an object with lists of objects in it."""
    if isinstance(value, list):
        yield from value[:_KEPT]
        return
    for holder in value.values() if isinstance(value, dict) else ():
        for items in (holder, *(holder.values() if isinstance(holder, dict) else ())):
            if isinstance(items, list):
                yield from (item for item in items[:_KEPT] if isinstance(item, dict))


def _fields(value: JSON, depth: int = 0) -> Iterator[tuple[str, JSON]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, str | int) and not isinstance(inner, bool) and inner != "":
                yield name, inner
            yield from _fields(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value[:_KEPT]:
            yield from _fields(inner, depth + 1)


def _followed(told: Told, contract: Contract) -> Iterator[tuple[str, Captured]]:
    """Yield the operations that the links of an answer lead to, with their parameters (OAS 3.1 §4.8.20)."""
    for node in told.documented.links.values() if told.documented is not None else ():
        tree = node.tree
        if isinstance(tree, dict) and isinstance(tree.get("$ref"), str):
            tree = contract.documents.resolve(node, tree["$ref"]).tree
        if not isinstance(tree, dict) or not isinstance(tree.get("parameters"), dict):
            continue
        reference = str(tree.get("operationRef", ""))
        for operation in contract.operations:
            named = operation.operation_id and operation.operation_id == tree.get("operationId")
            if named or (reference.startswith("#/") and operation.node.pointer == reference[1:]):
                values = {
                    name.rpartition(".")[2]: _evaluated(expression, told)
                    for name, expression in tree["parameters"].items()
                }
                yield operation.name, {name: value for name, value in values.items() if value is not None}


def _evaluated(expression: JSON, told: Told) -> JSON:
    """Evaluate a runtime expression (OAS 3.1 §4.8.20.3); None when there is no such value."""
    if not isinstance(expression, str) or not expression.startswith("$"):
        return expression
    source, _, inner = expression.partition("#")
    if source == "$response.body":
        try:
            return pointers.look_up(told.value, inner)
        except LookupError:
            return None
    if source.startswith("$request.path."):
        return told.captured.get(source.removeprefix("$request.path."))
    if source.startswith("$response.header."):
        return told.response.header(source.removeprefix("$response.header."))
    return None
