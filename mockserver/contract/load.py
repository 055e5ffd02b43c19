"""A document to a contract: which version, where it is served, which operations it lists.

An index only: no reference is followed but those of path items, no schema is looked at, so that a contract of
13 MB is ready in the time it takes to parse it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mockserver.contract.model import Contract, Operation
from mockserver.document.documents import Documents, Node, name_of
from mockserver.errors import UnreadableDocument
from mockserver.schema.dialects import DIALECTS, Version
from mockserver.values import JSON
from mockserver.violation import Violation

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
_VERSION = re.compile(r"^(2\.0|3\.[012])(?:\.\d+)?(?:-.+)?$")
_KNOWN_DIALECT = re.compile(
    r"^https://(?:spec\.openapis\.org/oas/3\.\d/(?:dialect|schema)/.+|json-schema\.org/draft/2020-12/schema)#?$"
)


def load(name: str, documents: Documents) -> Contract:
    """Read the index of a contract; raise UnreadableDocument when it is no OpenAPI document."""
    root = documents.root_node()
    tree = root.tree
    if not isinstance(tree, dict):
        raise UnreadableDocument(
            f"{name_of(root.uri)} holds no OpenAPI document: its root is not an object",
            where=documents.where(root),
            fix="start it with openapi: 3.1.1",
        )
    version = _version(documents, root)
    _check_dialect(documents, root)
    flaws: list[Violation] = []
    servers = tuple(_swagger_2_servers(tree) if version == "2.0" else _servers(tree.get("servers")))
    operations = tuple(_operations(documents, root, "paths", version, flaws))
    every = (*servers, *(url for operation in operations for url in _own_servers(operation)))
    info = tree.get("info")
    return Contract(
        name=name,
        documents=documents,
        dialect=DIALECTS[version],
        version=str(tree.get("openapi") or tree.get("swagger")),
        title=str(info.get("title", name)) if isinstance(info, dict) else name,
        base_paths=tuple(dict.fromkeys(base_path(url) for url in every)) or ("",),
        servers=servers,
        operations=operations,
        webhooks=tuple(_operations(documents, root, "webhooks", version, flaws)),
        flaws=tuple(flaws),
    )


def _version(documents: Documents, root: Node) -> Version:
    written = root.tree.get("openapi", root.tree.get("swagger"))
    matched = _VERSION.match(str(written)) if written is not None else None
    if matched is None:
        said = f"says openapi: {written}" if written is not None else "has no openapi: field"
        raise UnreadableDocument(
            f"{name_of(root.uri)} {said}",
            where=documents.where(root),
            fix='openapi: 3.1.1 is the newest that most tools read; 2.0 ("swagger"), 3.0, 3.1 and 3.2 are read',
        )
    for version in DIALECTS:
        if version == matched[1]:
            return version
    raise UnreadableDocument(f"openapi: {written} is not read", where=documents.where(root), fix="write 3.1.1")


def _check_dialect(documents: Documents, root: Node) -> None:
    dialect = root.tree.get("jsonSchemaDialect")
    if isinstance(dialect, str) and not _KNOWN_DIALECT.match(dialect):
        raise UnreadableDocument(
            f"jsonSchemaDialect {dialect} is not known, so no schema here can be understood",
            where=documents.where(root.child("jsonSchemaDialect")),
            fix="leave it out (the OpenAPI dialect is the default), or use JSON Schema 2020-12",
        )


def _servers(servers: JSON) -> Iterator[str]:
    """Yield the addresses with every variable at its default (OAS 3.1 §4.8.5)."""
    for server in servers if isinstance(servers, list) else ():
        if not isinstance(server, dict) or not isinstance(server.get("url"), str):
            continue
        variables = server.get("variables")
        url = server["url"]
        for name, variable in variables.items() if isinstance(variables, dict) else ():
            if isinstance(variable, dict):
                url = url.replace(f"{{{name}}}", str(variable.get("default", "")))
        yield url


def _swagger_2_servers(tree: dict[str, JSON]) -> Iterator[str]:
    base = str(tree.get("basePath") or "")
    host = tree.get("host")
    schemes = tree.get("schemes")
    if not isinstance(host, str):
        yield base
        return
    for scheme in schemes if isinstance(schemes, list) and schemes else ["https"]:
        yield f"{scheme}://{host}{base}"


def _own_servers(operation: Operation) -> Iterator[str]:
    for holder in (operation.path_item.tree, operation.node.tree):
        if isinstance(holder.get("servers"), list):
            yield from _servers(holder["servers"])


def base_path(url: str) -> str:
    """Return the path of a server's address without its trailing slash.

    >>> base_path("https://api.example.com/v1/")
    '/v1'
    """
    try:
        path = urlsplit(url).path
    except ValueError:  # an address such as http://[unfinished
        path = ""
    path = path.rstrip("/")
    return path if not path or path.startswith("/") else f"/{path}"


def _operations(
    documents: Documents, root: Node, field: str, version: Version, flaws: list[Violation]
) -> Iterator[Operation]:
    paths = root.tree.get(field)
    if not isinstance(paths, dict):
        return
    holder = root.child(field)
    for template, path_item in paths.items():
        if not isinstance(path_item, dict) or template.startswith("x-"):
            continue
        node = holder.child(template)
        if isinstance(path_item.get("$ref"), str):
            try:
                node = _merged(node, documents.resolve(node, path_item["$ref"]))
            except UnreadableDocument as broken:
                flaws.append(_unresolved(template, node, broken))
                continue
        yield from path_item_operations(template, node, version)


def _merged(node: Node, target: Node) -> Node:
    """Return the path item that a `$ref` names. Fields beside it are undefined (OAS 3.1 §4.8.9); the target counts."""
    if not isinstance(target.tree, dict):
        raise UnreadableDocument(
            f"$ref {node.tree['$ref']} leads to no path item", where=node.where, fix="let it name an object"
        )
    return target


def path_item_operations(template: str, node: Node, version: Version) -> Iterator[Operation]:
    """Yield the operations of a path item."""
    methods = {*METHODS, "query"} if version == "3.2" else set(METHODS)
    for key, value in node.tree.items():
        if key in methods and isinstance(value, dict):
            yield _operation(key.upper(), template, node.child(key), node)
    additional = node.tree.get("additionalOperations") if version == "3.2" else None
    for method, value in additional.items() if isinstance(additional, dict) else ():
        if isinstance(value, dict):
            yield _operation(method, template, node.child("additionalOperations", method), node)


def _operation(method: str, template: str, node: Node, path_item: Node) -> Operation:
    operation_id = node.tree.get("operationId")
    return Operation(method, template, operation_id if isinstance(operation_id, str) else "", node, path_item)


def _unresolved(template: str, node: Node, broken: UnreadableDocument) -> Violation:
    return Violation(
        rule="document-reference",
        side="contract",
        level="error",
        operation=template,
        document=node.uri,
        pointer=f"{node.pointer}/$ref",
        at="",
        message=f"{broken.what}, so no operation of {template} can be served",
        fix=broken.fix,
    )
