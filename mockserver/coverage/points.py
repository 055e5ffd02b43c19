"""A point: one thing that a contract admits, and that a client may have been shown or have sent, or not.

Points of operations are counted for each operation. Those of schemas are counted once for each place in the document
and each direction, as lines of code are: where ten answers share a schema, it is the client's one piece of code that
reads it. Knows neither schemas nor exchanges.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from mockserver.values import Struct

Kind: TypeAlias = Literal["operation", "parameter", "status", "media type", "type", "enum", "union", "optional"]
Said: TypeAlias = Literal["sent", "shown"]
"""By whom: the client sends, and is shown what the API answers."""

SAYERS: tuple[Said, ...] = ("sent", "shown")
KINDS: tuple[Kind, ...] = ("operation", "parameter", "status", "media type", "type", "enum", "union", "optional")
TITLES = {
    "operation": "operations",
    "parameter": "parameters",
    "status": "statuses",
    "media type": "media types",
    "type": "nulls and types",
    "enum": "enum values",
    "union": "branches of unions",
    "optional": "optional properties",
}


class Point(Struct, frozen=True):
    """`key` names it in files, the same whatever the order of the document; `uri` and `pointer` tell where it stands.

    `what` completes the sentence "never sent: ..." for people.
    """

    key: str
    kind: Kind
    said: Said
    uri: str
    pointer: str
    what: str
