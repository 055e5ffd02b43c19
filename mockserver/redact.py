"""Nothing secret leaves: the one place that stands before journal, header, report, log and console.

A value is secret because of the name it goes by. What was seen under such a name is then taken out wherever else it
turns up: in a message, in an echo, in another encoding.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import parse_qsl, quote, quote_plus, unquote_plus

from mockserver.exchange import Exchange, Headers, NoResponse, Request, Response, Streamed
from mockserver.values import JSON, Struct, replace
from mockserver.violation import Violation

MASK = "[redacted]"

SECRET_NAMES = frozenset(
    {
        "authorization", "proxy-authorization", "cookie", "set-cookie", "x-api-key", "api-key", "apikey", "api_key",
        "x-auth-token", "x-csrf-token", "password", "passwd", "secret", "token", "access_token", "refresh_token",
        "id_token", "client_secret", "private_key", "sig", "signature", "session", "sessionid", "credential",
        "client_assertion", "code_verifier", "cvc", "cvv",
    }
)  # fmt: skip
_SHORTEST = 4
_LONGEST = 256
"""Characters of a value whose spellings are remembered: clients send the same credential with each request."""
_DEEPEST = 32
_CUT = "..."
_JSON_PAIR = re.compile(r'"((?:[^"\\]|\\.)*)"\s*:\s*("(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*)')


class Secrets(Struct, frozen=True):
    """Names under which secrets travel (lower case), and values that are known to be some."""

    names: frozenset[str] = SECRET_NAMES
    values: frozenset[str] = frozenset()

    def named(self, names: Iterable[str]) -> Secrets:
        """Add names: those of a contract's security schemes and of its password fields."""
        return replace(self, names=self.names | {name.lower() for name in names})

    def seen_in(self, request: Request) -> Secrets:
        """Add the values that a request carries under a secret name."""
        found = {value for value in _values(request, self.names) if len(value) >= _SHORTEST}
        return replace(self, values=self.values | found) if found else self


def _values(request: Request, names: frozenset[str]) -> Iterator[str]:
    for name, value in request.headers:
        lower = name.lower()
        if lower == "cookie":
            for pair in value.split(";"):
                yield pair.partition("=")[2].strip().strip('"')
        elif lower in names:
            yield value
            scheme, _, rest = value.partition(" ")
            if rest:
                yield rest.strip()
                yield from _basic(scheme, rest.strip())
    pairs = parse_qsl(request.query, keep_blank_values=True, errors="replace") if request.query else []
    if b"=" in request.body[:4096] and not request.body[:1].isspace() and request.body[:1] not in b"{[<":
        pairs += parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True, errors="replace")
    yield from (value for name, value in pairs if _bare(name) in names)
    for name, value in _JSON_PAIR.findall(request.body.decode("utf-8", "replace")):
        if name.lower() in names:
            yield value.strip('"')


def _bare(name: str) -> str:
    """Return the innermost name of a nested one: `card[cvc]` is `cvc`."""
    return name.rstrip("]").rpartition("[")[2].rpartition(".")[2].lower()


def _basic(scheme: str, encoded: str) -> Iterator[str]:
    if scheme.lower() == "basic":
        try:
            plain = base64.b64decode(encoded, validate=True).decode("utf-8", "replace")
        except ValueError:
            return
        yield plain
        yield plain.partition(":")[2]


def redact_text(text: str, secrets: Secrets) -> str:
    """Take known values out of a text, plain, percent-encoded or in base64."""
    for value in sorted(secrets.values, key=len, reverse=True):
        for spelling in _remembered(value) if len(value) <= _LONGEST else _spellings(value):
            if spelling in text:
                text = text.replace(spelling, MASK)
    return text


def _spellings(value: str) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(
            (
                value,
                quote(value, safe=""),
                quote_plus(value),
                unquote_plus(value),
                base64.b64encode(value.encode()).decode(),
                value.replace("\\", "\\\\").replace('"', '\\"'),
            )
        )
    )


_remembered = lru_cache(maxsize=256)(_spellings)


def redact_json(value: JSON, secrets: Secrets, depth: int = 0) -> JSON:
    """Take secrets out of a JSON value: by the name of the member, and by known values.

    What is nested deeper than anybody reads is left out.
    """
    if depth > _DEEPEST and isinstance(value, dict | list):
        return _CUT
    match value:
        case dict():
            return {
                redact_text(key, secrets): MASK
                if key.lower() in secrets.names and not isinstance(item, dict | list | None)
                else redact_json(item, secrets, depth + 1)
                for key, item in value.items()
            }
        case list():
            return [redact_json(item, secrets, depth + 1) for item in value]
        case str():
            return redact_text(value, secrets)
        case _:
            return value


def redact_headers(headers: Headers, secrets: Secrets) -> Headers:
    """Take secrets out of header fields."""
    return tuple(
        (name, MASK if name.lower() in secrets.names else redact_text(value, secrets)) for name, value in headers
    )


def _redact_body(body: bytes, secrets: Secrets) -> bytes:
    text = body.decode("utf-8", "surrogateescape")

    def mask(pair: re.Match[str]) -> str:
        return f'"{pair[1]}":"{MASK}"' if pair[1].lower() in secrets.names else pair[0]

    return redact_text(_JSON_PAIR.sub(mask, text), secrets).encode("utf-8", "surrogateescape")


def redact_exchange(exchange: Exchange, secrets: Secrets) -> Exchange:
    """Take secrets out of a whole exchange, request and outcome."""
    known = secrets.seen_in(exchange.request)
    request = exchange.request
    clean = replace(
        request,
        target=_redact_target(request.target, known),
        headers=redact_headers(request.headers, known),
        body=_redact_body(request.body, known),
    )
    outcome = exchange.outcome
    match outcome:
        case Response():
            outcome = replace(
                outcome, headers=redact_headers(outcome.headers, known), body=_redact_body(outcome.body, known)
            )
        case Streamed():
            chunks = tuple((pause_s, _redact_body(piece, known)) for pause_s, piece in outcome)
            outcome = replace(outcome, headers=redact_headers(outcome.headers, known), chunks=chunks)
        case NoResponse():
            outcome = NoResponse(redact_text(outcome.reason, known))
    return replace(exchange, request=clean, outcome=outcome)


def _redact_target(target: str, secrets: Secrets) -> str:
    path, mark, query = target.partition("?")
    pairs = []
    for pair in query.split("&") if mark else ():
        name, equals, _ = pair.partition("=")
        pairs.append(f"{name}={MASK}" if equals and _bare(unquote_plus(name)) in secrets.names else pair)
    return redact_text(path + mark + "&".join(pairs), secrets)


def redact_violation(violation: Violation, secrets: Secrets) -> Violation:
    """Take secrets out of what a finding shows."""
    name = violation.at.rpartition("/")[2].rpartition(".")[2].lower()
    witness = violation.witness
    if name in secrets.names and isinstance(witness, str | int | float):
        secrets = (
            replace(secrets, values=secrets.values | {str(witness)}) if len(str(witness)) >= _SHORTEST else secrets
        )
        witness = MASK
    elif not secrets.values and not isinstance(witness, dict | list):
        return violation
    return replace(
        violation,
        operation=redact_text(violation.operation, secrets),
        at=redact_text(violation.at, secrets),
        message=redact_text(violation.message, secrets),
        fix=redact_text(violation.fix, secrets),
        witness=redact_json(witness, secrets),
    )
