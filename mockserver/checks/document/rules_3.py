"""What no table can say about one object of OpenAPI 3: fields that need or exclude one another.

Knows one object at a time. Does not know where it is used (that is rules_whole).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from mockserver.checks.document.flaw import Flaw, Level, Place, called, pointer_of, shown, structural
from mockserver.checks.document.leaves import TOKEN
from mockserver.schema.dialects import Version
from mockserver.values import JSON

Rule: TypeAlias = Callable[[dict[str, JSON], Place, Version], Iterator[Flaw]]

_VARIABLE: Final = re.compile(r"\{([^{}]*)\}")
_ROOTS: Final[Mapping[Version, tuple[str, ...]]] = {
    "3.1": ("paths", "components", "webhooks"),
    "3.2": ("paths", "components", "webhooks"),
}


def _document(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    roots = _ROOTS.get(version, ())
    if roots and not any(name in value for name in roots):
        # OAS 3.1 §4.8.1: at least one of them
        yield structural(place, f"the document has none of {', '.join(roots)}", "add paths: {}")
    yield from unique_tags(value, place, version)
    yield from _tag_parents(value.get("tags"), place)


def unique_tags(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.1: each name MUST be unique. Until 3.0 OpenAPI's own schema looks for repetitions, then no more."""
    level: Level = "error" if version in ("2.0", "3.0") else "warning"
    tags, met = value.get("tags"), set[str]()
    for index, tag in enumerate(tags if isinstance(tags, list) else ()):
        name = tag.get("name") if isinstance(tag, dict) else None
        if isinstance(name, str) and name in met:
            at: Place = ((place, "tags", False), index, False)
            yield structural(at, f"the tag {name} is declared again", "remove one of them", level=level)
        met.add(str(name))


def _tag_parents(tags: JSON, place: Place) -> Iterator[Flaw]:
    """OAS 3.2 §4.22: the parent MUST exist, circles MUST NOT."""
    named = [tag for tag in tags if isinstance(tag, dict)] if isinstance(tags, list) else []
    parents = {tag["name"]: tag.get("parent") for tag in reversed(named) if isinstance(tag.get("name"), str)}
    for index, tag in enumerate(tags if isinstance(tags, list) else ()):
        parent = tag.get("parent") if isinstance(tag, dict) else None
        if not isinstance(parent, str):
            continue
        own: Place = ((place, "tags", False), index, False)
        at: Place = (own, "parent", False)
        name = called("tag", tag, own)
        if parent not in parents:
            message = f"{parent}, the parent of {name}, is no declared tag"
            yield structural(at, message, f"declare it: {{name: {parent}}}", level="warning")
        elif _circular(tag.get("name"), parents):
            yield structural(at, f"{name} is its own ancestor", "remove one parent", level="warning")


def _circular(name: JSON, parents: Mapping[str, JSON]) -> bool:
    above, passed = name, set[str]()
    while isinstance(above, str) and above not in passed:
        passed.add(above)
        above = parents.get(above)
    return isinstance(above, str) and above == name


