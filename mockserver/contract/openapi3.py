"""Reading the objects of OpenAPI 3.0 to 3.2: parameters, bodies, responses, security.

Follows references. Knows nothing of requests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from mockserver.contract.model import (
    Example,
    Location,
    MediaType,
    Operation,
    Parameter,
    PartEncoding,
    PartEncodings,
    RequestBody,
    ResponseSpec,
    SecurityScheme,
)
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument

_LOCATIONS: Mapping[str, Location] = {
    "path": "path", "query": "query", "header": "header", "cookie": "cookie", "querystring": "querystring",
}  # fmt: skip
_DEFAULT_STYLE: Mapping[Location, str] = {
    "path": "simple", "query": "form", "header": "simple", "cookie": "form", "querystring": "form",
}  # fmt: skip
# OAS 3.1 §4.8.12.1: a header parameter of one of these names "SHALL be ignored"
STATUS = re.compile(r"[1-5](?:\d\d|[Xx][Xx])|default")
"""The keys of responses that mean something (OAS 3.1 §4.8.16); lint tells the others."""
IGNORED_HEADERS = frozenset({"accept", "content-type", "authorization"})


def follow(documents: Documents, node: Node) -> Node:
    """Return what a chain of references leads to; raise when it leads nowhere or round in a circle."""
    seen: set[tuple[str, str]] = set()
    while isinstance(node.tree, dict) and isinstance(node.tree.get("$ref"), str):
        if (node.uri, node.pointer) in seen:
            raise UnreadableDocument(
                f"$ref {node.tree['$ref']} leads back to itself",
                where=documents.where(node),
                fix="let the chain of references end at an object",
            )
        seen.add((node.uri, node.pointer))
        node = documents.resolve(node, node.tree["$ref"])
    return node


def parameters(documents: Documents, operation: Operation) -> tuple[Parameter, ...]:
    """Return the parameters of an operation; its own win over those of its path item (OAS 3.1 §4.8.10)."""
    found: dict[tuple[str, str], Parameter] = {}
    for holder in (operation.path_item, operation.node):
        for node in _items(holder, "parameters"):
            parameter = _parameter(documents, follow(documents, node))
            if parameter is not None:
                found[parameter.location, parameter.name] = parameter
    return tuple(found.values())


def parameter_at(documents: Documents, node: Node) -> Parameter | None:
    """Return the parameter at a place, or the header, which has no name there; None where it is none."""
    if isinstance(node.tree, dict) and "name" not in node.tree and "in" not in node.tree:
        return _spelled(documents, node, node.pointer.rpartition("/")[2], "header")
    return _parameter(documents, node)


def _parameter(documents: Documents, node: Node) -> Parameter | None:
    tree = node.tree
    if not isinstance(tree, dict):
        return None
    location = _LOCATIONS.get(str(tree.get("in")))
    name = tree.get("name")
    if location is None or not isinstance(name, str):
        return None
    if location == "header" and name.lower() in IGNORED_HEADERS:
        return None
    return _spelled(documents, node, name, location)


def _spelled(documents: Documents, node: Node, name: str, location: Location) -> Parameter:
    tree = node.tree
    style = str(tree.get("style") or _DEFAULT_STYLE[location])
    content = _content(documents, node)
    explode = tree.get("explode")
    return Parameter(
        name=name,
        location=location,
        required=location == "path" or tree.get("required") is True,
        style=style,
        # OAS 3.1 §4.8.12.2.1; deepObject without it is undefined and can mean one thing only; 3.2 adds cookie
        explode=explode if isinstance(explode, bool) else style in {"form", "deepObject", "cookie"},
        node=node,
        schema=content[0].schema if content else schema_of(node, "schema"),
        media_type=content[0].name if content else "",
        allow_reserved=tree.get("allowReserved") is True,
        allow_empty=location == "query" and tree.get("allowEmptyValue") is True,
        deprecated=tree.get("deprecated") is True,
        examples=content[0].examples if content else examples_of(documents, node),
        encodings=content[0].encodings if content else None,
    )


def request_body(documents: Documents, operation: Operation) -> RequestBody | None:
    """Return what the request may carry, or None when nothing is documented."""
    if not isinstance(operation.node.tree.get("requestBody"), dict):
        return None
    node = follow(documents, operation.node.child("requestBody"))
    if not isinstance(node.tree, dict):
        return None
    return RequestBody(node.tree.get("required") is True, _content(documents, node), node)


def responses(
    documents: Documents, operation: Operation
) -> tuple[tuple[ResponseSpec, ...], tuple[UnreadableDocument, ...]]:
    """Return the documented answers in the order of the document, and why some of them cannot be read."""
    tree = operation.node.tree.get("responses")
    found: list[ResponseSpec] = []
    broken: list[UnreadableDocument] = []
    for status, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, dict) and STATUS.fullmatch(status):
            try:
                node = follow(documents, operation.node.child("responses", status))
                found.append(_response(documents, status, node))
            except UnreadableDocument as flaw:
                broken.append(flaw)
    return tuple(found), tuple(broken)


def _response(documents: Documents, status: str, node: Node) -> ResponseSpec:
    links = node.tree.get("links") if isinstance(node.tree, dict) else None
    return ResponseSpec(
        status=status.upper() if status.lower().endswith("xx") else status,
        content=_content(documents, node),
        headers=_headers(documents, node),
        node=node,
        links={name: node.child("links", name) for name in links} if isinstance(links, dict) else {},
    )


def _headers(documents: Documents, holder: Node) -> tuple[Parameter, ...]:
    tree = holder.tree.get("headers") if isinstance(holder.tree, dict) else None
    if not isinstance(tree, dict):
        return ()
    found = ((name, follow(documents, holder.child("headers", name))) for name in tree)
    return tuple(
        _spelled(documents, node, name, "header")
        for name, node in found
        # OAS 3.1 §4.8.17: a Content-Type in the response's headers is ignored
        if isinstance(node.tree, dict) and name.lower() != "content-type"
    )


def _content(documents: Documents, holder: Node) -> tuple[MediaType, ...]:
    if not isinstance(holder.tree, dict) or not isinstance(holder.tree.get("content"), dict):
        return ()
    content = follow(documents, holder.child("content"))  # no reference may stand here, and in some documents one does
    if not isinstance(content.tree, dict):
        return ()
    return tuple(
        media_type(documents, name, follow(documents, content.child(name)))
        for name, value in content.tree.items()
        if isinstance(value, dict)
    )


def media_type(documents: Documents, name: str, node: Node) -> MediaType:
    """Return the Media Type Object at a place."""
    return MediaType(
        name=name,
        node=node,
        schema=schema_of(node, "schema"),
        item_schema=schema_of(node, "itemSchema"),
        encodings=_encodings(documents, node),
        examples=examples_of(documents, node),
    )


def _encodings(documents: Documents, holder: Node) -> PartEncodings | None:
    """Return how the parts below a Media Type Object, or below an Encoding Object, are spelled."""
    tree = holder.tree
    named, prefix, item = tree.get("encoding"), tree.get("prefixEncoding"), tree.get("itemEncoding")
    if not any(isinstance(written, dict | list) for written in (named, prefix, item)):
        return None
    return PartEncodings(
        named={
            name: _encoding(documents, holder.child("encoding", name))
            for name, value in (named.items() if isinstance(named, dict) else ())
            if isinstance(value, dict)
        },
        prefix=tuple(
            _encoding(documents, holder.child("prefixEncoding", index))
            for index in range(len(prefix) if isinstance(prefix, list) else 0)
        ),
        item=_encoding(documents, holder.child("itemEncoding")) if isinstance(item, dict) else None,
    )


def _encoding(documents: Documents, node: Node) -> PartEncoding:
    value = node.tree if isinstance(node.tree, dict) else {}
    explode = value.get("explode")
    return PartEncoding(
        content_type=str(value.get("contentType") or ""),
        style=str(value.get("style") or ""),
        explode=explode if isinstance(explode, bool) else None,
        allow_reserved=value.get("allowReserved") is True,
        headers=_headers(documents, node) if value else (),
        below=_encodings(documents, node) if value else None,
    )


def examples_of(documents: Documents, holder: Node) -> tuple[Example, ...]:
    """Return `example` first, then the named ones (OAS 3.1 §4.8.14)."""
    tree = holder.tree
    found: list[Example] = []
    if "example" in tree:
        found.append(Example("", tree["example"], holder.child("example")))
    named = tree.get("examples")
    for name in named if isinstance(named, dict) else ():
        try:
            node = follow(documents, holder.child("examples", name))
        except UnreadableDocument:
            continue  # a lost example takes nothing from the contract; lint tells it
        found.extend(_named(name, node))
    return tuple(found)


def _named(name: str, node: Node) -> Iterator[Example]:
    if not isinstance(node.tree, dict):
        return
    for field in ("value", "dataValue"):  # OAS 3.2 §4.19 adds dataValue
        if field in node.tree:
            yield Example(name, node.tree[field], node.child(field))
            return
    if isinstance(node.tree.get("externalValue"), str):
        yield Example(name, None, node, node.tree["externalValue"])


def schema_of(holder: Node, field: str) -> Node | None:
    """Return the schema in a field, if there is one."""
    tree = holder.tree
    return holder.child(field) if isinstance(tree, dict) and isinstance(tree.get(field), dict | bool) else None


def _items(holder: Node, field: str) -> Iterator[Node]:
    tree = holder.tree.get(field)
    for index in range(len(tree)) if isinstance(tree, list) else ():
        yield holder.child(field, index)


def security_schemes(documents: Documents) -> Mapping[str, SecurityScheme]:
    """Return the schemes that the contract names."""
    root = documents.root_node()
    components = root.tree.get("components")
    tree = components.get("securitySchemes") if isinstance(components, dict) else None
    found: dict[str, SecurityScheme] = {}
    for name in tree if isinstance(tree, dict) else ():
        node = follow(documents, root.child("components", "securitySchemes", name))
        if isinstance(node.tree, dict):
            found[name] = SecurityScheme(
                name=name,
                kind=str(node.tree.get("type") or ""),
                node=node,
                scheme=str(node.tree.get("scheme") or "").lower(),
                location=str(node.tree.get("in") or ""),
                parameter=str(node.tree.get("name") or ""),
            )
    return found
