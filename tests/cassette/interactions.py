"""Interactions for tests, by hand and by chance."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

from mockserver.cassette.model import Cassette, Interaction, Recorded
from mockserver.exchange import Request, Response

JSON_TYPE = ("Content-Type", "application/json")


def interaction(
    method: str = "GET",
    url: str = "https://api.example/things/1",
    *,
    sent: Any = None,
    sent_headers: tuple[tuple[str, str], ...] = (),
    status: int = 200,
    body: Any = None,
    headers: tuple[tuple[str, str], ...] = (JSON_TYPE,),
) -> Interaction:
    """Return an interaction; bodies that are no bytes are JSON."""
    origin, target = "/".join(url.split("/")[:3]), "/" + "/".join(url.split("/")[3:])
    return Interaction(
        origin, Request(method, target, sent_headers, _bytes(sent)), Response(status, headers, _bytes(body)), "OK"
    )


def _bytes(body: Any) -> bytes:
    return body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()


_TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,15}", fullmatch=True)
_VALUES = st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=30)
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | _TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)
BODIES = st.one_of(
    st.just(b""),
    st.binary(max_size=60),
    _TEXT.map(str.encode),
    st.sampled_from([b"a\nb\n", b"a\r\nb", b"  x\n y\n\n", b"line\n", b"\n", b"\ttab\nx"]),
    st.sampled_from([b"1e5", b"yes", b"- a: b", b"# no"]),
    st.tuples(st.dictionaries(_TEXT, _JSON, max_size=4), st.booleans(), st.booleans()).map(
        lambda made: json.dumps(
            made[0], ensure_ascii=made[1], separators=(",", ":") if made[2] else None
        ).encode()
    ),
)  # fmt: skip
HEADERS = st.dictionaries(_NAMES, st.lists(_VALUES, min_size=1, max_size=2), max_size=4).map(
    lambda grouped: tuple((name, value) for name, values in grouped.items() for value in values)
)
RECORDED = st.builds(
    Recorded,
    at=st.sampled_from(["", "2026-11-22T10:00:00.000Z"]),
    operation=_TEXT,
    contract=st.sampled_from(["", "0123abcd"]),
    expires=st.sampled_from(["", "90d", "2027-01-01"]),
    redacted=st.lists(_TEXT, max_size=2).map(tuple),
)
_TARGETS = st.from_regex(r"/[a-z0-9%?&=/.~:-]{0,20}", fullmatch=True)
INTERACTIONS = st.builds(
    Interaction,
    st.sampled_from(["https://api.example", "http://127.0.0.1:8080"]),
    st.builds(Request, st.sampled_from(["GET", "POST"]), _TARGETS, HEADERS, BODIES),
    st.builds(Response, st.integers(200, 599), HEADERS, BODIES),
    _VALUES,
    RECORDED,
)  # fmt: skip
CASSETTES = st.builds(
    Cassette, st.lists(INTERACTIONS, max_size=3).map(tuple), st.sampled_from(["", "90d"]), st.none() | st.just({"a": 1})
)
