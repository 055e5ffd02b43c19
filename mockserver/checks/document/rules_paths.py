"""What paths, their operations and their parameters must be to one another.

Follows references within the document, and only those of path items and parameters; what lies elsewhere is not judged.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from mockserver.checks.document.flaw import Flaw, Level, Place, called, nearest, pointer_of, structural
from mockserver.document.pointer import from_fragment, look_up
from mockserver.schema.dialects import Version
from mockserver.values import JSON, Struct

_EXPRESSION: Final = re.compile(r"\{([^{}]*)\}")
_COMMON: Final = ("get", "put", "post", "delete", "options", "head", "patch")
_METHODS: Final[Mapping[Version, tuple[str, ...]]] = {
    "2.0": _COMMON,
    "3.0": (*_COMMON, "trace"),
    "3.1": (*_COMMON, "trace"),
    "3.2": (*_COMMON, "trace", "query"),
}
_FORMS: Final = ("multipart/form-data", "application/x-www-form-urlencoded")
# OAS 3.2 §4.12.1; OAS 2.0 "Parameter Object": a body and a form exclude each other, and there is one body
_EXCLUSIVE: Final[Mapping[str, Mapping[str, str]]] = {
    "querystring": {
        "querystring": "an operation has one query string",
        "query": "a query string holds all query parameters",
    },
    "query": {"querystring": "a query string holds all query parameters"},
    "body": {"body": "a request has one body", "formData": "a form is the body"},
    "formData": {"body": "a form is the body"},
}


class _Parameter(Struct, frozen=True):
    name: str
    location: str
    value: dict[str, JSON]
    place: Place

    @property
    def identity(self) -> tuple[str, str]:
        """OAS 3.1 §4.8.12: unique by name and location; RFC 9110 §5.1: header names know no case."""
        return (self.name.lower() if self.location == "header" else self.name, self.location)


class _Parameters(Struct, frozen=True):
    """A list of parameters; `complete` if all of them can be read here."""

    known: tuple[_Parameter, ...]
    complete: bool


class _Operation(Struct, frozen=True):
    value: dict[str, JSON]
    place: Place
    parameters: _Parameters


def judged_paths(tree: dict[str, JSON], version: Version) -> Iterator[Flaw]:
    """Find path templates that are malformed, alike, or at odds with the path parameters."""
    paths = tree.get("paths")
    first: dict[str, str] = {}
    for path, item in paths.items() if isinstance(paths, dict) else ():
        if not str(path).startswith("/"):
            continue
        place: Place = ((None, "paths", False), path, True)
        yield from _template(str(path), place, version)
        hierarchy = _EXPRESSION.sub("{}", str(path))
        if hierarchy in first:
            yield _alike(str(path), first[hierarchy], place)
        first.setdefault(hierarchy, str(path))
        yield from _path_parameters(str(path), item, place, tree, version)


def judged_parameters(holder: dict[str, JSON], place: Place, tree: JSON) -> Iterator[Flaw]:
    """Judge one list of parameters. OAS 3.1 §4.8.9.1: it MUST NOT include duplicates."""
    listed = _listed(holder, place, tree)
    met: set[tuple[str, str]] = set()
    for one in listed.known:
        if one.identity in met:
            message = f"the {one.location} parameter {one.name} is declared twice in one list"
            yield Flaw("document-duplicate-parameter", pointer_of(one.place), message, "remove one of them", "error")
        met.add(one.identity)
    yield from _exclusive(listed.known)


def judged_together(item: dict[str, JSON], place: Place, tree: JSON, version: Version) -> Iterator[Flaw]:
    """Judge the parameters of a path beside those of each operation, which override them."""
    shared = _listed(item, place, tree).known
    for operation in _operations(item, place, tree, version):
        own = operation.parameters.known
        overridden = {one.identity for one in own}
        inherited = tuple(one for one in shared if one.identity not in overridden)
        if not any(_exclusive(inherited)) and not any(_exclusive(own)):  # else it is said of the list alone
            yield from _exclusive((*inherited, *own))
        if version == "2.0":
            yield from _files((*inherited, *own), operation, tree)


def _operations(item: dict[str, JSON], place: Place, tree: JSON, version: Version) -> Iterator[_Operation]:
    others = item.get("additionalOperations") if version == "3.2" else None
    below: Place = (place, "additionalOperations", False)
    found = [(item.get(method), (place, method, False)) for method in _METHODS[version]]
    found += [(value, (below, method, True)) for method, value in others.items()] if isinstance(others, dict) else []
    for value, at in found:
        if isinstance(value, dict):
            yield _Operation(value, at, _listed(value, at, tree))


def _resolved(value: JSON, tree: JSON) -> JSON:
    """Follow references within the document; what cannot be followed is None."""
    passed: set[str] = set()
    while isinstance(value, dict) and isinstance(target := value.get("$ref"), str):
        pointer = from_fragment(target[1:])
        if target in passed or not target.startswith("#") or not pointer.startswith("/"):
            return None
        passed.add(target)
        try:
            value = look_up(tree, pointer)
        except (LookupError, ValueError):  # ValueError: an index of thousands of digits
            return None
    return value


def _with_reference(item: JSON, tree: JSON) -> JSON:
    """OAS 3.1 §4.8.9.1: fields beside the `$ref` of a path item count; which of two wins is undefined."""
    target = _resolved(item, tree)
    if target is item or not isinstance(target, dict):
        return target
    return {**target, **{name: value for name, value in item.items() if name != "$ref"}}


def _listed(holder: dict[str, JSON], place: Place, tree: JSON) -> _Parameters:
    listed = holder.get("parameters", [])
    if not isinstance(listed, list):
        return _Parameters((), complete=False)
    known: list[_Parameter] = []
    for index, entry in enumerate(listed):
        value = _resolved(entry, tree)
        name, location = (value.get("name"), value.get("in")) if isinstance(value, dict) else (None, None)
        if isinstance(name, str) and isinstance(location, str):
            known.append(_Parameter(name, location, value, ((place, "parameters", False), index, False)))
    return _Parameters(tuple(known), complete=len(known) == len(listed))


def _template(path: str, place: Place, version: Version) -> Iterator[Flaw]:
    names = _EXPRESSION.findall(path)
    literal = _EXPRESSION.sub("", path)
    if "" in names or "{" in literal or "}" in literal:
        yield _flaw(place, f"the braces of the path {path} do not match", "write each parameter as {name}")
    for name in dict.fromkeys(names):
        if name and names.count(name) > 1:
            # OAS 3.2 §4.8.2: MUST NOT appear more than once
            message = f"the path {path} holds the parameter {name} more than once"
            level: Level = "error" if version == "3.2" else "warning"
            yield _flaw(place, message, "give the second one a name of its own", level)
    if "?" in literal or "#" in literal:
        # OAS 3.2 §4.8.2: path-literal = 1*pchar
        message = f"the path {path} holds a query or a fragment, which is no part of a path"
        yield structural(place, message, "end the path before it, and declare query parameters", level="warning")


def _alike(path: str, first: str, place: Place) -> Flaw:
    """OAS 3.1 §4.8.8.1: paths that differ only in the names of their parameters are identical, and MUST NOT exist.

    A warning: there are many, in documents that work, where methods or the values of parameters tell them apart.
    """
    message = f"the path {path} is the same as {first}, only its parameters are named otherwise"
    return Flaw("document-duplicate-path", pointer_of(place), message, f"move its operations to {first}", "warning")


def _path_parameters(path: str, item: JSON, place: Place, tree: JSON, version: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.8.2: what stands in the template is declared; §4.8.12.2: what is declared stands in the template.

    What comes through a reference is said of the path, since it may be right for another.
    """
    whole = _with_reference(item, tree)
    if not isinstance(whole, dict):
        return
    referenced = whole is not item
    names = tuple(name for name in dict.fromkeys(_EXPRESSION.findall(path)) if name)
    shared = _listed(whole, place, tree)
    unused = [one for one in shared.known if one.location == "path" and one.name not in names]
    for operation in _operations(whole, place, tree, version):
        own = operation.parameters
        stray = [one for one in own.known if one.location == "path" and one.name not in names]
        declared = {one.name for one in (*shared.known, *own.known) if one.location == "path"}
        for name in names if shared.complete and own.complete else ():
            if name not in declared:
                at = place if referenced else operation.place
                yield _undeclared(name, tuple(one.name for one in stray), operation, at, version)
        unused += stray
    for one in unused:
        message = f"the path {path} does not hold the path parameter {one.name}"
        near = nearest(one.name, names)
        fix = f"rename it to {near}" if near else f"remove it, or add {{{one.name}}} to the path"
        yield _flaw(place if referenced else one.place, message, fix, "warning")


