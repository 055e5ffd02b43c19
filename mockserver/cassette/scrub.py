"""Nothing secret reaches a disk: what is taken out of interactions before they can be written.

By name (of the contract, of our words), by value (whatever was seen under a secret name, or is a configured
credential, wherever it turns up and however it is spelled) and by shape. What remains doubtful is for the gate
(leaks.py). Scrubbing twice is scrubbing once.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, TypeVar
from urllib.parse import quote, quote_plus

from mockserver.cassette.header_names import FRAMING, is_safe
from mockserver.cassette.model import Interaction
from mockserver.cassette.named_texts import visit_named
from mockserver.cassette.places import (
    BASE64,
    decoded,
    visit_body,
    visit_headers,
    visit_target,
    visit_value,
)
from mockserver.cassette.pseudonyms import Pseudonyms, is_pseudonym
from mockserver.cassette.readable import with_length
from mockserver.cassette.secret_words import SHAPES, is_secret_name, looks_random, may_hold_a_shape
from mockserver.exchange import Headers, Request, Response
from mockserver.values import Struct, field, replace
from mockserver.wire.coding import uncoded
from mockserver.wire.reading import SpellingError

_Message = TypeVar("_Message", Request, Response)

_SHORTEST_WITHIN: Final = 8
_SHORTEST: Final = 4
_DEEPEST: Final = 3
_HARMLESS: Final = frozenset(
    {"true", "false", "null", "none", "dark", "light", "auto", "system", "accepted", "granted", "denied", "necessary",
     "essential", "enabled", "disabled", "default", "desktop", "mobile", "bearer", "basic", "test", "guest"}
)  # fmt: skip
"""What stands under names of secrets, cookies above all, and in a thousand other places."""
_LOGIN: Final = frozenset({"authorization", "proxy-authorization"})


class Rules(Struct, frozen=True):
    """What is secret besides what our words say; names in lower case.

    `names` are secret on both sides, `written` only where they are sent (writeOnly); `public` are not secret whatever
    they are called; `values` are credentials that are known; `headers` may stand on a cassette besides the safe ones;
    `paths` are path templates that hold a secret.
    """

    names: frozenset[str] = frozenset()
    written: frozenset[str] = frozenset()
    public: frozenset[str] = frozenset()
    values: frozenset[str] = frozenset()
    headers: frozenset[str] = frozenset()
    paths: frozenset[str] = frozenset()

    def is_secret(self, name: str, *, sent: bool) -> bool:
        """Tell whether what goes by a name is a secret."""
        lower = name.lower()
        if not name or lower in self.public:
            return False
        return lower in self.names or (sent and lower in self.written) or is_secret_name(name)

    def keeps(self, header: str) -> bool:
        """Tell whether a header field may stand on a cassette."""
        return is_safe(header) or header in self.headers or header in self.public


class _Walk(Struct):
    """One walk over one interaction: `found` says what stands in the place of a secret."""

    rules: Rules
    found: Callable[[str], str]
    known: Sequence[tuple[str, str]] = ()
    whole: dict[str, str] = field(default_factory=dict)
    words: re.Pattern[str] | None = None
    places: dict[str, None] = field(default_factory=dict)
    sent: bool = True

    def secret(self, place: str, value: str) -> str:
        new = self.found(value)
        if new != value:
            self.places[place] = None
        return new

    def visit(self, place: str, name: str, value: str, depth: int = 0) -> str:
        """Return what stands in the place of a value."""
        if not value:
            return value
        if self.rules.is_secret(name, sent=self.sent):
            login = place.rpartition("/")[2].lower() in _LOGIN
            return self._login(place, value) if login else self.secret(place, value)
        return self.clean(place, value, depth)

    def _login(self, place: str, value: str) -> str:
        """Keep the scheme of a credential (RFC 9110 §11.4), so that it is still seen how it was sent."""
        scheme, space, rest = value.partition(" ")
        if not space:
            return self.secret(place, value)
        if scheme.lower() != "basic":
            return f"{scheme} {self.secret(place, rest.strip())}"
        user, colon, password = decoded(rest.strip()).partition(":")
        if not colon:
            return f"{scheme} {self.secret(place, rest.strip())}"
        pair = f"{self.secret(place, user)}:{self.secret(place, password)}"
        return f"{scheme} {base64.b64encode(pair.encode()).decode()}"

    def clean(self, place: str, text: str, depth: int) -> str:
        """Take secrets out of a text: named ones within it, known values, known shapes, and all that in base64."""
        if text in self.whole:
            self.places[place] = None
            return self.whole[text]
        if len(text) < _SHORTEST or depth > _DEEPEST:
            return text
        new = text if self.words is None else self.words.sub(lambda match: self.found(match[0]), text)
        new = visit_named(new, place, lambda at, name, value: self.visit(at, name, value, depth + 1))
        for value, pseudonym in self.known:
            if value in new:
                new = new.replace(value, pseudonym)
        for _, pattern in SHAPES if may_hold_a_shape(new) else ():
            new = pattern.sub(lambda match: match[0] if is_pseudonym(match[0]) else self.found(match[0]), new)
        new = BASE64.sub(lambda match: self._recoded(place, match[0], depth), new)
        if new != text:
            self.places[place] = None
        return new

    def _recoded(self, place: str, encoded: str, depth: int) -> str:
        text = decoded(encoded)
        new = self.clean(place, text, depth + 1) if text else text
        if new == text:
            return encoded
        safe = "-" in encoded or "_" in encoded
        made = (base64.urlsafe_b64encode if safe else base64.b64encode)(new.encode()).decode()
        return made if encoded.endswith("=") else made.rstrip("=")

    def request(self, request: Request, place: str) -> Request:
        self.sent = True
        kind = request.header("content-type") or ""
        return Request(
            request.method,
            visit_target(request.target, f"{place}/uri", self.visit, self.rules.paths),
            visit_headers(request.headers, f"{place}/headers", self.visit),
            visit_body(request.body, kind, f"{place}/body", self.visit),
        )

    def response(self, response: Response, place: str) -> Response:
        self.sent = False
        kind = response.header("content-type") or ""
        return Response(
            response.status,
            visit_headers(response.headers, f"{place}/headers", self.visit),
            visit_body(response.body, kind, f"{place}/body", self.visit),
        )


class Scrubber:
    """Takes secrets out of interactions. One for one cassette: what one interaction tells is secret in all."""

    def __init__(self, rules: Rules, key: bytes) -> None:
        self.rules = rules
        self._pseudonyms = Pseudonyms(key)

    def scrub(self, interactions: Iterable[Interaction]) -> tuple[Interaction, ...]:
        """Return the interactions as they may be written."""
        plain = [readably(one) for one in interactions]
        seen = set(self.rules.values)
        for one in plain:
            seen.update(self._seen_in(one))
        secrets = sorted((value for value in seen if not is_pseudonym(value)), key=len, reverse=True)
        whole = {value: self._pseudonyms.of(value) for value in secrets if len(value) >= _SHORTEST}
        known = [pair for value in secrets if len(value) >= _SHORTEST_WITHIN for pair in self._spellings(value)]
        short = [re.escape(value) for value in secrets if len(value) < _SHORTEST_WITHIN and _is_told_apart(value)]
        words = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(short)})(?![A-Za-z0-9])") if short else None
        return tuple(self._clean(one, _Walk(self.rules, self._pseudonyms.of, known, whole, words)) for one in plain)

    def seen_in(self, interactions: Iterable[Interaction]) -> frozenset[str]:
        """Return the secret values that interactions carry under secret names."""
        return frozenset(value for one in interactions for value in self._seen_in(readably(one)))

    def _seen_in(self, one: Interaction) -> set[str]:
        seen: set[str] = set()

        def collect(value: str) -> str:
            if value.lower() not in _HARMLESS:
                seen.add(value)
            return value

        walk = _Walk(self.rules, collect)
        walk.request(one.request, "")
        walk.response(one.response, "")
        for name, value in (*one.request.headers, *one.response.headers):
            lower = name.lower()
            named = self.rules.keeps(lower) or self.rules.is_secret(lower, sent=True)
            if not named and looks_random(value):
                seen.add(value)  # what is left out may be said again elsewhere
        user, _, password = one.origin.partition("://")[2].rpartition("@")[0].partition(":")
        return {value for value in (*seen, user, password) if len(value) >= _SHORTEST}

    def _spellings(self, value: str) -> Iterator[tuple[str, str]]:
        """Yield how a secret may be spelled, and its pseudonym in the same spelling."""
        pseudonym = self._pseudonyms.of(value)
        spellings: tuple[Callable[[str], str], ...] = (
            str,
            lambda text: quote(text, safe=""),
            quote_plus,
            lambda text: base64.b64encode(text.encode()).decode(),
            lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
            lambda text: base64.b64encode(text.encode()).decode().rstrip("="),
            lambda text: text.encode().hex(),
        )
        yield from {spell(value): spell(pseudonym) for spell in reversed(spellings)}.items()

    def _clean(self, one: Interaction, walk: _Walk) -> Interaction:
        dropped: dict[str, None] = {}
        request = replace(one.request, headers=self._kept(one.request.headers, dropped, sent=True))
        response = replace(one.response, headers=self._kept(one.response.headers, dropped, sent=False))
        request, response = walk.request(request, "/request"), walk.response(response, "/response")
        scheme, _, authority = one.origin.partition("://")
        host = walk.clean("/request/uri", authority.rpartition("@")[2], 0)
        extra = tuple((name, visit_value(item, f"/response/{name}", name, walk.visit)) for name, item in one.extra)
        noted = replace(
            one.recorded,
            redacted=tuple(dict.fromkeys((*one.recorded.redacted, *walk.places))),
            dropped=tuple(dict.fromkeys((*one.recorded.dropped, *dropped))),
        )
        return replace(
            one,
            origin=f"{scheme}://{host}" if authority else one.origin,
            request=replace(request, headers=with_length(request.headers, len(request.body))),
            response=_measured(response),
            reason=walk.clean("/response/status", one.reason, 0),
            recorded=noted,
            extra=extra,
        )

    def _kept(self, headers: Headers, dropped: dict[str, None], *, sent: bool) -> Headers:
        kept: list[tuple[str, str]] = []
        for name, value in headers:
            lower = name.lower()
            if self.rules.keeps(lower) or self.rules.is_secret(lower, sent=sent):
                kept.append((name, value))
            elif lower not in FRAMING:
                dropped[lower] = None
        return tuple(kept)


def _is_told_apart(value: str) -> bool:
    """Tell whether a short secret is none of the words and numbers that stand everywhere.

    >>> [_is_told_apart(value) for value in ("hunter2", "1234", "dark", "739251")]
    [True, False, False, True]
    """
    return not value.isalpha() and (not value.isdigit() or len(value) >= 6)


def _measured(response: Response) -> Response:
    """Return an answer whose Content-Length is true; that of an answer to HEAD is about another body."""
    return replace(response, headers=with_length(response.headers, len(response.body))) if response.body else response


def readably(one: Interaction) -> Interaction:
    """Return an interaction with its bodies unpacked: nobody can look into a compressed one."""
    return replace(one, request=_unpacked(one.request), response=_unpacked(one.response))


def _unpacked(message: _Message) -> _Message:
    coding = message.header("content-encoding")
    if coding is None:
        return message
    try:
        body = uncoded(message.body, coding)
    except SpellingError:
        if coding.strip().lower() not in {"gzip", "x-gzip", "deflate", "identity"} and not _is_text(message.body):
            return message  # a coding that we cannot take off: the gate refuses it
        body = message.body  # the recorder has taken it off and kept the field
    headers = tuple((name, value) for name, value in message.headers if name.lower() != "content-encoding")
    return replace(message, headers=with_length(headers, len(body)), body=body)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def masked(rules: Rules) -> Callable[[Request], Request]:
    """Return what makes requests comparable: one sign for every secret, so that nobody needs the key to replay."""

    def seen(request: Request) -> Request:
        if not request.body and "?" not in request.target:
            return request
        walk = _Walk(rules, lambda _: "*")
        if not request.body:
            return replace(request, target=visit_target(request.target, "", walk.visit, rules.paths))
        kind = request.header("content-type") or ""
        body = visit_body(request.body, kind, "", walk.visit)
        return replace(request, target=visit_target(request.target, "", walk.visit, rules.paths), body=body)

    return seen
