"""What is served and asked: contracts with their requests, our server, the yardsticks and the peers.

Contracts of the corpus (`CORPUS_FOLDER`) where it is; our own otherwise. Peers are looked for in `PEERS_DIR`, each
in a folder of its name, as npm installs them: steady (`@stdy/cli`), prism (`@stoplight/prism-cli`), scalar
(`@scalar/mock-server @hono/node-server`); Node in `node24`, else the one on the PATH.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from harness import HERE, ROOT, Row, Server

CORPUS = Path(os.environ.get("CORPUS_FOLDER", ROOT.parent / "shared" / "corpus"))
PEERS_DIR = Path(os.environ.get("PEERS_DIR", Path.home() / ".cache" / "mock-peers"))
JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Subject:
    """A contract and the requests that are made of its servers; the first is the one that a start waits for.

    `silent` are the peers that were seen not to answer it within minutes: nobody waits for them again.
    """

    name: str
    file: Path
    rows: tuple[Row, ...]
    headers: Mapping[str, str] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ("",)
    silent: frozenset[str] = frozenset()


_PETS = (
    Row("GET", "GET", "/pets/{n}"),
    Row("POST", "POST", "/pets", '{"name": "Rex {n}", "tag": "dog"}', JSON),
    Row("list", "GET", "/pets?limit={n}"),
    Row("error", "POST", "/pets", '{"tag": {n}}', JSON, 4),
)
_OF_CORPUS = (
    Subject("petstore", CORPUS / "fidelity" / "petstore-expanded.yaml", _PETS, {}, ("", "/v2")),
    Subject(
        "stripe",
        CORPUS / "dev" / "stripe" / "spec3-2023-09.yaml",
        (
            Row("GET", "GET", "/v1/customers/cus_{n}"),
            Row("POST", "POST", "/v1/customers", "email=a{n}%40example.com&name=Rex", FORM),
            Row("list", "GET", "/v1/customers?limit=3&starting_after=cus_{n}"),
            Row("error", "POST", "/v1/customers", "balance=none{n}", FORM, 4),
        ),
        {"Authorization": "Bearer sk_test_123"},
        silent=frozenset({"prism"}),
    ),
    Subject(
        "github",
        CORPUS / "dev" / "github" / "api.github.com.json",
        (
            Row("GET", "GET", "/repos/octocat/hello/issues/{n}"),
            Row("POST", "POST", "/repos/octocat/hello/issues", '{"title": "Broken {n}", "body": "help"}', JSON),
            Row("list", "GET", "/repos/octocat/hello{n}/issues?state=open"),
            Row("error", "POST", "/repos/octocat/hello/issues", '{"body": {n}}', JSON, 4),
        ),
        silent=frozenset({"scalar"}),
    ),
)
_OF_OURS = (
    Subject("petstore", HERE / "petstore.yaml", _PETS, {}, ("", "/v2")),
    Subject(
        "shipping",
        ROOT / "contracts" / "shipping.yaml",
        (Row("GET", "GET", "/shipments/{n}"), Row("list", "GET", "/shipments?limit=3")),
        {"X-Api-Key": "any"},
    ),
)


def subjects(names: list[str] | None = None) -> list[Subject]:
    """Return what is measured."""
    every = _OF_CORPUS if CORPUS.is_dir() else _OF_OURS
    return [one for one in every if not names or one.name in names]


def ours(subject: Subject, *options: str) -> Server:
    """Return our server in its default configuration; quiet as the peers are."""
    words = " ".join(("{python} -m mockserver serve", str(subject.file), "--port {port} -q", *options))
    return Server("mockserver", words, subject.prefixes)


_GRANIAN = (
    "{{python}} -m granian --interface wsgi --host 127.0.0.1 --port {{port}} --workers 1 --blocking-threads 1"
    " --no-access-log --log-level error yardsticks:{app}"
)


def yardsticks() -> list[Server]:
    """Return a bare callable and a minimal Flask view, both under granian and both under our own server."""
    under_ours = [
        Server(f"{name} on our server", f"{{python}} {HERE / 'yardsticks.py'} {name} {{port}}")
        for name in ("bare", "flask")
    ]
    under_granian = [Server(f"{name} on granian", _GRANIAN.format(app=name)) for name in ("bare", "flask")]
    return under_ours + (under_granian if shutil.which("granian") else [])


def peers(subject: Subject) -> tuple[list[Server], list[str]]:
    """Return the peers that are installed, and the names of those that are not."""
    node = PEERS_DIR / "node24" / "node_modules" / "node" / "bin" / "node"
    run = str(node) if node.exists() else shutil.which("node") or "node"
    folder = PEERS_DIR / "{}" / "node_modules"
    known = {
        "steady": (
            "@stdy/cli-linux-x64/bin/steady",
            f"{{program}} -q --host 127.0.0.1 -p {{{{port}}}} {subject.file}",
        ),
        "scalar": ("@scalar/mock-server/dist/index.js", f"{run} {HERE / 'scalar.mjs'} {subject.file} {{{{port}}}}"),
        "prism": (".bin/prism", f"{run} {{program}} mock -h 127.0.0.1 -p {{{{port}}}} {subject.file}"),
    }
    found, missing = [], []
    for name, (program, command) in known.items():
        path = Path(str(folder).format(name)) / program
        if name in subject.silent:
            continue
        if path.exists():
            environment = {"SCALAR_DIR": str(PEERS_DIR / "scalar")}
            found.append(Server(name, command.format(program=path), subject.prefixes, environment))
        else:
            missing.append(name)
    return found, missing
