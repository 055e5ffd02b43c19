"""One small client, with its HTTP by libraries that the interception does not know."""

from __future__ import annotations

import asyncio
import json
import socket
import subprocess
import sys
from collections.abc import Callable
from urllib.parse import quote, urlsplit

import pycurl
import uvloop
from tornado.httpclient import AsyncHTTPClient

CONTRACT = """
openapi: 3.1.0
info: {title: things, version: "1"}
paths:
  /things:
    get:
      operationId: listThings
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 1}}]
      responses: {"200": {description: all, content: {application/json: {schema: {
        type: object, required: [items], properties: {items: {type: array, items: {type: string}}}}}}}}
    post:
      operationId: createThing
      requestBody: {required: true, content: {application/json: {schema: {
        type: object, required: [name], properties: {name: {type: string}, size: {type: integer}}}}}}
      responses: {"201": {description: made, content: {application/json: {schema: {
        type: object, required: [id], properties: {id: {type: string}}}}}}}
  /things/{id}:
    get:
      operationId: getThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: {
          type: object, required: [id], properties: {id: {type: string}, owner: {
            type: [object, "null"], required: [name], properties: {name: {type: string}}}}}}}}
        "404": {description: none}
"""


class ThingError(Exception):
    pass


class Things:
    """`wrong`: the size is sent as a text, and an owner is taken for granted."""

    wrong = False
    _ask: Callable[[str, str, bytes | None], tuple[int, bytes]]

    def __init__(self, base_url: str) -> None:
        self._base = base_url

    def _send(self, method: str, path: str, body: object = None) -> dict:
        sent = None if body is None else json.dumps(body).encode()
        status, told = self._ask(method, self._base + path, sent)
        if status >= 400:
            raise ThingError(f"{status}")
        return json.loads(told)

    def list_things(self, limit: int | None = None) -> list[str]:
        return self._send("GET", "/things" + (f"?limit={limit}" if limit is not None else ""))["items"]

    def create_thing(self, name: str, size: int | None = None) -> str:
        body = {"name": name} if size is None else {"name": name, "size": str(size) if self.wrong else size}
        return self._send("POST", "/things", body)["id"]

    def get_thing(self, id: str) -> dict:  # noqa: A002 - the contract's word
        found = self._send("GET", f"/things/{quote(id, safe='')}")
        return {"id": found["id"], "owner": found["owner"]["name"]} if self.wrong else found


def by_socket(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    parts = urlsplit(url)
    with socket.create_connection((parts.hostname, parts.port or 80), timeout=5) as wire:
        wire.sendall(_spelled(method, url, body))
        return _read(b"".join(iter(lambda: wire.recv(65536), b"")))


def by_streams(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async def ask() -> bytes:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        writer.write(_spelled(method, url, body))
        told = await reader.read()
        writer.close()
        return told

    return _read(asyncio.run(ask()))


def by_uvloop(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async def ask() -> bytes:
        parts = urlsplit(url)
        reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
        writer.write(_spelled(method, url, body))
        told = await reader.read()
        writer.close()
        return told

    return _read(uvloop.run(ask()))


def by_tornado(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    async def ask() -> tuple[int, bytes]:
        headers = {"Content-Type": "application/json"} if body is not None else {}
        asked = AsyncHTTPClient(force_instance=True)
        got = await asked.fetch(url, method=method, body=body, headers=headers, raise_error=False)
        if got.code == 599:
            raise got.error
        return got.code, got.body

    return asyncio.run(ask())


def by_pycurl(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    handle = pycurl.Curl()
    handle.setopt(pycurl.URL, url)
    handle.setopt(pycurl.TIMEOUT, 2)
    handle.setopt(pycurl.CUSTOMREQUEST, method)
    if body is not None:
        handle.setopt(pycurl.POSTFIELDS, body)
        handle.setopt(pycurl.HTTPHEADER, ["Content-Type: application/json"])
    told = handle.perform_rb()
    status = handle.getinfo(pycurl.RESPONSE_CODE)
    handle.close()
    return status, told


_CHILD = """
import sys, urllib.request, urllib.error
method, url, body = sys.argv[1:]
headers = {"Content-Type": "application/json"} if body else {}
asked = urllib.request.Request(url, body.encode() or None, headers, method=method)
try:
    got = urllib.request.urlopen(asked, timeout=5)
except urllib.error.HTTPError as refused:
    got = refused
print(got.status, got.read().decode())
"""


def by_child(method: str, url: str, body: bytes | None) -> tuple[int, bytes]:
    words = [sys.executable, "-I", "-S", "-c", _CHILD, method, url, (body or b"").decode()]
    ran = subprocess.run(words, capture_output=True, check=False, timeout=9)
    if ran.returncode:
        raise OSError(ran.stderr.decode()[-200:])
    status, _, told = ran.stdout.partition(b" ")
    return int(status), told


def _spelled(method: str, url: str, body: bytes | None) -> bytes:
    parts = urlsplit(url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    lines = [f"{method} {target} HTTP/1.1", f"Host: {parts.netloc}", "Connection: close"]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join((*lines, "", "")).encode() + (body or b"")


def _read(told: bytes) -> tuple[int, bytes]:
    head, _, body = told.partition(b"\r\n\r\n")
    if not head:
        raise ConnectionError("no answer")
    return int(head.split()[1]), body


WAYS = {
    "socket": by_socket,
    "asyncio streams": by_streams,
    "uvloop": by_uvloop,
    "tornado": by_tornado,
    "pycurl": by_pycurl,
}


def client_by(ask: Callable[[str, str, bytes | None], tuple[int, bytes]], *, wrong: bool = False) -> type[Things]:
    return type("Things", (Things,), {"_ask": staticmethod(ask), "wrong": wrong})
