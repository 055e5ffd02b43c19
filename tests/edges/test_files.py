import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from mockserver import load_contract
from mockserver.contract.load import load
from mockserver.edges.by_requests.fetching import fetch
from mockserver.edges.files import choose, collect, find_contracts, uri_of
from mockserver.errors import CouldNotCheck, UnknownService, UnreadableDocument, UsageError

PETS = "openapi: 3.1.0\ninfo: {title: Pets, version: '1'}\npaths: {}\n"


def refuse(url: str) -> bytes:
    raise AssertionError(f"{url} must not be fetched")


@contextmanager
def site(pages: dict[str, bytes]) -> Iterator[str]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = pages.get(self.path)
            self.send_response(404 if body is None else 200)
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Page) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


def test_a_service_is_called_as_its_file_and_overlays_are_none(tmp_path: Path) -> None:
    for name in ("shipping.yaml", "payments.json", "payments.overlay.yaml", "notes.txt"):
        (tmp_path / name).write_text(PETS)
    assert list(find_contracts(tmp_path)) == ["payments", "shipping"]


def test_two_files_of_one_name_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(PETS)
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(UsageError, match="a has two contracts"):
        find_contracts(tmp_path)


def test_words_are_names_paths_or_addresses(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    elsewhere = tmp_path / "deep" / "cats.yaml"
    elsewhere.parent.mkdir()
    elsewhere.write_text(PETS)
    assert choose(["pets", str(elsewhere), "https://api.example.com/v1/dogs.json"], tmp_path) == {
        "pets": str(tmp_path / "pets.yaml"),
        "cats": str(elsewhere),
        "dogs": "https://api.example.com/v1/dogs.json",
    }


def test_an_unknown_word_names_what_is_known(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    with pytest.raises(UnknownService, match="no service and no file cats") as error:
        choose(["cats"], tmp_path)
    assert "pets" in error.value.fix


def test_a_folder_is_no_contract_and_the_way_to_serve_it_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownService, match=r"is a folder[\s\S]*--contracts"):
        choose([str(tmp_path)], tmp_path)


def test_all_files_that_a_contract_leads_to_are_collected(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(PETS.replace("paths: {}", "paths: {/a: {$ref: 'parts/a b.yaml#/a'}}"))
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "a b.yaml").write_text("a: {get: {operationId: getA, x: {$ref: '../more.json'}}}\n")
    (tmp_path / "more.json").write_text("{}")
    found = collect("api", str(tmp_path / "api.yaml"), fetch=refuse)
    assert [path.name for path in found.files] == ["api.yaml", "a b.yaml", "more.json"]
    assert [operation.name for operation in load("api", found.documents).operations] == ["getA"]


def test_a_folder_above_may_be_meant(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "here").mkdir()
    (tmp_path / "there").mkdir()
    (tmp_path / "there" / "api.yaml").write_text(PETS.replace("paths: {}", "paths: {/a: {$ref: '../a.yaml'}}"))
    (tmp_path / "a.yaml").write_text("get: {operationId: getA}\n")
    monkeypatch.chdir(tmp_path / "here")
    assert [one.name for one in load_contract("../there/api.yaml").operations] == ["getA"]


def test_a_missing_reference_is_told_when_it_is_followed(tmp_path: Path) -> None:
    (tmp_path / "api.yaml").write_text(PETS.replace("paths: {}", "paths: {/a: {$ref: lost.yaml}, /b: {get: {}}}"))
    contract = load_contract(tmp_path / "api.yaml")
    assert [one.name for one in contract.operations] == ["GET /b"]
    assert "lost.yaml" in contract.flaws[0].message


def test_other_hosts_are_asked_only_when_it_is_allowed(tmp_path: Path) -> None:
    with site({"/a.yaml": b"get: {operationId: getA}\n"}) as url:
        (tmp_path / "api.yaml").write_text(PETS.replace("paths: {}", f"paths: {{/a: {{$ref: '{url}/a.yaml'}}}}"))
        assert load_contract(tmp_path / "api.yaml").operations == ()
        allowed = load_contract(tmp_path / "api.yaml", allow_remote=True)
        assert [one.name for one in allowed.operations] == ["getA"]


def test_a_contract_may_stand_at_an_address() -> None:
    with site({"/pets.yaml": PETS.encode()}) as url:
        assert load_contract(f"{url}/pets.yaml").name == "pets"
        with pytest.raises(CouldNotCheck, match="404"):
            fetch(f"{url}/nothing")


def test_an_address_where_nobody_listens_could_not_be_checked() -> None:
    with pytest.raises(CouldNotCheck) as error:
        fetch("http://127.0.0.1:9/pets.yaml")
    assert error.value.exit_code == 3


def test_the_overlay_beside_a_contract_is_applied(tmp_path: Path) -> None:
    (tmp_path / "pets.yaml").write_text(PETS)
    (tmp_path / "pets.overlay.yaml").write_text(
        "overlay: 1.0.0\ninfo: {title: O, version: '1'}\nactions:\n  - {target: $.info, update: {title: Cats}}\n"
        "  - {target: $.nothing, update: {a: 1}}\n"
    )
    found = collect("pets", str(tmp_path / "pets.yaml"), fetch=refuse)
    assert load("pets", found.documents).title == "Cats"
    assert len(found.notes) == 1
    (tmp_path / "pets.overlay.yaml").write_text("overlay: 1.0.0\n")
    with pytest.raises(UnreadableDocument):
        collect("pets", str(tmp_path / "pets.yaml"), fetch=refuse)


def test_a_path_with_spaces_is_spelled_as_a_uri() -> None:
    assert uri_of(Path("./a b/ü#1.yaml")) == "a%20b/%C3%BC%231.yaml"
