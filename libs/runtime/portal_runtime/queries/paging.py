"""Keys of pages: where the page before ended, in a form that callers send back unchanged."""

import base64
import json
import re
from datetime import UTC, datetime

from portal_contracts.problems import common
from portal_runtime.domain.decision import refusal

LONGEST = 120
"""Characters of a key; ours have about 80."""
_NUMBER = re.compile(r"[A-Z0-9-]{1,40}")
BAD_PAGE = refusal(common.BAD_PAGE())
"""The answer to a key that is none of ours."""


def page_key(moment: datetime, number: str) -> str:
    """The key of the page that follows the row with this moment and number."""
    return base64.urlsafe_b64encode(json.dumps([moment.isoformat(), number]).encode()).decode()


def read_page_key(key: str | None) -> tuple[datetime | None, str]:
    """(moment, number) of the last row shown, (None, "") for the first page.

    Raises ValueError for what `page_key` did not make: callers may send anything.
    """
    if not key:
        return None, ""
    if len(key) > LONGEST:  # deep nesting is not even parsed
        raise ValueError("not a page key")
    try:
        moment, number = json.loads(base64.urlsafe_b64decode(key))
        written = datetime.fromisoformat(moment)
        instant = written.astimezone(UTC)  # OverflowError outside of the years 1 to 9999
        sound = written.tzinfo is not None and _NUMBER.fullmatch(number) is not None
    except (TypeError, ValueError, OverflowError):
        sound = False
    if not sound:
        raise ValueError("not a page key")
    return instant, number
