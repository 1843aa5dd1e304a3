"""Answers to the commands of the eligibility service."""

from pydantic import Field

from portal_contracts.base import Reply
from portal_contracts.common import Refused
from portal_contracts.eligibility.events import CobPolicy
from portal_contracts.fields import Count, Instant, MemberId, SentMemberId, YesNo


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
