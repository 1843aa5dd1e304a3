"""Keys of pages: what was given is read again, everything else is refused in words."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_runtime.queries.paging import page_key, read_page_key

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))
NUMBERS = st.from_regex(r"[A-Z]{3}-[0-9A-Z]{15}", fullmatch=True)


@given(MOMENTS, NUMBERS)
def test_a_key_says_where_the_page_before_ended(moment: datetime, number: str) -> None:
    assert read_page_key(page_key(moment, number)) == (moment, number)


def test_the_first_page_has_no_key() -> None:
    assert read_page_key(None) == read_page_key("") == (None, "")


def encoded(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "key",
    [
        "no key",
        "é",
        base64.urlsafe_b64encode(b"\xff\xfe").decode(),
        encoded(7),
        encoded([]),
        encoded(["2026-11-26T00:00:00+00:00"]),
        encoded(["2026-11-26T00:00:00", "CLM-1"]),
        encoded(["yesterday", "CLM-1"]),
        encoded([7, "CLM-1"]),
        encoded(["2026-11-26T00:00:00+00:00", 7]),
        encoded(["2026-11-26T00:00:00+00:00", "\0"]),
        encoded(["2026-11-26T00:00:00+00:00", "X" * 100]),
        "[" * 100_000,
        encoded("[" * 10),
        encoded(["9999-12-31T23:59:59-23:59", "CLM-1"]),
        encoded(["0001-01-01T00:00:00+23:59", "CLM-1"]),
        base64.urlsafe_b64encode(b"[" * 200_000).decode(),
    ],
)
def test_what_is_no_key_of_ours_is_refused(key: str) -> None:
    with pytest.raises(ValueError, match="not a page key"):
        read_page_key(key)


@given(st.text(min_size=1))
def test_nothing_but_a_refusal_comes_of_any_text(key: str) -> None:
    with pytest.raises(ValueError, match="not a page key"):
        read_page_key(key)
