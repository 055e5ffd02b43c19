"""`mockserver record` and `mockserver proxy` between a client and a live API."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest
import requests
from live_api import KEY
from running import running

from mockserver.cassette.vcr import read_vcr

ROOT = Path(__file__).parents[2]
CLIENT = f"""
import os, requests
url, key = os.environ["SHIPPING_SERVICE"], {{"X-Api-Key": "{KEY}"}}
assert requests.get(f"{{url}}/shipments/none", headers=key, timeout=5).status_code == 404
got = requests.get(f"{{url}}/shipments?limit=1", headers=key, timeout=5)
assert got.headers["X-Mockserver-Operation"] == "listShipments"
print(got.headers.get("X-Mockserver-Violations", "sound"))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "contracts").mkdir()
    shutil.copy(ROOT / "contracts" / "shipping.yaml", tmp_path / "contracts")
    (tmp_path / "demo.py").write_text(CLIENT)
    return tmp_path


def environment(**more: str) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), **more}


def record(project: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mockserver", "record", *words, "--", sys.executable, "demo.py"]
    return subprocess.run(
        command, cwd=project, env=environment(**more), capture_output=True, text=True, timeout=60, check=False
    )


def test_a_program_is_recorded_through_the_proxy(project: Path) -> None:
    with running("shipping") as (url, _):
        ran = record(project, "shipping/demo", SHIPPING_SERVICE=url)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout == "sound\n"
    assert "wrote cassettes/shipping/demo.yaml: 2 interactions" in ran.stderr
    written = (project / "cassettes" / "shipping" / "demo.yaml").read_bytes()
    assert KEY.encode() not in written
    first, _ = read_vcr(written, "a").interactions
    assert first.request.header("host") == "api.shipping.example"
    assert (first.url, first.recorded.operation) == ("https://api.shipping.example/v2/shipments/none", "getShipment")


def test_drift_is_told_with_the_contracts_line_and_fails(project: Path) -> None:
    with running("shipping") as (url, app):
        app.extensions["live"].switch("shipments-next-offset")
        ran = record(project, "demo", "--url", url)
    assert ran.returncode == 1
    assert "response-" in ran.stdout
    assert "the API: nextCursor is " in ran.stderr
    assert "contracts/shipping.yaml:" in ran.stderr


@pytest.mark.parametrize("ended_by", [signal.SIGINT, signal.SIGTERM], ids=["interrupted", "terminated"])
def test_a_contract_may_be_given_by_its_path_and_a_job_in_the_background_ends(
    project: Path, ended_by: signal.Signals
) -> None:
    shutil.move(project / "contracts" / "shipping.yaml", project / "api.yaml")
    with running("shipping") as (url, _):
        command = [sys.executable, "-m", "mockserver", "proxy", "api.yaml", "--url", url, "--port", "0"]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # as a shell does for what it starts with &
        try:
            proxy = subprocess.Popen(command, cwd=project, env=environment(), stderr=subprocess.PIPE, text=True)
        finally:
            signal.signal(signal.SIGINT, before)
        said = proxy.stderr.readline().split()
        answer = requests.get(f"{said[1]}/shipments/none", headers={"X-Api-Key": KEY}, timeout=10)
        proxy.send_signal(ended_by)
        proxy.communicate(timeout=20)
    assert (said[0], answer.status_code, proxy.returncode) == ("api", 404, 0)


def test_the_exit_code_of_the_program_is_kept(project: Path) -> None:
    (project / "demo.py").write_text("raise SystemExit(7)")
    ran = record(project, "shipping/demo", "--url", "http://127.0.0.1:9/v2")
    assert ran.returncode == 7
    assert "nothing was recorded" in ran.stderr


STREAM = """
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Api(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for number in range(3):
            event = f"data: {number}\\n\\n".encode()
            self.wfile.write(b"%x\\r\\n%b\\r\\n" % (len(event), event))
            self.wfile.flush()
            time.sleep(0.4)
        self.wfile.write(b"0\\r\\n\\r\\n")
    def log_message(self, *_): pass
server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
print(server.server_port, flush=True)
server.serve_forever()
"""
EVENTS = """
openapi: 3.1.0
info: {title: Events, version: "1"}
servers: [{url: "https://events.example"}]
paths:
  /events:
    get:
      operationId: events
      responses:
        "200":
          description: Events
          content: {text/event-stream: {schema: {type: string}}}
"""


def test_streams_pass_piece_by_piece_and_ctrl_c_writes_the_cassette(project: Path) -> None:
    (project / "contracts" / "events.yaml").write_text(textwrap.dedent(EVENTS))
    api = subprocess.Popen([sys.executable, "-c", STREAM], stdout=subprocess.PIPE, text=True)
    assert api.stdout is not None
    port = api.stdout.readline().strip()
    command = [sys.executable, "-m", "mockserver", "proxy", "events", "--url", f"http://127.0.0.1:{port}"]
    proxy = subprocess.Popen(
        [*command, "--port", "0", "--record", "events/three"], cwd=project, env=environment(), stderr=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    try:
        assert proxy.stderr is not None
        address = proxy.stderr.readline().split()[1]
        begun, seen = time.monotonic(), []
        with requests.get(f"{address}/events", stream=True, timeout=10) as got:
            seen.extend((line, time.monotonic() - begun) for line in got.iter_lines(chunk_size=1) if line)
        assert [line for line, _ in seen] == [b"data: 0", b"data: 1", b"data: 2"]
        assert seen[2][1] - seen[0][1] > 0.4, "the first piece did not wait for the last"
        proxy.send_signal(signal.SIGINT)
        _, said = proxy.communicate(timeout=20)
        assert proxy.returncode == 0, said
        (one,) = read_vcr((project / "cassettes" / "events" / "three.yaml").read_bytes(), "a").interactions
        assert one.response.body == b"data: 0\n\ndata: 1\n\ndata: 2\n\n"
    finally:
        for process in (proxy, api):
            process.kill()
            process.communicate()


def test_what_breaks_the_contract_is_refused_when_that_is_asked_for(project: Path) -> None:
    (project / "demo.py").write_text(
        "import os, requests\n"
        "url = os.environ['SHIPPING_SERVICE'] + '/shipments?limit=0'\n"
        f"got = requests.get(url, headers={{'X-Api-Key': '{KEY}'}}, timeout=5)\n"
        "print(got.status_code, got.json()['errors'][0]['rule'])\n"
    )
    with running("shipping") as (url, _):
        ran = record(project, "shipping/demo", "--url", url, "--on-violation", "reject")
    assert ran.stdout == "400 request-range\n"
    assert ran.returncode == 1
