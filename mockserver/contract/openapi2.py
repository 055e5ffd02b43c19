"""Reading the objects of OpenAPI 2.0 ("Swagger") as if they were those of 3.

Places stay those of the document: a parameter is its own schema, `produces` and `consumes` give the media types.
"""

from __future__ import annotations

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
from mockserver.contract.openapi3 import STATUS, follow
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON

_LOCATIONS: Mapping[str, Location] = {"path": "path", "query": "query", "header": "header"}
# The body's own business, as 3.0 says; Authorization is the only way some documents have to ask for it
_IGNORED_HEADERS = frozenset({"accept", "content-type"})
_FORMS = ("multipart/form-data", "application/x-www-form-urlencoded")


def _all_parameters(documents: Documents, operation: Operation) -> tuple[Node, ...]:
    found: dict[tuple[str, str], Node] = {}
    for holder in (operation.path_item, operation.node):
        written = holder.tree.get("parameters")
        for index in range(len(written)) if isinstance(written, list) else ():
            node = follow(documents, holder.child("parameters", index))
            if isinstance(node.tree, dict):
                found[str(node.tree.get("in")), str(node.tree.get("name"))] = node
    return tuple(found.values())


def parameters(documents: Documents, operation: Operation) -> tuple[Parameter, ...]:
    """Return path, query and header parameters."""
    return tuple(_parameters(_all_parameters(documents, operation)))


def _parameters(nodes: tuple[Node, ...]) -> Iterator[Parameter]:
    for node in nodes:
        location = _LOCATIONS.get(str(node.tree.get("in")))
        name = node.tree.get("name")
        if location == "header" and str(name).lower() in _IGNORED_HEADERS:
            continue
        if location is not None and isinstance(name, str):
            style, explode = _style(location, node.tree)
            yield Parameter(
                name=name,
                location=location,
                required=location == "path" or node.tree.get("required") is True,
                style=style,
                explode=explode,
                node=node,
                schema=node,
                allow_empty=location == "query" and node.tree.get("allowEmptyValue") is True,
                examples=_examples_of(node),
            )


def parameter_at(_: Documents, node: Node) -> Parameter | None:
    """Return the parameter at a place, or the header, which has no name there; None where it is none."""
    if "name" not in node.tree and "in" not in node.tree:
        return _header(node.pointer.rpartition("/")[2], node)
    return next(iter(_parameters((node,))), None)


def _examples_of(node: Node) -> tuple[Example, ...]:
    return tuple(Example("", node.tree[key], node.child(key)) for key in ("x-example", "example") if key in node.tree)


def _style(location: Location, tree: JSON) -> tuple[str, bool]:
    """Tell `collectionFormat` in the words of 3 (OAS 2.0 §Parameter Object)."""
    if location != "query":
        return {"ssv": "spaceDelimited", "pipes": "pipeDelimited", "tsv": "tabDelimited"}.get(
            str(tree.get("collectionFormat")), "simple"
        ), False
    match tree.get("collectionFormat"):
        case "multi":
            return "form", True
        case "ssv":
            return "spaceDelimited", False
        case "tsv":
            return "tabDelimited", False
        case "pipes":
            return "pipeDelimited", False
        case _:
            return "form", False


def request_body(documents: Documents, operation: Operation) -> RequestBody | None:
    """Return the `body` parameter, or the form that the `formData` parameters make together."""
    nodes = _all_parameters(documents, operation)
    consumes = _media_types(documents, operation, "consumes")
    for node in nodes:
        if node.tree.get("in") == "body":
            schema = node.child("schema") if isinstance(node.tree.get("schema"), dict) else None
            names = consumes or ("application/json",)
            content = tuple(MediaType(name, node, schema) for name in names)
            return RequestBody(node.tree.get("required") is True, content, node)
    fields = [node for node in nodes if node.tree.get("in") == "formData" and isinstance(node.tree.get("name"), str)]
    if not fields:
        return None
    has_file = any(node.tree.get("type") == "file" for node in fields)
    names = tuple(name for name in consumes if name.startswith(_FORMS)) or _FORMS[:1] if has_file else consumes
    names = tuple(name for name in names if name.startswith(_FORMS)) or _FORMS[1:]
    schema = _form(operation, fields)
    content = tuple(MediaType(name, operation.node, schema, encodings=_encodings(fields)) for name in names)
    return RequestBody(any(node.tree.get("required") is True for node in fields), content, operation.node)


