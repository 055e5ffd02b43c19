"""`mockserver verify` as somebody types it."""

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from mockserver import MockServer
from mockserver.cli.main import cli
from mockserver.errors import MockserverError

sys.path.insert(0, str(Path(__file__).parent.parent / "api"))
from pets_client import CLIENT, CONTRACT


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "pets.yaml").write_text(CONTRACT, encoding="utf-8")
    (tmp_path / "petshop.py").write_text(CLIENT, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "petshop", raising=False)
    return tmp_path


def run(*words: str) -> tuple[int, str]:
    try:
        ran = CliRunner().invoke(cli, list(words), standalone_mode=False, catch_exceptions=False)
    except MockserverError as error:
        return error.exit_code, str(error)
    return ran.return_value or 0, ran.output


@pytest.mark.usefixtures("project")
def test_a_client_that_nobody_described_is_bound_and_checked_and_clean() -> None:
    code, told = run("verify", "client", "petshop:PetClient", "--raises", "petshop:PetError")
    assert code == 0, told
    assert "pets: 4 of 4 public methods of petshop:PetClient bound" in told
    assert "every_pet()" in told
    assert "by watching" in told
    assert told.endswith("pets: verify client of 4 operations: clean\n")


def test_a_fault_is_exit_1_with_the_line_of_the_client_and_of_the_contract(project: Path) -> None:
    wrong = CLIENT.replace("if owner is not None else None", "if 'owner' in body else None")
    (project / "petshop.py").write_text(wrong, encoding="utf-8")
    code, told = run("verify", "client", "petshop:PetClient", "--report", "json=found.json", "--only", "getPet")
    assert code == 1, told
    (found,) = json.loads((project / "found.json").read_text(encoding="utf-8"))["violations"]
    assert found["rule"] == "response-crashed-client"
    assert found["source"].startswith("petshop.py:")
    assert found["file"] == "contracts/pets.yaml"
    assert CONTRACT.splitlines()[found["line"] - 1].strip() == "owner:"
    assert found["opinion"] == "confirmed"


def test_bindings_that_were_written_down_run_in_pytest_as_they_were(project: Path) -> None:
    code, told = run("verify", "client", "petshop:PetClient", "--write", "tests/test_pets.py")
    assert code == 0, told
    text = (project / "tests" / "test_pets.py").read_text(encoding="utf-8")
    assert 'suite.bind("list_pets", "listPets", limit="query.limit", tags="query.tag")' in text
    made: dict[str, object] = {}
    exec(compile(text, "test_pets.py", "exec"), made)
    assert [one.how for one in made["suite"].bindings] == ["by you"] * 4
    code, told = run("verify", "client", "petshop:PetClient", "--write", "tests/test_pets.py")
    assert (code, "tests/test_pets.py exists" in told) == (2, True)


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["petshop:Nobody"], 2, "petshop has no Nobody"),
        (["nowhere:Client"], 2, "nowhere cannot be imported"),
        ([], 2, "no client is named"),
        (["petshop:Kind"], 3, "no method of petshop:Kind is bound"),
        (["petshop:PetClient", "--only", "feedPet"], 2, "nothing calls feedPet"),
        (["petshop:PetClient", "--service", "cats"], 2, "cats"),
    ],
)
def test_what_cannot_be_asked_is_said_and_is_no_success(project: Path, words: list[str], code: int, said: str) -> None:
    (project / "petshop.py").write_text(CLIENT.replace("class Kind(Enum)", "class Kind"), encoding="utf-8")
    got, told = run("verify", "client", *words)
    assert (got, said in told) == (code, True), told


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("import os\nTOKEN = os.environ['NOT_THERE']", "KeyError: 'NOT_THERE'\n  at   {file}:2  TOKEN ="),
        ("class Client(", "SyntaxError: '(' was never closed"),
        ("import sys\nsys.exit('no')", "SystemExit: no\n  at   {file}:2"),
        ("Client = 3", "the client is a int, and no client"),
        ("def Client(api): return None", "Client is a NoneType, and no client"),
        ("class Client:\n  def __init__(self, url): raise OSError('away')", "Client cannot be built: OSError: away"),
        ("class Client:\n  def __init__(self, pool): pass", "Client needs pool, and it cannot be told what that is"),
    ],
)
def test_a_target_that_cannot_be_had_is_told_in_words(project: Path, module: str, said: str) -> None:
    (project / "odd.py").write_text(module, encoding="utf-8")
    sys.modules.pop("odd", None)
    got, told = run("verify", "client", "odd:Client")
    assert (got, said.format(file=project / "odd.py") in told) == (2, True), told


@pytest.mark.usefixtures("project")
def test_errors_are_named_by_their_classes() -> None:
    assert run("verify", "client", "petshop:PetClient", "--raises", "petshop:Kind")[0] == 2
    assert run("verify", "client", "petshop:PetClient", "--raises", "ValueError", "--only", "getPet")[0] == 1
    code, told = run("verify", "client", "petshop.py:PetClient")
    assert (code, "as petshop:PetClient" in told or "as petshop" in told) == (2, True)


def test_a_reference_that_leads_nowhere_is_told_of_the_contract_and_not_of_the_server(project: Path) -> None:
    written = CONTRACT.replace("#/components/schemas/Pet'", "#/components/schemas/Pat'", 1)
    written = written.replace('#/components/schemas/Pet"', '#/components/schemas/Pat"', 1)
    written = written.replace("#/components/schemas/Pet}", "#/components/schemas/Pat}", 1)
    assert written != CONTRACT
    (project / "contracts" / "pets.yaml").write_text(written, encoding="utf-8")
    code, told = run("verify", "mock", "--max-examples", "1")
    assert (code, "error[document-reference]" in told, "provider-failed" in told) == (1, True, False), told


def test_the_configuration_names_the_client_of_a_service(project: Path) -> None:
    (project / "mockserver.toml").write_text(
        '[services.pets]\nclient = "petshop:PetClient"\nraises = "petshop:PetError"\n', encoding="utf-8"
    )
    code, told = run("verify", "client", "pets")
    assert code == 0, told


@pytest.mark.usefixtures("project")
def test_our_own_mock_keeps_the_contract() -> None:
    code, told = run("verify", "mock", "--max-examples", "2")
    assert (code, told) == (0, "pets: verify mock of 3 operations: clean\n")


@pytest.mark.usefixtures("project")
def test_a_provider_that_lies_is_told_the_line_of_the_contract_and_how_to_see_it_again() -> None:
    with MockServer("pets") as server:

        @server.app.after_request
        def lie(response):
            if response.json and "kind" in response.json:
                response.set_data(json.dumps({**response.json, "kind": "bird"}))
            return response

        url = f"{server.url}/v1"
        code, told = run("verify", "provider", "pets", "--url", url, "--max-examples", "2")
    assert code == 1
    assert "error[response-enum]  getPet  kind is 'bird', which is not listed" in told
    assert "contracts/pets.yaml:" in told
    assert "again   curl http" in told


@pytest.mark.usefixtures("project")
def test_a_provider_that_is_not_there_is_no_success() -> None:
    code, told = run("verify", "provider", "pets", "--url", "http://127.0.0.1:9/v1", "--max-examples", "1")
    assert (code, "nothing answered" in told or "could not be driven" in told) == (3, True), told
