"""One observed request and its outcome.

Plain bytes and text as they were on the wire: these values know no library, no contract and no judgement. Times are
given by the edge that observed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal, TypeAlias

from mockserver.values import Struct

Headers: TypeAlias = tuple[tuple[str, str], ...]
"""Fields in the order of the wire; a repeated field stands more than once."""

Origin: TypeAlias = Literal["mock", "live", "cassette", "client"]


class Fields(tuple[tuple[str, str], ...]):  # noqa: SLOT001 - a tuple of any length can have no slots beside __dict__
    """Header fields that know themselves by name: for who is asked for many names, or gets the same section again."""

    @cached_property
    def by_name(self) -> dict[str, str]:
        """The value of each field by its name in lower case, repeated lines joined."""
        found: dict[str, str] = {}
        for name, value in self:
            lower = name.lower()
            found[lower] = f"{found[lower]}, {value}" if lower in found else value
        return found


def header(headers: Headers, name: str) -> str | None:
    """Return the value of one field, repeated lines joined as RFC 9110 §5.3 allows.

    >>> header((("Accept", "a"), ("ACCEPT", "b")), "accept")
    'a, b'
    """
    lower = name.lower()
    if isinstance(headers, Fields):
        return headers.by_name.get(lower)
    lines = [value for key, value in headers if key.lower() == lower]
    return ", ".join(lines) if lines else None


class Request(Struct, frozen=True):
    """`target` is the raw request target: not decoded, query included (RFC 9112 §3.2)."""

    method: str
    target: str
    headers: Headers = ()
    body: bytes = b""

    @property
    def path(self) -> str:
        """The raw path, still percent-encoded."""
        return self.target.partition("?")[0] if "?" in self.target else self.target

    @property
    def query(self) -> str:
        """The raw query, still percent-encoded, without its question mark."""
        return self.target.partition("?")[2] if "?" in self.target else ""

    def header(self, name: str) -> str | None:
        """Return the value of one field, or None."""
        headers = self.headers
        return headers.by_name.get(name.lower()) if type(headers) is Fields else header(headers, name)


class Response(Struct, frozen=True):
    """A whole answer."""

    status: int
    headers: Headers = ()
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the value of one field, or None."""
        return header(self.headers, name)


class Streamed(Struct, frozen=True):
    """An answer whose body comes in pieces, each with its pause in seconds before it."""

    status: int
    headers: Headers
    chunks: Sequence[tuple[float, bytes]]

    def __iter__(self) -> Iterator[tuple[float, bytes]]:
        return iter(self.chunks)

    @property
    def body(self) -> bytes:
        """The pieces together."""
        return b"".join(piece for _, piece in self.chunks)

    def header(self, name: str) -> str | None:
        """Return the value of one field, or None."""
        return header(self.headers, name)


def whole(outcome: Response | Streamed) -> Response:
    """Return an answer as if it had come at once."""
    return outcome if isinstance(outcome, Response) else Response(outcome.status, outcome.headers, outcome.body)


class NoResponse(Struct, frozen=True):
    """The connection ended before an answer."""

    reason: str


Outcome: TypeAlias = Response | Streamed | NoResponse


class Exchange(Struct, frozen=True):
    """One request, what came of it, who answered, when (ISO 8601, UTC) and how long it took (seconds)."""

    request: Request
    outcome: Outcome
    origin: Origin = "mock"
    at: str = ""
    took_s: float = 0.0
