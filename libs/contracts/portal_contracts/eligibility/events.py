"""Events of the eligibility service: what others keep of a member, and what changed."""

from datetime import date
from typing import Literal

from pydantic import Field

from portal_contracts.base import Event, Model
from portal_contracts.common import LineOfBusiness, Period
from portal_contracts.fields import Count, Day, MemberId, Tin, YesNo
from portal_contracts.ids import bucket


class CoverageSpan(Model):
    """Days on which the member is covered by a plan."""

    start: Day = Field(description="First day covered")
    end: Day | None = Field(None, description="Last day covered; none while open")
    plan: str = Field(description="Plan or program code")
    line_of_business: LineOfBusiness = Field(description="Market segment; selects rules and limits")
    paid_through: Day | None = Field(
        None, description="Premium paid through; none where no premium is due (no grace period)"
    )

    def includes(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


class CobPolicy(Model):
    """Another insurance of the member."""

    policy_id: str = Field(description="Our id of the policy on file, COB-…")
    carrier: str = Field(description="Carrier name")
    policy_number: str = Field(description="Policy number")
    group_number: str | None = Field(None, description="Group number")
    holder_name: str = Field(description="Policy holder")
    relationship: Literal["self", "spouse", "child", "other"] = Field(
        description="Member's relationship to the policy holder"
    )
    start: Day = Field(description="Effective date")
    end: Day | None = Field(None, description="Term date, still covered; none while active")
    insurance_type: Literal[
        "commercial", "medicare", "medicaid", "auto", "workers_comp", "other"
    ] = Field(description="Type of insurance")
    primary: YesNo = Field(True, description="Pays before this plan")

    def period(self) -> Period:
        return Period(start=self.start, end=self.end)


class MemberChanged(Event, type="eligibility.member_changed.v1"):
    """Everything that other services need to know of a member, after any change."""

    member_id: MemberId = Field(description="Member ID")
    version: Count = Field(description="Rises with every change of this member")
    last_name: str = Field(description="Last name")
    first_name: str = Field(description="First name")
    date_of_birth: Day = Field(description="Date of birth")
    sex: Literal["F", "M", "U"] = Field(description="Sex")
    spans: tuple[CoverageSpan, ...] = Field(description="Coverage, oldest first")
    cob: tuple[CobPolicy, ...] = Field((), description="Other insurance, most recent primary first")

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return ""  # a member ID identifies a person; it stays inside the body


class CobChanged(Event, type="eligibility.cob_changed.v1"):
    """A member's other insurance was added or edited; comes right after MemberChanged."""

    change_id: str = Field(description="Id of this change")
    member_id: MemberId = Field(description="Member ID")
    version: Count = Field(description="Version of the member after the change")
    before: CobPolicy | None = Field(None, description="The policy before; none when added")
    after: CobPolicy = Field(description="The policy now")
    tins: tuple[Tin, ...] = Field(
        (),
        description="Tax IDs of the provider that reported it; empty where the plan did. Nothing "
        "that was paid to other Tax IDs is taken back until plan staff has verified it (CB-02)",
    )
    adjust_claims: YesNo = Field(description="The box 'claims must be adjusted' was ticked")

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return self.change_id
