"""Commands of the eligibility service. All about one member is decided in order: key = bucket."""

from typing import Annotated

from pydantic import ConfigDict, StringConstraints

from portal_contracts.base import Command, Strict
from portal_contracts.common import Address, Relationship, Sex
from portal_contracts.eligibility.parts import (
    PHONE_HINT,
    CoverageSpan,
    InsuranceType,
    Phone,
    PrimaryCareProvider,
)
from portal_contracts.eligibility.replies import (
    CobAdded,
    CobEdited,
    CobStale,
    CoverageChanged,
    MemberEnrolled,
)
from portal_contracts.fields import (
    DAY_HINT,
    MemberId,
    Number,
    RecentDay,
    Reference,
    YesNo,
    form,
)
from portal_contracts.ids import bucket
from portal_contracts.written import Trimmed

OtherId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9-]{2,30}$")]

ID_HINT = "as on the card, with the two-digit suffix: -00 for the subscriber"
OTHER_ID_HINT = "letters, digits and dashes, 2 to 30 of them"
MAX_SPANS = 200


class Span(CoverageSpan):
    """Days covered by a plan, as the feed sends them: a misspelled field is noticed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    start: RecentDay = form("First day covered", hint=DAY_HINT)
    end: RecentDay | None = form("Last day covered; none while open", default=None, hint=DAY_HINT)
    plan: Annotated[str, Trimmed(60)] = form("Plan or program code")
    paid_through: RecentDay | None = form(
        "Premium paid through; none where no premium is due", default=None, hint=DAY_HINT
    )


class EndSpan(Strict):
    """Another last day for a span that is on file."""

    start: RecentDay = form("First day of the span on file", hint=DAY_HINT)
    end: RecentDay | None = form(
        "New last day covered; none opens the span again; the day before the start removes it",
        default=None,
        hint=DAY_HINT,
    )


class PaidThrough(Strict):
    """A premium was paid, or a payment was returned: decides on the grace period."""

    start: RecentDay = form("First day of the span on file", hint=DAY_HINT)
    paid_through: RecentDay | None = form(
        "Premium paid through; none where no premium is due", hint=DAY_HINT
    )


class AboutMember(Command):
    """What every command about a member carries."""

    member_id: MemberId = form("Member ID", box="1a / FL 60", hint=ID_HINT)

    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return ""  # a member ID identifies a person; it stays inside the body


class EnrollMember(AboutMember, type="eligibility.enroll_member.v1", answers=(MemberEnrolled,)):
    """Make a member known, or bring everything on file up to what the plan feed says (EL-05).

    The feed is the authority: what it leaves out is removed, other insurance (COB) excepted. The
    same content again changes nothing. Bulk is many of these.
    """

    last_name: Annotated[str, Trimmed(60)] = form("Last name", box="2 / FL 8")
    first_name: Annotated[str, Trimmed(35, least=0)] = form(
        "First name", box="2 / FL 8", default=""
    )
    date_of_birth: RecentDay = form("Date of birth", box="3 / FL 10", hint=DAY_HINT)
    sex: Sex = form("Sex: F, M or U", box="3 / FL 11", hint="F, M or U")
    address: Address | None = form("Postal address", default=None)
    phone: Phone | None = form("Phone", default=None, hint=PHONE_HINT)
    medicaid_id: OtherId | None = form("Medicaid ID", default=None, hint=OTHER_ID_HINT)
    case_number: OtherId | None = form("Case number", default=None, hint=OTHER_ID_HINT)
    pcp: PrimaryCareProvider | None = form("Primary care provider", default=None)
    spans: tuple[Span, ...] = form("Coverage spans", default=(), max_length=MAX_SPANS)


class ChangeCoverage(
    AboutMember, type="eligibility.change_coverage.v1", answers=(CoverageChanged,)
):
    """End, add or pay for coverage spans, in this order (EL-04, plan feed).

    Refused when the spans would overlap or one is not on file.
    """

    end: tuple[EndSpan, ...] = form("Spans with a new last day", default=(), max_length=MAX_SPANS)
    add: tuple[Span, ...] = form("New spans", default=(), max_length=MAX_SPANS)
    paid: tuple[PaidThrough, ...] = form("Premium payments", default=(), max_length=MAX_SPANS)


class CobContent(AboutMember):
    """Another insurance of the member, as on its card, and whether claims must be adjusted."""

    carrier: Annotated[str, Trimmed(60)] = form("Carrier name", box="9d / FL 50")
    policy_number: Annotated[str, Trimmed(50)] = form("Policy number", box="9a / FL 60")
    group_number: Annotated[str, Trimmed(50, least=0)] | None = form(
        "Group number", box="FL 62", default=None
    )
    holder_name: Annotated[str, Trimmed(100)] = form("Policy holder", box="9 / FL 58")
    relationship: Relationship = form(
        "Member's relationship to the policy holder: self, spouse, child or other", box="FL 59"
    )
    start: RecentDay = form("Effective date", hint=DAY_HINT)
    end: RecentDay | None = form(
        "Term date: the last day still covered; none while active", default=None, hint=DAY_HINT
    )
    insurance_type: InsuranceType = form("Type of insurance")
    primary: YesNo = form("Pays before this plan", default=True)
    adjust_claims: YesNo = form(
        "Check box: there are claims that must be adjusted due to this update", default=False
    )


class AddCob(CobContent, type="eligibility.add_cob.v1", answers=(CobAdded,)):
    """Put another insurance of a member on file (CB-02)."""


class EditCob(CobContent, type="eligibility.edit_cob.v1", answers=(CobEdited, CobStale)):
    """Replace what is on file about another insurance (CB-03). Give all of it, changed or not.

    Answered by CobStale when somebody else has edited it meanwhile.
    """

    policy_id: Reference = form("Our id of the policy on file, COB-…")
    expected_version: Number = form("Version of the policy that the editor saw")

    def subject(self) -> str:
        return self.policy_id
