"""Named arguments to a request, as the contract spells it.

Finds for each argument the parameter or the property of the body that it means: by its name, or by its name in another
case style. Values of Python (dates, enums, dataclasses, models) become JSON, files become bodies in pieces. Nothing is
judged here.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import AsyncIterable, Callable, Collection, Iterator, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from enum import Enum
from typing import Any, Final, NamedTuple
from uuid import UUID

from mockserver.contract.model import MediaType
from mockserver.contract.plan import ParameterPlan, Plan, Plans
from mockserver.errors import UsageError
from mockserver.exchange import Headers
from mockserver.resilience.transfer import Upload
from mockserver.values import JSON
from mockserver.wire.bodies import encode_body
from mockserver.wire.media_type import is_json
from mockserver.wire.parameters import encode_cookie, encode_header, encode_path, encode_query, encode_querystring
from mockserver.wire.reading import UnspellableError
from mockserver.wire.shape import Shape

_PLACEHOLDER: Final = re.compile(r"\{([^{}]*)\}")
_WHOLE: Final = "body"
_NOTHING: Final[Any] = object()
_REMEMBERED: Final = 256  # names of arguments are few, unless a program makes them up


class Spelled(NamedTuple):
    """A request as the contract spells it: `target` begins below the base URL."""

    target: str
    headers: Headers
    body: bytes | Upload | None


class Speller:
    """Spells the calls of one operation; made once for it. Thread-safe."""

    def __init__(self, plans: Plans, plan: Plan) -> None:
        self._plans = plans
        self._plan = plan
        self._parameters = tuple(plan.parameters())
        self._required = tuple(each for each in self._parameters if each.parameter.required)
        self.usual = usual(plan)
        self._shape = _shape(plans, plan)
        self._template, _, self._query = plan.operation.template.partition("#")[0].partition("?")
        written = enumerate(self._template.split("/"))
        self._segments = tuple((place, text) for place, text in written if _PLACEHOLDER.search(text))
        self._meant: dict[str, ParameterPlan | str] = {}  # what an argument of that name is for

    def spelled(self, arguments: Mapping[str, Any], provided: Callable[[], Collection[str]] = tuple) -> Spelled:
        """Spell a call; raises UsageError for an argument that is unknown, missing, or cannot be spelled.

        `provided` returns the names of headers, in lower case, that somebody else will send.
        """
        plan = self._plan
        given, members = self._assigned(arguments)
        self._require(given, provided)
        try:
            path = self._path(given)
            query = [pair for each in plan.query if each in given for pair in encode_query(each.spec, given[each])]
            if plan.querystring is not None and plan.querystring in given:
                query.append(encode_querystring(plan.querystring.spec, given[plan.querystring]))
            headers = [
                (each.parameter.name, line)
                for each in plan.headers
                if each in given
                for line in encode_header(each.spec, given[each])
            ]
            cookies = [encode_cookie(each.spec, given[each]) for each in plan.cookies if each in given]
            body = _body(self._plans, plan, members)
        except UnspellableError as error:
            raise UsageError(f"{plan.operation.name} cannot be called so: {error}", fix="give another value") from None
        if cookies:
            headers.append(("Cookie", "; ".join(cookies)))
        if body is not None:
            headers.append(("Content-Type", body[0]))
        every = [text for text in (self._query, *query) if text]
        target = f"{path}?{'&'.join(every)}" if every else path
        return Spelled(target, tuple(headers), body[1] if body is not None else None)

    def _assigned(self, arguments: Mapping[str, Any]) -> tuple[dict[ParameterPlan, JSON], Any]:
        """Part arguments into those of parameters and what is for the body."""
        given = dict(self.usual)
        body: Any = arguments.get(_WHOLE, _NOTHING) if self._plan.body is not None else _NOTHING
        members: dict[str, JSON] = {}
        for name, value in arguments.items():
            if name == _WHOLE and body is not _NOTHING:
                continue
            meant = self._meant.get(name)
            if meant is None:
                meant = self._found(name)
            if not isinstance(meant, str):
                if value is not None:
                    given[meant] = plain(value)
            elif body is _NOTHING:
                members[meant] = plain(value)
            else:
                raise self._unknown(name)
        return given, members if body is _NOTHING and members else body

    def _found(self, name: str) -> ParameterPlan | str:
        """Return the parameter, or the name of the property of the body, that an argument is for."""
        parameter = _parameter(self._plan, self._parameters, name)
        member = _member(self._shape, name) if self._shape is not None else None
        meant = parameter if parameter is not None else member
        if meant is None:
            raise self._unknown(name)
        if len(self._meant) < _REMEMBERED:
            self._meant[name] = meant
        return meant

    def _require(self, given: Mapping[ParameterPlan, JSON], provided: Callable[[], Collection[str]]) -> None:
        missing = [each.parameter for each in self._required if each not in given]
        if missing:
            others = provided()
            missing = [each for each in missing if each.location == "path" or each.name.lower() not in others]
        if missing:
            names = ", ".join(f"{each.name} ({each.location})" for each in missing)
            raise UsageError(f"{self._plan.operation.name} needs {names}", fix=f"give {_snake(missing[0].name)}=...")

    def _path(self, given: Mapping[ParameterPlan, JSON]) -> str:
        plan = self._plan

        def part(found: re.Match[str]) -> str:
            entry = plan.path.get(found[1])
            return encode_path(entry.spec, given[entry]) if entry is not None else found[0]

        path = _PLACEHOLDER.sub(part, self._template)
        segments = path.split("/")
        for place, written in self._segments:
            if place < len(segments) and segments[place] in {"", ".", ".."}:
                raise UsageError(
                    f"{plan.operation.name}: {written} would be {segments[place]!r}, which asks for another path",
                    fix="give it a value",
                )
        return path

    def _unknown(self, name: str) -> UsageError:
        known = [_snake(each.parameter.name) for each in self._parameters]
        known += [_snake(each) for each in (self._shape.property_names if self._shape is not None else ())]
        known += [_WHOLE] if self._plan.body is not None else []
        near = get_close_matches(_snake(name), known, n=1, cutoff=0.5)
        meant = f"did you mean {near[0]}? " if near else ""
        has = f"it has {', '.join(dict.fromkeys(known))}" if known else "it has none"
        return UsageError(f"{self._plan.operation.name} has no argument {name}", fix=f"{meant}{has}")


def usual(plan: Plan) -> dict[ParameterPlan, JSON]:
    """Return the arguments that nobody need give.

    A required parameter that has one value only, and a header that names a version and has a default.
    """
    found: dict[ParameterPlan, JSON] = {}
    for each in plan.parameters():
        schema = each.bundle.schema if each.bundle is not None else None
        if not isinstance(schema, dict):
            continue
        only = schema["enum"] if isinstance(schema.get("enum"), list) else []
        only = [schema["const"]] if "const" in schema else only
        if each.parameter.required and len(only) == 1:
            found[each] = only[0]
        elif each.parameter.location == "header" and "version" in each.parameter.name.lower() and "default" in schema:
            found[each] = schema["default"]
    return found


def plain(value: Any) -> JSON:
    """Return a Python value as JSON; octets are texts of one character each, as `wire` has them.

    >>> plain({"at": date(2026, 11, 22), "price": Decimal("1.50")})
    {'at': '2026-11-22', 'price': 1.5}
    """
    match value:
        case None | bool() | int() | float() if not isinstance(value, Enum):
            return value
        case Enum():
            return plain(value.value)
        case str():
            return str(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).decode("latin-1")
        case datetime() | date() | time():
            return value.isoformat()
        case UUID():
            return str(value)
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case Mapping():
            return {str(key): plain(item) for key, item in value.items()}
        case list() | tuple() | set() | frozenset():
            return [plain(item) for item in value]
        case _ if hasattr(value, "model_dump"):
            return plain(value.model_dump(mode="json", by_alias=True, exclude_none=True))
        case _ if is_dataclass(value) and not isinstance(value, type):
            return {each.name: plain(getattr(value, each.name)) for each in fields(value)}
        case _:
            raise UsageError(
                f"a {type(value).__name__} has no JSON", fix="give a value of JSON, a dataclass or a model"
            )


def _parameter(plan: Plan, parameters: tuple[ParameterPlan, ...], name: str) -> ParameterPlan | None:
    loose = _loose(name)
    for matches in (
        [each for each in parameters if each.parameter.name == name],
        [each for each in parameters if _loose(each.parameter.name) == loose],
        [each for each in parameters if _loose(each.parameter.location + each.parameter.name) == loose],
        [each for each in plan.path.values() if loose in _of_resource(plan.operation.template, each.parameter.name)],
    ):
        if len(matches) == 1:
            return matches[0]
        if matches:
            ways = ", ".join(f"{each.parameter.location}_{_snake(each.parameter.name)}" for each in matches)
            raise UsageError(f"{plan.operation.name} has {name} more than once", fix=f"say which: {ways}")
    return None


def _of_resource(template: str, name: str) -> Iterator[str]:
    """Yield how a path parameter is called with its resource: `id` of `/shipments/{id}` is `shipment_id` too."""
    resource = re.search(rf"([^/{{}}]+)/\{{{re.escape(name)}\}}", template)
    for noun in (resource[1], resource[1].removesuffix("s")) if resource is not None else ():
        yield _loose(noun + name)


def _member(shape: Shape, name: str) -> str | None:
    names = tuple(shape.property_names)
    if name in names:
        return name
    loose = [known for known in names if _loose(known) == _loose(name)]
    return loose[0] if len(loose) == 1 else None


def _shape(plans: Plans, plan: Plan) -> Shape | None:
    media = _media(plan, octets=False)
    return plans.media(media, "request").spec.shape if media is not None else None


def _media(plan: Plan, *, octets: bool) -> MediaType | None:
    """Return the media type to send: JSON before others, octets as what is no JSON."""
    content = plan.body.content if plan.body is not None else ()
    liked = [media for media in content if is_json(media.name) is not octets]
    return next(iter((*liked, *content)), None)


def _body(plans: Plans, plan: Plan, value: Any) -> tuple[str, bytes | Upload] | None:
    if value is _NOTHING:
        if plan.body is not None and plan.body.required:
            raise UsageError(f"{plan.operation.name} needs a body", fix="give its properties by name, or body=...")
        return None
    source = isinstance(value, os.PathLike | Iterator | AsyncIterable) or hasattr(value, "read")
    octets = source or isinstance(value, bytes | bytearray | memoryview)
    media = _media(plan, octets=octets)
    if media is None:
        raise UsageError(f"{plan.operation.name} takes no body", fix="leave it out")
    if source:
        from mockserver.client.uploads import upload_of  # noqa: PLC0415 - who sends no files need not load it

        sent = upload_of(value, None)
        return ("application/octet-stream" if "*" in media.name else media.name), sent if sent is not None else b""
    spec = plans.media(media, "request").spec
    if octets and is_json(media.name):
        return media.name, bytes(value)
    shape = spec.shape
    if shape.annotations.content_encoding == "base64" and octets:
        return encode_body(spec, base64.b64encode(value).decode())
    return encode_body(spec, plain(value))


def _loose(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def _snake(name: str) -> str:
    """Spell a name as Python would.

    >>> _snake("X-Api-Key"), _snake("shipmentId")
    ('x_api_key', 'shipment_id')
    """
    return re.sub(r"[^a-z0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()).strip("_")
