"""HTTP Archives, written: the one user of harfile."""

from __future__ import annotations

import base64
import io
from urllib.parse import parse_qsl, urlsplit

from mockserver.cassette.har import content_type
from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.scrub import readably
from mockserver.errors import MissingExtra
from mockserver.exchange import Headers

try:
    import harfile
except ImportError as missing:
    raise MissingExtra("an HTTP archive needs harfile", fix='pip install "mockserver[test]"') from missing

_UNKNOWN = "1970-01-01T00:00:00.000Z"


def write_har(cassette: Cassette) -> bytes:
    """Return a cassette as HTTP Archive 1.2."""
    text = io.StringIO()
    with harfile.HarFile.open(text, creator=harfile.Creator(name="mockserver", version="1")) as archive:
        for one in cassette.interactions:
            _add(archive, readably(one))
    return text.getvalue().encode()


def _add(archive: harfile.HarFile, one: Interaction) -> None:
    took_ms = round(one.recorded.took_s * 1000, 3)
    request, response = one.request, one.response
    kind = content_type(request.headers)
    sent = (
        harfile.PostData(mimeType=kind or "application/octet-stream", text=request.body.decode("utf-8", "replace"))
        if request.body
        else None
    )
    archive.add_entry(
        startedDateTime=one.recorded.at or _UNKNOWN,
        time=took_ms,
        request=harfile.Request(
            method=request.method,
            url=one.url,
            httpVersion="HTTP/1.1",
            headers=_records(request.headers),
            queryString=[
                harfile.Record(name=name, value=value)
                for name, value in parse_qsl(urlsplit(one.url).query, keep_blank_values=True)
            ],
            postData=sent,
            bodySize=len(request.body),
        ),
        response=harfile.Response(
            status=response.status,
            statusText=one.reason,
            httpVersion="HTTP/1.1",
            headers=_records(response.headers),
            content=_content(response.body, content_type(response.headers)),
            redirectURL=response.header("location") or "",
            bodySize=len(response.body),
        ),
        timings=harfile.Timings(send=0, wait=took_ms, receive=0),
    )


def _records(headers: Headers) -> list[harfile.Record]:
    return [harfile.Record(name=name, value=value) for name, value in headers]


def _content(body: bytes, kind: str) -> harfile.Content:
    kind = kind or "x-unknown"
    try:
        return harfile.Content(size=len(body), mimeType=kind, text=body.decode())
    except UnicodeDecodeError:
        return harfile.Content(size=len(body), mimeType=kind, text=base64.b64encode(body).decode(), encoding="base64")
