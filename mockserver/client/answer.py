"""A whole answer, as a caller sees it.

Made once the answer is known to be good, or to be an error that the API told; never of a part of one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from mockserver.exchange import Headers
from mockserver.values import JSON
from mockserver.violation import Violations

_UTF8: Final = frozenset({"", "utf-8", "utf8", "us-ascii"})
_UNREAD: Final = object()
_REQUEST_IDS: Final = ("x-request-id", "request-id", "x-correlation-id", "x-amzn-requestid", "x-ms-request-id")


class Fields(Mapping[str, str]):
    """Header fields by name, whatever its case; lines of one name are one value, joined by commas (RFC 9110 §5.3).

    >>> Fields((("Via", "a"), ("ETag", "x"), ("VIA", "b")))["via"]
    'a, b'
    """

    __slots__ = ("_lines", "pairs")

    def __init__(self, pairs: Headers) -> None:
        self.pairs = pairs
        lines: dict[str, str] = {}
        for name, value in pairs:
            lower = name.lower()
            lines[lower] = f"{lines[lower]}, {value}" if lower in lines else value
        self._lines = lines

    def __getitem__(self, name: str) -> str:
        return self._lines[name.lower()]

    def get(self, name: str, default: Any = None) -> Any:
        """Return the value of a field, or `default`."""
        return self._lines.get(name.lower(), default)  # what Mapping does by raising and catching

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._lines

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def __repr__(self) -> str:
        return f"Fields({', '.join(self._lines)})"  # values may be cookies


class Answer:
    """An answer: `status`, `headers`, `content` with its codings taken off.

    `data` is what the body spells: by the contract where there is one, else JSON where the answer says so, text, or
    octets; None without content. `url` is where it came from in the end, `took_s` the whole call, `violations` what the
    contract minds (with `validate="warn"`).
    """

    __slots__ = (
        "_data",
        "_media_type",
        "attempts",
        "content",
        "headers",
        "method",
        "operation",
        "status",
        "took_s",
        "url",
        "violations",
    )

    def __init__(self, method: str, url: str, status: int, headers: Headers, content: bytes) -> None:
        self.method = method
        self.url = url
        self.status = status
        self.headers = Fields(headers)
        self.content = content
        self.operation = ""
        self.attempts = 1
        self.took_s = 0.0
        self.violations: Violations = ()
        self._data: JSON = _UNREAD
        self._media_type: str | None = None

    @property
    def ok(self) -> bool:
        """Whether it is no error."""
        return 100 <= self.status < 400

    @property
    def media_type(self) -> str:
        """The media type without its parameters, in lower case; empty where nothing is said."""
        if self._media_type is None:
            self._media_type = self.headers.get("content-type", "").partition(";")[0].strip().lower()
        return self._media_type

    @property
    def is_json(self) -> bool:
        """Whether it says to be JSON (RFC 8259, RFC 6839 §3.1)."""
        name = self.media_type
        return name == "application/json" or name.endswith("+json")

    @property
    def request_id(self) -> str:
        """The name that the API gave to this request, for its support; empty where it gave none."""
        lines = self.headers._lines  # noqa: SLF001 - one look-up for each name
        return next((lines[name] for name in _REQUEST_IDS if name in lines), "")

    @property
    def data(self) -> JSON:
        """What the body spells."""
        if self._data is _UNREAD:
            self._data = self.read()
        return self._data

    def json(self) -> JSON:
        """Return the body as JSON, whatever its media type; raises ValueError where it is none."""
        if self.is_json and self.content:
            return self.data
        return _loads(self.content)

    @property
    def _charset(self) -> str:
        said: str = self.headers.get("content-type", "").lower().partition("charset=")[2]
        return said.partition(";")[0].strip(' "')

    @property
    def text(self) -> str:
        """The body as text, in the charset that it names, else UTF-8; what is none becomes U+FFFD."""
        try:
            return self.content.decode(self._charset or "utf-8", "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")

    def knows(self, data: JSON) -> None:
        """Take what somebody read already."""
        self._data = data

    def read(self) -> JSON:
        """Read the body by its own media type; raises ValueError where it is none."""
        if not self.content:
            return None
        if self.is_json:
            # RFC 8259 §8.1 knows UTF-8 only; who says otherwise means it
            return _loads(self.content if self._charset in _UTF8 else self.text.encode())
        return self.text if self.media_type.startswith("text/") else self.content

    def __repr__(self) -> str:
        return f"<Answer {self.status} {self.media_type or 'without content'}, {len(self.content)} octets>"


def _loads(content: bytes) -> JSON:
    from mockserver.wire.json import loads  # noqa: PLC0415 - who reads no JSON need not load its reader

    return loads(content)
