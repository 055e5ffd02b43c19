"""A WSGI application called in this process (PEP 3333), its target raw: no socket, no thread, nothing decoded twice."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote_to_bytes
from wsgiref.util import setup_testing_defaults

from mockserver.exchange import Request, Response


def called(app: Callable[..., Any], request: Request) -> Response:
    """Return what an application answers to a request."""
    path, _, query = request.target.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": query,
        "RAW_URI": request.target,
        "REQUEST_URI": request.target,
        "CONTENT_LENGTH": str(len(request.body)) if request.body else "",
        "wsgi.input": BytesIO(request.body),
        "mockserver.headers": request.headers,
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = f"{environ[f'HTTP_{key}']},{value}" if f"HTTP_{key}" in environ else value
    setup_testing_defaults(environ)
    started: list[tuple[str, list[tuple[str, str]]]] = []
    written: list[bytes] = []

    def start_response(status: str, headers: list[tuple[str, str]], _exc_info: object = None) -> Callable[..., Any]:
        started[:] = [(status, headers)]
        return written.append

    pieces = app(environ, start_response)
    try:
        body = b"".join((*written, *pieces))
    finally:
        getattr(pieces, "close", lambda: None)()
    ((status, headers),) = started
    return Response(int(status.split()[0]), tuple(headers), b"" if request.method == "HEAD" else body)
