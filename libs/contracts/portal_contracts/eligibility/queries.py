"""Queries of the eligibility service. Every look at a member is recorded."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from portal_contracts.base import Query
from portal_contracts.eligibility.replies import EligibilityAnswer, MemberDetails, MemberList
from portal_contracts.fields import DAY_HINT, Day, RecentDay, form
from portal_contracts.written import Trimmed

MAX_IDS = 1000
Purpose = Literal["treatment", "payment", "operations"]
Typed = Annotated[str, StringConstraints(strip_whitespace=True)]
"""An ID as somebody typed it: a wrong one is listed in the answer, the others are answered."""


class MemberSearch(Query):
    """The ways to look for members (EL-01, EL-02). Exactly one of them is filled in."""

    member_ids: tuple[Typed, ...] = form(
        "Member IDs; without suffix the subscriber is meant", default=(), max_length=MAX_IDS
    )
    medicaid_ids: tuple[Typed, ...] = form("Medicaid IDs", default=(), max_length=MAX_IDS)
    case_number: Annotated[str, Trimmed(30)] | None = form("Case number", default=None)
    last_name: Annotated[str, Trimmed(60)] | None = form("Last name", default=None)
    first_name: Annotated[str, Trimmed(35)] | None = form(
        "First name or its beginning", default=None
    )
    date_of_birth: RecentDay | None = form("Date of birth", default=None, hint=DAY_HINT)
    purpose: Purpose = form("Why the data are looked at; for the access log", default="payment")


class CheckEligibility(
    MemberSearch, type="eligibility.check_eligibility.v1", answers=(EligibilityAnswer,)
):
    """Are these members covered on a day (EL-01 to EL-04)?"""

    date_of_service: Day = form(
        "Date of service: today at the latest, 24 months back at most", hint=DAY_HINT
    )


class FindMembers(MemberSearch, type="eligibility.find_members.v1", answers=(MemberList,)):
    """Who is meant? Members by ID, name and date of birth, or case number (EL-01)."""


class GetMember(Query, type="eligibility.get_member.v1", answers=(MemberDetails,)):
    """Everything on file about one member: information, spans, COB (EL-05, EL-07, CB-01)."""

    member_id: Annotated[str, Trimmed(100)] = form(
        "Member ID; without suffix the subscriber is meant"
    )
    purpose: Purpose = form("Why the data are looked at; for the access log", default="payment")
