"""Imports without their luxuries: a service that was killed should be back within a second.

structlog draws in rich (with it pygments and attrs) for colourful tracebacks, and FastStream draws
in uvicorn and click for its command line. No service needs them to start: rich not at all, uvicorn
for its health pages, which import it beside the loop once the service is at work (`health.py`).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def without(*names: str) -> Iterator[None]:
    """Imports inside find these packages not installed, unless something has imported them."""
    hidden = [name for name in names if name not in sys.modules]
    sys.modules.update(dict.fromkeys(hidden))  # type: ignore[arg-type]  # None: "there is none"
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
