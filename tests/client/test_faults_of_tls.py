"""The fault table, row 42: certificates that must not be trusted are not, whatever the method, and nothing is sent."""

import ssl
import subprocess
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import requests

from mockserver.client import ConnectionFailed
from mockserver.edges.fault_gate import FaultGate, answer, raw

AUTHORITY = """
[ca]
default_ca = here
[here]
dir = .
new_certs_dir = .
database = index.txt
serial = serial
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
LONG, LONG_AGO = ("20200101000000Z", "20991231000000Z"), ("20200101000000Z", "20200102000000Z")
CERTIFICATES = {
    "good": ("IP:127.0.0.1", LONG),
    "expired": ("IP:127.0.0.1", LONG_AGO),
    "wrong host": ("DNS:elsewhere.example", LONG),
}
KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with an authority, and certificates that it gave out."""
    place = tmp_path_factory.mktemp("tls")

    def openssl(*words: str) -> None:
        subprocess.run(["openssl", *words], check=True, capture_output=True, cwd=place)

    (place / "ca.cnf").write_text(AUTHORITY)
    (place / "index.txt").touch()
    (place / "serial").write_text("01")
    openssl("req", "-x509", *KEY, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=authority", "-days", "2")
    for name, (host, (begin, end)) in CERTIFICATES.items():
        subject = ("-subj", "/CN=service", "-addext", f"subjectAltName={host}")
        openssl("req", *KEY, "-keyout", f"{name}.key", "-out", f"{name}.csr", *subject)
        openssl(
            "ca", "-batch", "-config", "ca.cnf", "-keyfile", "ca.key", "-cert", "ca.pem", "-in", f"{name}.csr",
            "-out", f"{name}.pem", "-notext", "-startdate", begin, "-enddate", end,
        )  # fmt: skip
    return place


@pytest.fixture(autouse=True)
def no_bundle(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)  # requests lets it go over what a session says
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)


def server(folder: Path, name: str) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / f"{name}.pem", folder / f"{name}.key")
    return context


def trusting(kind: str, authority: Path) -> Any:
    """Return a session of that library which trusts the authority."""
    if kind == "requests":
        session = requests.Session()
        session.verify = str(authority)
        return session
    module = httpx2 if kind == "httpx2" else httpx
    return module.AsyncClient(verify=ssl.create_default_context(cafile=authority), trust_env=False)


def test_row_42_a_certificate_of_a_known_authority_is_trusted(make, folder: Path) -> None:
    with FaultGate(answer(200, b'{"a": 1}'), tls=server(folder, "good")) as gate:
        assert make(gate.url, session=trusting(make.kind, folder / "ca.pem")).get("/").data == {"a": 1}


@pytest.mark.parametrize(
    ("name", "trusts", "said"),
    [
        ("good", False, "self.signed|unable to get|unknown"),
        ("expired", True, "expired"),
        ("wrong host", True, "mismatch|doesn't match|not valid for"),
    ],
)
def test_row_42_a_certificate_that_is_wrong_is_never_passed_over(make, folder: Path, name, trusts, said) -> None:
    with FaultGate(answer(200, b"{}"), tls=server(folder, name)) as gate:
        client = make(gate.url, **({"session": trusting(make.kind, folder / "ca.pem")} if trusts else {}))
        for ask in (client.get, client.post):
            with pytest.raises(ConnectionFailed, match=f"(?i)TLS failed: .*({said})") as failed:
                ask("/")
            assert (failed.value.attempts, failed.value.outcome_unknown, failed.value.retryable) == (1, False, False)
        assert gate.requests == ()


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
def test_row_42_an_old_version_of_tls_is_not_spoken(make, folder: Path) -> None:
    context = server(folder, "good")
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1_1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    with FaultGate(answer(200, b"{}"), tls=context) as gate:
        client = make(gate.url, session=trusting(make.kind, folder / "ca.pem"))
        with pytest.raises(ConnectionFailed, match="TLS failed") as failed:
            client.get("/")
        assert (failed.value.attempts, gate.requests) == (1, ())


def test_row_42_what_speaks_no_tls_gets_no_request(make) -> None:
    with FaultGate(on_accept=raw(b"HTTP/1.1 400 Bad Request\r\n\r\n")) as gate:
        with pytest.raises(ConnectionFailed) as failed:
            make(gate.url.replace("http:", "https:")).post("/", json={"card": 1})
        assert not failed.value.outcome_unknown
        assert gate.requests == ()
