"""Queries of the eligibility service and their answers. Every look at a member is recorded."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from portal_contracts.base import Model, Query, Reply
from portal_contracts.common import Address, LineOfBusiness, Problem
from portal_contracts.eligibility.commands import DAY_HINT, PrimaryCareProvider, Sex
from portal_contracts.eligibility.events import CobPolicy, CoverageSpan
from portal_contracts.fields import Count, Day, Instant, MemberId, YesNo, form
from portal_contracts.written import Trimmed

MAX_IDS = 1000
Purpose = Literal["treatment", "payment", "operations"]
EligibilityStatus = Literal["eligible", "eligible_past_due", "ineligible"]
WhyIneligible = Literal["never_covered", "not_yet_covered", "coverage_ended", "between_spans"]
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
    date_of_birth: Day | None = form("Date of birth", default=None, hint=DAY_HINT)
    purpose: Purpose = form("Why the data are looked at; for the access log", default="payment")


class Unanswered(Model):
    """Something that was asked and could not be answered."""

    position: Count = Field(description="Which of the IDs, from 1")
    asked: str = Field(description="What was asked, as it was typed; empty for a name")
    problem: Problem = Field(description="What is wrong with it")


class MemberSummary(Model):
    """A member in a list."""

    member_id: MemberId = Field(description="Member ID with suffix")
    last_name: str = Field(description="Last name")
    first_name: str = Field(description="First name")
    date_of_birth: Day = Field(description="Date of birth")
    sex: Sex = Field(description="Sex")
    medicaid_id: str | None = Field(None, description="Medicaid ID")
    case_number: str | None = Field(None, description="Case number")


class CheckEligibility(MemberSearch, type="eligibility.check_eligibility.v1"):
    """Are these members covered on a day (EL-01 to EL-04)?"""

    date_of_service: Day = form(
        "Date of service: today at the latest, 24 months back at most", hint=DAY_HINT
    )


class GracePeriod(Model):
    """The premium of the day asked for is not paid (EL-04)."""

    paid_through: Day = Field(description="Last day paid for")
    month: Count = Field(description="Month of the grace period that the day lies in, from 1")
    ends: Day = Field(description="Last day of the grace period")


class Eligibility(Model):
    """What holds for one member on the date of service."""

    member: MemberSummary = Field(description="Who")
    asked: str = Field(description="The ID as it was typed; empty for a search by name")
    status: EligibilityStatus = Field(description="Whether covered on the date of service")
    message: str = Field(description="The same in a sentence")
    plan: str | None = Field(None, description="Plan or program on that date")
    line_of_business: LineOfBusiness | None = Field(None, description="Market segment on that date")
    covered_from: Day | None = Field(None, description="First day of that coverage span")
    covered_to: Day | None = Field(None, description="Last day of that span; none while open")
    grace: GracePeriod | None = Field(None, description="Past due: where in the grace period")
    why: WhyIneligible | None = Field(None, description="Reason, when ineligible")
    pays_first: tuple[str, ...] = Field(
        (), description="Carriers that pay before this plan on that date"
    )


class EligibilityAnswer(Reply, type="eligibility.eligibility_answer.v1"):
    """Eligibility of everybody asked for, in the order asked; what went wrong is listed."""

    date_of_service: Day = Field(description="Date of service")
    members: tuple[Eligibility, ...] = Field(description="Everybody found")
    unanswered: tuple[Unanswered, ...] = Field((), description="IDs and names without an answer")
    more: YesNo = Field(False, description="More people match than are shown; give a first name")
    as_of: Instant = Field(description="How fresh the answer is")


class FindMembers(MemberSearch, type="eligibility.find_members.v1"):
    """Who is meant? Members by ID, name and date of birth, or case number (EL-01)."""


class MemberList(Reply, type="eligibility.member_list.v1"):
    """Everybody found, in the order asked."""

    members: tuple[MemberSummary, ...] = Field(description="Everybody found")
    unanswered: tuple[Unanswered, ...] = Field((), description="IDs and names without an answer")
    more: YesNo = Field(False, description="More people match than are shown; give a first name")
    as_of: Instant = Field(description="How fresh the answer is")


class GetMember(Query, type="eligibility.get_member.v1"):
    """Everything on file about one member: information, spans, COB (EL-05, EL-07, CB-01)."""

    member_id: Annotated[str, Trimmed(100)] = form(
        "Member ID; without suffix the subscriber is meant"
    )
    purpose: Purpose = form("Why the data are looked at; for the access log", default="payment")


class CobVersion(Model):
    """A policy as it was on file for a while."""

    version: Count = Field(description="Version of the policy")
    since: Instant = Field(description="On file from then on")
    policy: CobPolicy = Field(description="What was on file")


class CobOnFile(Model):
    """Another insurance of the member with its history (CB-01, CB-03)."""

    policy: CobPolicy = Field(description="What is on file")
    version: Count = Field(description="Version of the policy; an edit must name it")
    since: Instant = Field(description="On file like this from then on")
    past: tuple[CobVersion, ...] = Field((), description="What was on file before, latest first")


class MemberDetails(Reply, type="eligibility.member_details.v1"):
    """Member information and panels."""

    member: MemberSummary = Field(description="Name, date of birth, ID numbers")
    version: Count = Field(description="Version of the member")
    address: Address | None = Field(None, description="Postal address")
    phone: str | None = Field(None, description="Phone")
    pcp: PrimaryCareProvider | None = Field(None, description="Primary care provider")
    program: CoverageSpan | None = Field(None, description="Coverage today; none when not covered")
    grace: GracePeriod | None = Field(None, description="Past due today: where in the grace period")
    subscriber: MemberSummary | None = Field(
        None, description="The subscriber, when on file; the member itself for suffix 00"
    )
    spans: tuple[CoverageSpan, ...] = Field(description="Coverage, oldest first")
    cob: tuple[CobOnFile, ...] = Field((), description="Other insurance, most recent primary first")
    as_of: Instant = Field(description="How fresh the answer is")
