"""The smallest true file of each common kind, for answers that are no text: a client may open it."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence

_PDF = b"""%PDF-1.4
%\xe2\xe3\xcf\xd3
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 100]>>endobj
xref
0 4
0000000000 65535 f\r
0000000015 00000 n\r
0000000058 00000 n\r
0000000107 00000 n\r
trailer<</Size 4/Root 1 0 R>>
startxref
170
%%EOF
"""

_OCTETS = b"\x89\x00\xff octets \xfe\r\n"
"""What nobody can take for a text in UTF-8."""

FILES: Mapping[str, bytes] = {
    "application/pdf": _PDF,
    "image/png": base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    ),
    "image/gif": base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"),
    "image/svg+xml": b'<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>',
    "application/zip": b"PK\x05\x06" + bytes(18),
    "application/gzip": base64.b64decode("H4sIAAAAAAACAwMAAAAAAAAAAAA="),
    "text/html": b"<!doctype html>\n<title>A page</title>\n<p>A page.\n",
    "text/csv": b"id,name\n1,Ada Lovelace\n2,Grace Hopper\n",
    "text/plain": b"A plain answer.\n",
    "application/xml": b"<answer/>\n",
    "text/xml": b"<answer/>\n",
}


_KINDS: Sequence[tuple[str, bytes]] = (
    (r".*[/+](?:x-)?json", b"{}\n"),
    (r".*[/+]xml", FILES["text/xml"]),
    (r".*[/+](?:x-|vnd\.)?yaml", b"answer: true\n"),
    (r".*/(?:x-)?(?:java|ecma)script", b"// A script.\n"),
    (r"text/css", b"/* A style. */\n"),
    (r"text/.*", FILES["text/plain"]),
)


def file_of(media_type: str) -> bytes:
    """Return the smallest file of a media type; some bytes where no kind is known."""
    name = media_type.partition(";")[0].strip().lower()
    usual = (content for pattern, content in _KINDS if re.fullmatch(pattern, name))
    return FILES[name] if name in FILES else next(usual, _OCTETS)
