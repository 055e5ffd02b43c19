"""schemathesis: drives servers with requests of a contract.

Always with a configuration of our own (it would find a user's `schemathesis.toml` otherwise), a seed, and no database.
"""

from __future__ import annotations

import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from mockserver.errors import CouldNotCheck, MissingExtra
from mockserver.exchange import Request, Response
from mockserver.jobs.verify.provider import Complaint, Probe
from mockserver.values import JSON

try:
    import schemathesis
    from schemathesis.config import SchemathesisConfig
    from schemathesis.engine import events, from_schema
    from schemathesis.generation.modes import GenerationMode
except ImportError as missing:
    raise MissingExtra("driving a server needs schemathesis", fix='pip install "mockserver[test]"') from missing

_CONFIGURATION = """
seed = {seed}
[generation]
max-examples = {most}
mode = "{mode}"
deterministic = true
database = "none"
allow-x00 = false
[cache]
enabled = false
"""


def configuration(random_seed: int, most: int, more: str = "") -> SchemathesisConfig:
    """Return an explicit configuration: nothing is discovered, nothing is kept."""
    text = _CONFIGURATION.format(seed=random_seed, most=most, mode="positive")
    return SchemathesisConfig.from_str(text + more)


_PROBING = """
base-url = {url}
request-timeout = 10
max-redirects = 2
workers = {workers}
headers = {{ {headers} }}
[phases.stateful]
enabled = false
[phases.coverage]
unexpected-methods = []
[checks.object_level_authorization]
enabled = false
[checks.ignored_auth]
enabled = false
"""


def probes(
    document: JSON,
    url: str,
    headers: Mapping[str, str],
    *,
    most: int,
    random_seed: int,
    workers: int = 1,
    progress: Callable[[str], object] | None = None,
) -> Iterator[Probe]:
    """Drive a server with examples, boundary values and draws, right and wrong ones; yield every exchange.

    Raises CouldNotCheck, at the end where a worker of schemathesis has failed: the rest of its operations is not asked.
    """
    text = _CONFIGURATION.format(seed=random_seed, most=most, mode="all")
    head, _, rest = text.partition("[generation]")
    listed = ", ".join(f"{_quoted(name)} = {_quoted(value)}" for name, value in headers.items())
    top, _, tables = _PROBING.format(url=_quoted(url), workers=workers, headers=listed).partition("[phases")
    config = SchemathesisConfig.from_str(f"{head}{top}[generation]{rest}[phases{tables}")
    with warnings.catch_warnings(), _failures() as failed:
        warnings.simplefilter("ignore")
        schema: Any = schemathesis.openapi.from_dict(document, config=config)
        for event in from_schema(schema).execute():
            if isinstance(event, events.FatalError):
                raise CouldNotCheck(
                    f"the server could not be driven: {event.exception}", where=url, fix="see that it answers there"
                )
            if isinstance(event, events.Interrupted):
                raise KeyboardInterrupt  # schemathesis has caught it, and would end as if all had been asked
            if isinstance(event, events.ScenarioFinished):
                if progress is not None:
                    progress(event.recorder.label)
                yield from _recorded(event.recorder)
    if failed:
        what = " ".join(str(failed[0]).split())
        raise CouldNotCheck(
            f"schemathesis failed over an answer: {type(failed[0]).__name__}: {what}",
            where=url,
            fix="see that each body is of its Content-Type",
        )


@contextmanager
def _failures() -> Iterator[list[BaseException]]:
    """Collect what ends the threads of schemathesis, which it tells nobody."""
    failed: list[BaseException] = []
    told = threading.excepthook

    def hear(ended: threading.ExceptHookArgs) -> None:
        if ended.thread is not None and ended.thread.name.startswith("schemathesis") and ended.exc_value is not None:
            failed.append(ended.exc_value)
        else:
            told(ended)

    threading.excepthook = hear
    try:
        yield failed
    finally:
        threading.excepthook = told


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _recorded(recorder: Any) -> Iterator[Probe]:
    for key, interaction in recorder.interactions.items():
        complaints = tuple(
            Complaint(node.name, _sentence(node.failure_info.failure))
            for node in recorder.checks.get(key, ())
            if node.failure_info is not None
        )
        node = recorder.cases.get(key)
        meta = getattr(getattr(node, "value", None), "meta", None)
        mode = getattr(getattr(meta, "generation", None), "mode", None)
        described = getattr(getattr(getattr(meta, "phase", None), "data", None), "description", None) or ""
        yield Probe(
            recorder.label,
            _request(interaction.request),
            _response(interaction.response) if interaction.response is not None else None,
            complaints,
            described,
            negative=mode is GenerationMode.NEGATIVE,
        )


def _sentence(failure: Any) -> str:
    lines = [line.strip() for line in str(failure.message).splitlines() if line.strip()]
    return f"{failure.title}: {lines[0]}" if lines else str(failure.title)


def _request(request: Any) -> Request:
    parts = urlsplit(request.uri)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = tuple((name, value) for name, values in request.headers.items() for value in values)
    return Request(request.method, target, headers, request.body or b"")


def _response(response: Any) -> Response:
    headers = tuple((name, value) for name, values in response.headers.items() for value in values)
    return Response(response.status_code, headers, response.content or b"")
