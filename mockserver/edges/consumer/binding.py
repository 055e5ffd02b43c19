"""Which operation a method calls, and which place of the request each of its parameters speaks of: guessed by name.

A guess that is not plain is not made: whoever wrote the client can say it in a line, and watching can see it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, TypeAlias

from mockserver.contract.model import Operation
from mockserver.contract.plan import MediaPlan, Plan
from mockserver.edges.consumer.members import fields_of, plain
from mockserver.edges.consumer.methods import Method, Parameter
from mockserver.jobs.verify.cases import Place, places_of
from mockserver.values import Struct
from mockserver.wire.shape import Shape

How: TypeAlias = Literal["by name", "by watching", "by you"]

_VERBS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("get", "read", "fetch", "retrieve", "show", "find", "load", "describe", "lookup"), "get"),
    **dict.fromkeys(("list", "all", "index", "iter", "iterate", "query"), "list"),
    **dict.fromkeys(("create", "add", "post", "new", "make", "insert", "register"), "create"),
    **dict.fromkeys(("update", "modify", "patch", "edit", "change", "set", "put", "replace"), "update"),
    **dict.fromkeys(("delete", "remove", "destroy", "del", "drop"), "delete"),
}
_LITTLE: Final = frozenset({"by", "id", "a", "an", "the", "of", "for", "async", "one"})
_WHOLE: Final = frozenset(
    {
        "body", "payload", "data", "json", "request", "content", "input", "requestbody", "changes", "patch", "updates",
        "attributes", "attrs", "document", "resource",
    }
)  # fmt: skip


class Bound(Struct, frozen=True):
    """A parameter of a method and the places it speaks of; none: it is left out."""

    parameter: Parameter
    place: Place | None


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name, lower case, each in the singular, verbs as one.

    >>> words("listShipments"), words("fetch_shipment_by_id")
    (('list', 'shipment'), ('get', 'shipment'))
    """
    parts = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+", text)
    out = [_VERBS.get(part.lower(), _singular(part.lower())) for part in parts]
    return tuple(word for word in out if word not in _LITTLE)


def _singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    if word.endswith(("sses", "xes", "ches", "shes")):
        return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def operations_named(method: Method, operations: Sequence[Operation]) -> tuple[Operation, ...]:
    """Return the operations that a method's name means: the one of that id, else all that say the same words."""
    whole = plain(method.path)
    exact = [one for one in operations if one.operation_id and plain(one.operation_id) in {whole, plain(method.name)}]
    if exact:
        return tuple(exact)
    wanted = set(words(method.path))
    same = [one for one in operations if one.operation_id and set(words(one.operation_id)) == wanted]
    if same:
        return tuple(same)
    if not wanted & set(_VERBS.values()):
        verb = "get" if any(one.required for one in method.parameters) else "list"
        same = [one for one in operations if set(words(one.operation_id)) in ({verb, *wanted}, {"get", *wanted})]
        return tuple(one for one in same if one.method == "GET")
    return tuple(one for one in operations if _said_by_path(one) == wanted)


def _said_by_path(operation: Operation) -> set[str]:
    """Return the words of a method and its path: `GET /pets/{id}` is get pet, `GET /pets` is list pet."""
    segments = [part for part in operation.template.partition("?")[0].split("/") if part]
    nouns = {_singular(word) for part in segments if not part.startswith("{") for word in words(part)}
    ends_with_one = bool(segments) and segments[-1].startswith("{")
    verb = {"GET": "get" if ends_with_one else "list", "POST": "create", "DELETE": "delete"}.get(
        operation.method, "update"
    )
    return {verb, *nouns}


def bind_parameters(
    parameters: Iterable[Parameter], plan: Plan, media: MediaPlan | None
) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
    """Return each parameter with its place, and the names of required ones that have none."""
    places = places_of(plan, media)
    taken: set[Place] = set()
    bound: list[Bound] = []
    unknown: list[str] = []
    for parameter in parameters:
        if parameter.variable:
            continue
        place = _place(parameter, places, taken, plan, media)
        if place is not None:
            taken.add(place)
        elif parameter.required:
            unknown.append(parameter.name)
        bound.append(Bound(parameter, place))
    return tuple(bound), tuple(unknown)


def places_by_name(bound: Sequence[Bound], plan: Plan, media: MediaPlan | None) -> tuple[Bound, ...]:
    """Return parameters that are seen nowhere with the one free place of just their name, members included.

    What a method asks for and nobody sees on the wire is lost there, or spelled in a way that nobody reads.
    """
    taken = {one.place for one in bound}
    found: list[Bound] = []
    for one in bound:
        name = plain(one.parameter.name)
        places = [place for place in deep_places(plan, media) if plain(place[-1]) == name and place not in taken]
        least = min(map(len, places), default=0)
        nearest = [place for place in places if len(place) == least]
        if one.place is None and len(nearest) == 1:
            one = Bound(one.parameter, nearest[0])  # noqa: PLW2901 - the same parameter, placed
            taken.add(one.place)
        found.append(one)
    return tuple(found)


def deep_places(plan: Plan, media: MediaPlan | None) -> Iterator[Place]:
    """Yield the places of an operation, and of values that are objects, or lists of objects, their members too."""
    for place in places_of(plan, media):
        if place != ("body",):
            yield place
            shape = _shape(place, plan, media)
            inner = shape.item(0) if shape is not None and shape.sole == "array" else shape
            yield from ((*place, name) for name in (inner.property_names if inner is not None else ()))


def _shape(place: Place, plan: Plan, media: MediaPlan | None) -> Shape | None:
    if place[0] == "body":
        return media.spec.shape.property(place[1]) if media is not None else None
    for entry in plan.parameters():
        if (entry.parameter.location, entry.parameter.name) == place:
            return entry.spec.shape
    return None


def _place(
    parameter: Parameter, places: Sequence[Place], taken: set[Place], plan: Plan, media: MediaPlan | None
) -> Place | None:
    name = plain(parameter.name)
    free = [place for place in places if place not in taken]
    named = [place for place in free if len(place) == 2]
    for wanted in (name, f"{name}s", name.removesuffix("s"), f"{name}es"):
        for place in named:
            if plain(place[1]) == wanted:
                return place
    paths = [place for place in named if place[0] == "path"]
    for place in paths:
        if name.endswith(plain(place[1])) or plain(place[1]).endswith(name):
            return place
    if name.endswith(("id", "key", "name", "number", "slug", "ref")) and len(paths) == 1 and parameter.required:
        return paths[0]
    if ("body",) in free and (name in _WHOLE or _is_body(parameter, media)):
        return ("body",)
    del plan
    return None


def _is_body(parameter: Parameter, media: MediaPlan | None) -> bool:
    """Tell whether a parameter's class is that of the whole body: most of its members are properties of it."""
    if media is None or not isinstance(parameter.annotation, type) or not parameter.required:
        return False
    names = {plain(name) for name in media.spec.shape.property_names}
    try:
        fields = {plain(one.keyword) for one in fields_of(parameter.annotation)}
    except TypeError:
        return False
    return bool(fields) and len(fields & names) * 2 > len(fields)
