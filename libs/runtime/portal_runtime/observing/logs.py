"""Structured logs. Messages carry ids, types and counts; never a body, a name or a member ID."""

import logging
import sys
from pathlib import Path
from time import monotonic

import structlog

AGAIN_AFTER = 10.0
"""Seconds for which a library that says the same again is not listened to."""

MOST_KINDS = 1_000


class Repeated(logging.Filter):
    """Lets a library's repeated warning through once in a while, with the number of repetitions.

    With Kafka away, each of aiokafka's twenty connections complains ten times a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._last: dict[tuple[str, str], tuple[float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Compared by template: there are few templates, and many values in them."""
        what = (record.name, str(record.msg))
        since, times = self._last.get(what, (float("-inf"), 0))
        now = monotonic()
        if now - since < AGAIN_AFTER:
            self._last[what] = (since, times + 1)
            return False
        if times:
            record.msg, record.args = f"{record.getMessage()} (and {times} times before)", None
        if len(self._last) > MOST_KINDS:
            self._last.clear()
        self._last[what] = (now, 0)
        return True


def set_up(service: str, *, as_json: bool, level: str) -> None:
    """Configure structlog and the standard library's logging to the same output."""
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING, stream=sys.stderr)
    # Both log contents or whole tracebacks of retried calls; our own lines say what matters.
    for noisy in ("aiokafka", "faststream"):
        logging.getLogger(noisy).setLevel(logging.ERROR)
    for handler in logging.getLogger().handlers:
        handler.addFilter(Repeated())
    renderer = (
        structlog.processors.JSONRenderer()
        if as_json
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            # The default prints local variables: message bodies.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            renderer,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level.upper()),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


def logger() -> structlog.stdlib.BoundLogger:
    return structlog.get_logger()  # type: ignore[no-any-return]


def where(error: BaseException) -> str:
    """`file.py:line` at which an error was raised. Its text may quote data and is not logged."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "?"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
