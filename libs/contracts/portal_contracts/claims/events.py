"""Events and replies of the claims service, and the outcome of an adjudication."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Event, Model, Reply
from portal_contracts.claims.commands import ReadjudicationCause
from portal_contracts.claims.parts import AdjustmentGroup
from portal_contracts.common import Problem
from portal_contracts.fields import Carc, Count, Day, Instant, MemberId, Money, Rarc
from portal_contracts.ids import bucket_of_reference

ClaimStatus = Literal["paid", "denied", "rejected", "replaced", "voided"]
FormType = Literal["professional", "institutional"]


class Adjustment(Model):
    """Why a part of the charge is not paid: group, CARC, amount and remark codes."""

    group: AdjustmentGroup = Field(description="Claim adjustment group code: who bears the amount")
    carc: Carc = Field(description="Claim adjustment reason code")
    amount: Money = Field(description="Amount in dollars; negative where it adds to the payment")
    rarcs: tuple[Rarc, ...] = Field((), description="Remittance advice remark codes")


class LineOutcome(Model):
    """What was decided for one line. Always: charge = paid + sum of adjustments."""

    number: Count = Field(description="Line number, from 1")
    charge: Money = Field(description="Charge as submitted")
    allowed: Money = Field(description="Allowed amount")
    paid: Money = Field(description="Plan's payment")
    adjustments: tuple[Adjustment, ...] = Field((), description="Adjustments, in the order applied")


class Posting(Model):
    """One entry of the claim's payment ledger."""

    kind: Literal["payment", "reversal"] = Field(description="Money out, or taken back")
    adjudication: Count = Field(description="Number of the adjudication it pays or reverses")
    amount: Money = Field(description="Dollars; negative for a reversal")


class FactsUsed(Model):
    """What a decision knew beside the claim: with the rule set it can be replayed and explained.

    A version names the event by which the fact's owner announced it.
    """

    member_version: Count | None = Field(
        None, description="Version of `eligibility.member_changed`; none if the member is unknown"
    )
    billing_version: Count | None = Field(
        None, description="Version of `providers.provider_changed` of the billing provider"
    )
    deductible_met: Money = Field("0.00", description="Deductible of the year before this claim")
    out_of_pocket_met: Money = Field("0.00", description="Out of pocket before this claim")
    records: tuple[str, ...] = Field((), description="Document ids of the released records")


class ClaimAdjudicated(Event, type="claims.claim_adjudicated.v1"):
    """A claim was adjudicated, for the first time or again. The latest one is its outcome."""

    claim_number: str = Field(description="Claim number, CLM-…")
    version: Count = Field(description="Rises with every event about the claim")
    adjudication: Count = Field(description="1 for the first, then 2, 3 …")
    status: ClaimStatus = Field(description="Where the claim now stands")
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
    rule_set: str = Field(description="Version of the rules that decided")
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

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class ClaimClosed(Event, type="claims.claim_closed.v1"):
    """A claim ended by being replaced or voided; its payment is reversed (CL-06)."""

    claim_number: str = Field(description="Claim number")
    version: Count = Field(description="Rises with every event about the claim")
    status: Literal["replaced", "voided"] = Field(description="How it ended")
    member_id: MemberId = Field(description="Member ID")
    billing_tin: str = Field(description="Billing provider's Tax ID")
    closed_by: str = Field(description="Claim number of the replacement or void")
    alerts: tuple[Rarc, ...] = Field((), description="Alert remark codes of the reversal")
    postings: tuple[Posting, ...] = Field((), description="Ledger entries")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class ClaimRejectedEvent(Event, type="claims.claim_rejected.v1"):
    """A claim failed the front-end edits; it is on file and never adjudicated (CL-08)."""

    claim_number: str = Field(description="Claim number")
    version: Count = Field(description="Rises with every event about the claim")
    billing_tin: str = Field(description="Billing provider's Tax ID")
    patient_account: str = Field(description="Patient account number")
    problems: tuple[Problem, ...] = Field(description="Reasons with 277CA codes")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class ReadjudicationsOrdered(Event, type="claims.readjudications_ordered.v1"):
    """A change touches n claims; each gets its own re-adjudication message (CB-07)."""

    change_id: str = Field(description="Id of the change")
    version: Count = Field(1, description="Always 1")
    claims: tuple[str, ...] = Field(description="Claim numbers, oldest first")

    def subject(self) -> str:
        return self.change_id


class ClaimAccepted(Reply, type="claims.claim_accepted.v1"):
    """The claim is on file and has been adjudicated."""

    claim_number: str = Field(description="Claim number, CLM-…")
    status: ClaimStatus = Field(description="paid, denied, or voided for a void")
    paid: Money = Field(description="Plan's payment")
    patient_responsibility: Money = Field(description="What the patient owes")
    patient_account: str = Field(description="Patient account number, as submitted")


class ClaimRejected(Reply, type="claims.claim_rejected_reply.v1"):
    """The claim is on file as rejected: correct it and send it again as a new claim (CL-08)."""

    claim_number: str = Field(description="Number it has on the Rejected Claims list")
    problems: tuple[Problem, ...] = Field(description="Reasons with 277CA codes")
    patient_account: str = Field(description="Patient account number, as submitted")


class RecordsReceived(Reply, type="claims.records_received.v1"):
    """The records are noted; the claim is re-adjudicated when they are released."""

    claim_number: str = Field(description="Claim number")
    waiting_for: tuple[str, ...] = Field(description="Documents that are not released yet")
