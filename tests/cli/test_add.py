"""A vendor's contract, fetched from a server, updated beneath an overlay, refused where it is broken."""

import contextlib
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli

V1 = """
openapi: 3.1.0
info: { title: Pets, version: "1" }
paths:
  /pets:
    get:
      operationId: getPets
      parameters: [{ name: limit, in: query, schema: { type: integer } }]
      responses:
        "200":
          description: pets
          content: { application/json: { schema: { type: array, items: { type: string } } } }
components: { securitySchemes: { key: { type: apiKey, in: header, name: X-Api-Key } } }
security: [{ key: [] }]
"""
V2 = V1.replace("name: limit, in: query", "name: limit, in: query, required: true")
WORSE = V1.replace("type: array, items", "type: arr, items")
OVERLAY = """
overlay: 1.0.0
info: { title: ours, version: "1" }
actions: [{ target: "$.paths['/pets'].get", update: { summary: Ours } }]
"""


@pytest.fixture
def vendor():
    """What the vendor publishes: paths to texts; `url` is where."""

    class Published(dict):
        url = ""

    published = Published({"/pets.yaml": V1})

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            text = published.get(self.path)
            self.send_response(404 if text is None else 200)
            body = (text or "").encode()
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    published.url = f"http://127.0.0.1:{server.server_port}"
    with contextlib.closing(server.socket):
        yield published
        server.shutdown()
        thread.join()


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty folder."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def run(*words):
    return CliRunner().invoke(cli, words, standalone_mode=False)


def kept(folder):
    """Return the files that are there."""
    files = (one.relative_to(folder) for one in folder.rglob("*") if one.is_file())
    return sorted(map(str, (one for one in files if one.parts[0] != ".mockserver")))


def test_a_contract_is_fetched_told_and_its_source_remembered(folder, vendor):
    done = run("add", "pets", f"{vendor.url}/pets.yaml")
    assert done.return_value == 0, done.exception
    assert "wrote contracts/pets.yaml   OpenAPI 3.1.0, 1 operation, needs header X-Api-Key" in done.output
    assert (folder / "contracts" / "pets.yaml").read_text() == V1
    said = tomllib.loads((folder / "mockserver.toml").read_text())
    assert said == {"services": {"pets": {"source": f"{vendor.url}/pets.yaml"}}}
    assert kept(folder) == ["contracts/pets.yaml", "mockserver.toml"]


def test_the_source_stands_beside_what_the_configuration_says_already(folder, vendor):
    text = '[project]\nname = "shop"\n\n[tool.mockserver.services.pets] # the shop\nurl = "https://a.example" # live\n'
    (folder / "pyproject.toml").write_text(text)
    run("add", "pets", f"{vendor.url}/pets.yaml")
    written = (folder / "pyproject.toml").read_text()
    assert written == text.replace("# the shop\n", f'# the shop\nsource = "{vendor.url}/pets.yaml"\n')


@pytest.mark.parametrize(
    ("path", "told"),
    [("/page", "a page of HTML"), ("/none", "cannot be fetched"), ("/empty", "it has no operation")],
)
def test_what_is_no_contract_is_not_kept(folder, vendor, path, told):
    vendor["/page"] = "<html><body>Log in</body></html>"
    vendor["/empty"] = 'openapi: 3.1.0\ninfo: { title: E, version: "1" }\npaths: {}\n'
    done = run("add", "pets", f"{vendor.url}{path}")
    assert told in str(done.exception)
    assert ".fetched" not in str(done.exception)
    assert kept(folder) == []


def test_a_contract_that_is_there_is_not_written_over(folder, vendor):
    run("add", "pets", f"{vendor.url}/pets.yaml")
    vendor["/pets.yaml"] = V2
    assert "fix  mockserver update pets" in str(run("add", "pets", f"{vendor.url}/pets.yaml").exception)
    assert (folder / "contracts" / "pets.yaml").read_text() == V1
    assert "is no name of a service" in str(run("add", "../pets", f"{vendor.url}/pets.yaml").exception)


def test_a_new_version_takes_the_place_of_the_old_beneath_the_overlay_and_says_what_it_changes(folder, vendor):
    run("add", "pets", f"{vendor.url}/pets.yaml")
    (folder / "contracts" / "pets.overlay.yaml").write_text(OVERLAY)
    assert run("update").output == "pets: as it was\n"
    vendor["/pets.yaml"] = V2
    done = run("update", "pets")
    assert done.return_value == 0, done.exception
    assert "error    getPets" in done.output
    assert "limit" in done.output
    assert (folder / "contracts" / "pets.yaml").read_text() == V2
    assert (folder / "contracts" / "pets.overlay.yaml").read_text() == OVERLAY
    assert kept(folder) == ["contracts/pets.overlay.yaml", "contracts/pets.yaml", "mockserver.toml"]


