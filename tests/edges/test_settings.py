"""The configuration: what is read from where, and how what is wrong is told."""

import os
import subprocess
import sys
from pathlib import Path

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mockserver.edges import settings
from mockserver.edges.settings.lines import line_of
from mockserver.errors import UsageError
from mockserver.jobs.configuration import Configuration, Credential, ServiceSettings, variable

SHIPPING = "[tool.mockserver.services.shipping]\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("MOCKSERVER_")]:
        monkeypatch.delenv(name)
    return tmp_path


def written(folder: Path, text: str, name: str = "pyproject.toml") -> Configuration:
    (folder / name).write_text(text, encoding="utf-8")
    return settings.read()


def refused(folder: Path, text: str, name: str = "pyproject.toml") -> str:
    with pytest.raises(UsageError) as wrong:
        written(folder, text, name)
    return str(wrong.value)


def test_without_a_file_the_convention_holds() -> None:
    assert settings.read() == Configuration()
    assert settings.read().service("shipping") == ServiceSettings("shipping")


def test_without_a_file_the_library_is_not_loaded(folder: Path) -> None:
    code = "import sys, mockserver.edges.settings as s; s.read(); print('pydantic' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_every_word_of_a_service_is_read(folder: Path) -> None:
    read = written(
        folder,
        """
        [tool.mockserver]
        contracts = "apis"
        cassettes = "tapes"
        passthrough = ["LocalHost"]
        [tool.mockserver.services.shipping]
        contract = "vendor/shipping.yaml"
        url = "https://api.shipping.example/v2/"
        source = "https://api.shipping.example/openapi.yaml"
        auth = { X-Api-Key = "$SHIPPING_KEY" }
        client = "shop.shipping:ShippingClient"
        raises = "shop.shipping:ShippingError"
        env = "SHIPPING_BASE_URL"
        require_env = true
        headers = { Api-Version = "2026-01-01" }
        validate = "warn"
        timeout = 5
        retry = { attempts = 4 }
        breaker = false
        [tool.mockserver.services.shipping.operations.createShipment]
        timeout = 9
        idempotency = { make_keys = true }
        """,
    )
    assert (read.contracts, read.cassettes, read.passthrough) == ("apis", "tapes", ("localhost",))
    shipping = read.service("shipping")
    assert shipping == ServiceSettings(
        name="shipping",
        contract="vendor/shipping.yaml",
        url="https://api.shipping.example/v2",
        source="https://api.shipping.example/openapi.yaml",
        auth=(Credential("named", "X-Api-Key", {"value": "$SHIPPING_KEY"}),),
        client="shop.shipping:ShippingClient",
        raises=("shop.shipping:ShippingError",),
        env="SHIPPING_BASE_URL",
        require_env=True,
        headers=(("Api-Version", "2026-01-01"),),
        validate="warn",
        policies=shipping.policies,
        where="pyproject.toml:6",
    )
    usual, creating = shipping.policies.of("listShipments"), shipping.policies.of("createShipment")
    assert (usual.deadline.total_s, usual.retry.attempts, usual.breaker) == (5, 4, None)
    assert (creating.deadline.total_s, creating.idempotency.make_keys, creating.retry.attempts) == (9, True, 4)
    assert shipping.variables == ("SHIPPING_BASE_URL", "SHIPPING_SERVICE")


def test_a_file_of_our_own_needs_no_prefix(folder: Path) -> None:
    read = written(folder, '[services.shipping]\nurl = "https://api.example"\n', "mockserver.toml")
    assert read.service("shipping").url == "https://api.example"


