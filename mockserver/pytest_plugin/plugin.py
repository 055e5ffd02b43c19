"""The plugin `mockserver_contracts`: fixtures, marker, options, and the verdict in the call phase.

Loaded by every pytest start of everybody who has mockserver installed: knows pytest and nothing else until a fixture is
used.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

if TYPE_CHECKING:
    from mockserver.api.clients.case import SuiteCase
    from mockserver.api.mock_api import MockApi
    from mockserver.api.mock_server import MockServer
    from mockserver.pytest_plugin.session import Run

pytest_plugins = ["mockserver.pytest_plugin.cassette"]

_Mock = TypeVar("_Mock")
_RUN: pytest.StashKey[Run] = pytest.StashKey()
_MOCKS: pytest.StashKey[list[Any]] = pytest.StashKey()
_MARKER = (
    "mock_api(*services, lenient=False, security=True, seed=0): answer these services in process "
    "(no service: every contract of the folder); the fixture mock_api is set up"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our options and ini settings; each is called mockserver."""
    parser.addini("mockserver_contracts", "The folder of contracts; else as configured.")
    parser.addini("mockserver_passthrough", "Hosts that clients may reach for real.", type="args", default=[])
    parser.addini("mockserver_lenient", "Report values that break the contract, reject structure only.", type="bool")
    parser.addini("mockserver_fail_under", "Percent of what is used of a contract that the tests must see.", default="")
    parser.addini("mockserver_coverage_file", "Where what was seen of each contract is written.", default="")
    group = parser.getgroup("mockserver", "mockserver: contracts")
    group.addoption(
        "--contract-report",
        dest="mockserver_contract_report",
        action="append",
        default=[],
        metavar="FORMAT[=FILE]",
        help="Write what broke a contract during the tests, and its coverage: text, json, html, ... Repeatable.",
    )
    group.addoption(
        "--contract-fail-under",
        dest="mockserver_fail_under",
        type=float,
        metavar="PERCENT",
        help="Fail when the tests have seen less of what they use of a contract.",
    )
    group.addoption(
        "--contract-coverage",
        dest="mockserver_contract_coverage",
        nargs="?",
        const=".mockserver-coverage.json",
        metavar="FILE",
        help="Write what was seen of each contract, for `mockserver coverage report` and `merge`.",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker."""
    config.addinivalue_line("markers", _MARKER)
    wanted = config.getoption("mockserver_contract_report")
    if wanted:
        from mockserver.api.reports import known_format  # noqa: PLC0415 - only where a report is asked for
        from mockserver.errors import UsageError  # noqa: PLC0415 - as above

        for word in wanted:
            try:
                known_format(word)
            except UsageError as wrong:
                raise pytest.UsageError(f"--contract-report: {wrong}") from wrong


def _run(config: pytest.Config) -> Run:
    """Return what this run of pytest knows of contracts; the first question reads nothing yet."""
    found = config.stash.get(_RUN, None)
    if found is None:
        from mockserver.pytest_plugin.session import Run  # noqa: PLC0415 - costs what a mock costs

        found = config.stash[_RUN] = Run(config)
    return found


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the marker bring its fixture along, and a suite its client."""
    names: list[str] = getattr(item, "fixturenames", [])
    if item.get_closest_marker("mock_api") is not None and not {"mock_api", "mock_server"} & set(names):
        names.append("mock_api")
    names.extend(case.suite.fixture for case in _cases(item) if case.suite.fixture not in {"", *names})


def _cases(item: pytest.Item) -> Iterator[SuiteCase]:
    """Yield the case of a suite that a test plays; who has imported no suite has none."""
    suites = sys.modules.get("mockserver.api.clients.case")
    callspec = getattr(item, "callspec", None)
    if suites is not None and callspec is not None:
        yield from (case for case in callspec.params.values() if isinstance(case, suites.SuiteCase))


@contextmanager
def _set_up(request: pytest.FixtureRequest, mock: Callable[[], AbstractContextManager[_Mock]]) -> Iterator[_Mock]:
    """Set a mock up for a test; what it cannot be asked for is told in words."""
    from mockserver.errors import MockserverError  # noqa: PLC0415 - costs what a mock costs

    with ExitStack() as stack:
        refused = ""
        try:
            found = stack.enter_context(mock())
        except MockserverError as wrong:
            refused = str(wrong)
        if refused:
            file, line, _ = request.node.location
            pytest.fail(f"{refused}\n  test {file}:{(line or 0) + 1}", pytrace=False)
        yield found


@pytest.fixture
def mock_api(request: pytest.FixtureRequest) -> Iterator[MockApi]:
    """Contracts of the folder, answered in this process: requests, httpx and httpx2 need no socket."""
    with _set_up(request, lambda: _run(request.config).mock_api(request.node)) as mock:
        request.node.stash.setdefault(_MOCKS, []).append(mock)
        yield mock


@pytest.fixture
def mock_server(request: pytest.FixtureRequest) -> Iterator[MockServer]:
    """Contracts of the folder, answered over a real socket: for clients of any library and language."""
    with _set_up(request, lambda: _run(request.config).mock_server(request.node)) as server:
        request.node.stash.setdefault(_MOCKS, []).append(server)
        yield server


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Judge what the client sent, while the test itself can still fail."""
    for case in _cases(item):
        if case.suite.fixture:
            case.suite.use(getattr(item, "funcargs", {})[case.suite.fixture])
    mocks = item.stash.get(_MOCKS, None)
    if mocks is None:
        return (yield)
    try:
        outcome = yield
    except BaseException as failure:
        told = _run(item.config).verdict(item, mocks, passed=False)
        if told:
            failure.add_note(told)
        raise
    told = _run(item.config).verdict(item, mocks, passed=not getattr(item, "_excinfo", None))
    if told:
        pytest.fail(told, pytrace=False)
    return outcome


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Let a traceback end with a line of the user's: what was raised for them on purpose is told by its text."""
    if item.stash.get(_MOCKS, None) is not None:
        for found in (call.excinfo, *(getattr(item, "_excinfo", None) or ())):  # those of unittest's cases
            if found is not None and _is_on_purpose(found.value):
                _run(item.config).end_with_test(found.value)
    return (yield)


def _is_on_purpose(error: BaseException) -> bool:
    """Tell whether an error may be one that was raised for the test, and is no fault of ours."""
    return isinstance(error, AssertionError | OSError) or type(error).__module__ != "builtins"


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Measure the suites of clients, too."""
    for case in _cases(item):
        _run(item.config).measured.watch_case(case)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Tell how much of each contract the tests have seen."""
    found = config.stash.get(_RUN, None)
    if found is not None:
        found.summary(terminalreporter)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Write reports; a worker of xdist hands over what it saw."""
    found = session.config.stash.get(_RUN, None)
    if found is not None:
        found.finish(getattr(session.config, "workeroutput", None))
        if not hasattr(session.config, "workeroutput") and found.measured.is_below() and not session.exitstatus:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take what a worker of xdist saw."""
    seen = getattr(node, "workeroutput", {}).get("mockserver")
    if seen:
        _run(node.config).add(seen)
