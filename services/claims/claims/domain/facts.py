"""What a decision is told beside the command: what others announced, and accumulators."""

from dataclasses import dataclass
from datetime import UTC, date
from typing import NamedTuple

from claims.domain.rules.rule_book import RuleBook
from claims.domain.state import Claim
from portal_contracts.claims.outcome import ClaimStatus
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.domain.days import PlanCalendar


class Accumulators(NamedTuple):
    """What a member has paid in a calendar year toward deductible and out-of-pocket maximum."""

    member_id: str
    year: int
    deductible: int = 0
    """Cents."""
    out_of_pocket: int = 0
    """Cents; holds the deductible too."""

    def plus(self, deductible: int, out_of_pocket: int) -> "Accumulators":
        """With these cents more; less, when a claim is reversed."""
        return Accumulators(
            self.member_id,
            self.year,
            self.deductible + deductible,
            self.out_of_pocket + out_of_pocket,
        )


class SiblingClaim(NamedTuple):
    """Another claim of the member with the same first date of service."""

    number: str
    duplicate_key: str
    status: ClaimStatus
    billing_tin: str
    billing_npi: str


@dataclass(frozen=True, slots=True)
class ReleasedRecord:
    """A released document that may serve as medical records."""

    document_id: str
    tin: str
    """Tax ID that sent it; empty where the plan did."""
    received_on: date
    claim_number: str | None = None
    service_date: date | None = None
    """For records sent without a claim number (CL-15)."""


class Facts(NamedTuple):
    """Everything that deciding about one claim looks at."""

    rules: RuleBook
    """All rule sets as they are known on the day of the decision; dates of service choose."""
    member: MemberChanged | None = None
    billing: ProviderChanged | None = None
    """The billing provider's profile at the Tax ID of the claim."""
    accumulators: tuple[Accumulators, ...] = ()
    """Of the claim's calendar year, and of the replaced claim's where that is another one."""
    siblings: tuple[SiblingClaim, ...] = ()
    records: tuple[ReleasedRecord, ...] = ()
    """Whoever sent them: rules look at `records_for`."""
    original: Claim | None = None
    """The claim that a corrected claim or a void names."""
    rejected: Claim | None = None
    """The rejected claim that this one takes up again (CL-08)."""
    calendar: PlanCalendar = PlanCalendar(UTC)
    """The plan's days: the last day to file ends with the day there, not in UTC."""

    def records_for(self, tin: str) -> tuple[ReleasedRecord, ...]:
        """Those that this Tax ID or the plan sent. What another one sent decides nothing: it may
        not even be known that there is such a record.
        """
        return tuple([r for r in self.records if r.tin == tin or not r.tin])

    def accumulator(self, member_id: str, year: int) -> Accumulators:
        """The member's accumulators of that year; zero where nothing has been counted."""
        for known in self.accumulators:
            if known.year == year and known.member_id == member_id:
                return known
        return Accumulators(member_id, year)
