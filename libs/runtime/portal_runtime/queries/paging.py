"""Keys of pages: where the page before ended, in a form that callers send back unchanged."""

import base64
import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from portal_contracts.problems import common
from portal_runtime.domain.decision import refusal

LONGEST = 200
"""Characters of a key; ours have 80 or more; the contract takes no longer ones."""
_NUMBER = re.compile(r"[A-Z0-9-]{1,40}")
BAD_PAGE = refusal(common.BAD_PAGE())
"""The answer to a key that is none of ours."""


def page_key(*values: date | datetime | str) -> str:
    """The key of the page that follows the row with these values in the columns of the order."""
    written = [v if isinstance(v, str) else v.isoformat() for v in values]
    return base64.urlsafe_b64encode(json.dumps(written, separators=(",", ":")).encode()).decode()


def read_page_key(
    key: str | None, kinds: Sequence[type[date | str]] = (datetime, str)
) -> tuple[Any, ...]:
    """The values of the last row shown, nothing but None for the first page.

    `kinds`: what each is: a moment, a day, or a number such as CLM-….
    ValueError for what `page_key` did not make: callers may send anything.
    """
    if not key:
        return (None,) * len(kinds)
    try:
        if len(key) > LONGEST:  # deep nesting is not even parsed
            raise ValueError(key)
        written = json.loads(base64.urlsafe_b64decode(key))
        return tuple(_READ[kind](text) for kind, text in zip(kinds, written, strict=True))
    except (TypeError, ValueError, OverflowError):
        raise ValueError("not a page key") from None


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(text)
    return moment.astimezone(UTC)  # OverflowError outside of the years 1 to 9999


def _number(text: str) -> str:
    if _NUMBER.fullmatch(text) is None:
        raise ValueError(text)
    return text


_READ: Mapping[type[date | str], Callable[[str], Any]] = {
    datetime: _moment,
    date: date.fromisoformat,
    str: _number,
}
