"""Downloads and uploads: whole or not at all, with their progress; the same of both clients."""

import gzip
import io

import pytest
from scripted import Scripted, answer, broken_off

from mockserver.client import APIClient, BadAnswer, ClientError, ContractViolation, ServerError
from mockserver.errors import UsageError

BODY = bytes(range(256)) * 1000
FILES = """
openapi: 3.1.1
info: {title: Files, version: '1'}
paths:
  /labels/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: integer}}]
    get:
      operationId: getLabel
      responses:
        '200':
          description: ok
          headers: {X-Pages: {required: true, schema: {type: integer}}}
          content: {application/pdf: {schema: {type: string}}}
    put:
      operationId: putLabel
      requestBody: {required: true, content: {application/pdf: {schema: {type: string, maxLength: 10}}}}
      responses: {'204': {description: ok}}
"""
PDF = "Content-Type: application/pdf"


@pytest.fixture
def files(tmp_path):
    (tmp_path / "contract").mkdir()
    (tmp_path / "contract" / "files.yaml").write_text(FILES)
    return str(tmp_path / "contract" / "files.yaml")


def test_a_download_is_a_file_and_tells_its_progress(make, tmp_path) -> None:
    told = []
    with Scripted(answer(200, BODY)) as server:
        answered = make(server.url).download(
            "/x", tmp_path / "x", progress=lambda done, total: told.append((done, total))
        )
        assert (answered.status, answered.content) == (200, b"")
    assert (tmp_path / "x").read_bytes() == BODY
    assert told[-1] == (len(BODY), len(BODY))
    assert told == sorted(told)
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_a_download_may_be_larger_than_an_answer(make, tmp_path) -> None:
    with Scripted(answer(200, BODY)) as server:
        make(server.url, policy={"body": {"max_bytes": 1000}}).download("/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


def test_a_download_that_breaks_off_begins_anew(make, tmp_path) -> None:
    broken = broken_off(answer(200, BODY)[:-1000])
    with Scripted(broken, answer(200, BODY)) as server:
        into = io.BytesIO()
        into.write(b"kept ")
        make(server.url).download("/x", into)
        assert into.getvalue() == b"kept " + BODY
    with Scripted(broken) as server, pytest.raises(BadAnswer):
        make(server.url).download("/x", tmp_path / "x")
    assert list(tmp_path.iterdir()) == []


def test_an_error_is_no_file(make, tmp_path) -> None:
    with Scripted(answer(404, b"no such file")) as server:
        with pytest.raises(ClientError) as caught:
            make(server.url).download("/x", tmp_path / "x")
        assert caught.value.answer.content == b"no such file"
    assert list(tmp_path.iterdir()) == []


def test_a_compressed_download_is_unfolded(make, tmp_path) -> None:
    with Scripted(answer(200, gzip.compress(BODY), "Content-Encoding: gzip")) as server:
        make(server.url).download("/x", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == BODY


@pytest.mark.parametrize("kind", ["bytes", "path", "file", "pieces"])
def test_an_upload_is_sent_again_from_its_beginning_and_tells_its_progress(make, tmp_path, kind) -> None:
    (tmp_path / "x").write_bytes(BODY)
    told = []
    with Scripted(answer(503), answer(204)) as server, (tmp_path / "x").open("rb") as file:
        content = {"bytes": BODY, "path": tmp_path / "x", "file": file, "pieces": [BODY[:5], BODY[5:]]}[kind]
        make(server.url).put("/x", content=content, progress=lambda done, total: told.append((done, total)))
        assert [asked.body for asked in server.asked] == [BODY, BODY]
        assert {asked.headers["content-length"] for asked in server.asked} == {str(len(BODY))}
    assert told[-1] == (len(BODY), len(BODY))


def test_pieces_that_come_once_are_sent_once(make) -> None:
    with Scripted(answer(503), answer(204)) as server:
        with pytest.raises(ServerError) as caught:
            make(server.url).put("/x", content=(piece for piece in (b"a", b"b")))
        assert caught.value.reason == "body"
        assert [(asked.body, asked.headers["transfer-encoding"]) for asked in server.asked] == [(b"ab", "chunked")]


def test_pieces_may_be_awaited(make) -> None:
    async def pieces():
        yield b"a"
        yield b"b"

    with Scripted(answer(204)) as server:
        client = make(server.url)
        if isinstance(client, APIClient):
            with pytest.raises(UsageError, match="AsyncAPIClient"):
                client.put("/x", content=pieces())
        else:
            client.put("/x", content=pieces())
            assert server.asked[0].body == b"ab"


def test_the_head_of_a_download_is_judged_before_its_file_is_there(make, tmp_path, files) -> None:
    target, good = tmp_path / "label.pdf", answer(200, BODY, PDF, "X-Pages: 2")
    page = answer(200, b"<html>log in", "Content-Type: text/html", "X-Pages: 2")
    with Scripted(page, good) as server:
        make(server.url, contract=files).download("/labels/7", target)
        assert (target.read_bytes(), len(server.asked)) == (BODY, 2)
    target.unlink()
    with Scripted(page) as server, pytest.raises(BadAnswer, match="text/html"):
        make(server.url, contract=files).download("/labels/7", target)
    with Scripted(answer(200, BODY, PDF)) as server, pytest.raises(ContractViolation, match="X-Pages"):
        make(server.url, contract=files).download("/labels/7", target)
    assert not target.exists()
    with Scripted(answer(200, BODY, PDF)) as server:
        told = make(server.url, contract=files, validate="warn").download("/labels/7", target)
        assert [violation.rule for violation in told.violations] == ["response-header"]
    assert target.read_bytes() == BODY


def test_of_an_upload_in_pieces_is_judged_what_can_be_seen(make, files) -> None:
    with Scripted(answer(204)) as server:
        client = make(server.url, contract=files)
        client.put("/labels/7", content=[BODY], headers={"Content-Type": "application/pdf"})  # unread, so unmeasured
        for url, kind in (("/labels/x", "application/pdf"), ("/labels/7", "text/plain"), ("/none", "application/pdf")):
            with pytest.raises(ContractViolation, match="was not sent"):
                client.put(url, content=[BODY], headers={"Content-Type": kind})
        assert [(asked.target, asked.body) for asked in server.asked] == [("/labels/7", BODY)]


@pytest.mark.parametrize("kind", ["path", "file", "pieces"])
def test_an_operation_takes_a_file_as_its_body(make, tmp_path, files, kind) -> None:
    (tmp_path / "x").write_bytes(BODY)
    told = []
    with Scripted(answer(503), answer(204)) as server, (tmp_path / "x").open("rb") as file:
        body = {"path": tmp_path / "x", "file": file, "pieces": (piece for piece in (BODY[:5], BODY[5:]))}[kind]
        client = make(server.url, contract=files)
        options = {"progress": lambda done, total: told.append((done, total))}
        if kind == "pieces":
            with pytest.raises(ServerError):
                client.call("putLabel", id=7, body=body, options=options)
        else:
            client.call("putLabel", id=7, body=body, options=options)
        assert {asked.body for asked in server.asked} == {BODY}
        assert {asked.headers["content-type"] for asked in server.asked} == {"application/pdf"}
    assert told[-1][0] == len(BODY)


@pytest.mark.parametrize("content", [5, object()])
def test_what_is_no_body_is_a_wrong_use(make, content) -> None:
    with pytest.raises(UsageError, match="cannot be sent"):
        make("http://127.0.0.1:9").put("/x", content=content)


def test_a_file_that_is_not_there_is_a_wrong_use(make, tmp_path) -> None:
    with pytest.raises(UsageError, match="No such file"):
        make("http://127.0.0.1:9").put("/x", content=tmp_path / "none")
