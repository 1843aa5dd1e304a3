"""Keys of pages: what was given is read again, everything else is refused in words."""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_runtime.queries.paging import LONGEST, page_key, read_page_key

MOMENTS = st.datetimes(timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]))
NUMBERS = st.from_regex(r"[A-Z]{3}-[0-9A-Z]{15}", fullmatch=True)


@given(MOMENTS, NUMBERS)
def test_a_key_says_where_the_page_before_ended(moment: datetime, number: str) -> None:
    assert read_page_key(page_key(moment, number)) == (moment, number)


@given(st.lists(st.one_of(st.dates(), MOMENTS, NUMBERS), min_size=1, max_size=3))
def test_an_order_may_be_of_any_columns(values: list[date | str]) -> None:
    kinds = tuple(type(value) for value in values)
    key = page_key(*values)
    assert len(key) <= LONGEST and read_page_key(key, kinds) == tuple(values)


@pytest.mark.parametrize("kinds", [(date, str), (str, str), (datetime,), (datetime, str, str)])
def test_a_key_of_another_order_is_refused(kinds: tuple[type[Any], ...]) -> None:
    key = page_key(datetime(2026, 3, 2, 15, 0, 1, tzinfo=UTC), "CLM-1")
    with pytest.raises(ValueError, match="not a page key"):
        read_page_key(key, kinds)


def test_the_first_page_has_no_key() -> None:
    assert read_page_key(None) == read_page_key("") == (None, None)
    assert read_page_key(None, (date, datetime, str)) == (None, None, None)


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
