"""The outcome of an adjudication: what events, replies and commands about it share."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.claims.parts import AdjustmentGroup
from portal_contracts.fields import Carc, Count, Money, Rarc

Verdict = Literal["paid", "denied"]
"""How an adjudication ends."""
ClaimStatus = Literal["received", "pended", "paid", "denied", "rejected", "replaced", "voided"]
"""Where a claim stands. Received: taken, and not decided yet; pended: waits for something."""
ClaimStep = Literal[
    "adjudicated",
    "rejected",
    "records_received",
    "record_released",
    "replaced",
    "voided",
    "took_back",
]
"""What happened to a claim; the last one to a void: it took another claim back."""
FormType = Literal["professional", "institutional"]
ReadjudicationCause = Literal[
    "records_released",
    "cob_changed",
    "provider_changed",
    "dispute_overturned",
    "appeal_overturned",
    "staff_request",
]
Edit = Literal[
    "duplicate", "timely_filing", "coverage", "provider", "cob", "authorization", "records"
]


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
    rule_set: str | None = Field(
        None, description="Version of the rules of the line's date, where not the claim's"
    )


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
