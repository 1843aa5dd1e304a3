"""Replies of the eligibility service."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model, Reply
from portal_contracts.common import Address, LineOfBusiness, Problem, Refused, Sex
from portal_contracts.eligibility.parts import CobPolicy, CoverageSpan, PrimaryCareProvider
from portal_contracts.fields import Count, Day, Instant, MemberId, SentMemberId, YesNo
from portal_contracts.paging import Answer

EligibilityStatus = Literal["eligible", "eligible_past_due", "ineligible"]
WhyIneligible = Literal["never_covered", "not_yet_covered", "coverage_ended", "between_spans"]


class MemberEnrolled(Reply, type="eligibility.member_enrolled.v1"):
    """The member is on file as sent."""

    member_id: SentMemberId = Field(description="Member ID")
    version: Count = Field(description="Version of the member")
    changed: YesNo = Field(description="False when everything was on file already")


class CoverageChanged(Reply, type="eligibility.coverage_changed.v1"):
    """The member's coverage spans are as asked."""

    member_id: SentMemberId = Field(description="Member ID")
    version: Count = Field(description="Version of the member")
    changed: YesNo = Field(description="False when everything was on file already")


class CobAdded(Reply, type="eligibility.cob_added.v1"):
    """The other insurance is on file."""

    member_id: MemberId = Field(description="Member it was added to")
    policy_id: str = Field(description="Our id of the policy, COB-…; needed to edit it")
    version: Count = Field(description="Version of the policy; needed to edit it")
    change_id: str = Field(description="Id of this change; claims name it as their cause")


class CobEdited(Reply, type="eligibility.cob_edited.v1"):
    """The other insurance is on file as sent."""

    member_id: MemberId = Field(description="Member whose insurance it is")
    policy_id: str = Field(description="Our id of the policy, COB-…")
    version: Count = Field(description="Version of the policy; needed to edit it again")
    change_id: str | None = Field(None, description="Id of this change; none when nothing differed")


class CobStale(Refused, type="eligibility.cob_stale.v1"):
    """Refused: somebody else edited the policy since the editor saw it; nothing changed (CB-03).

    Shows what is on file now. Look at it, and send the edit again with its version.
    """

    member_id: MemberId = Field(description="Member whose insurance it is")
    current: CobPolicy = Field(description="What is on file now")
    version: Count = Field(description="Its version")
    changed_at: Instant = Field(description="When it was changed last")
    differs: tuple[str, ...] = Field(description="Fields in which the refused edit differs from it")


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


class Found(Answer):
    """What every answer to a search of members says beside whom it found."""

    unanswered: tuple[Unanswered, ...] = Field((), description="IDs and names without an answer")
    more: YesNo = Field(False, description="More people match than are shown; give a first name")


class EligibilityAnswer(Found, type="eligibility.eligibility_answer.v1"):
    """Eligibility of everybody asked for, in the order asked; what went wrong is listed."""

    date_of_service: Day = Field(description="Date of service")
    members: tuple[Eligibility, ...] = Field(description="Everybody found")


class MemberList(Found, type="eligibility.member_list.v1"):
    """Everybody found, in the order asked."""

    members: tuple[MemberSummary, ...] = Field(description="Everybody found")


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


class MemberDetails(Answer, type="eligibility.member_details.v1"):
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