@pytest.mark.usefixtures("folder")
def test_an_update_tells_the_versions_that_the_vendor_gave(vendor):
    assert run("add", "pets", f"{vendor.url}/pets.yaml").return_value == 0
    vendor["/pets.yaml"] = V2.replace('version: "1"', 'version: "1.1"')
    assert "contracts/pets.yaml   1 -> 1.1\n" in run("update", "pets").output


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("openapi: [", "pets.yaml"),
        (WORSE, "lint finds 1 errors"),
        ("{}", "has no openapi: field"),
        (None, "cannot be fetched"),
    ],
)
def test_a_broken_new_version_is_refused_and_the_old_one_stays(folder, vendor, text, told):
    run("add", "pets", f"{vendor.url}/pets.yaml")
    vendor["/pets.yaml"] = text
    done = run("update", "pets")
    assert told in done.output + str(done.exception)
    assert done.return_value == 1 or done.exception.exit_code == 3
    assert (folder / "contracts" / "pets.yaml").read_text() == V1
    assert kept(folder) == ["contracts/pets.yaml", "mockserver.toml"]


def test_what_lint_finds_can_be_taken_all_the_same(folder, vendor):
    run("add", "pets", f"{vendor.url}/pets.yaml")
    vendor["/pets.yaml"] = WORSE
    assert run("update", "pets", "--force").return_value == 0
    assert (folder / "contracts" / "pets.yaml").read_text() == WORSE


def test_a_new_version_on_which_the_overlay_does_not_fit_is_refused(folder, vendor):
    run("add", "pets", f"{vendor.url}/pets.yaml")
    (folder / "contracts" / "pets.overlay.yaml").write_text("overlay: 1.0.0\nactions: [{}]\n")
    vendor["/pets.yaml"] = V2
    done = run("update", "pets")
    assert (done.return_value, (folder / "contracts" / "pets.yaml").read_text()) in [(1, V1), (None, V1)]


def test_a_contract_of_several_documents_is_kept_as_a_folder(folder, vendor):
    root = V1.replace("{ type: string }", '{ $ref: "schemas/pet.yaml" }')
    vendor.update({"/api/openapi.yaml": root, "/api/schemas/pet.yaml": "type: string\n"})
    done = run("add", "pets", f"{vendor.url}/api/openapi.yaml")
    assert done.return_value == 0, done.exception
    assert kept(folder) == ["contracts/pets/openapi.yaml", "contracts/pets/schemas/pet.yaml", "mockserver.toml"]
    said = tomllib.loads((folder / "mockserver.toml").read_text())["services"]["pets"]
    assert said == {"contract": "contracts/pets/openapi.yaml", "source": f"{vendor.url}/api/openapi.yaml"}
    assert run("lint", "pets").return_value == 0
    (folder / "contracts" / "pets" / "openapi.overlay.yaml").write_text(OVERLAY)
    vendor["/api/schemas/pet.yaml"] = "type: string\nmaxLength: 3\n"
    assert run("update", "pets").return_value == 0
    assert "maxLength: 3" in (folder / "contracts" / "pets" / "schemas" / "pet.yaml").read_text()
    assert len(kept(folder)) == 4


def test_without_a_source_there_is_nothing_to_update(folder):
    (folder / "contracts").mkdir()
    (folder / "contracts" / "pets.yaml").write_text(V1)
    assert "nobody knows where pets comes from" in str(run("update", "pets").exception)
    assert run("update").exception.exit_code == 3
    (folder / "new.yaml").write_text(V2)
    assert run("update", "pets", "--from", "new.yaml").return_value == 0


def test_a_repository_is_set_up_and_nothing_is_written_over(folder):
    (folder / "pyproject.toml").write_text('[project]\nname = "shop"\n')
    (folder / "contracts").mkdir()
    (folder / "contracts" / "pets.yaml").write_text(V1)
    done = run("init", "--ci")
    assert done.return_value == 0, done.exception
    assert "next  mockserver serve pets" in done.output
    written = (folder / "pyproject.toml").read_text()
    assert written.startswith('[project]\nname = "shop"\n')
    assert tomllib.loads(written)["tool"] == {"mockserver": {"services": {"pets": {}}}}
    assert "mockserver check" in (folder / ".github" / "workflows" / "contracts.yml").read_text()
    before = {name: (folder / name).read_text() for name in kept(folder)}
    assert run("init", "--ci").return_value == 0
    assert {name: (folder / name).read_text() for name in kept(folder)} == before


def test_an_empty_folder_gets_an_example_of_a_configuration(folder):
    assert run("init").return_value == 0
    assert tomllib.loads((folder / "mockserver.toml").read_text()) == {}
    assert kept(folder) == ["contracts/README.md", "mockserver.toml"]
    assert "  stays mockserver.toml\n" in run("init").output
