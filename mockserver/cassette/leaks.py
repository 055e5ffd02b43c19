"""The last gate: what still looks like a secret is not written, and the place is named.

Looks at every value with its name, on both sides, also within base64. Knows pseudonyms and lets them pass. The same
rules look through cassettes that others have recorded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from mockserver.cassette.model import Interaction
from mockserver.cassette.named_texts import visit_named
from mockserver.cassette.places import BASE64, decoded, visit_body, visit_headers, visit_target
from mockserver.cassette.pseudonyms import is_placeholder
from mockserver.cassette.scrub import Rules, readably
from mockserver.cassette.secret_words import SHAPES, is_doubtful_name, looks_random, may_hold_a_shape
from mockserver.exchange import Request, Response
from mockserver.values import Struct, replace

_LOGIN: Final = frozenset({"authorization", "proxy-authorization"})
_DEEPEST: Final = 3


class Leak(Struct, frozen=True):
    """A value that looks like a secret: its place in the interaction, what it looks like, and how to mend it.

    The value itself is not told: a message about a leak must be none.
    """

    place: str
    what: str
    fix: str


def leaks(interaction: Interaction, rules: Rules = Rules()) -> Iterator[Leak]:  # noqa: B008 - a frozen value
    """Yield what must not be written, a place once."""
    one = readably(interaction)
    gate = _Gate(rules)
    user = one.origin.partition("://")[2].rpartition("@")[0]
    if user:
        gate.visit("/request/uri", "", f"://{user}@")
    for side, message in (("request", one.request), ("response", one.response)):
        coding = message.header("content-encoding")
        if message.body and coding is not None and coding.lower() != "identity":
            gate.tell(f"/{side}/body", f"a body in {coding}, which nobody can look into", "accept gzip, not it")
    gate.request(one.request)
    gate.response(one.response)
    yield from gate.found.values()


class _Gate:
    """One look at one interaction."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.found: dict[str, Leak] = {}
        self._sent = True

    def request(self, request: Request) -> None:
        self._sent = True
        visit_target(request.target, "/request/uri", self.visit, self.rules.paths)
        visit_headers(request.headers, "/request/headers", self.visit)
        visit_body(request.body, request.header("content-type") or "", "/request/body", self.visit)

    def response(self, response: Response) -> None:
        self._sent = False
        visit_headers(response.headers, "/response/headers", self.visit)
        visit_body(response.body, response.header("content-type") or "", "/response/body", self.visit)

    def tell(self, place: str, what: str, fix: str) -> None:
        self.found.setdefault(place, Leak(place, what, fix))

    def visit(self, place: str, name: str, value: str, depth: int = 0) -> str:
        """Look at a value; it stays as it is."""
        if len(value) < 3 or name.lower() in self.rules.public:
            return value
        if self.rules.is_secret(name, sent=self._sent):
            if not self._is_harmless(place, value):
                self.tell(place, f"the value of {name}", f"scrub it, or say that {name} is public")
            return value
        if is_doubtful_name(name) and looks_random(value) and not is_placeholder(value):
            self.tell(place, f"a random-looking value of {name}", f"say whether {name} is secret or public")
        self._look_into(place, value, depth)
        return value

    def _is_harmless(self, place: str, value: str) -> bool:
        if place.rpartition("/")[2].lower() not in _LOGIN:
            return is_placeholder(value) or value.lower() in {"true", "false", "null", "none", "bearer", "*"}
        scheme, space, rest = value.partition(" ")
        if space and scheme.lower() == "basic":
            parts = decoded(rest.strip()).split(":")
            return all(not part or is_placeholder(part) for part in parts)
        return is_placeholder(rest.strip() if space else value)

    def _look_into(self, place: str, text: str, depth: int) -> None:
        if len(text) < 8 or depth > _DEEPEST:
            return
        visit_named(text, place, lambda at, name, value: self.visit(at, name, value, depth + 1))
        for value in self.rules.values:
            if len(value) >= 8 and value in text and not is_placeholder(value):
                self.tell(place, "a credential of yours", "it is written where nothing takes it out: leave it away")
        for what, pattern in SHAPES if may_hold_a_shape(text) else ():
            for match in pattern.finditer(text):
                parts = match[0].split(":") if what == "password in an address" else [match[0]]
                if not all(is_placeholder(part) for part in parts) and not is_placeholder(match[0]):
                    self.tell(place, f"what looks like a {what}", "scrub it, or record with a harmless one")
        for match in BASE64.finditer(text):
            inner = decoded(match[0])
            if inner:
                self._look_into(place, inner, depth + 1)


def leaks_in(interactions: Iterable[Interaction], rules: Rules) -> Iterator[tuple[int, Leak]]:
    """Yield the leaks of a cassette, each with the number of its interaction."""
    for number, one in enumerate(interactions):
        for leak in leaks(one, rules):
            yield number, replace(leak, place=f"/interactions/{number}{leak.place}")
