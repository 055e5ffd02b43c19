"""`mockserver init`: a folder for contracts, a configuration to fill in, a workflow for CI. Nothing is written over."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import click

from mockserver.edges import settings
from mockserver.edges.files import find_contracts
from mockserver.edges.settings.written import replace

_SERVICE = """[{table}services.{name}]
# url = "https://api.example/v1"          where the API lives; {variable} wins
# source = "https://api.example/openapi.yaml"
# auth = {{ X-Api-Key = "${key}" }}
# client = "package.module:Client"        verify, usage, diff, drift and check know your client
"""
_WORKFLOW = """name: contracts
on: { pull_request: }
permissions: { contents: read }
jobs:
  contracts:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
        with: { fetch-depth: 0 }
      - uses: actions/setup-python@v6
        with: { python-version: "3.13" }
      - run: pip install "mockserver[test]"
      - run: mockserver check --report overview --report github
      - run: mockserver diff --against "origin/${{ github.base_ref }}" --report github || [ $? -eq 3 ]  # 3: all are new
"""
_README = """# Contracts
One OpenAPI document for each API that this code calls: `<name>.yaml` is the service `<name>`, and `<NAME>_SERVICE` its
address. `mockserver add NAME URL` fetches one, `mockserver serve` answers from them all, `mockserver check` checks all.
"""


@click.command(epilog="\b\nExamples:\n  mockserver init\n  mockserver init --ci     and a workflow for GitHub Actions")
@click.option("--ci", is_flag=True, help="Write .github/workflows/contracts.yml, too.")
def init(*, ci: bool) -> int:
    """Set a repository up: a folder for contracts, and a configuration to fill in. What is there stays as it is."""
    folder = Path(settings.read().contracts)
    wanted: dict[Path, str] = {folder / "README.md": _README}
    configured = settings.place()
    if configured is None:
        wanted |= _configuration(folder)
    else:
        click.echo(f"  stays {configured[0].name}")
    if ci:
        wanted[Path(".github", "workflows", "contracts.yml")] = _WORKFLOW
    for path, text in wanted.items():
        if path.exists() and path.name != "pyproject.toml":
            click.echo(f"  stays {path}")
        else:
            replace(path, text.encode())
            click.echo(f"  wrote {path}")
    found = [f"serve {name}" for name in find_contracts(folder)]
    click.echo(f"\n  next  mockserver {(found or ['add NAME URL-OF-ITS-OPENAPI-DOCUMENT'])[0]}")
    return 0


def _configuration(folder: Path) -> Mapping[Path, str]:
    """Return the file in which the configuration begins, with a table for each contract that is there."""
    project = Path("pyproject.toml")
    table = "tool.mockserver." if project.is_file() else ""
    names = list(find_contracts(folder)) or ["shipping"]
    said = "\n".join(
        _SERVICE.format(table=table, name=name, variable=f"{_upper(name)}_SERVICE", key=f"{_upper(name)}_KEY")
        for name in names
    )
    if not find_contracts(folder):
        said = said.replace("[", "# [", 1)  # an example of what may stand here
    if table:
        return {project: f"{project.read_text(encoding='utf-8').rstrip()}\n\n{said}"}
    return {Path("mockserver.toml"): said}


def _upper(name: str) -> str:
    return "".join(one if one.isalnum() else "_" for one in name).upper()
