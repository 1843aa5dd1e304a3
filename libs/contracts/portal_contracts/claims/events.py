"""Events of the claims service."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Event
from portal_contracts.claims.outcome import (
    FactsUsed,
    FormType,
    LineOutcome,
    Posting,
    ReadjudicationCause,
    Verdict,
)
from portal_contracts.common import Problem
from portal_contracts.fields import Count, Day, Instant, MemberId, Money, Rarc
from portal_contracts.ids import bucket_of_reference


class ClaimEvent(Event):
    """What every event about a claim carries."""

    claim_number: str = Field(description="Claim number, CLM-…")
    version: Count = Field(description="Rises with every event about the claim")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class ClaimAdjudicated(ClaimEvent, type="claims.claim_adjudicated.v1"):
    """A claim was adjudicated, for the first time or again. The latest one is its outcome."""

    adjudication: Count = Field(description="1 for the first, then 2, 3 …")
    status: Verdict = Field(description="Where the claim now stands")
    form: FormType = Field(description="CMS-1500 or UB-04")
    member_id: MemberId = Field(description="Member ID")
    patient_account: str = Field(description="Patient account number, as submitted")
    billing_tin: str = Field(description="Billing provider's Tax ID")
    billing_npi: str = Field(description="Billing provider's NPI")
    service_from: Day = Field(description="First date of service")
    service_to: Day = Field(description="Last date of service")
    received_at: Instant = Field(description="When the claim was received")
    total_charge: Money = Field(description="Sum of the charges")
    paid: Money = Field(description="Sum of the plan's payments")
    patient_responsibility: Money = Field(description="Sum of the PR adjustments")
    lines: tuple[LineOutcome, ...] = Field(description="Outcome line by line")
    rule_set: str = Field(
        description="Version of the rules that decided: those of the first date of service"
    )
    cause: ReadjudicationCause | Literal["submitted", "corrected"] = Field(
        description="What led to this adjudication"
    )
    cause_reference: str = Field("", description="Reference of what led to it")
    alerts: tuple[Rarc, ...] = Field((), description="Alert remark codes of the whole claim")
    postings: tuple[Posting, ...] = Field((), description="Ledger entries this adjudication makes")
    paid_by: Count | None = Field(
        None, description="Number of the adjudication whose payment stands; none if nothing is paid"
    )
    replaces: str | None = Field(None, description="Claim that this one replaces")
    facts_used: FactsUsed | None = Field(
        None, description="What the decision knew; none in events from before this was recorded"
    )


class ClaimClosed(ClaimEvent, type="claims.claim_closed.v1"):
    """A claim ended by being replaced or voided; its payment is reversed (CL-06)."""

    status: Literal["replaced", "voided"] = Field(description="How it ended")
    member_id: MemberId = Field(description="Member ID")
    billing_tin: str = Field(description="Billing provider's Tax ID")
    closed_by: str = Field(description="Claim number of the replacement or void")
    alerts: tuple[Rarc, ...] = Field((), description="Alert remark codes of the reversal")
    postings: tuple[Posting, ...] = Field((), description="Ledger entries")


class ClaimRejectedEvent(ClaimEvent, type="claims.claim_rejected.v1"):
    """A claim failed the front-end edits; it is on file and never adjudicated (CL-08)."""

    billing_tin: str = Field(description="Billing provider's Tax ID")
    patient_account: str = Field(description="Patient account number")
    problems: tuple[Problem, ...] = Field(description="Reasons with 277CA codes")


class ReadjudicationsOrdered(Event, type="claims.readjudications_ordered.v1"):
    """A change touches n claims; each gets its own re-adjudication message (CB-07)."""

    change_id: str = Field(description="Id of the change")
    version: Count = Field(1, description="Always 1")
    claims: tuple[str, ...] = Field(description="Claim numbers, oldest first")

    def subject(self) -> str:
        return self.change_id
