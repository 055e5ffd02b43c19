"""What is told of calls: log lines, spans, metrics, traceparent; and how many calls a rate allows."""

import logging
import re
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import StatusCode

from mockserver.client import APIClient, ApiKey, AttemptLog, Rate, Telemetry, Traceparent, resilient
from mockserver.client.errors import ServerError, TimedOut
from mockserver.client.testing import FrozenClock
from mockserver.edges.fault_gate import FaultGate, answer, reset
from mockserver.errors import UsageError


def test_every_attempt_is_one_line_with_fields(make, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "mockserver.client")
    with FaultGate(answer(503), reset(), answer(200, b'{"secret": 1}', (("X-Request-Id", "r1"),))) as gate:
        client = make(gate.url, service="shop", hooks=[AttemptLog()], auth=ApiKey("X-Key", "hidden"))
        client.get("/things?token=hidden", operation="listThings")
    told = [record for record in caplog.records if record.name == "mockserver.client"]
    assert [record.event for record in told] == ["attempt", "wait", "attempt", "wait", "attempt", "call"]
    first, second, third = (record for record in told if record.event == "attempt")
    assert (first.service, first.operation, first.method, first.number, first.status, first.levelname) == (
        "shop", "listThings", "GET", 1, 503, "WARNING",
    )  # fmt: skip
    assert (second.failure, second.status, third.status, third.request_id) == ("reset", None, 200, "r1")
    assert first.getMessage().startswith("attempt service=shop operation=listThings method=GET url=http://127.0.0.1:")
    assert "hidden" not in caplog.text
    assert '"secret"' not in caplog.text


def test_what_nobody_listens_to_costs_no_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.ERROR, "mockserver.client")
    with (
        FaultGate(answer(503)) as gate,
        APIClient(gate.url, hooks=[AttemptLog()], clock=FrozenClock()) as client,
        pytest.raises(ServerError),
    ):
        client.get("/")
    assert caplog.records == []


def test_a_circuit_that_opens_is_told(make, caplog: pytest.LogCaptureFixture) -> None:
    with FaultGate(answer(503)) as gate:
        words = {"retry": {"attempts": 1}, "breaker": {"min_calls": 2}}
        client = make(gate.url, hooks=[AttemptLog()], policy=words)
        for _ in range(2):
            with pytest.raises(ServerError):
                client.get("/")
    [told] = [record for record in caplog.records if getattr(record, "event", "") == "circuit"]
    assert (told.before, told.after, told.levelname) == ("closed", "open", "WARNING")


@pytest.fixture
def instruments():
    spans, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracer = TracerProvider()
    tracer.add_span_processor(SimpleSpanProcessor(spans))
    meter = MeterProvider([reader])
    yield Telemetry(tracer_provider=tracer, meter_provider=meter), spans, reader
    tracer.shutdown()
    meter.shutdown()


def points(reader: InMemoryMetricReader) -> dict[str, list]:
    [scope] = reader.get_metrics_data().resource_metrics[0].scope_metrics
    return {metric.name: list(metric.data.data_points) for metric in scope.metrics}


def test_every_attempt_is_a_span_whose_context_goes_along(make, instruments) -> None:
    telemetry, spans, reader = instruments
    with FaultGate(answer(503), answer(200)) as gate:
        make(gate.url, service="shop", hooks=[telemetry]).get("/things?token=hidden", operation="listThings")
    first, second = spans.get_finished_spans()
    assert (first.name, first.status.status_code, second.status.status_code) == (
        "GET listThings", StatusCode.ERROR, StatusCode.UNSET,
    )  # fmt: skip
    assert (first.attributes["http.response.status_code"], first.attributes["error.type"]) == (503, "503")
    assert second.attributes["http.request.resend_count"] == 1
    assert "hidden" not in repr(dict(second.attributes))
    sent = [request.header("traceparent").rpartition("-")[0] for request in gate.requests]
    assert sent == [f"00-{span.context.trace_id:032x}-{span.context.span_id:016x}" for span in (first, second)]
    metrics = points(reader)
    durations = metrics["http.client.request.duration"]
    assert sum(point.count for point in durations) == 2
    # OpenTelemetry's conventions for HTTP metrics: these two are required
    assert {(point.attributes["server.address"], point.attributes["server.port"]) for point in durations} == {
        ("127.0.0.1", gate.port)
    }
    assert {point.attributes["reason"] for point in metrics["mockserver.client.waits"]} == {"backoff"}


