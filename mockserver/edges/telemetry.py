"""Spans and metrics of OpenTelemetry (extra `[otel]`), in the words of its HTTP conventions.

Knows no client: names and attributes come in. Without an SDK that is set up, all of it does nothing, as OpenTelemetry
means it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from mockserver.errors import MissingExtra
from mockserver.exchange import Headers

try:
    from opentelemetry import metrics, propagate, trace
except ImportError as missing:
    raise MissingExtra("telemetry needs OpenTelemetry", fix='pip install "mockserver[otel]"') from missing

_NAME: Final = "mockserver.client"
# the boundaries that the conventions recommend for http.client.request.duration
_SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)

Attributes = Mapping[str, Any]


class Telemetry:
    """The instruments of one client; made from the providers, or from the global ones."""

    def __init__(self, tracer_provider: Any = None, meter_provider: Any = None) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of HTTP client requests.",
            explicit_bucket_boundaries_advisory=_SECONDS,
        )
        self._waits = meter.create_counter(
            "mockserver.client.waits", unit="{wait}", description="Pauses before an attempt, by reason."
        )
        self._circuits = meter.create_counter(
            "mockserver.client.circuit.changes", unit="{change}", description="Changes of state of circuits."
        )

    def begin(self, name: str, attributes: Attributes) -> tuple[Any, Headers]:
        """Begin the span of an attempt; return it, and the header fields that hand its context on (`traceparent`)."""
        span = self._tracer.start_span(name, kind=trace.SpanKind.CLIENT, attributes=attributes)
        carrier: dict[str, str] = {}
        propagate.inject(carrier, trace.set_span_in_context(span))
        return span, tuple(carrier.items())

    def end(self, span: Any, took_s: float, shared: Attributes, attributes: Attributes, *, error: str = "") -> None:
        """End a span; `shared` are the attributes that the metric has too. An error is its kind or its status."""
        span.set_attributes({**shared, **attributes})
        if error:
            span.set_attribute("error.type", error)
            span.set_status(trace.Status(trace.StatusCode.ERROR))
        span.end()
        self._duration.record(took_s, {**shared, **({"error.type": error} if error else {})})

    def abandon(self, span: Any) -> None:
        """End the span of an attempt whose end nobody will tell."""
        span.set_attribute("error.type", "cancelled")
        span.end()

    def waited(self, attributes: Attributes) -> None:
        """Count a pause."""
        self._waits.add(1, attributes)

    def changed(self, attributes: Attributes) -> None:
        """Count a change of a circuit."""
        self._circuits.add(1, attributes)
