"""A request that keeps the contract, for somebody to try: an example where there is one, else generated values."""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import quote

from mockserver.answers.imagine import sound_example
from mockserver.contract.model import Operation, RequestBody, SecurityScheme
from mockserver.contract.plan import Broken, MediaPlan, ParameterPlan, Plan, Plans
from mockserver.document import pointer as pointers
from mockserver.errors import MockserverError
from mockserver.exchange import Headers, Request
from mockserver.generate.generator import Generator
from mockserver.schema.compile import Validators
from mockserver.values import JSON, Struct, field, replace
from mockserver.wire.bodies import encode_body
from mockserver.wire.media_type import select
from mockserver.wire.parameters import encode_cookie, encode_header, encode_path, encode_query, encode_querystring

_BASIC = base64.b64encode(b"any:any").decode()


class Sampler(Struct, frozen=True):
    """Makes requests for the operations of one contract.

    `given` are values by place (`query.limit`, `body`; None: any that fits), `omitted` the places that are left out,
    `security` among them; a place in a body (`body#/tags`) asks for one that has it. `media_type` is that of the body,
    `content_type` what a range is said to be, `security` names the schemes to show (None: the first that are asked
    for).
    """

    plans: Plans
    validators: Validators
    given: Mapping[str, JSON] = field(default_factory=dict)
    omitted: frozenset[str] = frozenset()
    media_type: str = ""
    content_type: str = ""
    security: tuple[str, ...] | None = None

    def request(self, operation: Operation, seed: int = 0, *, everything: bool = False) -> Request:
        """Return a request with what is required, or with all that may be said.

        Raises UnreadableDocument or Unsatisfiable when there is no such request.
        """
        plan = self.plans.of(operation)
        if isinstance(plan, Broken):
            raise MockserverError(plan.violation.message, where=operation.label, fix=plan.violation.fix)
        path, written = operation.target
        for name, parameter in plan.path.items():
            path = path.replace(f"{{{name}}}", encode_path(parameter.spec, self._value(parameter, seed)))
        pairs: list[str] = []
        for parameter in plan.query:
            if self._says(parameter, everything=everything):
                pairs.extend(encode_query(parameter.spec, self._value(parameter, seed)))
        if plan.querystring is not None and self._says(plan.querystring, everything=everything):
            pairs.append(encode_querystring(plan.querystring.spec, self._value(plan.querystring, seed)))
        headers = list(self._headers(plan, seed, everything=everything))
        pairs.extend(
            f"{quote(scheme.parameter, safe='')}=any"
            for scheme in self._credentials(plan)
            if scheme.kind == "apiKey" and scheme.location == "query"
        )
        body = b""
        media = self._media(plan)
        if media is not None and plan.body is not None and self._carries(plan.body, everything=everything):
            wanted = self.content_type or self.media_type
            spec = replace(media.spec, media_type=wanted) if wanted and "*" not in wanted else media.spec
            content_type, body = encode_body(spec, self._body(media, seed))
            headers.append(("Content-Type", content_type))
        query = "&".join(filter(None, (written, *pairs)))
        return Request(operation.method, path + (f"?{query}" if query else ""), tuple(headers), body)

    def _headers(self, plan: Plan, seed: int, *, everything: bool) -> Iterator[tuple[str, str]]:
        for parameter in plan.headers:
            if self._says(parameter, everything=everything):
                for line in encode_header(parameter.spec, self._value(parameter, seed)):
                    yield parameter.parameter.name, line
        cookies = [
            encode_cookie(parameter.spec, self._value(parameter, seed))
            for parameter in plan.cookies
            if self._says(parameter, everything=everything)
        ]
        for scheme in self._credentials(plan):
            match scheme.kind:
                case "apiKey" if scheme.location == "header":
                    yield scheme.parameter, "any"
                case "apiKey" if scheme.location == "cookie":
                    cookies.append(f"{scheme.parameter}=any")
                case "http" if scheme.scheme == "basic":
                    yield "Authorization", f"Basic {_BASIC}"
                case "http" if scheme.scheme != "bearer":
                    yield "Authorization", f"{scheme.scheme.title()} any"
                case "http" | "oauth2" | "openIdConnect":
                    yield "Authorization", "Bearer any"
        if cookies:
            yield "Cookie", "; ".join(cookies)

    def _says(self, plan: ParameterPlan, *, everything: bool) -> bool:
        place = f"{plan.parameter.location}.{plan.parameter.name}"
        return place not in self.omitted and (plan.parameter.required or everything or place in self.given)

    def _carries(self, body: RequestBody, *, everything: bool) -> bool:
        asked = "body" in self.given or bool(self.media_type)
        return "body" not in self.omitted and (body.required or everything or asked)

    def _credentials(self, plan: Plan) -> tuple[SecurityScheme, ...]:
        if "security" in self.omitted:
            return ()
        if self.security is None:
            return _credentials(plan)
        named = (one for one in plan.security if {scheme.name for scheme in one} == set(self.security))
        return next(named, ())

    def _value(self, plan: ParameterPlan, seed: int) -> JSON:
        given = self.given.get(f"{plan.parameter.location}.{plan.parameter.name}")
        if given is not None:
            return given
        for example in plan.parameter.examples:
            if example.value is not None and (plan.validator is None or plan.validator.is_valid(example.value)):
                return example.value
        schema = plan.bundle.schema if plan.bundle is not None else {"type": "string"}
        return Generator(schema, self.validators).draw(seed, name=plan.parameter.name)

    def _media(self, plan: Plan) -> MediaPlan | None:
        if plan.body is None or not plan.body.content:
            return None
        chosen = select([media.name for media in plan.body.content], self.media_type)
        named = [media for media in plan.body.content if media.name == chosen]
        exact = iter(named or [media for media in plan.body.content if "*" not in media.name])
        return self.plans.media(next(exact, plan.body.content[0]), "request")

    def _body(self, media: MediaPlan, seed: int) -> JSON:
        if "body" in self.given:
            return self.given["body"]
        wanted = [pointers.split(place.removeprefix("body#"))[0] for place in self.given if place.startswith("body#/")]
        if wanted and media.bundle is not None:
            return Generator(_having(media.bundle.schema, wanted), self.validators).draw(seed)
        for example in media.media.examples:
            sound = sound_example(media, example.name, example.value)
            if sound is not None:
                return sound.value
        schema = media.bundle.schema if media.bundle is not None else {"type": "object"}
        drawn = Generator(schema, self.validators).draw(seed)
        return [drawn] if media.per_item else drawn