def _form(operation: Operation, fields: list[Node]) -> Node:
    """Return one object schema for all form fields; it is written nowhere, so it stands at `parameters`.

    The form parameters are the payload (OAS 2.0 §Parameter Object): there is nothing else in it.
    """
    tree = {
        "type": "object",
        "additionalProperties": False,
        "properties": {node.tree["name"]: node.tree for node in fields},
        "required": [node.tree["name"] for node in fields if node.tree.get("required") is True],
    }
    holder = operation.node if "parameters" in operation.node.tree else operation.path_item
    return Node(holder.uri, f"{holder.pointer}/parameters", tree, holder.base)


def _encodings(fields: list[Node]) -> PartEncodings:
    found = {}
    for node in fields:
        if node.tree.get("type") == "array":
            style, explode = _style("query", node.tree)
            found[node.tree["name"]] = PartEncoding(style=style, explode=explode)
    return PartEncodings(found)


def _media_types(documents: Documents, operation: Operation, field: str) -> tuple[str, ...]:
    written = operation.node.tree.get(field, documents.root_node().tree.get(field))
    return tuple(name for name in written if isinstance(name, str)) if isinstance(written, list) else ()


def responses(
    documents: Documents, operation: Operation
) -> tuple[tuple[ResponseSpec, ...], tuple[UnreadableDocument, ...]]:
    """Return the documented answers, one media type for each of `produces`, and why some cannot be read."""
    tree = operation.node.tree.get("responses")
    produces = _media_types(documents, operation, "produces")
    found: list[ResponseSpec] = []
    broken: list[UnreadableDocument] = []
    for status, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, dict) and STATUS.fullmatch(status):
            try:
                node = follow(documents, operation.node.child("responses", status))
            except UnreadableDocument as flaw:
                broken.append(flaw)
            else:
                found.append(_response(status, node, produces))
    return tuple(found), tuple(broken)


def _response(status: str, node: Node, produces: tuple[str, ...]) -> ResponseSpec:
    tree = node.tree if isinstance(node.tree, dict) else {}
    schema = node.child("schema") if isinstance(tree.get("schema"), dict) else None
    written = tree.get("examples")
    examples = {
        name: (Example("", value, node.child("examples", name)),)
        for name, value in (written.items() if isinstance(written, dict) else ())
    }
    # OAS 2.0 §Response Object: "If this field does not exist, it means no content is returned"
    names = (produces or tuple(examples) or ("application/json",)) if schema is not None else ()
    headers: dict[str, JSON] = tree["headers"] if isinstance(tree.get("headers"), dict) else {}
    return ResponseSpec(
        status=status,
        content=tuple(MediaType(name, node, schema, examples=examples.get(name, ())) for name in names),
        headers=tuple(
            _header(name, node.child("headers", name))
            for name, header in headers.items()
            if isinstance(header, dict) and name.lower() != "content-type"
        ),
        node=node,
        links={},
        produces=produces,  # OAS 2.0 §Operation Object: what the operation can produce, whatever an answer carries
    )


def _header(name: str, node: Node) -> Parameter:
    style, explode = _style("header", node.tree)
    return Parameter(
        name,
        "header",
        required=False,
        style=style,
        explode=explode,
        node=node,
        schema=node,
        examples=_examples_of(node),
    )


def security_schemes(documents: Documents) -> Mapping[str, SecurityScheme]:
    """Return the schemes that the contract names, told in the words of 3."""
    root = documents.root_node()
    tree = root.tree.get("securityDefinitions")
    found: dict[str, SecurityScheme] = {}
    for name, scheme in tree.items() if isinstance(tree, dict) else ():
        if isinstance(scheme, dict):
            kind = str(scheme.get("type") or "")
            found[name] = SecurityScheme(
                name=name,
                kind="http" if kind == "basic" else kind,
                node=root.child("securityDefinitions", name),
                scheme="basic" if kind == "basic" else "",
                location=str(scheme.get("in") or ""),
                parameter=str(scheme.get("name") or ""),
            )
    return found
