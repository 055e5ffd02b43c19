"""Start-up, as a case cannot show it: what cannot be read is never listened for, and nothing that is read ends it."""

import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from mockserver import MockServer
from mockserver.edges.runner import free_port

ROOT = Path(__file__).parent.parent
SOUND = "openapi: 3.1.1\ninfo: {title: T, version: '1'}\npaths: {/a: {get: {responses: {'200': {description: ok}}}}}\n"

ODD_HEADERS = """
openapi: 3.1.1
info: {title: Odd, version: '1'}
paths:
  /{kind}:
    get:
      operationId: "get \\u732b"
      parameters: [{in: path, name: kind, required: true, schema: {enum: [a, b]}}]
      responses:
        '200':
          description: ok
          headers:
            X-Array: {required: true, schema: {type: array, minItems: 1, items: {type: integer}}}
            X-Number: {required: true, schema: {type: number}}
            X-Null: {required: true, schema: {type: 'null'}}
            X-Breaks: {required: true, schema: {const: "a\\r\\nX-Injected: 1"}}
            X-Far: {required: true, schema: {const: "\\u732b"}}
            Transfer-Encoding: {required: true, schema: {const: chunked}}
            Content-Length: {required: true, schema: {const: 5}}
"""

GARBAGE = (
    b"GET /a%ZZ%00%ff HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"GET /../../../etc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"BREW /a HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    b"POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nContent-Type: multipart/x\r\nConnection: close\r\n\r\n--x",
    b"GET /a HTTP/1.1\r\nHost: x\r\nCookie: \xff\xfe=\x80\r\nConnection: close\r\n\r\n",
    b"nonsense\r\n\r\n",
)


def serve(folder: Path, port: int) -> subprocess.CompletedProcess[str]:
    words = [sys.executable, "-m", "mockserver", "serve", "--port", str(port), "--", sys.executable, "-c", ""]
    return subprocess.run(
        words, cwd=folder, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (SOUND + "jsonSchemaDialect: https://json-schema.org/draft-07/schema\n", "jsonSchemaDialect"),
        (SOUND.replace("3.1.1", "4.0.0"), "4.0.0"),
        ("swagger: '1.2'\n", "1.2"),
        (SOUND + "x: &a [*b]\n", "api.yaml:4"),
    ],
)
def test_one_document_that_cannot_be_read_ends_the_start_before_it_listens(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "sound.yaml").write_text(SOUND, encoding="utf-8")
    (tmp_path / "contracts" / "api.yaml").write_text(text, encoding="utf-8")
    ended = serve(tmp_path, free_port())
    assert (ended.returncode, said in ended.stderr, "contracts/api.yaml" in ended.stderr) == (2, True, True), ended


def test_an_empty_folder_of_contracts_ends_the_start(tmp_path: Path) -> None:
    (tmp_path / "contracts").mkdir()
    ended = serve(tmp_path, free_port())
    assert (ended.returncode, "fix" in ended.stderr) == (2, True), ended


def test_odd_headers_of_a_contract_end_neither_the_server_nor_the_answer(tmp_path: Path) -> None:
    # RFC 9110 §5.1, §5.5: what no field can carry is left out, and is no reason for a 500
    (tmp_path / "odd.yaml").write_text(ODD_HEADERS, encoding="utf-8")
    with MockServer(tmp_path / "odd.yaml") as server:
        for _ in range(2):
            answered = requests.get(f"{server.url}/a", timeout=10)
            assert (answered.status_code, answered.content) == (200, b"")
            assert {"X-Array", "X-Number"} <= answered.headers.keys()
            assert "X-Injected" not in answered.headers


@pytest.mark.parametrize("sent", GARBAGE)
def test_one_bad_request_ends_nothing(tmp_path: Path, sent: bytes) -> None:
    (tmp_path / "sound.yaml").write_text(SOUND, encoding="utf-8")
    with MockServer(tmp_path / "sound.yaml") as server:
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as wire:
            wire.sendall(sent)
            answered = b"".join(iter(lambda: wire.recv(65536), b""))
        status = int(answered.split(b" ", 2)[1])
        assert status < 500
        assert requests.get(f"{server.url}/a", timeout=10).status_code == 200
