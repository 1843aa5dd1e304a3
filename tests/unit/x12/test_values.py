"""Single values: converted where they can be, marked or left alone where they cannot."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from portal_contracts.fields import Money
from portal_contracts.money import dollars
from portal_x12 import values


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        ("40", "40.00"),
        ("40.5", "40.50"),
        (".5", "0.50"),
        ("0", "0.00"),
        ("000", "0.00"),
        ("-12.3", "-12.30"),
        ("0012.3400", "12.34"),
        ("1.005", "1.005"),
        ("12,50", "12,50"),
        ("", ""),
        (".", "."),
        ("1e5", "1e5"),
    ],
)
def test_money(given_: str, expected: str) -> None:
    assert values.money(given_) == expected


@given(st.integers(-(10**11), 10**11))
def test_amounts_keep_their_value(amount: int) -> None:
    text = dollars(amount)
    assert values.money(text) == text
    assert TypeAdapter(Money).validate_python(text) == text
    assert values.money(text.rstrip("0")) == text, "a file may leave out zeros at the end"


def test_days() -> None:
    assert values.day("20260131") == "2026-01-31"
    assert values.day("202601310830") == "2026-01-31"
    assert values.period("RD8", "20260131-20260202") == ("2026-01-31", "2026-02-02")
    assert values.period("D8", "20260131") == ("2026-01-31", "2026-01-31")
    assert values.day("") == ""


@given(st.from_regex(r"[0-9]{1,12}(\.[0-9]{1,3})?", fullmatch=True))
def test_digits_that_are_no_date_never_become_one(text: str) -> None:
    """Bare digits are seconds since 1970 to a lenient reader."""
    converted = values.day(text)
    try:
        read = TypeAdapter(date).validate_python(converted)
    except ValidationError:
        return
    assert read.strftime("%Y%m%d").lstrip("0") == text[:8].lstrip("0")


def test_pointers_and_units() -> None:
    assert (values.pointer("2"), values.pointer("2.00"), values.pointer("A")) == (2, 2, "A")
    assert values.pointer("99999999999") == "99999999999"
    assert (values.units(".5"), values.units("1.00")) == ("0.5", "1.00")


def test_what_is_not_there_is_left_out() -> None:
    assert values.body(a="", b=None, c=[], d={}, e=False, f="x") == {"e": False, "f": "x"}
