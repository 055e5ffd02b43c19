"""Recordings of other tools: they load or are refused with a precise message, and what is written is read again."""

from __future__ import annotations

from pathlib import Path

import pytest
from corpus_place import corpus_folder

from mockserver.cassette.formats import READERS, format_of, write
from mockserver.cassette.model import Cassette, Interaction
from mockserver.cassette.scrub import readably
from mockserver.edges.cassette_files import load
from mockserver.edges.harfile import write_har
from mockserver.errors import UnreadableDocument
from mockserver.exchange import Headers
from mockserver.values import replace

CORPUS = corpus_folder()
FILES = sorted((CORPUS / "recordings" / "dev").glob("*.*")) if CORPUS else []
REFUSED = {"brokenfile.har": ":5:1", "vcrpy-old_cassette.yaml": ":1"}
READ = [path for path in FILES if path.name not in REFUSED]


@pytest.mark.usefixtures("corpus")
def test_the_recordings_are_there() -> None:
    assert len(READ) >= 8


@pytest.mark.parametrize("path", [path for path in FILES if path.name in REFUSED], ids=lambda path: path.name)
def test_what_cannot_be_read_is_refused_with_its_line(path: Path) -> None:
    with pytest.raises(UnreadableDocument) as refused:
        load(path)
    assert refused.value.where == f"{path}{REFUSED[path.name]}"
    assert refused.value.fix


def grouped(headers: Headers) -> Headers:
    """Fields of one name together, as cassettes keep them; Content-Length is measured again."""
    names = list(dict.fromkeys(name for name, _ in headers if name.lower() != "content-length"))
    return tuple((name, value) for wanted in names for name, value in headers if name == wanted)


def comparable(interactions: tuple[Interaction, ...]) -> list[tuple[object, ...]]:
    return [
        (one.url, one.request.method, grouped(one.request.headers), one.request.body, one.response.status,
         grouped(one.response.headers), one.response.body, one.reason)
        for one in interactions
    ]  # fmt: skip


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
@pytest.mark.parametrize("name", ["a.yaml", "a.json"])
def test_what_was_read_is_written_and_read_as_it_was(path: Path, name: str) -> None:
    cassette = load(path).cassette
    again = READERS["vcr"](write(cassette, name), name)
    assert comparable(again.interactions) == comparable(cassette.interactions)


@pytest.mark.parametrize("path", READ, ids=lambda path: path.name)
def test_an_archive_of_it_is_read_as_it_was(path: Path) -> None:
    cassette = Cassette(tuple(map(decoded, load(path).cassette.interactions)))
    written = write_har(cassette)
    assert format_of(written, "x.json") == "har"
    assert comparable(READERS["har"](written, "a.har").interactions) == comparable(cassette.interactions)


def decoded(one: Interaction) -> Interaction:
    """As an archive has it: without codings."""
    coded = {"content-encoding", "transfer-encoding"}
    plain = readably(one)
    kept = tuple(pair for pair in plain.response.headers if pair[0].lower() not in coded)
    sent = tuple(pair for pair in plain.request.headers if pair[0].lower() not in coded)
    return replace(plain, request=replace(plain.request, headers=sent), response=replace(plain.response, headers=kept))
