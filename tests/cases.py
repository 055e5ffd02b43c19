"""Behaviour as text: a contract, requests, and the answers they must get. A case is a file; no Python is needed.

# what it shows, with its source
==== contract            YAML; once at the top, or `==== contract <path in tests/cases>`
==== service NAME        optional: YAML of a further service that is served beside it
==== settings            optional: words of `mockserver serve`: lenient, report, no-security
==== request             METHOD target, headers, an empty line, the body (\\xNN for bytes)
==== answer              status, headers that must be there (`Name: value`, `Name: ~pattern`, `!Name` must not),
                         an empty line, then `json` and members that must be there (`"!name"`: must not), `schema` and
                         a JSON Schema that another validator than ours judges the body by, `text` and the whole body
                         (`~pattern`), or `empty`
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator

from mockserver.contract.load import load
from mockserver.document.documents import Documents
from mockserver.exchange import Request
from mockserver.jobs.serve import Session
from mockserver.jobs.service import Answer, Service, Settings
from mockserver.schema.compile import Validators

FOLDER = Path(__file__).parent / "cases"
_MARK = re.compile(r"^==== ?(contract|service|settings|request|answer)(?: (.*))?$", re.MULTILINE)


class StillClock:
    def now(self) -> float:
        return 0.0


@dataclass
class Step:
    request: Request
    expected: str
    line: int


@dataclass
class Case:
    title: str
    contract: str
    settings: Settings
    steps: list[Step] = field(default_factory=list)
    beside: dict[str, str] = field(default_factory=dict)

    def session(self) -> Session:
        validators, lenient = Validators(), not self.settings.strict
        contracts = [
            load(name, Documents(f"{name}.yaml", {f"{name}.yaml": text.encode()}))
            for name, text in {"api": self.contract, **self.beside}.items()
        ]
        services = [Service(contract, validators, lenient=lenient) for contract in contracts]
        return Session(services, self.settings, StillClock())


def read_case(path: Path) -> Case:
    text = path.read_text(encoding="utf-8")
    pieces = list(_MARK.finditer(text))
    case = Case(text[: pieces[0].start()].strip("# \n"), "", Settings())
    request: Request | None = None
    for mark, following in zip(pieces, [*pieces[1:], None], strict=True):
        body = text[mark.end() + 1 : following.start() if following else len(text)]
        match mark[1]:
            case "contract":
                case.contract = (FOLDER / mark[2]).read_text(encoding="utf-8") if mark[2] else body
            case "service":
                case.beside[mark[2]] = body
            case "settings":
                words = body.split()
                case.settings = Settings(
                    strict="lenient" not in words,
                    on_violation="report" if "report" in words else "reject",
                    security="no-security" not in words,
                )
            case "request":
                request = read_request(body)
            case _:
                assert request is not None, f"{path}: an answer without a request"
                case.steps.append(Step(request, body, text.count("\n", 0, mark.start()) + 1))
    return case


def read_request(text: str) -> Request:
    head, _, body = text.rstrip("\n").partition("\n\n")
    first, *lines = head.split("\n")
    method, _, target = first.partition(" ")
    headers = tuple((name.strip(), value.strip()) for name, _, value in (line.partition(":") for line in lines))
    raw = re.sub(rb"\\x([0-9a-fA-F]{2})", lambda found: bytes([int(found[1], 16)]), body.encode())
    raw = raw.replace(b"\\r\\n", b"\r\n")
    return Request(method, target, headers, raw)


def complaints(answer: Answer, expected: str) -> list[str]:
    head, _, body = expected.rstrip("\n").partition("\n\n")
    status, *lines = head.split("\n")
    response = answer.response
    found = []
    if str(response.status) != status.strip():
        told = [violation.message for violation in answer.violations]
        found.append(f"status is {response.status}, not {status}: {told or response.body[:200]}")
    for line in lines:
        found.extend(_header(answer, line))
    kind, _, rest = body.partition("\n")
    if kind in {"json", "schema"}:
        found.extend(_value(response.body, json.loads(rest), kind))
    elif kind == "text" and not _is_text(response.body.decode("utf-8", "replace"), rest):
        found.append(f"body is {response.body!r}, not {rest!r}")
    elif kind == "empty" and response.body:
        found.append(f"body is {response.body!r}, and should be empty")
    return found


def _header(answer: Answer, line: str) -> list[str]:
    name, _, wanted = line.partition(":")
    wanted = wanted.strip()
    value = answer.response.header(name.strip("! "))
    if name.startswith("!"):
        return [f"{name[1:]} is {value!r}, and should not be there"] if value is not None else []
    if value is None:
        return [f"{name} is missing"]
    if wanted.startswith("~"):
        return [] if re.search(wanted[1:], value) else [f"{name} is {value!r}, which does not match {wanted[1:]}"]
    return [] if value == wanted else [f"{name} is {value!r}, not {wanted!r}"]


def _is_text(body: str, wanted: str) -> bool:
    return re.search(wanted[1:], body) is not None if wanted.startswith("~") else body == wanted


def _value(body: bytes, wanted: Any, kind: str) -> list[str]:
    try:
        value = json.loads(body)
    except ValueError:
        return [f"body is {body[:200]!r}, and no JSON"]
    if kind == "json":
        return _members(value, wanted, "body")
    return [f"body{error.json_path[1:]}: {error.message}" for error in Draft202012Validator(wanted).iter_errors(value)]


def _members(value: Any, wanted: Any, place: str) -> list[str]:
    if isinstance(wanted, dict) and isinstance(value, dict):
        return [complaint for key, item in wanted.items() for complaint in _member(value, key, item, place)]
    if isinstance(wanted, list) and isinstance(value, list) and len(wanted) == len(value):
        return [c for i, (v, w) in enumerate(zip(value, wanted, strict=True)) for c in _members(v, w, f"{place}[{i}]")]
    if isinstance(wanted, str) and wanted.startswith("~"):
        return [] if re.search(wanted[1:], str(value)) else [f"{place} is {value!r}, which does not match {wanted[1:]}"]
    return [] if value == wanted and type(value) is type(wanted) else [f"{place} is {value!r}, not {wanted!r}"]


def _member(value: Any, key: str, wanted: Any, place: str) -> list[str]:
    if key.startswith("!"):
        return [f"{place}.{key[1:]} is there, and should not be"] if key[1:] in value else []
    return _members(value[key], wanted, f"{place}.{key}") if key in value else [f"{place}.{key} is missing"]
