"""Runtime expressions (OAS 3.1 §4.8.20.3): do they parse, and is there what they name?

Knows what one operation documents. Follows a JSON pointer through schemas as far as they say something: a schema that
says nothing of its properties may have any.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from mockserver.contract.model import MediaType, ResponseSpec
from mockserver.contract.openapi3 import IGNORED_HEADERS
from mockserver.contract.plan import Plan
from mockserver.document import pointer as pointers
from mockserver.document.documents import Documents, Node
from mockserver.errors import UnreadableDocument
from mockserver.values import JSON

_FIELD_NAME: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"
_GRAMMAR: Final = re.compile(
    r"\$(?:url|method|statusCode|(?P<side>request|response)\.(?:"
    rf"header\.(?P<header>{_FIELD_NAME})|(?P<place>query|path)\.(?P<name>.+)|(?P<body>body)(?:#(?P<pointer>(?:/[^{{}}]*)?))?))"
)
_EMBEDDED: Final = re.compile(r"\{(\$[^{}]*(?:\{[^{}]*\}[^{}]*)*)\}")
_CONTAINERS: Final = {"object", "array"}
_SAME: Final = ("allOf", "anyOf", "oneOf")
_BRANCHES: Final = ("then", "else")
_DEEPEST: Final = 40


def expressions(value: JSON) -> Iterator[str]:
    """Yield the expressions that a value is, or that stand in its texts.

    >>> list(expressions({"id": "$response.body#/id", "path": "/a/{$request.path.a}", "price": "$5"}))
    ['$response.body#/id', '$request.path.a']
    """
    match value:
        case str() if re.match(r"\$[A-Za-z]", value):
            yield value
        case str():
            yield from _EMBEDDED.findall(value)
        case dict():
            for inner in value.values():
                yield from expressions(inner)
        case list():
            for inner in value:
                yield from expressions(inner)


def is_expression(text: str) -> bool:
    """Tell whether a text follows the grammar.

    >>> is_expression("$response.body#/id"), is_expression("$response.body.id")
    (True, False)
    """
    return _GRAMMAR.fullmatch(text) is not None


def lack(text: str, plan: Plan, response: ResponseSpec | None, documents: Documents) -> str:
    """Return what an expression names and an operation does not document; nothing where all is there.

    `response` is the answer that the expression is read from, None where there is none yet to judge.
    """
    found = _GRAMMAR.fullmatch(text)
    if found is None or found["side"] is None:
        return ""
    if found["side"] == "response" and response is None:
        return ""
    subject = f"the answer {response.status}" if found["side"] == "response" and response else "the request"
    if found["header"]:
        known = response.headers if found["side"] == "response" and response else ()
        names = {header.name.lower() for header in known} if known or found["side"] == "response" else set[str]()
        if found["side"] == "request":
            names = {one.parameter.name.lower() for one in plan.headers} | IGNORED_HEADERS
        there = found["header"].lower() in names | {"content-type", "content-length"}
        return "" if there else f"{subject} of {plan.operation.name} documents no header {found['header']}"
    if found["place"]:
        if found["side"] == "response":
            return f"an answer has no {found['place']}"
        plans = plan.path.values() if found["place"] == "path" else plan.query
        there = any(one.parameter.name == found["name"] for one in plans) or plan.querystring is not None
        return "" if there else f"{plan.operation.name} has no {found['place']} parameter {found['name']}"
    content = response.content if found["side"] == "response" and response else _request_content(plan)
    if not content:
        return f"{subject} of {plan.operation.name} has no body"
    tokens = pointers.split(found["pointer"] or "")
    if any(one.schema is None or _leads(documents, one.schema, tokens) for one in content):
        return ""
    return f"the body of {subject} of {plan.operation.name} has no {found['pointer']}"


def _request_content(plan: Plan) -> tuple[MediaType, ...]:
    return plan.body.content if plan.body is not None else ()


def _leads(documents: Documents, node: Node, tokens: Sequence[str]) -> bool:
    """Tell whether a schema may have what the tokens of a pointer lead to."""
    if not tokens:
        return True
    views = list(_views(documents, node, set()))
    if any(_is_unknown(view) for view in views):
        return True
    types = [set(_types(view.tree)) for view in views if "type" in view.tree]
    if types and not any(one & _CONTAINERS for one in types):
        return False
    below = [inner for view in views for inner in _below(view, tokens[0])]
    if below:
        return any(_leads(documents, inner, tokens[1:]) for inner in below)
    return not any("properties" in view.tree or "items" in view.tree or "prefixItems" in view.tree for view in views)


def _views(documents: Documents, node: Node, seen: set[tuple[str, str]]) -> Iterator[Node]:
    """Yield every schema that may speak of the same value: by reference, as a part, or as an alternative."""
    if (node.uri, node.pointer) in seen or len(seen) > _DEEPEST:
        return
    seen.add((node.uri, node.pointer))
    yield node
    if not isinstance(node.tree, dict):
        return
    if isinstance(node.tree.get("$ref"), str):
        try:
            yield from _views(documents, documents.resolve(node, node.tree["$ref"]), seen)
        except UnreadableDocument:
            yield Node(
                node.uri, node.pointer, tree=True, base=node.base
            )  # told as a reference; here it may be anything
    for keyword in _SAME:
        branches = node.tree.get(keyword)
        for index in range(len(branches)) if isinstance(branches, list) else ():
            yield from _views(documents, node.child(keyword, index), seen)
    for keyword in _BRANCHES:
        if isinstance(node.tree.get(keyword), dict):
            yield from _views(documents, node.child(keyword), seen)


def _is_unknown(view: Node) -> bool:
    """Tell whether a schema says that a value may have more than it names."""
    tree = view.tree
    return not isinstance(tree, dict) or tree.get("additionalProperties") is True or "patternProperties" in tree


def _types(tree: dict[str, JSON]) -> Iterator[str]:
    written = tree["type"]
    yield from [written] if isinstance(written, str) else map(str, written) if isinstance(written, list) else ()


def _below(view: Node, token: str) -> Iterator[Node]:
    properties = view.tree.get("properties")
    if isinstance(properties, dict) and token in properties:
        yield view.child("properties", token)
    elif isinstance(view.tree.get("additionalProperties"), dict):
        yield view.child("additionalProperties")
    if token.isdigit():
        first = view.tree.get("prefixItems")
        if isinstance(first, list) and int(token) < len(first):
            yield view.child("prefixItems", int(token))
        elif isinstance(view.tree.get("items"), dict):
            yield view.child("items")
