"""What is told to be pasted is a test: it fails on the fault that it was told for, and passes once that is mended."""

from __future__ import annotations

import os
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest

from mockserver import ClientSuite
from mockserver.api.clients.paste import pasted
from mockserver.edges.consumer.clients import named

PLUGIN = (
    () if entry_points(group="pytest11", name="mockserver_contracts") else ("-p", "mockserver.pytest_plugin.plugin")
)
CONTRACT = """
openapi: 3.1.0
info: {title: books, version: "1"}
components:
  schemas:
    Book:
      type: object
      required: [id, due]
      properties: {id: {type: string}, due: {type: [string, "null"], format: date}}
paths:
  /books:
    get:
      operationId: listBooks
      parameters: [{name: limit, in: query, schema: {type: integer, minimum: 0}}]
      responses: {"200": {description: all, content: {application/json: {schema: {
        type: array, items: {$ref: "#/components/schemas/Book"}}}}}}
    post:
      operationId: addBook
      requestBody: {required: true, content: {application/json: {schema: {
        type: object, required: [title], properties: {
          title: {type: string}, bought: {type: string, format: date}, size: {type: integer}}}}}}
      responses:
        "201": {description: made, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}
        "409": {description: twice}
  /books/{id}:
    get:
      operationId: getBook
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: {$ref: "#/components/schemas/Book"}}}}
        "404": {description: none}
    delete:
      operationId: dropBook
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"204": {description: gone}, "404": {description: none}}
"""
CLIENT = """
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote
import httpx, requests

class BookError(Exception):
    pass

@dataclass
class NewBook:
    title: str
    bought: date | None = None
    size: int | None = None

def due(body):
    return date.fromisoformat(body["due"]) if body["due"] else None

class Books:
    def __init__(self, base_url):
        self.url = base_url
    def _send(self, method, path, **more):
        answer = requests.request(method, self.url + path, timeout=5, **more)
        if answer.status_code >= 400:
            raise BookError(answer.status_code)
        return answer.json() if answer.content else None
    def list_books(self, limit: int | None = None):
        return self._send("GET", "/books", params={"limit": limit} if limit is not None else {})
    def add_book(self, book: NewBook):
        said = {"title": book.title}
        if book.bought is not None:
            said["bought"] = book.bought.isoformat()
        if book.size is not None:
            said["size"] = book.size
        return due(self._send("POST", "/books", json=said))
    def drop_book(self, id: str):
        return self._send("DELETE", f"/books/{quote(id, safe='')}")

class AsyncBooks:
    def __init__(self, base_url):
        self.url = base_url
    async def get_book(self, id: str):
        async with httpx.AsyncClient() as client:
            answer = await client.get(f"{self.url}/books/{quote(id, safe='')}")
        if answer.status_code >= 400:
            raise BookError(answer.status_code)
        return due(answer.json())
"""
WRONG = {
    'return date.fromisoformat(body["due"]) if body["due"] else None': 'return date.fromisoformat(body["due"])',
    'said["size"] = book.size': 'said["size"] = str(book.size)',
    "if limit is not None else {}": "if limit else {}",
    "            raise BookError(answer.status_code)\n        return answer.json() if": (
        "            raise (BookError if answer.status_code == 409 else KeyError)(1)\n        return answer.json() if"
    ),
}


def ran(folder: Path, client: str) -> str:
    (folder / "books.py").write_text(client, encoding="utf-8")
    words = (sys.executable, "-B", "-m", "pytest", "-q", *PLUGIN, "-p", "no:schemathesis", "test_pasted.py")
    done = subprocess.run(words, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    return done.stdout


def test_each_pasted_test_fails_on_its_fault_and_passes_once_it_is_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "books.yaml").write_text(CONTRACT, encoding="utf-8")
    wrong = CLIENT
    for right, other in WRONG.items():
        assert wrong.count(right) == 1
        wrong = wrong.replace(right, other)
    (tmp_path / "books.py").write_text(wrong, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.chdir(tmp_path)
    tests = []
    for client in ("books:Books", "books:AsyncBooks"):
        suite = ClientSuite("books", client, raises=named("books:BookError"))
        tests += [pasted(suite, shown) for shown in suite.check().shown.values()]
    assert all(tests)
    numbered = [text.replace("(mock_api)", f"_{number}(mock_api)") for number, text in enumerate(tests)]
    (tmp_path / "test_pasted.py").write_text("\n\n".join(numbered), encoding="utf-8")
    assert len(tests) >= 5
    assert f"{len(tests)} failed in" in ran(tmp_path, wrong)
    assert f"{len(tests)} passed in" in ran(tmp_path, CLIENT)
