"""A judge of answers that shares nothing with the product: raw document, own reading, python jsonschema.

Reads OpenAPI 2.0 to 3.2 across files. Nullable is read leniently: beside `$ref`, `allOf` and `enum` it admits null.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import yaml
from jsonschema import Draft202012Validator

METHODS = ("get", "put", "post", "delete", "options", "head", "patch", "trace", "query")
_SCHEMAS = {"items", "additionalProperties", "not", "contains", "propertyNames", "if", "then", "else",
            "unevaluatedItems", "unevaluatedProperties"}  # fmt: skip
_LISTS = {"allOf", "anyOf", "oneOf", "prefixItems"}
_MAPS = {"properties", "patternProperties", "dependentSchemas"}
_PLAIN = {"type", "enum", "const", "multipleOf", "maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum",
          "maxLength", "minLength", "pattern", "maxItems", "minItems", "uniqueItems", "maxContains", "minContains",
          "maxProperties", "minProperties", "required", "dependentRequired", "format"}  # fmt: skip
_TYPES = {"null", "boolean", "integer", "number", "string", "array", "object"}


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
    """YAML without dates, sexagesimals and yes/no."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, pattern) for tag, pattern in resolvers if tag.rpartition(":")[2] in {"null", "float", "merge"}]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), "tTfF")
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(?:0|[1-9]\d*)$"), list("-+0123456789"))


def read(path: Path) -> Any:
    text = path.read_text(encoding="utf-8")
    try:
        return json.loads(text)
    except ValueError:
        return json.loads(json.dumps(yaml.load(text, _Loader), default=str))


