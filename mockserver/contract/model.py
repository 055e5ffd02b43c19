"""The words of OpenAPI as values, the same for 2.0 to 3.2.

Every value keeps the `Node` it was read from, so that a finding can name the place. Nothing is compiled here and
nothing is cached: read once, frozen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from mockserver.document.documents import Documents, Node
from mockserver.schema.dialects import Dialect
from mockserver.values import JSON, Struct
from mockserver.violation import Violations

Location: TypeAlias = Literal["path", "query", "header", "cookie", "querystring"]


class Example(Struct, frozen=True):
    """A named example (OAS 3.1 §4.8.19). `external` is the address of a value that is not in the contract."""

    name: str
    value: JSON
    node: Node
    external: str = ""


class Parameter(Struct, frozen=True):
    """A parameter, or a header of a response (OAS 3.1 §4.8.12, §4.8.21).

    `media_type` is set when the value is spelled by `content` instead of by `style`.
    """

    name: str
    location: Location
    required: bool
    style: str
    explode: bool
    node: Node
    schema: Node | None = None
    media_type: str = ""
    allow_reserved: bool = False
    allow_empty: bool = False
    deprecated: bool = False
    examples: tuple[Example, ...] = ()
    encodings: PartEncodings | None = None


class PartEncoding(Struct, frozen=True):
    """How one property of a form, or one part, is spelled (OAS 3.1 §4.8.15); `below` if it is multipart itself."""

    content_type: str = ""
    style: str = ""
    explode: bool | None = None
    allow_reserved: bool = False
    headers: tuple[Parameter, ...] = ()
    below: PartEncodings | None = None


class PartEncodings(Struct, frozen=True):
    """How the parts of a body are spelled: by name, or by position (OAS 3.2 §4.14.1)."""

    named: Mapping[str, PartEncoding]
    prefix: tuple[PartEncoding, ...] = ()
    item: PartEncoding | None = None


class MediaType(Struct, frozen=True):
    """One way to spell a body. `item_schema` describes each item of a stream (OAS 3.2 §4.14)."""

    name: str
    node: Node
    schema: Node | None = None
    item_schema: Node | None = None
    encodings: PartEncodings | None = None
    examples: tuple[Example, ...] = ()


class RequestBody(Struct, frozen=True):
    """What a request may carry."""

    required: bool
    content: tuple[MediaType, ...]
    node: Node


class ResponseSpec(Struct, frozen=True):
    """One documented answer; `status` is as written: `200`, `2XX` or `default`.

    `produces` are media types that an answer without content is told to be of all the same.
    """

    status: str
    content: tuple[MediaType, ...]
    headers: tuple[Parameter, ...]
    node: Node
    links: Mapping[str, Node]
    produces: tuple[str, ...] = ()


class SecurityScheme(Struct, frozen=True):
    """How a request proves who sends it (OAS 3.1 §4.8.27).

    `kind` is apiKey, http, oauth2, openIdConnect or mutualTLS; `scheme` the HTTP scheme in lower case; `location` and
    `parameter` where an API key stands.
    """

    name: str
    kind: str
    node: Node
    scheme: str = ""
    location: str = ""
    parameter: str = ""


Requirement: TypeAlias = tuple[SecurityScheme, ...]
"""Schemes that must all be satisfied; an operation lists alternatives. The empty requirement lets everybody in."""


class Operation(Struct, frozen=True):
    """One method on one path template: what the index knows without resolving anything.

    `node` is the Operation Object, `path_item` the object that holds it; `broken` is set when it cannot be served.
    """

    method: str
    template: str
    operation_id: str
    node: Node
    path_item: Node

    @property
    def label(self) -> str:
        """`GET /pets/{id}`, the name of an operation that has no other."""
        return f"{self.method} {self.template}"

    @property
    def name(self) -> str:
        """The operationId, or the label."""
        return self.operation_id or self.label

    @property
    def target(self) -> tuple[str, str]:
        """Path and query of the template; no target of a request has a fragment (RFC 9112 §3.2)."""
        path, _, query = self.template.partition("#")[0].partition("?")
        return path, query


class Contract(Struct, frozen=True):
    """One OpenAPI document of one service.

    `base_paths` are the paths of its servers, variables at their defaults, without a trailing slash; `hosts` their
    hosts. `flaws` are what is wrong with the document itself and was seen while its operations were listed.
    """

    name: str
    documents: Documents
    dialect: Dialect
    version: str
    title: str
    base_paths: tuple[str, ...]
    servers: tuple[str, ...]
    operations: tuple[Operation, ...]
    webhooks: tuple[Operation, ...]
    flaws: Violations

    @property
    def root(self) -> Node:
        """The OpenAPI Object."""
        return self.documents.root_node()
