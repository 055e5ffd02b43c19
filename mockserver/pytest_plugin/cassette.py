"""The marker `cassette`: tests that play what was recorded, or record it.

Loaded by every pytest start of everybody who has mockserver installed: knows pytest and nothing else until a test is
marked.
"""

from __future__ import annotations

import os
from collections.abc import Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from mockserver.pytest_plugin.recordings import Recordings

_MARKER = (
    'cassette(name="<module>/<test>", *, mode=None, match_on=("method", ..., "body"), repeats=False, passthrough=(), '
    "expires=''): answer this test from cassettes/<name>.yaml, or record it with --cassette-mode"
)
_MODES = ("replay", "once", "new", "rewrite", "live", "verify", "none", "new_episodes", "all")
_RECORDINGS: pytest.StashKey[Recordings] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our option and ini setting."""
    parser.addini("mockserver_secret", "Names whose values are secrets, too.", type="args", default=[])
    parser.addini("mockserver_public", "Names whose values are no secrets on cassettes.", type="args", default=[])
    parser.getgroup("mockserver", "mockserver: contracts").addoption(
        "--cassette-mode",
        dest="mockserver_cassette_mode",
        default="replay",
        choices=_MODES,
        help="What tests marked cassette do: replay (default), once (record what has no cassette), new (record what is "
        "not on it), rewrite, live (past the cassette), verify (live, compared). VCR's none, new_episodes and all mean "
        "replay, new and rewrite. In CI nothing is recorded.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker; refuse to record in CI."""
    config.addinivalue_line("markers", _MARKER)
    mode = config.getoption("mockserver_cassette_mode")
    if mode in {"rewrite", "all", "new", "new_episodes"} and in_ci():
        raise pytest.UsageError(
            f"--cassette-mode={mode}: nothing is recorded in CI (CI is set). Record on your machine and commit it."
        )


def in_ci() -> bool:
    """Tell whether this is a machine that builds and tests, and never records."""
    return os.environ.get("CI", "").lower() not in {"", "0", "false", "no"}


def _recordings(config: pytest.Config) -> Recordings:
    found = config.stash.get(_RECORDINGS, None)
    if found is None:
        from mockserver.pytest_plugin.recordings import Recordings  # noqa: PLC0415 - costs what contracts cost

        found = config.stash[_RECORDINGS] = Recordings(config, may_record=not in_ci())
    return found


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Play or record while the test runs, and judge while it can still fail."""
    marker = item.get_closest_marker("cassette")
    if marker is None:
        return (yield)
    recordings = _recordings(item.config)
    with recordings.in_use(item, marker) as use:
        try:
            outcome = yield
        except BaseException as failure:
            told = recordings.problems(use)
            if told:
                failure.add_note(told)
            raise
    told = recordings.verdict(item, use)
    if told:
        pytest.fail(told, pytrace=False)
    return outcome


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell what was recorded, and what stands on cassettes without being played."""
    found = config.stash.get(_RECORDINGS, None)
    if found is not None:
        found.summary(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let a worker of xdist hand over what it saw."""
    found = session.config.stash.get(_RECORDINGS, None)
    workeroutput = getattr(session.config, "workeroutput", None)
    if found is not None and workeroutput is not None:
        workeroutput["mockserver_cassettes"] = found.lines()


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist saw."""
    seen = getattr(node, "workeroutput", {}).get("mockserver_cassettes")
    if seen:
        _recordings(node.config).add(seen)
