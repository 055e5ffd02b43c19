"""Hooks that come along: a log line per event, OpenTelemetry, and `traceparent` without it.

    APIClient(url, hooks=[AttemptLog(), Telemetry()])

or `hooks = ["log", "otel"]` in the configuration, where `module:name` is one of yours. A hook of yours needs one
method, `observe(event)`; see `ports.Hook`.
"""

from __future__ import annotations

import random
import re
from collections import OrderedDict
from collections.abc import Callable
from importlib import import_module
from threading import Lock
from typing import Any, Final
from urllib.parse import urlsplit

from mockserver.client.ports import AttemptEvent, Began, CallEvent, CircuitEvent, Event, Hook, Notice, WaitEvent
from mockserver.edges.attempt_log import Level, log
from mockserver.errors import UsageError
from mockserver.exchange import Headers

_OPEN_SPANS: Final = 4096
# W3C Trace Context §3.2; an id of zeros only is none
_TRACEPARENT: Final = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-([0-9a-f]{2})(?:-.*)?"
)


class AttemptLog:
    """One structured log event per attempt, wait, call, change of a circuit and notice, to `mockserver.client`.

    Attempts are told at level info, what failed or changed as a warning, waits and good calls at level debug.
    """

    def observe(self, event: Event) -> None:
        """Log it."""
        name, level, fields = _told(event)
        log(name, level, fields)


def _told(event: Event) -> tuple[str, Level, dict[str, Any]]:
    about: dict[str, Any] = {"service": event.service}
    if isinstance(event, CircuitEvent):
        change = event.transition
        about |= {"circuit": change.circuit, "before": change.before, "after": change.after, "open_s": change.open_s}
        return "circuit", "warning", about
    about["operation"] = event.operation
    match event:
        case AttemptEvent():
            about |= {
                "method": event.method, "url": event.url, "number": event.number, "status": event.status,
                "failure": event.failure, "detail": event.detail, "took_s": event.took_s, "at": event.at,
                "request_id": event.request_id, "sent": event.sent, "received": event.received, "probe": event.probe,
            }  # fmt: skip
            failed = event.failure or event.status is None or event.status >= 400
            return "attempt", "warning" if failed else "info", about
        case WaitEvent():
            about |= {"why": event.why, "seconds": event.seconds, "attempts": event.attempts}
            return "wait", "debug", about
        case CallEvent():
            about |= {
                "method": event.method, "attempts": event.attempts, "status": event.status,
                "gave_up": event.gave_up, "took_s": event.took_s,
            }  # fmt: skip
            return "call", "warning" if event.gave_up else "debug", about
        case Notice():
            return event.kind, "warning", {**about, "text": event.text}


class Telemetry:
    """Spans and metrics of OpenTelemetry, one span per attempt; it hands `traceparent` on. Needs extra `[otel]`."""

    def __init__(self, *, tracer_provider: Any = None, meter_provider: Any = None) -> None:
        from mockserver.edges import telemetry  # noqa: PLC0415 - loads an extra

        self._instruments = telemetry.Telemetry(tracer_provider, meter_provider)
        self._lock = Lock()
        self._spans: OrderedDict[int, tuple[Began, Any]] = OrderedDict()

    def fields(self, began: Began) -> Headers:
        """Begin a span, and hand its context on."""
        name = f"{began.method} {began.operation}".rstrip()
        span, headers = self._instruments.begin(
            name,
            {
                "http.request.method": began.method, "url.full": began.url, **_server(began.url),
                "http.request.resend_count": began.number - 1, "mockserver.service": began.service,
                "mockserver.operation": began.operation,
            },
        )  # fmt: skip
        with self._lock:
            self._spans[id(began)] = began, span  # it is kept as long as its id is
            forgotten = self._spans.popitem(last=False)[1][1] if len(self._spans) > _OPEN_SPANS else None
        if forgotten is not None:
            self._instruments.abandon(forgotten)
        return headers

    def observe(self, event: Event) -> None:
        """End the span, and count."""
        match event:
            case AttemptEvent():
                self._ended(event)
            case WaitEvent():
                self._instruments.waited({"mockserver.service": event.service, "reason": event.why})
            case CircuitEvent(transition=change):
                self._instruments.changed({"circuit": change.circuit, "state": change.after})

    def _ended(self, event: AttemptEvent) -> None:
        with self._lock:
            _, span = self._spans.pop(id(event.began), (None, None))
        if span is None:
            return
        shared: dict[str, Any] = {
            "http.request.method": event.method, **_server(event.url),
            "mockserver.service": event.service, "mockserver.operation": event.operation,
        }  # fmt: skip
        if event.status is not None:
            shared["http.response.status_code"] = event.status
        error = event.failure or (str(event.status) if event.status is not None and event.status >= 400 else "")
        sizes = {"http.request.body.size": event.sent, "http.response.body.size": event.received}
        self._instruments.end(span, event.took_s, shared, sizes, error=error)


def _server(url: str) -> dict[str, Any]:
    parts = urlsplit(url)
    port = parts.port or (443 if parts.scheme == "https" else 80)
    return {"server.address": parts.hostname or "", "server.port": port}


class Traceparent:
    """Hands a trace on (W3C Trace Context) without OpenTelemetry.

    `current` returns the `traceparent` of the request that is being served, or None: then a trace begins here. Each
    attempt is a parent of its own.
    """

    def __init__(self, current: Callable[[], str | None] = lambda: None) -> None:
        self._current = current
        self._random = random.SystemRandom()

    def fields(self, began: Began) -> Headers:
        """Return the field."""
        del began
        found = _TRACEPARENT.fullmatch(self._current() or "")
        trace, flags = found.groups() if found else (f"{self._random.getrandbits(128) or 1:032x}", "01")
        return (("traceparent", f"00-{trace}-{self._random.getrandbits(64) or 1:016x}-{flags}"),)

    def observe(self, event: Event) -> None:
        """Take no note."""


_KNOWN: Final[dict[str, Callable[[], Hook]]] = {"log": AttemptLog, "otel": Telemetry, "traceparent": Traceparent}


def hook_of(word: str, where: str = "") -> Hook:
    """Return the hook that a word of the configuration names."""
    if word in _KNOWN:
        return _KNOWN[word]()
    module, _, name = word.partition(":")
    try:
        found: Any = import_module(module)
        for part in name.split("."):
            found = getattr(found, part)
    except (ImportError, AttributeError) as missing:
        raise UsageError(
            f"there is no hook {word}: {missing}",
            where=where,
            fix=f'write {", ".join(_KNOWN)}, or "module:name" of a class with observe(event)',
        ) from missing
    hook: Hook = found() if isinstance(found, type) else found
    return hook
