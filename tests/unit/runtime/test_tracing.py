"""Traces go on through what follows from a message."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from portal_runtime.observing import tracing

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    monkeypatch.setattr(tracing, "_tracer", None)
    memory = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(memory))
    tracing.use(provider)
    yield memory


def test_what_follows_is_a_child_of_the_recorded_span(exporter: InMemorySpanExporter) -> None:
    child = tracing.record("claims.submit_professional_claim.v1", PARENT, 1_700_000_000_000)
    (span,) = exporter.get_finished_spans()
    assert span.parent is not None
    assert f"{span.parent.span_id:016x}" == PARENT.split("-")[2]
    assert child.split("-")[1] == PARENT.split("-")[1]
    own = span.get_span_context()
    assert own is not None
    assert child.split("-")[2] == f"{own.span_id:016x}"
    assert span.start_time == 1_700_000_000_000 * 1_000_000


def test_an_unsampled_trace_is_passed_on_unrecorded(exporter: InMemorySpanExporter) -> None:
    unsampled = PARENT[:-1] + "0"
    assert tracing.record("x.y.v1", unsampled, 0) == unsampled
    assert exporter.get_finished_spans() == ()


def test_without_an_exporter_the_header_is_passed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracing, "_tracer", None)
    assert tracing.record("x.y.v1", PARENT, 0) == PARENT