def _having(bundle: JSON, names: Sequence[str]) -> JSON:
    """Return a bundle for objects with these properties; lists among them have more than one item."""
    rest = {key: value for key, value in bundle.items() if key != "$defs"} if isinstance(bundle, dict) else bundle
    more = {"type": "object", "required": [*names], "properties": {name: {"minItems": 2} for name in names}}
    definitions = bundle.get("$defs", {}) if isinstance(bundle, dict) else {}
    return {"allOf": [rest, more], "$defs": definitions}


def _credentials(plan: Plan) -> tuple[SecurityScheme, ...]:
    if any(not requirement for requirement in plan.security) or not plan.security:
        return ()
    return plan.security[0]


def curl(request: Request, base: str, credentials: Headers = ()) -> str:
    """Spell a request as a shell command; in what `credentials` say, `$NAMES` are variables of the shell."""
    parts = ["curl"]
    if request.method != ("POST" if request.body else "GET"):
        parts.append(f"-X {request.method}")
    parts.append(_quoted(base + request.target))
    parts.extend(f"-H {_quoted(f'{name}: {value}')}" for name, value in request.headers)
    parts.extend(f'-H "{name}: {value}"' for name, value in credentials)
    if request.body:
        parts.append(f"-d {_quoted(request.body.decode('utf-8', 'backslashreplace'))}")
    return " ".join(parts)


def _quoted(text: str) -> str:
    plain = text and all(character.isalnum() or character in "-_./:=%~+,@" for character in text)
    return text if plain else "'" + text.replace("'", "'\\''") + "'"
