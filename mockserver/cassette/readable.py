r"""JSON bodies as people read them, and back to the bytes that were on the wire.

A body is spread over lines only when its bytes can be had again from its value: in one of the spellings that servers
use. Which one is noted beside the interaction; without the note (VCR.py) the spread text is the body, and means the
same.

>>> readable(b'{"id":"42"}')
('{\n  "id": "42"\n}', 'compact')
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Final, TypeVar

from mockserver.exchange import Headers, Request, Response
from mockserver.values import JSON, replace
from mockserver.wire.json import JSONSyntaxError, loads

_Message = TypeVar("_Message", Request, Response)

_SPELLINGS: Final[Mapping[str, Mapping[str, JSON]]] = {
    "compact": {"separators": (",", ":"), "ensure_ascii": False},
    "compact-ascii": {"separators": (",", ":")},
    "spaced": {},
    "spaced-unicode": {"ensure_ascii": False},
}
_LINE: Final = "+line"


def readable(body: bytes) -> tuple[str, str] | None:
    """Return a JSON body over lines and the name of its spelling; None where its bytes would be lost."""
    if body[:1] not in (b"{", b"[") or len(body) < 3:
        return None
    try:
        value = loads(body)
        text = body.decode()
        ended = text.endswith("\n")
        bare = text[:-1] if ended else text
        for name, options in _SPELLINGS.items():
            if json.dumps(value, **options) == bare:
                return json.dumps(value, indent=2, ensure_ascii=False), name + (_LINE if ended else "")
    except (JSONSyntaxError, ValueError, RecursionError):
        return None  # text that only looks like JSON is kept as it is
    return None


def restored(message: _Message, spelling: str) -> _Message:
    """Return a message with the bytes that its body had on the wire."""
    options = _SPELLINGS.get(spelling.removesuffix(_LINE))
    if options is None or not message.body:
        return message
    try:
        value = loads(message.body)
    except JSONSyntaxError:
        return message  # edited by hand; what stands there is the body
    body = json.dumps(value, **options).encode() + (b"\n" if spelling.endswith(_LINE) else b"")
    return replace(message, headers=with_length(message.headers, len(body)), body=body)


def with_length(headers: Headers, length: int) -> Headers:
    """Return header fields whose Content-Length, if there is one, is that of the body.

    >>> with_length((("content-length", "9"),), 12)
    (('content-length', '12'),)
    """
    return tuple((name, str(length) if name.lower() == "content-length" else value) for name, value in headers)
