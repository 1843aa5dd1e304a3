"""What is logged of an error: its kind and place, never what it holds."""

from __future__ import annotations

import pytest
import structlog

from portal_runtime import logs


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
