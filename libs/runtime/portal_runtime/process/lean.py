"""Imports without what no service needs: a killed service should be back within a second.

structlog imports rich (and with it pygments and attrs) for colored tracebacks, and FastStream
imports uvicorn and click for its command line. No service needs them to start: rich not at all,
uvicorn for its health pages, which import it beside the loop once the service is at work
(`health.py`).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Inside, these packages seem not to be installed, unless already imported."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is none"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
