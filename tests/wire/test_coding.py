"""Content codings."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.wire import coding
from mockserver.wire.coding import uncoded
from mockserver.wire.reading import SpellingError


@given(st.binary(max_size=2000))
def test_what_was_coded_is_decoded(body: bytes) -> None:
    assert uncoded(gzip.compress(body), "gzip") == body
    assert uncoded(zlib.compress(body), "Deflate") == body
    assert uncoded(gzip.compress(zlib.compress(body)), "deflate, gzip") == body
    assert uncoded(body, "identity") == uncoded(body, None) == body


def test_members_of_gzip_follow_one_another() -> None:
    assert uncoded(gzip.compress(b"one") + gzip.compress(b"two"), "x-gzip") == b"onetwo"


@pytest.mark.parametrize(
    ("body", "name", "message"),
    [
        (b"{}", "br", "Content-Encoding 'br' is none of gzip, deflate, identity"),
        (b"{}", "gzip", "the body is no gzip: "),
        (gzip.compress(b"{}", mtime=0)[:-4], "gzip", "ends too early"),
    ],
)
def test_what_cannot_be_taken_off_is_said(body: bytes, name: str, message: str) -> None:
    with pytest.raises(SpellingError, match=message):
        uncoded(body, name)


def test_a_body_does_not_unfold_without_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(coding, "LIMIT", 1 << 20)
    assert len(uncoded(gzip.compress(bytes(1 << 20)), "gzip")) == 1 << 20
    with pytest.raises(SpellingError, match="more than 1 MiB"):
        uncoded(gzip.compress(bytes((1 << 20) + 1)), "gzip")