def _undeclared(name: str, strays: tuple[str, ...], operation: _Operation, place: Place, version: Version) -> Flaw:
    message = f"{called('operation', operation.value, operation.place)} does not declare the path parameter {name}"
    near = nearest(name, strays)
    kind = "type: string" if version == "2.0" else "schema: {type: string}"
    fix = f"add to its parameters: {{name: {name}, in: path, required: true, {kind}}}"
    # a warning: OpenAPI's own examples do it, and the operation works, its parameter unchecked
    return _flaw(place, message, f"rename the parameter {near} to {name}" if near else fix, "warning")


def _flaw(place: Place, message: str, fix: str, level: Level = "error") -> Flaw:
    return Flaw("document-path-parameter", pointer_of(place), message, fix, level)


def _exclusive(parameters: Iterable[_Parameter]) -> Iterator[Flaw]:
    """Find a parameter that may not stand beside one before it."""
    before: dict[str, _Parameter] = {}
    for one in parameters:
        for location, reason in _EXCLUSIVE.get(one.location, {}).items():
            if location in before:
                other = f"the {location} parameter {before[location].name}"
                message = f"the {one.location} parameter {one.name} stands beside {other}: {reason}"
                yield structural(one.place, message, "keep one of them")
        before.setdefault(one.location, one)


def _files(parameters: Iterable[_Parameter], operation: _Operation, tree: dict[str, JSON]) -> Iterator[Flaw]:
    """OAS 2.0 "Parameter Object": what takes a file consumes a form. Not to say what is consumed is worth a warning."""
    consumes = operation.value.get("consumes", tree.get("consumes", []))
    if not isinstance(consumes, list):
        return
    types = [kind.partition(";")[0].strip().lower() for kind in consumes if isinstance(kind, str)]
    if any(kind in _FORMS for kind in types):
        return
    level: Level = "error" if types else "warning"
    for one in parameters:
        if one.location == "formData" and one.value.get("type") == "file":
            name = called("operation", operation.value, operation.place)
            message = f"{name} takes the file {one.name} but does not consume a form"
            yield structural(one.place, message, "add consumes: [multipart/form-data]", level=level)
