"""What is logged of an error: its kind and place, never what it holds."""

from __future__ import annotations

import logging

import pytest
import structlog

from portal_runtime.observing import logs


def test_the_place_of_an_error_is_told_without_its_text() -> None:
    try:
        raise ValueError("Jane Doe")
    except ValueError as error:
        assert logs.where(error).startswith("test_logs.py:")


def test_a_traceback_in_the_log_shows_no_values(capsys: pytest.CaptureFixture[str]) -> None:
    before = structlog.get_config()
    try:
        logs.set_up("claims", as_json=False, level="INFO")
        body = "Jane Doe"
        try:
            raise RuntimeError(f"{len(body)} characters")
        except RuntimeError:
            structlog.get_logger().exception("failed")
    finally:
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
    assert "Jane Doe" not in capsys.readouterr().err


def complaint(node: str) -> logging.LogRecord:
    return logging.LogRecord(
        "aiokafka", logging.ERROR, __file__, 1, "Unable to connect to %s", (node,), None
    )


def test_a_library_that_says_the_same_again_and_again_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 0.0
    monkeypatch.setattr(logs, "monotonic", lambda: now)
    heard = logs.Repeated()
    assert heard.filter(complaint("1"))
    assert not heard.filter(complaint("1"))
    assert not heard.filter(complaint("2"))
    other = logging.LogRecord("aiokafka", logging.ERROR, __file__, 1, "Fenced", None, None)
    assert heard.filter(other)
    now = logs.AGAIN_AFTER
    later = complaint("1")
    assert heard.filter(later)
    assert later.getMessage() == "Unable to connect to 1 (and 2 times before)"


def test_a_process_listens_to_its_libraries_that_way() -> None:
    root, before = logging.getLogger(), structlog.get_config()
    handler = logging.NullHandler()
    root.addHandler(handler)
    try:
        logs.set_up("claims", as_json=True, level="INFO")
        assert any(isinstance(f, logs.Repeated) for f in handler.filters)
    finally:
        root.removeHandler(handler)
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
