"""What import-linter cannot see: names that reach the world without an import."""

import ast
from collections import Counter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parent.parent / "mockserver"
BELOW_THE_LINE = (
    "resilience", "jobs", "answers", "checks", "cassette", "generate", "contract", "wire", "schema", "document",
    "report", "change", "exchange.py", "violation.py", "messages.py", "change_messages.py", "errors.py", "redact.py",
    "values.py",
)  # fmt: skip
WORLDLY = {"open", "print", "input", "exec", "eval", "breakpoint"}
CLOCKS = {("datetime", "now"), ("datetime", "utcnow"), ("date", "today"), ("time", "time"), ("random", "random")}
FOREIGN = {
    "msgspec": {"values.py"},
    "jsonschema_rs": {"schema/compile.py", "schema/algebra.py"},
    "ryaml": {"document/read.py"},
    "flask": {"edges/flask_app.py"},
    "requests": {
        "edges/responses_stubs.py",
        "edges/by_requests",
        "edges/intercept/with_requests.py",
        "edges/proxy.py",
        "client/sync.py",
    },
    "click": {"cli"},
}


def modules(*places: str) -> list[Path]:
    return [
        path
        for place in places
        for path in ([PACKAGE / place] if place.endswith(".py") else sorted((PACKAGE / place).rglob("*.py")))
    ]


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", modules(*BELOW_THE_LINE), ids=relative)
def test_nothing_below_the_line_reaches_the_world(path: Path) -> None:
    reached = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in WORLDLY:
                reached.append(f"{name}() in line {node.lineno}")
            case ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr=attr)) if (owner, attr) in CLOCKS:
                reached.append(f"{owner}.{attr}() in line {node.lineno}")
    assert reached == []


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_a_foreign_library_is_known_in_its_own_file_only(path: Path) -> None:
    known = []
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else []
        )
        known += [name.partition(".")[0] for name in names]
    strangers = {
        name for name in known if name in FOREIGN and not any(relative(path).startswith(p) for p in FOREIGN[name])
    }
    assert strangers == set()


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_no_module_imports_the_whole_package(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            assert "mockserver" not in [alias.name for alias in node.names]


@pytest.mark.parametrize("path", sorted(PACKAGE.rglob("*.py")), ids=relative)
def test_every_file_says_its_rule_first(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))


def test_every_test_module_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in Path(__file__).parent.rglob("*.py") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []  # tests are no package: one would hide the other
