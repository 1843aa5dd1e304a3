"""Values that the messages of the disputes and appeals service share."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.fields import Count, Instant, Money

CaseKind = Literal["dispute", "appeal"]
CaseStatus = Literal["open", "decided"]
DisputeCategory = Literal[
    "underpayment", "partial_denial", "full_denial", "adverse_decision", "recovery_disagreement"
]
NotADispute = Literal["overpayment", "denied_authorization", "missing_records", "dental"]
AppealType = Literal[
    "medical_necessity",
    "authorization",
    "coverage",
    "coding",
    "timely_filing",
    "payment_amount",
    "other",
]
NotAnAppeal = Literal[
    "retro_authorization",
    "cob_update",
    "new_claim",
    "corrected_claim",
    "missing_documentation",
    "dental",
]
Verdict = Literal["upheld", "overturned", "partly"]


class CaseOutcome(Model):
    """The adjudication that followed from an overturned decision."""

    adjudication: Count = Field(description="Number of the adjudication")
    status: str = Field(description="Where the claim stood after it")
    paid: Money = Field(description="What the plan paid on the claim after it")
    at: Instant = Field(description="When the claim was adjudicated")
