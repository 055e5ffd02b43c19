"""One finding, whoever is at fault and whichever job found it.

Holds everything that any renderer needs, and knows none of them. File and line are looked up when it is rendered.
"""

from __future__ import annotations

import hashlib
import re
from typing import Literal, TypeAlias

from mockserver.values import JSON, Struct

Side: TypeAlias = Literal["consumer", "provider", "contract"]
Level: TypeAlias = Literal["error", "warning", "info"]

_INDEX = re.compile(r"/\d+(?=/|$)")


class Violation(Struct, frozen=True):
    """A finding: who broke what, where it stands in the contract and in the exchange, and how to mend it.

    `document` and `pointer` name the place in the contract (URI and JSON pointer, RFC 6901); `at` the place in the
    exchange: `path.id`, `query.limit`, `header.X-Key`, `cookie.session`, `body#/items/0/price`, `status`, or empty.
    `operation` is the operationId or the label `GET /pets/{id}`. `witness` is the value that proves it.
    """

    rule: str
    side: Side
    level: Level
    operation: str
    document: str
    pointer: str
    at: str
    message: str
    fix: str
    witness: JSON = None

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits, the same wherever the document lies and in whatever order it is written."""
        return fingerprint_of(self, self.pointer)


def fingerprint_of(violation: Violation, place: str) -> str:
    """Return the fingerprint of a finding; `place` is its pointer, without indexes where its document is at hand.

    Indexes of an exchange do not count. A finding about the contract is known by its place alone: which of the
    operations that share it is named depends on their order.
    """
    at = _INDEX.sub("/*", violation.at)
    who = place if violation.side == "contract" and place else violation.operation
    subject = f"{violation.rule}\n{violation.side}\n{who}\n{at}"
    return hashlib.blake2b(subject.encode(), digest_size=6).hexdigest()


Violations: TypeAlias = tuple[Violation, ...]


def errors_in(violations: Violations) -> Violations:
    """Return only those that fail."""
    return tuple(violation for violation in violations if violation.level == "error")
