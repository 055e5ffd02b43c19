"""What both reference implementations share: reading what a client sends, planted drift, running as a program.

A reference implementation plays the live API: state in memory, bodies judged by python's jsonschema against the
contract's own components, so that none of our code decides what it answers.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from drifts import DRIFTS, Drift, Reply
from flask import Flask, Response, request
from jsonschema import Draft202012Validator, FormatChecker
from openapi_schema_validator import OAS30WriteValidator
from werkzeug.exceptions import HTTPException

CONTRACTS = Path(__file__).parents[2] / "contracts"
KEY = "key_5up3rs3cr3tk3y0fth15"
Clock = Callable[[], datetime]


class Refused(Exception):
    """What the client sent cannot be served: a status, a sentence, and what else the API tells."""

    def __init__(self, status: int, sentence: str, **told: Any) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence
        self.told = told


@dataclass(slots=True)
class Live:
    """The state of a running reference implementation, and the drifts that are switched on."""

    service: str
    now: Clock
    switched: set[str] = field(default_factory=set)
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    answered: dict[str, tuple[Any, Response]] = field(default_factory=dict)

    def switch(self, *names: str) -> None:
        """Let exactly these drifts hold from now on."""
        unknown = set(names) - {drift.name for drift in DRIFTS if drift.service == self.service}
        if unknown:
            raise LookupError(f"{self.service} has no drift {', '.join(sorted(unknown))}")
        self.switched = set(names)

    def stamp(self) -> str:
        """Return the time as RFC 3339."""
        return self.now().strftime("%Y-%m-%dT%H:%M:%SZ")

    def drifts(self, operation: str) -> Iterator[Drift]:
        """Yield the drifts that hold for an operation."""
        for drift in DRIFTS:
            if drift.name in self.switched and drift.service == self.service and operation in drift.operations:
                yield drift


def today() -> datetime:
    return datetime.now(UTC)


def make_app(service: str, now: Clock | None, refusal: Callable[[Refused], Response]) -> tuple[Flask, Live]:
    """Make an application whose endpoints are operationIds; drift changes what they say on the way out."""
    app = Flask(service, static_folder=None)
    app.json.sort_keys = False  # type: ignore[attr-defined]
    live = app.extensions["live"] = Live(service, now or today)

    @app.errorhandler(Refused)
    def refused(error: Refused) -> Response:
        return refusal(error)

    @app.errorhandler(HTTPException)
    def lost(error: HTTPException) -> Response:
        return refusal(Refused(error.code or 500, error.description or "", type="about:blank"))

    @app.after_request
    def drift(response: Response) -> Response:
        for one in live.drifts(request.endpoint or ""):
            response = _drifted(one, response)
        return response

    return app, live


def _drifted(drift: Drift, response: Response) -> Response:
    kind = response.mimetype
    body = json.loads(response.get_data()) if kind.endswith("json") and response.get_data() else response.get_data()
    headers = [(name, value) for name, value in response.headers.items() if name.lower() != "content-length"]
    reply = drift.change(Reply(response.status_code, headers, body))
    data = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
    return Response(data, reply.status, reply.headers)


def answer(
    status: int, body: Any, headers: Mapping[str, str] | None = None, kind: str = "application/json"
) -> Response:
    """Say something as JSON."""
    return Response(json.dumps(body), status, dict(headers or {}), content_type=kind)


@cache
def judge(service: str, name: str) -> Any:
    """Return a validator of one component schema: JSON Schema 2020-12, or OpenAPI 3.0 as a request is judged."""
    tree = yaml.safe_load((CONTRACTS / f"{service}.yaml").read_text(encoding="utf-8"))
    schema = {"$ref": f"#/components/schemas/{name}", "components": tree["components"]}
    if str(tree["openapi"]).startswith("3.0"):
        return OAS30WriteValidator(schema, format_checker=FormatChecker())
    return Draft202012Validator(schema, format_checker=FormatChecker())


def json_body(service: str, name: str, kinds: tuple[str, ...] = ("application/json",)) -> Any:
    """Return a JSON body that keeps a component schema."""
    if request.mimetype not in kinds:
        raise Refused(415, f"send {kinds[0]}")
    try:
        value = json.loads(request.get_data())
    except ValueError as error:
        raise Refused(400, "The body is no JSON") from error
    return kept(service, name, value)


def kept(service: str, name: str, value: Any) -> Any:
    """Return the value if it keeps a component schema."""
    errors = sorted(judge(service, name).iter_errors(value), key=lambda error: len(error.absolute_path))
    if errors:
        place = "/".join(map(str, errors[0].absolute_path))
        raise Refused(422, f"{errors[0].message}", pointer=f"#/{place}", parameter=place or name)
    return value


_BRACKETS = re.compile(r"\[([^\]]*)\]")


def form_body(service: str, name: str, lists: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return a form with brackets as a value that keeps a component schema; `lists` repeat their name."""
    if request.get_data() and request.mimetype != "application/x-www-form-urlencoded":
        raise Refused(400, "send application/x-www-form-urlencoded")
    return kept(
        service, name, bracketed(request.form, judge(service, name).schema["components"]["schemas"], name, lists)
    )


def bracketed(form: Any, schemas: Any, name: str, lists: tuple[str, ...]) -> dict[str, Any]:
    """Read `shipping[address][city]=Bern` into nested objects; numbers and booleans as the schema has them."""
    value: dict[str, Any] = {}
    for key, texts in form.lists():
        path = [key.partition("[")[0], *_BRACKETS.findall(key)]
        kind = _kind(schemas, schemas[name], path)
        if path[0] in lists:
            value[path[0]] = texts
            continue
        inner = value
        for part in path[:-1]:
            inner = inner.setdefault(part, {})
        inner[path[-1]] = _typed(texts[-1], kind)
    return value


def _kind(schemas: Any, schema: Any, path: list[str]) -> str:
    for part in path:
        while "$ref" in schema:
            schema = schemas[schema["$ref"].rpartition("/")[2]]
        schema = schema.get("properties", {}).get(part, {})
    while "$ref" in schema:
        schema = schemas[schema["$ref"].rpartition("/")[2]]
    return str(schema.get("type", "string"))


def _typed(text: str, kind: str) -> Any:
    if kind == "integer" and re.fullmatch(r"-?\d+", text):
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


def whole(name: str, least: int, most: int, usual: int) -> int:
    """Return a whole number of the query."""
    text = request.args.get(name, str(usual))
    if not re.fullmatch(r"-?\d+", text) or not least <= int(text) <= most:
        raise Refused(400, f"{name} is an integer from {least} to {most}", parameter=name)
    return int(text)


def matching(name: str, pattern: str) -> str | None:
    """Return a text of the query that has a shape, or None where there is none."""
    text = request.args.get(name)
    if text is not None and not re.fullmatch(pattern, text):
        raise Refused(400, f"{name} cannot be {text}", parameter=name)
    return text


MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"


def main(make: Callable[[], Flask]) -> None:
    """Run a reference implementation: `python tests/reference/shipping_live.py --port 5001 --drift NAME`."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=5001)
    parser.add_argument("--drift", action="append", default=[])
    words = parser.parse_args()
    app = make()
    app.extensions["live"].switch(*words.drift)
    app.run(port=words.port)