class Judge:
    """Judges the answers of one document."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.trees: dict[Path, Any] = {path: read(path)}
        self.root = self.trees[path]
        self.old = "swagger" in self.root
        self.siblings = str(self.root.get("openapi", "")).startswith(("3.1", "3.2"))
        self._validators: dict[str, Draft202012Validator] = {}
        self._hidden = "writeOnly"

    def resolve(self, reference: str, base: Path) -> tuple[Any, Path]:
        name, _, pointer = reference.partition("#")
        path = (base.parent / unquote(name)).resolve() if name else base
        if path not in self.trees:
            self.trees[path] = read(path)
        node = self.trees[path]
        for part in unquote(pointer).split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            node = node[int(key)] if isinstance(node, list) else node[key]
        return node, path

    def deref(self, node: Any, base: Path) -> tuple[Any, Path]:
        for _ in range(20):
            if not (isinstance(node, dict) and isinstance(node.get("$ref"), str)):
                break
            node, base = self.resolve(node["$ref"], base)
        return node, base

    def operations(self) -> list[tuple[str, str, dict[str, Any], Path]]:
        found = []
        for template, item in (self.root.get("paths") or {}).items():
            if template.startswith("x-"):
                continue
            resolved, base = self.deref(item, self.path)
            found += [
                (method.upper(), template, resolved[method], base)
                for method in METHODS
                if isinstance(resolved, dict) and isinstance(resolved.get(method), dict)
            ]
        return found

    def judge(self, operation: dict[str, Any], base: Path, status: int, content_type: str, body: bytes) -> str:
        """Return what is wrong with an answer, or nothing."""
        responses = {str(key).upper(): value for key, value in (operation.get("responses") or {}).items()}
        response = responses.get(str(status)) or responses.get(f"{status // 100}XX") or responses.get("DEFAULT")
        if response is None:
            return f"status {status} is not documented"
        response, base = self.deref(response, base)
        content, base = self.deref(self._content(operation, response), base)
        media = content_type.partition(";")[0].strip().lower()
        if not content:
            return "a body where none is documented" if body else ""
        if status in {204, 304}:
            return "a body" if body else ""
        known = {key.partition(";")[0].strip().lower(): value for key, value in content.items()}
        chosen = next((known[key] for key in (media, media.partition("/")[0] + "/*", "*/*") if key in known), None)
        if chosen is None:
            return f"media type {media} is not documented"
        chosen, base = self.deref(chosen, base)
        if not re.search(r"[/+]json$", media) or "schema" not in chosen:
            return ""
        try:
            value = json.loads(body)
        except ValueError as error:
            return f"no JSON: {error}"
        error = next(self.validator(chosen["schema"], base).iter_errors(value), None)
        return f"{'/'.join(map(str, error.absolute_path))}: {error.message[:160]}" if error is not None else ""

    def request_complaint(self, operation: dict[str, Any], base: Path, media_type: str, value: Any) -> str:
        """Return what is wrong with a body that is to be sent, or nothing; JSON and forms are judged."""
        body, base = self.deref(operation.get("requestBody"), base)
        if self.old:
            body = {"content": dict.fromkeys([media_type], next(iter(self._body_parameters(operation, base)), {}))}
        content = (body or {}).get("content") or {}
        chosen, base = self.deref(content.get(media_type), base)
        if "form" in media_type and _has_empty_array(value):
            return "an empty array, which a form cannot spell"
        if not isinstance(chosen, dict) or "schema" not in chosen or not re.search(r"[/+]json$", media_type):
            return ""
        error = next(self.validator(chosen["schema"], base, written=True).iter_errors(value), None)
        return error.message[:160] if error is not None else ""

    def _body_parameters(self, operation: dict[str, Any], base: Path) -> list[dict[str, Any]]:
        found = [self.deref(parameter, base)[0] for parameter in operation.get("parameters") or []]
        return [parameter for parameter in found if parameter.get("in") == "body"]

    def _content(self, operation: dict[str, Any], response: Any) -> dict[str, Any]:
        if not self.old:
            return response.get("content") or {}
        produces = operation.get("produces", self.root.get("produces")) or ["application/json"]
        return {name: {"schema": response["schema"]} for name in produces} if "schema" in response else {}

    def validator(self, schema: Any, base: Path, *, written: bool = False) -> Draft202012Validator:
        self._hidden = "readOnly" if written else "writeOnly"
        key = json.dumps(schema, sort_keys=True) + str(base) + self._hidden
        if key not in self._validators:
            definitions: dict[str, Any] = {}
            root = self._converted(schema, base, definitions)
            full = {"$defs": definitions, "allOf": [root]}
            self._validators[key] = Draft202012Validator(full, format_checker=Draft202012Validator.FORMAT_CHECKER)
        return self._validators[key]

    def _reference(self, reference: str, base: Path, definitions: dict[str, Any]) -> dict[str, Any]:
        target, path = self.resolve(reference, base)
        name = re.sub(r"[^A-Za-z0-9]", "_", f"{path}{reference.partition('#')[2]}")
        if name not in definitions:
            definitions[name] = {}
            definitions[name] = self._converted(target, path, definitions)
        return {"$ref": f"#/$defs/{name}"}

    def _converted(self, schema: Any, base: Path, definitions: dict[str, Any]) -> Any:
        if not isinstance(schema, dict):
            return schema if isinstance(schema, bool) else {}
        out: dict[str, Any] = {}
        if isinstance(schema.get("$ref"), str):
            out = self._reference(schema["$ref"], base, definitions)
            if not self.siblings:
                return out
        for key, value in schema.items():
            if key in _SCHEMAS:
                out[key] = self._converted(value, base, definitions)
            elif key in _LISTS and isinstance(value, list) and value:
                out[key] = [self._converted(item, base, definitions) for item in value]
            elif key in _MAPS and isinstance(value, dict):
                out[key] = {name: self._converted(item, base, definitions) for name, item in value.items()}
            elif key in _PLAIN:
                out[key] = value
        _mend(out)
        hidden = {name for name, item in (schema.get("properties") or {}).items() if self._is_hidden(item, base)}
        if "required" in out:
            out["required"] = [name for name in out["required"] if name not in hidden]
        nullable = schema.get("nullable", schema.get("x-nullable")) is True and not self.siblings
        return {"anyOf": [out, {"type": "null"}]} if nullable else out

    def _is_hidden(self, schema: Any, base: Path) -> bool:
        schema, _ = self.deref(schema, base)
        return isinstance(schema, dict) and schema.get(self._hidden) is True


def _mend(out: dict[str, Any]) -> None:
    for flag, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if out.get(flag) is True and bound in out:
            out[flag] = out.pop(bound)
        elif isinstance(out.get(flag), bool):
            del out[flag]
    types = out.get("type")
    if types is not None and not set([types] if isinstance(types, str) else types) <= _TYPES:
        del out["type"]
    if "required" in out and not (isinstance(out["required"], list)):
        del out["required"]
    if isinstance(out.get("pattern"), str):
        try:
            re.compile(out["pattern"])
        except re.error:
            del out["pattern"]  # python's engine is no ECMA-262 one


def _has_empty_array(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_has_empty_array, value.values()))
    return isinstance(value, list) and (not value or any(map(_has_empty_array, value)))
