"""Field types shared by all contracts, and `form()`, which ties a field to its box on the form.

A contract has no bare `date`, `datetime`, `int` or `bool`: those would be read from more than their
JSON Schema says (tests/contracts/test_schema_equals_service.py).
"""

from datetime import date
from typing import Annotated, Any

from pydantic import AwareDatetime, Field, StringConstraints

from portal_contracts.written import CONTROLS, SPACES, Between, Whole, Written

_CENTS = r"0\.(0[1-9]|[1-9][0-9])"
_DOLLARS = r"[1-9][0-9]{0,9}\.[0-9][0-9]"
Money = Annotated[str, StringConstraints(pattern=rf"^(0\.00|-?({_CENTS}|{_DOLLARS}))$")]
"""US dollars as a decimal string with exactly two digits after the point, e.g. "120.00".

An amount is written in one way only, not "0120.00" or "-0.00": equal amounts are equal texts.
"""


_BLANK = f"[{CONTROLS}{SPACES}]"
_NOT_BLANK = f"[^{CONTROLS}{SPACES}]"
Filled = Annotated[
    str, StringConstraints(pattern=f"^{_BLANK}*{_NOT_BLANK}({_BLANK}|{_NOT_BLANK})*$")
]
"""Text that says something: a box with only spaces in it is empty."""


class NamesMember:
    """Marks a field that names a member: whoever is shown it in a reply has looked at the member,
    and the access log says so."""


SentMemberId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,30}$")]
"""The member ID that the asker sent, given back: the reply shows nothing of the member."""

MemberId = Annotated[SentMemberId, NamesMember()]
"""Member ID as printed on the card: the subscriber's ID and a suffix for the family member."""

Npi = Annotated[str, StringConstraints(pattern=r"^[12][0-9]{9}$")]
"""National Provider Identifier: 10 digits, the first 1 or 2. Its check digit is a rule."""

Tin = Annotated[str, StringConstraints(pattern=r"^[0-9]{9}$")]
"""Tax ID (EIN or SSN of the billing provider): 9 digits without dashes."""

ProcedureCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{5}$")]
"""CPT or HCPCS code: 5 letters or digits."""

DiagnosisCode = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{3,7}$")]
"""ICD diagnosis code without the point, 3 to 7 letters or digits."""

Modifier = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{2}$")]
Carc = Annotated[str, StringConstraints(pattern=r"^[A-Z0-9]{1,3}$")]
Rarc = Annotated[str, StringConstraints(pattern=r"^[A-Z]{1,2}[0-9]{1,3}$")]

NPI_HINT = "10 digits, the first a 1 or a 2"
TIN_HINT = "9 digits without dashes"
DAY_HINT = "YYYY-MM-DD"
MONEY_HINT = "dollars and cents, e.g. 120.00"
DIAGNOSIS_HINT = "3 to 7 letters or digits, no point"

MONTH_AND_DAY = r"(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_MINUTES = r"([01][0-9]|2[0-3]):[0-5][0-9]"

Day = Annotated[date, Written(rf"^[0-9]{{4}}-{MONTH_AND_DAY}$", "date", "date_type")]
"""A day of the calendar, written "2026-01-05"."""

RecentDay = Annotated[
    Day,
    Between(
        date(1880, 1, 1),
        date(9999, 12, 30),
        rf"^(18[89]|19[0-9]|[2-9][0-9]{{2}})[0-9]-{MONTH_AND_DAY}$",
        "9999-12-31",
    ),
]
"""A date that can be one, of a birth or a coverage: older than anybody living is a typing slip."""

UUID_PATTERN = "^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$"
"""The one way that RFC 9562 writes an id. Python's UUID takes braces, `urn:uuid:` and more."""

MOMENT_PATTERN = (
    rf"^(19|2[0-9])[0-9]{{2}}-{MONTH_AND_DAY}T{_MINUTES}:[0-5][0-9](\.[0-9]{{1,9}})?"
    rf"(Z|[+-]{_MINUTES})$"
)
Instant = Annotated[AwareDatetime, Written(MOMENT_PATTERN, "date-time", "datetime_type")]
"""A moment from 1900 on, written "2026-01-05T14:30:00Z" (RFC 3339); kept to the microsecond."""

Count = Annotated[int, Whole()]
"""A whole number."""

Number = Annotated[int, Whole(ge=1)]
"""What something bears that is counted from 1."""

PageSize = Annotated[int, Whole(1, 500)]

Reference = Annotated[str, StringConstraints(max_length=40)]
"""A number that a service has given (CLM-…, AUTH-…, DSP-…, DOC-…), as somebody typed it."""

DocumentIds = Annotated[tuple[str, ...], Field(max_length=50)]
"""Ids of uploaded documents, DOC-…, at most 50."""

YesNo = Annotated[bool, Field(strict=True)]
"""`true` or `false`; not "yes", not 1."""


def form(
    description: str,
    *,
    box: str | None = None,
    status: str | None = None,
    hint: str | None = None,
    default: Any = ...,
    **constraints: Any,
) -> Any:
    """A described field.

    `box`: box of the CMS-1500 or form locator of the UB-04. `status`: 277CA codes of the problem
    "this field is missing or wrong" (category:status[:entity]). `hint`: the right shape in words.
    """
    extra: dict[str, Any] = {
        k: v for k, v in (("x-box", box), ("x-status", status), ("x-hint", hint)) if v is not None
    }
    return Field(default, description=description, json_schema_extra=extra or None, **constraints)
