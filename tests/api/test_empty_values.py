"""What is empty and does not arrive: told where the wire can tell it from nothing, and nowhere else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests

from mockserver import ClientSuite

CONTRACT = """
openapi: 3.1.0
info: {title: notes, version: "1"}
paths:
  /notes:
    get:
      operationId: listNotes
      parameters:
        - {name: text, in: query, schema: {type: string}}
        - {name: flag, in: query, allowEmptyValue: true, schema: {type: string}}
        - {name: tag, in: query, schema: {type: array, items: {type: string}}}
      responses: {"204": {description: none}}
    post:
      operationId: createNote
      requestBody: {content: {application/json: {schema: {type: object, properties: {
        text: {type: string}, tags: {type: array, items: {type: string}}, more: {type: object}}}}}}
      responses: {"204": {description: made}}
"""


class Notes:
    """Leaves out None and nothing else."""

    def __init__(self, base_url: str) -> None:
        self._base = base_url

    def left_out(self, value: object) -> bool:
        return value is None

    def _said(self, **values: object) -> dict[str, object]:
        return {name: value for name, value in values.items() if not self.left_out(value)}

    def list_notes(self, text: str | None = None, flag: str | None = None, tag: list[str] | None = None) -> None:
        requests.get(f"{self._base}/notes", params=self._said(text=text, flag=flag, tag=tag), timeout=5)

    def create_note(
        self, text: str | None = None, tags: list[str] | None = None, more: dict[str, str] | None = None
    ) -> None:
        requests.post(f"{self._base}/notes", json=self._said(text=text, tags=tags, more=more), timeout=5)


class Careless(Notes):
    """Leaves out whatever is empty."""

    def left_out(self, value: object) -> bool:
        return not value


class Defaults(Careless):
    """Empty is what stands there when nothing is said."""

    def list_notes(self, text: str = "", tag: tuple[str, ...] = ()) -> None:
        super().list_notes(text, None, list(tag))

    def create_note(self, text: str = "", tags: tuple[str, ...] = ()) -> None:
        super().create_note(text, list(tags))


@dataclass
class Note:
    text: str = ""
    tags: list[str] = field(default_factory=list)


class Typed(Defaults):
    def create_note(self, note: Note) -> None:
        Careless.create_note(self, note.text, note.tags)


@dataclass
class Precise:
    text: str | None = None
    tags: list[str] | None = None


class Losing(Defaults):
    def create_note(self, note: Precise) -> None:
        Careless.create_note(self, note.text, note.tags)


@pytest.mark.parametrize(
    ("client", "lost"),
    [
        (Notes, set()),
        (Careless, {"query.text", "body.text", "body.tags"}),
        (Defaults, set()),
        (Typed, set()),
        (Losing, {"body#/text", "body#/tags"}),
    ],
)
def test_an_empty_value_is_missed_where_it_was_said_and_could_arrive(
    tmp_path: Path, client: type[Notes], lost: set[str]
) -> None:
    (tmp_path / "notes.yaml").write_text(CONTRACT, encoding="utf-8")
    found = ClientSuite("notes", client, contracts=tmp_path).check().shown.values()
    assert {one.violation.rule for one in found} == ({"client-round-trip"} if lost else set())
    assert {one.violation.at for one in found} == lost
    assert all(one.violation.fix.startswith("send it: what is empty is said") for one in found)
