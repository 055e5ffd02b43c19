"""A first contract from traffic: what was asked and answered, as OpenAPI 3.1.

What was seen is described, no looser and no tighter; what was not seen is for people to add. The result keeps the
traffic that it came from, which is proved before it is handed out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final
from urllib.parse import parse_qsl, unquote

from mockserver.cassette.model import Interaction, host_of
from mockserver.cassette.scrub import readably
from mockserver.cassette.secret_words import is_secret_name
from mockserver.cassette.shapes import looks_like_id, schema_of, typed
from mockserver.errors import CouldNotCheck
from mockserver.exchange import Request, Response
from mockserver.values import JSON
from mockserver.wire import media_type as media_types
from mockserver.wire.json import JSONSyntaxError, loads

_ID: Final = re.compile(r"(?:^|_)(?:id|ID)$|Id$")
_MEDIA_TYPE: Final = re.compile(r"[a-z0-9!#$&^_.+-]+/[a-z0-9!#$&^_.+-]+")
_LOGINS: Final = {"bearer": {"type": "http", "scheme": "bearer"}, "basic": {"type": "http", "scheme": "basic"}}


def hosts(interactions: Iterable[Interaction]) -> list[str]:
    """Return the hosts of traffic, the most asked first."""
    return [host for host, _ in Counter(host_of(one.origin) for one in interactions).most_common()]


def infer(interactions: Sequence[Interaction], *, title: str) -> JSON:
    """Return a contract for exchanges with one host; raise CouldNotCheck when there are none."""
    known = [readably(one) for one in interactions if 100 <= one.response.status <= 599]
    if not known:
        raise CouldNotCheck("there is no exchange to infer a contract from", fix="name cassettes or HTTP archives")
    identities = _identities(known)
    grouped: dict[tuple[str, str], list[tuple[Interaction, dict[str, str]]]] = {}
    for one in known:
        template, values = _template(one.request.path, identities)
        grouped.setdefault((template, one.request.method), []).append((one, values))
    schemes: dict[str, JSON] = {}
    paths: dict[str, JSON] = {}
    for (template, method), seen in sorted(grouped.items()):
        paths.setdefault(template, {})[method.lower()] = _operation(template, method, seen, schemes)
    origins = list(dict.fromkeys(one.origin for one in known))
    return {
        "openapi": "3.1.1",
        "info": {"title": title, "version": "0.1.0", "description": "Inferred from recorded traffic."},
        "servers": [{"url": origin} for origin in origins],
        "paths": paths,
        **({"components": {"securitySchemes": schemes}} if schemes else {}),
    }


def _identities(known: Sequence[Interaction]) -> frozenset[str]:
    """Return what answers call an id: such a segment of a path names one thing of many."""
    found: set[str] = set()
    for one in known:
        for value in _json(one.response.body, one.response.header("content-type")):
            found.update(_ids_in(value))
    return frozenset(found)


def _ids_in(value: JSON, depth: int = 0) -> Iterator[str]:
    if depth > 20:
        return
    if isinstance(value, dict):
        for name, item in value.items():
            if (
                isinstance(item, str | int)
                and not isinstance(item, bool)
                and re.search(r"(?:^|_)(id|Id|ID)$|Id$", name)
            ):
                yield str(item)
            yield from _ids_in(item, depth + 1)
    elif isinstance(value, list):
        for item in value:
            yield from _ids_in(item, depth + 1)


def _template(path: str, identities: frozenset[str]) -> tuple[str, dict[str, str]]:
    """Return the path template that a path fits, and the values of its parameters."""
    values: dict[str, str] = {}
    parts: list[str] = []
    for raw in path.split("/"):
        segment = unquote(raw)
        if segment and (looks_like_id(segment) or (segment in identities and len(parts) > 1)):
            name = _parameter_name(parts, values)
            values[name] = segment
            parts.append(f"{{{name}}}")
        else:
            parts.append(raw.replace("{", "%7B").replace("}", "%7D"))
    return "/".join(parts) or "/", values


def _parameter_name(parts: Sequence[str], values: dict[str, str]) -> str:
    owner = next((part for part in reversed(parts) if part and not part.startswith("{")), "")
    words = re.sub(r"[^A-Za-z0-9]+", "_", owner).strip("_")
    base = f"{re.sub(r'ies$', 'y', words) if words.endswith('ies') else words.removesuffix('s')}Id" if words else "id"
    name, count = base, 2
    while name in values:
        name, count = f"{base}{count}", count + 1
    return name


def _operation(
    template: str, method: str, seen: Sequence[tuple[Interaction, dict[str, str]]], schemes: dict[str, JSON]
) -> JSON:
    requests = [one.request for one, _ in seen]
    parameters = [
        {"name": name, "in": "path", "required": True, "schema": schema_of([values[name] for _, values in seen])}
        for name in seen[0][1]
    ]
    fine = [one.request for one, _ in seen if one.response.status < 400] or requests
    parameters += _query(fine, requests)
    body = _bodies([(one.body, one.header("content-type")) for one in fine if one.body])
    security = _security(fine, schemes)
    responses: dict[str, JSON] = {}
    for status in sorted({one.response.status for one, _ in seen}):
        answers = [one.response for one, _ in seen if one.response.status == status]
        responses[str(status)] = _response(status, answers)
    return {
        "operationId": _operation_id(template, method),
        **({"parameters": parameters} if parameters else {}),
        **({"requestBody": {"required": all(one.body for one in fine), "content": body}} if body else {}),
        "responses": responses,
        **({"security": security} if security else {}),
    }


def _operation_id(template: str, method: str) -> str:
    words = [word for part in template.split("/") for word in re.findall(r"[A-Za-z0-9]+", part)]
    return method.lower() + "".join(word[:1].upper() + word[1:] for word in words)


def _query(fine: Sequence[Request], every: Sequence[Request]) -> Iterator[JSON]:
    pairs = [parse_qsl(one.query, keep_blank_values=True) for one in every]
    names = list(dict.fromkeys(name for each in pairs for name, _ in each if not is_secret_name(name)))
    wanted = [{name for name, _ in parse_qsl(one.query, keep_blank_values=True)} for one in fine]
    for name in names:
        texts = [text for each in pairs for key, text in each if key == name]
        repeated = any(sum(key == name for key, _ in each) > 1 for each in pairs)
        schema = schema_of([typed(text) for text in texts])
        if isinstance(schema.get("type"), list):
            schema = {"type": "string"}  # whatever it looks like, some of it is text
        yield {
            "name": name,
            "in": "query",
            **({"required": True} if all(name in each for each in wanted) else {}),
            "schema": {"type": "array", "items": schema} if repeated else schema,
        }


def _security(requests: Sequence[Request], schemes: dict[str, JSON]) -> list[JSON]:
    """Return what the requests proved themselves with; an empty one where some did not."""
    found: dict[str, None] = {}
    bare = False
    for request in requests:
        names = list(_credentials(request, schemes))
        bare = bare or not names
        found.update(dict.fromkeys(names))
    if not found:
        return []
    return [{name: []} for name in found] + ([{}] if bare else [])


def _credentials(request: Request, schemes: dict[str, JSON]) -> Iterator[str]:
    for name, value in request.headers:
        lower = name.lower()
        if lower == "authorization":
            kind = value.partition(" ")[0].lower()
            if kind in _LOGINS:
                schemes[kind] = _LOGINS[kind]
                yield kind
        elif lower not in {"cookie", "proxy-authorization"} and is_secret_name(lower):
            scheme = re.sub(r"[^A-Za-z0-9]+", "", name.title())
            schemes[scheme] = {"type": "apiKey", "in": "header", "name": name}
            yield scheme
    for name, _ in parse_qsl(request.query, keep_blank_values=True):
        if is_secret_name(name):
            schemes[name] = {"type": "apiKey", "in": "query", "name": name}
            yield name


def _bodies(bodies: Sequence[tuple[bytes, str | None]]) -> dict[str, JSON]:
    """Return what bodies hold, by their media types."""
    by_kind: dict[str, list[bytes]] = {}
    for body, written in bodies:
        kind = (written or "").partition(";")[0].strip().lower()
        if _MEDIA_TYPE.fullmatch(kind):  # of what does not say what it is nothing can be said
            by_kind.setdefault(kind, []).append(body)
    return {kind: _media(kind, held) for kind, held in by_kind.items()}


def _media(kind: str, bodies: Sequence[bytes]) -> JSON:
    if media_types.is_json(kind):
        values = [value for body in bodies for value in _json(body, kind)]
        return {"schema": schema_of(values)} if len(values) == len(bodies) else {}
    if kind == "application/x-www-form-urlencoded":
        names = list(dict.fromkeys(name for body in bodies for name, _ in parse_qsl(body.decode("utf-8", "replace"))))
        plain = [name for name in names if "[" not in name and "." not in name]
        return {"schema": {"type": "object", "properties": {name: {} for name in plain}}}
    if kind.startswith("multipart/"):
        return {"schema": {"type": "object"}}
    return {"schema": {"type": "string"}} if kind.startswith("text/") else {}


def _json(body: bytes, kind: str | None) -> Iterator[JSON]:
    if body and media_types.is_json((kind or "").partition(";")[0].strip()):
        try:
            yield loads(body)
        except JSONSyntaxError:
            return  # it says so and is none: nothing can be learnt from it


def _response(status: int, answers: Sequence[Response]) -> JSON:
    content = _bodies([(one.body, one.header("content-type")) for one in answers if one.body])
    return {"description": f"Answered {status}", **({"content": content} if content else {})}
