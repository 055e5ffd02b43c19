"""A judge of requests as they stand on the wire: own reading of the raw document, python jsonschema.

Knows what has one spelling only: texts, numbers and flat lists of parameters and forms, JSON and lines of JSON. Of
nested values in parameters and forms it has no opinion, but sees that they were not spelled as Python does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

from judge import Judge

_OTHER_STYLES = {"deepObject", "matrix", "label"}
_DELIMITERS = {"spaceDelimited": " ", "pipeDelimited": "|", "ssv": " ", "tsv": "\t", "pipes": "|"}


@dataclass(frozen=True)
class Sent:
    """A request: its target, headers by lower-case name, and body."""

    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True)
class WireJudge:
    """Says what is wrong with requests for the operations of one document."""

    judge: Judge

    def complaint(self, template: str, operation: dict[str, Any], base: Path, sent: Sent) -> str:
        """Return what is wrong with a request, or nothing."""
        for parameter, place in self._parameters(template, operation, base):
            texts = _texts(parameter, template, sent)
            wrong = self._parameter_complaint(parameter, place, texts)
            if wrong:
                return f"{parameter['in']} {parameter['name']}: {wrong}"
        wrong = self._body_complaint(operation, base, sent)
        return f"body: {wrong}" if wrong else ""

    def defaults(self, template: str, operation: dict[str, Any], base: Path) -> dict[str, Any]:
        """Return the path parameters that have a default: what the API is called with where nobody says otherwise."""
        return {
            parameter["name"]: parameter["schema"]["default"]
            for parameter, _ in self._parameters(template, operation, base)
            if parameter.get("in") == "path" and "default" in (parameter.get("schema") or {})
        }

    def _parameters(self, template: str, operation: dict[str, Any], base: Path) -> Iterator[tuple[Any, Path]]:
        item, place = self.judge.deref(self.judge.root["paths"][template], self.judge.path)
        found = {}
        for written, where in ((item.get("parameters"), place), (operation.get("parameters"), base)):
            for parameter in written or []:
                known, at = self.judge.deref(parameter, where)
                found[known.get("name"), known.get("in")] = known, at
        yield from found.values()

    def _parameter_complaint(self, parameter: dict[str, Any], base: Path, texts: list[str] | None) -> str:
        if texts is None:
            return ""
        if not texts:
            return "is missing" if parameter.get("required") is True else ""
        if "content" in parameter:
            media, base = self.judge.deref(next(iter(parameter["content"].values())), base)
            return self._invalid(media.get("schema", True), base, [*_json(texts[0])])
        schema = parameter.get("schema", parameter if self.judge.old else True)
        style = parameter.get("style", parameter.get("collectionFormat", ""))
        return self._text_complaint(schema, base, texts, _DELIMITERS.get(style, ","))

    def _text_complaint(self, schema: Any, base: Path, texts: list[str], delimiter: str = ",") -> str:
        if not self._has_one_spelling(schema, base):
            return "is a list as Python spells it" if re.match(r"^\[['\"]", texts[0]) else ""
        return self._invalid(schema, base, _readings(texts, delimiter))

    def _has_one_spelling(self, schema: Any, base: Path) -> bool:
        """Tell whether a flat list or a text is all that a schema can ask for."""
        schema, base = self.judge.deref(schema, base)
        if not isinstance(schema, dict) or "allOf" in schema:
            return False
        branches = [*(schema.get("oneOf") or []), *(schema.get("anyOf") or [])]
        if branches:
            return all(self._has_one_spelling(branch, base) for branch in branches)
        kinds = schema.get("type")
        kinds = {kinds} if isinstance(kinds, str) else set(kinds or ())
        if "array" in kinds:
            return self._has_one_spelling(schema.get("items", {}), base)
        return bool(kinds) and not kinds & {"object", "file"}

    def _invalid(self, schema: Any, base: Path, readings: list[Any]) -> str:
        validator = self.judge.validator(schema, base, written=True)
        if any(validator.is_valid(reading) for reading in readings):
            return ""
        return (
            next((error.message[:160] for error in validator.iter_errors(readings[0])), "") if readings else "no JSON"
        )

    def _body_complaint(self, operation: dict[str, Any], base: Path, sent: Sent) -> str:
        content, base, required = self._content(operation, base)
        written = sent.headers.get("content-type", "")
        media = written.partition(";")[0].strip().lower()
        if not sent.body and not written:
            return "is missing" if required else ""
        names = (media, media.partition("/")[0] + "/*", "*/*")
        chosen, base = self.judge.deref(next((content[name] for name in names if name in content), None), base)
        if not isinstance(chosen, dict):
            return "" if not content else f"{media} is not documented"
        schema = chosen.get("schema", True)
        if re.search(r"[/+]json$", media):
            return self._invalid(schema, base, [*_json(sent.body)])
        if media in {"application/x-ndjson", "application/jsonl"}:
            lines = [value for line in sent.body.splitlines() if line.strip() for value in _json(line)]
            return self._invalid(schema, base, [lines])
        if media == "application/x-www-form-urlencoded":
            return self._form_complaint(schema, base, sent.body)
        return ""

    def _content(self, operation: dict[str, Any], base: Path) -> tuple[dict[str, Any], Path, bool]:
        if not self.judge.old:
            body, base = self.judge.deref(operation.get("requestBody"), base)
            content = {
                name.partition(";")[0].strip().lower(): media
                for name, media in ((body or {}).get("content") or {}).items()
            }
            return content, base, bool((body or {}).get("required"))
        for written in operation.get("parameters") or []:
            parameter, at = self.judge.deref(written, base)
            if parameter.get("in") == "body":
                return {"*/*": parameter}, at, bool(parameter.get("required"))
        return {}, base, False

    def _form_complaint(self, schema: Any, base: Path, body: bytes) -> str:
        schema, base = self.judge.deref(schema, base)
        if not isinstance(schema, dict):
            return ""
        pairs = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)
        sent = {name.partition("[")[0].partition(".")[0] for name, _ in pairs} | {name for name, _ in pairs}
        properties = schema.get("properties") or {}
        for name in schema.get("required") or []:
            if name not in sent and not self._is_read_only(properties.get(name), base):
                return f"{name} is missing"
        for name, wanted in properties.items():
            texts = [value for key, value in pairs if key == name]
            kept, place = self.judge.deref(wanted, base)
            if texts and isinstance(kept, dict) and kept.get("type") == "array":
                items, _ = self.judge.deref(kept.get("items", {}), place)
                if isinstance(items, dict) and items.get("type") == "object" and not texts[0].startswith(("{", "[")):
                    return f"{name} is a list of objects, of which names alone were sent"
            wrong = self._text_complaint(wanted, base, texts) if texts else ""
            if wrong:
                return f"{name}: {wrong}"
        return ""

    def _is_read_only(self, schema: Any, base: Path) -> bool:
        schema, _ = self.judge.deref(schema, base)
        return isinstance(schema, dict) and schema.get("readOnly") is True


def _texts(parameter: dict[str, Any], template: str, sent: Sent) -> list[str] | None:
    """Return what was sent for a parameter; None where this judge has no opinion."""
    name, place = str(parameter.get("name")), parameter.get("in")
    if parameter.get("style") in _OTHER_STYLES or place not in {"path", "query", "header"}:
        return None
    path, _, query = sent.target.partition("?")
    if place == "query":
        pairs = parse_qsl(query, keep_blank_values=True)
        if name in dict(parse_qsl(template.partition("?")[2], keep_blank_values=True)):
            return None  # the template says it already, and clients repeat it or not
        texts = [value for key, value in pairs if key in {name, f"{name}[]"}]
        begun = any(key.startswith((f"{name}[", f"{name}.")) for key, _ in pairs)
        unseen = begun or "?" in template or _exploded_object(parameter)
        return texts or (None if unseen else [])
    if place == "header":
        if name.lower() in {"accept", "content-type", "authorization"}:
            return None
        return [sent.headers[name.lower()].strip()] if name.lower() in sent.headers else []
    pattern = re.sub(r"\\\{([^{}]*)\\\}", "(.+?)", re.escape(template.partition("?")[0].partition("#")[0]))
    names = re.findall(r"\{([^{}]*)\}", template)
    found = re.fullmatch(pattern, path)
    if found is None or name not in names or len(set(names)) != len(names):
        return None
    return [unquote(found.groups()[names.index(name)])]


def _exploded_object(parameter: dict[str, Any]) -> bool:
    """Tell whether the names on the wire are those of properties, or may be."""
    schema = parameter.get("schema")
    return "content" not in parameter and isinstance(schema, dict) and schema.get("type") in {None, "object", "array"}


def _readings(texts: list[str], delimiter: str) -> list[Any]:
    """Return what texts may say, the plainest first: a text, a number, a list of either."""
    single = [texts[0], *_scalars(texts[0])] if len(texts) == 1 else []
    parts = texts if len(texts) > 1 else texts[0].split(delimiter)
    typed = [next(iter(_scalars(part)), part) for part in parts]
    return [*single, parts, typed, *([[texts[0]]] if len(texts) == 1 else [])]


def _scalars(text: str) -> Iterator[Any]:
    for value in _json(text):
        if not isinstance(value, str | list | dict):
            yield value


def _json(text: str | bytes) -> Iterator[Any]:
    try:
        yield json.loads(text)
    except (ValueError, RecursionError):
        return