def test_a_file_further_up_holds_for_the_folders_below(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "mockserver.toml").write_text('contracts = "apis"\n', encoding="utf-8")
    (folder / "deep" / "deeper").mkdir(parents=True)
    (folder / "deep" / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    monkeypatch.chdir(folder / "deep" / "deeper")
    assert settings.read().contracts == "../../apis"


def test_two_files_of_one_folder_are_an_error(folder: Path) -> None:
    (folder / "mockserver.toml").write_text("", encoding="utf-8")
    assert "two configurations" in refused(folder, SHIPPING)


def test_a_change_of_the_file_is_seen(folder: Path) -> None:
    assert written(folder, SHIPPING + 'client = "a:B"').service("shipping").client == "a:B"
    assert written(folder, SHIPPING + 'client = "a:C"').service("shipping").client == "a:C"


def test_variables_go_over_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOCKSERVER_CONTRACTS", "others")
    monkeypatch.setenv("MOCKSERVER_SERVICES__SHIPPING__TIMEOUT", "2.5")
    read = written(folder, SHIPPING + 'timeout = 5\nclient = "a:B"')
    assert read.contracts == "others"
    assert (read.service("shipping").policies.service.deadline.total_s, read.service("shipping").client) == (2.5, "a:B")
    monkeypatch.setenv("MOCKSERVER_SERVICES__SHIPPING__TIMOUT", "2.5")
    told = refused(folder, "")
    assert "services.shipping has no timout\n  at   the environment\n  fix  did you mean timeout?" in told


WRONG = [
    ('urll = "x"', "services.shipping has no urll", 2, "did you mean url?"),
    ('url = "ftp://x"', "the url is no http(s) address", 2, "https://"),
    ('url = "https://me:secret@x"', "the url holds credentials", 2, "auth"),
    ("\nretry = { atempts = 5 }", "retry has no 'atempts'", 3, "did you mean attempts?"),
    ("[tool.mockserver.services.shipping.retry]\nbase_s = 1\nattempts = 0", "retry.attempts is 0", 4, "at least 1"),
    ("operations = { pay = { retri = {} } }", "'retri'", 2, "did you mean retry?"),
    ("timeout = 0", "deadline.total_s is 0", 2, "above 0"),
    ("timeout = { conect_s = 1 }", "timeout has no 'conect_s'", 2, "did you mean connect_s?"),
    ('auth = { X-Api-Key = "abcdef" }', "auth.X-Api-Key holds a credential to the letter", 2, "$SHIPPING_KEY"),
    ('auth = { oauth2 = { token_url = "x", client_id = "y" } }', "auth.oauth2 has no client_secret", 2, "write"),
    ('auth = { baerer = { a = "$B" } }', "auth has no 'baerer'", 2, "did you mean bearer?"),
    ("auth = 5", "services.shipping.auth is wrong", 2, "X-Api-Key"),
    ('client = "shop/shipping.py"', "services.shipping.client is wrong", 2, "shop.shipping:ShippingClient"),
    ('\n\nraises = ["a:B", "c"]', "services.shipping.raises", 4, "shop.shipping:ShippingError"),
    ('require_env = "maybe"', "services.shipping.require_env is wrong", 2, "true or false"),
    ('validate = "strikt"', "services.shipping.validate is wrong", 2, "strict"),
    ("rate = { request = 1 }", "services.shipping.rate has no request", 2, "did you mean requests?"),
    ("cache = { stale = 1 }", "services.shipping.cache has no stale", 2, "stale_if_error_s"),
    ("[tool.mockserver.services.SHIPPING]", "would both be SHIPPING_SERVICE", 2, "rename"),
]


@pytest.mark.parametrize(("body", "said", "line", "fix"), WRONG, ids=[body for body, *_ in WRONG])
def test_what_is_wrong_is_told_with_its_line_and_the_right_word(
    folder: Path, body: str, said: str, line: int, fix: str
) -> None:
    told = refused(folder, SHIPPING + body + "\n")
    assert said in told
    assert f"  at   pyproject.toml:{line}\n" in told
    assert fix in told.partition("  fix  ")[2]
    assert "abcdef" not in told


def test_a_wrong_word_at_the_top_is_told_too(folder: Path) -> None:
    assert "no contrats\n  at   mockserver.toml:1\n  fix  did you mean contracts?" in refused(
        folder, "contrats = 'x'\n", "mockserver.toml"
    )


def test_what_is_no_toml_is_told(folder: Path) -> None:
    assert "no TOML" in refused(folder, SHIPPING + "= 3")


def test_the_environment_knows_the_address_better_than_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    service = ServiceSettings("shipping", url="https://file.example")
    assert settings.address(service) == "https://file.example"
    monkeypatch.setenv("SHIPPING_SERVICE", "http://127.0.0.1:4010/shipping/")
    assert settings.address(service) == "http://127.0.0.1:4010/shipping"


@pytest.mark.parametrize(
    ("service", "fix"),
    [
        (ServiceSettings("shipping"), "set SHIPPING_SERVICE"),
        (ServiceSettings("shipping", url="https://file.example", require_env=True), "set SHIPPING_SERVICE"),
        (ServiceSettings("llm", env="OPENAI_BASE_URL", require_env=True), "set OPENAI_BASE_URL"),
    ],
)
def test_a_missing_address_is_an_error_and_no_localhost(service: ServiceSettings, fix: str) -> None:
    with pytest.raises(UsageError) as wrong:
        settings.address(service)
    assert fix in wrong.value.fix


@pytest.mark.parametrize("url", ["localhost:8001", "http://", "http://a:99999", "https://u:p@x", "http://a b", "//x"])
def test_an_address_of_the_environment_that_is_none_is_told(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("SHIPPING_SERVICE", url)
    with pytest.raises(UsageError) as wrong:
        settings.address(ServiceSettings("shipping"))
    assert wrong.value.where == "the variable SHIPPING_SERVICE"
    assert url not in str(wrong.value)


def test_a_credential_is_filled_in_from_the_environment_and_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHIPPING_KEY", "abcdef")
    filled = settings.secret("Token ${SHIPPING_KEY}$$")
    assert (filled.get_secret_value(), "abcdef" in repr(filled)) == ("Token abcdef$", False)
    with pytest.raises(UsageError, match="the variable OTHER_KEY is not set"):
        settings.secret("$OTHER_KEY")


@pytest.mark.parametrize(("name", "held"), [("shipping-eu", "SHIPPING_EU_SERVICE"), ("a.b", "A_B_SERVICE")])
def test_the_variable_of_a_service(name: str, held: str) -> None:
    assert variable(name) == held


keys = st.text("abc", min_size=1, max_size=2)
statements = st.sampled_from(["1", '"x"', "[\n 1,\n 2\n]", '"""\na = 1\n"""'])


@given(st.dictionaries(keys, st.dictionaries(keys, statements, max_size=4), max_size=4))
@hypothesis.settings(max_examples=40, deadline=None)
def test_the_line_of_every_key_is_the_one_where_it_was_written(tables: dict[str, dict[str, str]]) -> None:
    text, expected = "# begun\n", {}
    for table, entries in tables.items():
        expected[(table,)] = text.count("\n") + 1
        text += f"[{table}]\n"
        for key, value in entries.items():
            expected[(table, key)] = text.count("\n") + 1
            text += f"{key} = {value}\n"
    assert {path: line_of(text, path) for path in expected} == expected
    assert line_of(text, ("zzz",)) == 0
