"""A member as the service keeps it, and how each published event changes it."""

from collections.abc import Iterable
from datetime import date, datetime

from eligibility.domain.ids import base_of
from eligibility.domain.names import searchable
from portal_contracts.base import Model
from portal_contracts.common import Address, Sex
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.parts import CobPolicy, CoverageSpan, PrimaryCareProvider
from portal_contracts.eligibility.replies import CobOnFile, CobVersion, MemberSummary
from portal_runtime.domain.copying import like

KEPT_VERSIONS = 15
"""Past versions of a policy kept at hand: all of any real one. The journal has every one."""


class Details(Model):
    """What stays in this service: nobody else needs it to do their work."""

    address: Address | None = None
    phone: str | None = None
    medicaid_id: str | None = None
    case_number: str | None = None
    pcp: PrimaryCareProvider | None = None


class Member(Model):
    """One member. The version rises with every change of anything."""

    member_id: str
    version: int
    last_name: str
    first_name: str
    date_of_birth: date
    sex: Sex
    spans: tuple[CoverageSpan, ...] = ()
    policies: tuple[CobOnFile, ...] = ()
    """Other insurance, most recent primary first, each with what was on file before."""
    details: Details = Details()

    @property
    def subscriber(self) -> str:
        """The family's ID: the member's without the suffix."""
        return base_of(self.member_id)

    @property
    def medicaid_id(self) -> str | None:
        return self.details.medicaid_id

    @property
    def case_number(self) -> str | None:
        return self.details.case_number

    @property
    def searchable_last_name(self) -> str:
        return searchable(self.last_name)

    @property
    def searchable_first_name(self) -> str:
        return searchable(self.first_name)

    def policy(self, policy_id: str) -> CobOnFile | None:
        return next((p for p in self.policies if p.policy.policy_id == policy_id), None)

    @property
    def cob(self) -> tuple[CobPolicy, ...]:
        return tuple(p.policy for p in self.policies)

    def announced(self) -> MemberChanged:
        """What other services need to know."""
        return like(MemberChanged, self)

    def summary(self) -> MemberSummary:
        return like(MemberSummary, self)


def evolve(member: Member | None, event: MemberChanged | CobChanged, at: datetime) -> Member:
    """The member after an event. The journal replayed through here gives the member again,
    but for the details, which are not published."""
    match event:
        case MemberChanged():
            return _with_person(member, event)
        case CobChanged():
            assert member is not None, "COB of nobody: MemberChanged comes first"
            return _with_policy(member, event, at)


def _with_person(member: Member | None, event: MemberChanged) -> Member:
    if member is None:
        return like(Member, event)
    return like(Member, event, policies=member.policies, details=member.details)


def _with_policy(member: Member, event: CobChanged, at: datetime) -> Member:
    before = member.policy(event.after.policy_id)
    others = (p for p in member.policies if p is not before)
    now = CobOnFile(
        policy=event.after, version=event.version, since=at, past=_past(before) if before else ()
    )
    return member.model_copy(
        update={"version": event.version, "policies": most_recent_primary_first((*others, now))}
    )


def _past(before: CobOnFile) -> tuple[CobVersion, ...]:
    return (like(CobVersion, before), *before.past)[:KEPT_VERSIONS]


def most_recent_primary_first(policies: Iterable[CobOnFile]) -> tuple[CobOnFile, ...]:
    """CB-01. Equal dates: the policy that is still open, then the one that ended later."""

    def rank(on_file: CobOnFile) -> tuple[bool, int, int, str]:
        policy: CobPolicy = on_file.policy
        end = (policy.end or date.max).toordinal()
        return not policy.primary, -policy.start.toordinal(), -end, policy.policy_id

    return tuple(sorted(policies, key=rank))