def _license(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    yield from _excluded("license", value, place, ("identifier", "url"))


def _server(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    url, variables = value.get("url"), value.get("variables", {})
    if not isinstance(url, str) or not isinstance(variables, dict):
        return
    at: Place = (place, "url", False)
    used = _VARIABLE.findall(url)
    if re.search(r"[{}]", _VARIABLE.sub("", url)) or "" in used:
        yield _bad_server(at, f"the braces of the server url {url} do not match", "write each variable as {name}")
    for name in dict.fromkeys(used):
        if name and name not in variables:
            fix = f"add it: variables: {{{name}: {{default: ...}}}}, or write the value into the url"
            yield _bad_server(at, f"the server url {url} uses the variable {name}, which is not defined", fix)
        if used.count(name) > 1:
            # OAS 3.2 §4.6.1: MUST NOT appear more than once
            message = f"the server url {url} uses the variable {name} more than once"
            yield _bad_server(
                at, message, "give the second one a name of its own", "error" if version == "3.2" else "warning"
            )
    for name in variables:
        if name not in used:
            unused: Place = ((place, "variables", False), name, True)
            yield _bad_server(unused, f"the server variable {name} is not in the url {url}", "remove it", "warning")
    if re.search(r"[?#]", _VARIABLE.sub("", url)):
        # OAS 3.2 §4.5.1: query and fragment MUST NOT be part of this URL
        message = f"the server url {url} has a query or a fragment"
        yield _bad_server(at, message, "end it before the ? or #", "error" if version == "3.2" else "warning")


def _server_variable(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.6: the default MUST be one of the enum, which MUST NOT be empty; 3.0: SHOULD."""
    allowed, default = value.get("enum"), value.get("default")
    level: Level = "warning" if version == "3.0" else "error"
    name = called("server variable", value, place)
    if not isinstance(allowed, list):
        return
    if not allowed and version == "3.0":
        yield _bad_server((place, "enum", False), f"the enum of {name} is empty", "add a value, or remove it", level)
    if isinstance(default, str) and allowed and default not in allowed:
        message = f"the default of {name}, {shown(default)}, is not in its enum"
        yield _bad_server((place, "default", False), message, f"write default: {allowed[0]}", level)


def _bad_server(place: Place, message: str, fix: str, level: Level = "error") -> Flaw:
    return Flaw("document-server", pointer_of(place), message, fix, level)


def _parameter(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    name, written, location = called("parameter", value, place), value.get("name"), value.get("in")
    yield from _described(name, value, place, version)
    at: Place = (place, "name", False)
    if location == "header" and isinstance(written, str) and not TOKEN.fullmatch(written):
        yield structural(at, f"{name} has a name that HTTP does not allow for a header", "use letters, digits and -")
    if location == "path":
        if isinstance(written, str) and (not written or re.search(r"[{}]", written)):
            yield structural(at, f"{name} has a name that no path template can hold", "write the name without braces")
        yield from required_path_parameter(value, place, version)
    if location == "cookie" and value.get("style") == "cookie" and "allowReserved" in value:
        # OAS 3.2 §4.12.2.2: only where values are percent-encoded
        message = f"allowReserved has no meaning for {name}, whose style cookie does not percent-encode"
        yield structural((place, "allowReserved", False), message, "remove it, or write style: form")


def required_path_parameter(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.12.2, OAS 2.0 "Parameter Object": required MUST be true in the path.

    From 3.1 OpenAPI's own schema asks for it beside `schema` only, and lets it pass beside `content`.
    """
    required = value.get("required", False)
    if required is True or not isinstance(required, bool):
        return  # another type is the table's finding
    name = called("parameter", value, place)
    at: Place = (place, "required", False) if "required" in value else place
    message = f"{name} is in the path and not marked as required"
    level: Level = "warning" if "content" in value and version in ("3.1", "3.2") else "error"
    yield Flaw("document-path-parameter", pointer_of(at), message, "write required: true", level)


def _header(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    yield from _described(called("header", value, place), value, place, version)


def _described(name: str, value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.12.2: either schema or content; style and what goes with it belong to schema."""
    yield from _one_example(name, value, place)
    if value.get("in") == "querystring":
        return
    if "schema" in value and "content" in value:
        yield structural(place, f"{name} has both schema and content", "keep the one that is meant")
    elif "content" in value:
        fields = ("style", "explode", "allowReserved")
        # OAS 3.2 §4.12.2.1 allows examples beside content, until 3.1 they go with the schema
        for field in fields if version == "3.2" else (*fields, "example", "examples"):
            if field in value:
                message = f"{name} has {field} beside content, where it has no meaning"
                fix = "move it into the media type" if field.startswith("example") else "remove it, or use schema"
                yield structural((place, field, False), message, fix)
    elif "schema" not in value:
        yield structural(place, f"{name} has neither schema nor content", "add schema: {type: integer}, for example")


def _request_body(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    if value.get("content") == {}:
        # OAS 3.2 §4.13.1: SHOULD have at least one entry
        at: Place = (place, "content", False)
        fix = "add application/json: {schema: ...}, for example"
        yield structural(at, "the content of the request body is empty", fix, level="warning")


def _media_type(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    name = called("media type", value, place)
    yield from _one_example(name, value, place)
    yield from _encoded(name, value, place)


def _encoding(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    yield from _encoded(called("encoding", value, place), value, place)


def _encoded(name: str, value: dict[str, JSON], place: Place) -> Iterator[Flaw]:
    """OAS 3.2 §4.14.1: by name or by position, not both."""
    for other in ("prefixEncoding", "itemEncoding"):
        yield from _excluded(name, value, place, ("encoding", other))


def _one_example(name: str, value: dict[str, JSON], place: Place) -> Iterator[Flaw]:
    yield from _excluded(name, value, place, ("example", "examples"))


def _example(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.19, OAS 3.2 §4.19.1."""
    name = called("example", value, place)
    for other in ("externalValue", "dataValue", "serializedValue"):
        yield from _excluded(name, value, place, ("value", other))
    yield from _excluded(name, value, place, ("serializedValue", "externalValue"))


def _link(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.20: MUST be identified by one of them."""
    name = called("link", value, place)
    yield from _excluded(name, value, place, ("operationRef", "operationId"))
    if "operationRef" not in value and "operationId" not in value:
        yield structural(
            place, f"{name} has neither operationId nor operationRef", "add operationId: getPet, for example"
        )


def _http_scheme(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    scheme = value.get("scheme")
    if "bearerFormat" in value and isinstance(scheme, str) and scheme.lower() != "bearer":
        message = f"{called('security scheme', value, place)} has a bearerFormat but is not of the scheme bearer"
        yield structural((place, "bearerFormat", False), message, "remove it, or write scheme: bearer")


def responses(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    """OAS 3.1 §4.8.16: at least one response code."""
    if all(str(status).startswith("x-") for status in value):
        fix = 'add "200": {description: success}, for example'
        yield Flaw("document-status", pointer_of(place), "the responses name no response", fix, "error")


def _xml(value: dict[str, JSON], place: Place, _: Version) -> Iterator[Flaw]:
    """OAS 3.2 §4.26.1: MUST NOT be present beside nodeType."""
    for other in ("attribute", "wrapped"):
        yield from _excluded("xml", value, place, ("nodeType", other))


def schema(value: dict[str, JSON], place: Place, version: Version) -> Iterator[Flaw]:
    """Judge what the keywords of a schema are together."""
    if value.get("type") == "array" and "items" not in value and version in ("2.0", "3.0"):
        # OAS 3.0 §4.7.24.1: items MUST be present if the type is array
        message = f"{called('schema', value, place)} is an array without items"
        yield structural(place, message, "add items: {}, or what the items are", level="warning")
    if version in ("3.1", "3.2"):
        yield from _repeated_names(value, place)
    if value.get("readOnly") is True and value.get("writeOnly") is True:
        # OAS 3.0 §4.7.24.2
        message = f"{called('schema', value, place)} is both readOnly and writeOnly"
        yield structural(place, message, "keep one of them", level="warning")


def _repeated_names(value: dict[str, JSON], place: Place) -> Iterator[Flaw]:
    """JSON Schema 2020-12 §6.5.3: the elements of required MUST be unique. Nothing comes of it where they are not."""
    names = value.get("required")
    if not isinstance(names, list):
        return
    met: set[str] = set()
    for index, name in enumerate(names):
        if isinstance(name, str) and name in met:
            at: Place = ((place, "required", False), index, False)
            message = f"required of {called('schema', value, place)} repeats {name}"
            yield structural(at, message, "remove the repetition", level="warning")
        met.add(str(name))


def _excluded(name: str, value: dict[str, JSON], place: Place, fields: tuple[str, str]) -> Iterator[Flaw]:
    first, second = fields
    if first in value and second in value:
        message = f"{name} has both {first} and {second}, which exclude each other"
        yield structural(place, message, f"keep {first} or {second}")


RULES_3: Final[Mapping[str, Rule]] = {
    "OpenAPI": _document,
    "License": _license,
    "Server": _server,
    "ServerVariable": _server_variable,
    "QueryParameter": _parameter,
    "QuerystringParameter": _parameter,
    "HeaderParameter": _parameter,
    "PathParameter": _parameter,
    "CookieParameter": _parameter,
    "Header": _header,
    "RequestBody": _request_body,
    "MediaType": _media_type,
    "Encoding": _encoding,
    "Example": _example,
    "Link": _link,
    "HttpScheme": _http_scheme,
    "Responses": responses,
    "Xml": _xml,
    "SchemaObject": schema,
}
