"""A reference implementation behind a real socket."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import payments_live
import shipping_live
from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server

MAKERS = {"shipping": shipping_live.make, "payments": payments_live.make}
BASES = {"shipping": shipping_live.BASE, "payments": payments_live.BASE}


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, *_: object) -> None:  # type: ignore[override]
        """Say nothing."""


@contextmanager
def running(service: str) -> Iterator[tuple[str, Flask]]:
    """Run the live API of a service on a free port; yield its address and its application."""
    app = MAKERS[service]()
    server = make_server("127.0.0.1", 0, app, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{BASES[service]}", app
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
