"""What the tests of a run do with cassettes: which file, which mode, what was wrong, what was left over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from mockserver.api.cassette import CassetteInUse, Contracts, use_cassette
from mockserver.cassette.index import PARTS
from mockserver.cassette.model import MODES, Mode
from mockserver.edges import cassette_files
from mockserver.errors import MockserverError, UsageError
from mockserver.jobs.cassettes import Lines
from mockserver.jobs.judge import Judged, place_of
from mockserver.jobs.recorder import RECORDING
from mockserver.jobs.tell import tell
from mockserver.pytest_plugin.session import folder_of_contracts
from mockserver.report.model import many
from mockserver.report.text import told
from mockserver.values import replace
from mockserver.violation import errors_in

_OPTIONS = {"mode", "match_on", "repeats", "passthrough", "expires"}
_LISTED = 10

Left: TypeAlias = dict[str, tuple[int, dict[int, str]]]
"""By cassette how many interactions it has, and which of them no test of the run has played."""


class Recordings:
    """The cassettes of a run; contracts are read once."""

    def __init__(self, config: pytest.Config, *, may_record: bool) -> None:
        self._config = config
        self._may_record = may_record
        self._contracts: Contracts | None = None
        self._written: list[str] = []
        self._unused: Left = {}

    @property
    def contracts(self) -> Contracts:
        """What recordings are judged by."""
        if self._contracts is None:
            said = {name: self._config.getini(f"mockserver_{name}") for name in ("public", "secret")}
            self._contracts = Contracts(folder_of_contracts(self._config), **said)
        return self._contracts

    @contextmanager
    def in_use(self, item: pytest.Item, marker: pytest.Mark) -> Iterator[CassetteInUse]:
        """Play or record the cassette of a test."""
        use: CassetteInUse | None = None
        try:
            options = _options(marker)
            mode = self._mode(options.pop("mode", None))
            folder = self._config.rootpath / self.contracts.folder
            path = _shown(path_of(item, str(marker.args[0]) if marker.args else "", folder))
            with use_cassette(path, mode, self.contracts, **options) as use:
                yield use
        except MockserverError as error:
            raise pytest.fail.Exception(f"{error}", pytrace=False) from None
        finally:
            if use is not None:
                self._note(use)

    def _mode(self, said: object) -> Mode:
        word = str(said or self._config.getoption("mockserver_cassette_mode"))
        if word not in MODES:
            raise UsageError(f"there is no cassette mode {word}", fix=f"modes are {', '.join(MODES)}")
        mode = MODES[word]
        return "replay" if mode in RECORDING and not self._may_record else mode

    def problems(self, use: CassetteInUse) -> str:
        """Return what went wrong between client and cassette."""
        return "\n\n".join(f"error[cassette]  {text}" for text in dict.fromkeys(use.problems()))

    def verdict(self, item: pytest.Item, use: CassetteInUse) -> str:
        """Return what fails a test that has passed."""
        broken = [text for number, judged in use.judged() for text in self._told(item, use, number, judged)]
        return "\n\n".join([text for text in (self.problems(use), *broken[:_LISTED]) if text])

    def _note(self, use: CassetteInUse) -> None:
        if use.written is not None:
            self._written.append(f"{use.path}: {many(len(use.written.cassette.interactions), 'interaction')}")
        if use.recorder.mode == "replay":
            unused = use.recorder.unused()
            left = {number: f"{one.request.method} {one.request.target}" for number, one in unused.items()}
            self._leave(str(use.path), len(use.recorder.cassette.interactions), left)

    def _leave(self, path: str, total: int, left: dict[int, str]) -> None:
        """Note what a test left on a cassette; what another test has played was played."""
        _, before = self._unused.get(path, (total, left))
        self._unused[path] = total, {number: label for number, label in left.items() if number in before}

    def _told(self, item: pytest.Item, use: CassetteInUse, number: int, judged: Judged) -> Iterator[str]:
        violations = errors_in(judged.violations)
        if not violations:
            return
        service = self.contracts.homes.services[judged.service]
        lines = Lines(cassette_files.load(use.path, self.contracts.folder))
        report = tell(
            "cassette", service.name, violations, service.contract.documents, checked=1, secrets=service.secrets()
        )
        for violation, finding in zip(violations, report.findings, strict=True):
            again = f'pytest "{item.nodeid}" --cassette-mode=rewrite'
            yield "\n".join(
                told(
                    replace(
                        finding,
                        source=lines.of(number, place_of(violation)),
                        further=(("again", f"record it again, once the API keeps the contract: {again}"),),
                    )
                )
            )

    def lines(self) -> tuple[list[str], Left]:
        """Return what there is to tell, for the worker that tells it."""
        return self._written, self._unused

    def add(self, seen: tuple[list[str], Left]) -> None:
        """Take over what a worker of xdist saw."""
        self._written += seen[0]
        for path, (total, left) in seen[1].items():
            self._leave(path, total, left)

    def summary(self, reporter: pytest.TerminalReporter) -> None:
        """Tell what was recorded, and what was never played."""
        unused = {path: held for path, held in self._unused.items() if held[1]}
        if not self._written and not unused:
            return
        reporter.section("cassettes", sep="-")
        for line in sorted(self._written):
            reporter.line(f"recorded {line}")
        for path, (total, left) in sorted(unused.items()):
            listed = ", ".join([*left.values()][:3]) + (", ..." if len(left) > 3 else "")
            reporter.line(f"unused   {path}: {len(left)} of {total} were not played: {listed}")


def path_of(item: pytest.Item, name: str, folder: Path) -> Path:
    """Return the file of a cassette: as the marker names it, else `<module>/<test>.yaml`."""
    if not name:
        module = Path(str(item.path)).stem
        test = re.sub(r"[^\w.\[\]-]+", "_", item.name).strip("_")
        owner = getattr(item, "cls", None)
        name = f"{module}/{owner.__name__ + '.' if owner is not None else ''}{test}"
    named = folder / name
    return named if named.suffix.lower() in {".yaml", ".yml", ".json"} else named.with_name(f"{named.name}.yaml")


def _options(marker: pytest.Mark) -> dict[str, Any]:
    unknown = marker.kwargs.keys() - _OPTIONS
    if unknown or len(marker.args) > 1:
        raise UsageError(
            f"the marker cassette does not know {', '.join(sorted(unknown)) or marker.args[1:]}",
            fix=f"it knows a name, {', '.join(sorted(_OPTIONS))}",
        )
    return {"match_on": PARTS, "repeats": False, "passthrough": (), "expires": "", **marker.kwargs}


def _shown(path: Path) -> Path:
    """Return a path as seen from here, where that is shorter to read."""
    return path.relative_to(Path.cwd()) if path.is_relative_to(Path.cwd()) else path