def test_twenty_threads_mix_no_spans(instruments) -> None:
    telemetry, spans, _ = instruments
    with FaultGate() as gate, APIClient(gate.url, hooks=[telemetry]) as client, ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda number: client.get(f"/{number}", operation=f"get{number}"), range(20)))
    assert Counter(span.name for span in spans.get_finished_spans()) == {f"GET get{n}": 1 for n in range(20)}
    assert {span.attributes["url.full"].rpartition("/")[2] for span in spans.get_finished_spans()} == {
        str(n) for n in range(20)
    }


GIVEN = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00"


@pytest.mark.parametrize(
    ("current", "expected"),
    [
        (GIVEN, r"00-4bf92f3577b34da6a3ce929d0e0e4736-(?!00f067aa0ba902b7)[0-9a-f]{16}-00"),
        (None, r"00-[0-9a-f]{32}-[0-9a-f]{16}-01"),
        ("nonsense", r"00-[0-9a-f]{32}-[0-9a-f]{16}-01"),
        ("00-00000000000000000000000000000000-00f067aa0ba902b7-01", r"00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01"),
    ],
)
def test_a_trace_is_handed_on_without_opentelemetry(make, current: str | None, expected: str) -> None:
    with FaultGate() as gate:
        make(gate.url, hooks=[Traceparent(lambda: current)]).get("/")
        assert re.fullmatch(expected, gate.requests[0].header("traceparent"))


def test_hooks_and_rate_come_from_the_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.toml").write_text(
        '[services.shop]\nhooks = ["log", "traceparent"]\nrate = { requests = 2, per_s = 30 }\n', encoding="utf-8"
    )
    caplog.set_level(logging.INFO, "mockserver.client")
    clock = FrozenClock()
    with FaultGate() as gate:
        monkeypatch.setenv("SHOP_SERVICE", gate.url)
        with APIClient.from_service("shop", clock=clock, policy={"deadline": {"total_s": 100}}) as client:
            for _ in range(3):
                client.get("/")
        assert len(caplog.records) == 3
        assert gate.requests[0].header("traceparent") is not None
        assert 29 <= sum(clock.waits) <= 31
        monkeypatch.delenv("SHOP_SERVICE")
        with resilient(requests.Session(), service="shop") as session:  # it knows its address itself
            session.get(gate.url)
        assert len(caplog.records) == 4


def test_a_hook_that_is_none_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mockserver.toml").write_text('[services.shop]\nhooks = "shop.nowhere:Hook"\n', encoding="utf-8")
    monkeypatch.setenv("SHOP_SERVICE", "http://127.0.0.1:1")
    with pytest.raises(UsageError, match=r"there is no hook shop\.nowhere:Hook") as wrong:
        APIClient.from_service("shop")
    assert wrong.value.where == "mockserver.toml:1"


def test_a_rate_makes_calls_wait_for_their_turn_retries_included(make) -> None:
    clock = FrozenClock()
    with FaultGate(answer(200), answer(503), answer(200)) as gate:
        client = make(gate.url, rate=Rate(requests=1, per_s=10), clock=clock, policy={"deadline": {"total_s": 60}})
        began = clock.monotonic()
        client.get("/")
        client.get("/")
        assert 20 <= clock.monotonic() - began < 21
        assert len(gate.requests) == 3


def test_a_turn_that_does_not_come_in_time_ends_the_call(make) -> None:
    clock = FrozenClock()
    with FaultGate() as gate:
        client = make(gate.url, rate=Rate(requests=1, per_s=100), clock=clock)
        client.get("/")
        with pytest.raises(TimedOut):
            client.get("/", deadline_s=5)
        assert len(gate.requests) == 1


def test_threads_share_their_turns() -> None:
    with FaultGate() as gate, APIClient(gate.url, rate=Rate(requests=4, per_s=0.3)) as client:
        start = threading.Barrier(8)

        def call(_: int) -> None:
            start.wait()
            client.get("/")

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(call, range(8)))
        times = sorted(each.at for each in gate.arrived)
        assert times[4] - times[0] > 0.25
