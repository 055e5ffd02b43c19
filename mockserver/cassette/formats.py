"""The forms in which exchanges are kept, and how a file tells its own. A new one is a file and a line here."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from mockserver.cassette.betamax import read_betamax
from mockserver.cassette.exchange_log import read_log
from mockserver.cassette.har import read_har
from mockserver.cassette.model import Cassette
from mockserver.cassette.postman import read_postman
from mockserver.cassette.vcr import read_vcr
from mockserver.cassette.wiremock import read_wiremock
from mockserver.cassette.written import write_json, write_yaml

Reader: TypeAlias = Callable[[bytes, str], Cassette]

READERS: Final[Mapping[str, Reader]] = {
    "vcr": read_vcr,
    "har": read_har,
    "log": read_log,
    "betamax": read_betamax,
    "wiremock": read_wiremock,
    "postman": read_postman,
}
"""Readers by the name of the form; each raises UnreadableDocument with file and line."""

_SIGNS: Final = (
    ("har", re.compile(rb'^\s*\{\s*"log"\s*:')),
    ("betamax", re.compile(rb'"recorded_with"\s*:\s*"betamax|"http_interactions"\s*:')),
    ("postman", re.compile(rb'"_postman_id"|schema\.(?:get)?postman\.com|getpostman\.com/json/collection')),
    ("wiremock", re.compile(rb'^\s*\{\s*"(?:mappings|request|id|uuid|name)"\s*:[\s\S]*"url\w*"\s*:')),
)  # fmt: skip


def format_of(data: bytes, name: str) -> str:
    """Tell the form of a file by its content: JSON with the marks of another recorder is that one's, else VCR's."""
    if name.lower().endswith(".har"):
        return "har"
    if name.lower().endswith((".ndjson", ".jsonl")):
        return "log"
    start = data.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start[:1] != b"{" or re.match(rb'\{\s*"version"\s*:\s*1\b', start):
        return "vcr"
    return next((form for form, sign in _SIGNS if sign.search(start)), "vcr")


def write(cassette: Cassette, name: str) -> bytes:
    """Write a cassette in the form that its name asks for: JSON for `.json`, else YAML."""
    return write_json(cassette) if name.lower().endswith(".json") else write_yaml(cassette)
