"""The least that a server can do, and the least that Flask can: `python yardsticks.py bare|flask PORT` on our server.

Both answer the paths of the petstore, so that they are asked what the others are asked.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, jsonify, request

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b'{"name":"Rex","tag":"dog","id":1}'
FIELDS = [("Content-Type", "application/json"), ("Content-Length", str(len(BODY)))]


def bare(environ: dict[str, Any], start_response: Callable[..., object]) -> list[bytes]:
    """Answer everything with the same bytes."""
    if environ.get("CONTENT_LENGTH"):
        environ["wsgi.input"].read()
    start_response("200 OK", FIELDS.copy())
    return [BODY]


flask = Flask("yardstick")


@flask.get("/pets/<int:number>")
def _pet(number: int) -> Response:
    return jsonify(name="Rex", tag="dog", id=number)


@flask.get("/pets")
def _pets() -> Response:
    return jsonify([{"name": "Rex", "tag": "dog", "id": int(request.args["limit"])}])


@flask.post("/pets")
def _added() -> tuple[Response, int]:
    sent = request.get_json()
    return (jsonify(id=1, **sent), 200) if "name" in sent else (jsonify(code=1, message="no name"), 422)


if __name__ == "__main__":
    from mockserver.edges.runner import Server

    Server({"bare": bare, "flask": flask}[sys.argv[1]], port=int(sys.argv[2])).run()
