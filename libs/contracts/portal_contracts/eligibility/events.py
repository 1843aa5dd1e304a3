"""Events of the eligibility service: what others keep of a member, and what changed."""

from pydantic import Field

from portal_contracts.base import Event
from portal_contracts.common import Sex
from portal_contracts.eligibility.parts import CobPolicy, CoverageSpan
from portal_contracts.fields import Count, Day, MemberId, Tin, YesNo
from portal_contracts.ids import bucket


class MemberEvent(Event):
    """What every event about a member carries."""

    member_id: MemberId = Field(description="Member ID")
    version: Count = Field(description="Version of the member after the change")

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return ""  # a member ID identifies a person; it stays inside the body


class MemberChanged(MemberEvent, type="eligibility.member_changed.v1"):
    """Everything that other services need to know of a member, after any change."""

    last_name: str = Field(description="Last name")
    first_name: str = Field(description="First name")
    date_of_birth: Day = Field(description="Date of birth")
    sex: Sex = Field(description="Sex")
    spans: tuple[CoverageSpan, ...] = Field(description="Coverage, oldest first")
    cob: tuple[CobPolicy, ...] = Field((), description="Other insurance, most recent primary first")


class CobChanged(MemberEvent, type="eligibility.cob_changed.v1"):
    """A member's other insurance was added or edited; comes right after MemberChanged."""

    change_id: str = Field(description="Id of this change")
    before: CobPolicy | None = Field(None, description="The policy before; none when added")
    after: CobPolicy = Field(description="The policy now")
    tins: tuple[Tin, ...] = Field(
        (),
        description="Tax IDs of the provider that reported it; empty where the plan did. Nothing "
        "that was paid to other Tax IDs is taken back until plan staff has verified it (CB-02)",
    )
    adjust_claims: YesNo = Field(description="The box 'claims must be adjusted' was checked")

    def subject(self) -> str:
        return self.change_id
