"""Values that the messages of the documents service share."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.fields import Day

DocumentType = Literal[
    "medical_record",
    "consent_form",
    "primary_payer_remittance",
    "cob_evidence",
    "clinical_document",
    "dispute_attachment",
    "appeal_attachment",
    "recovery_attachment",
    "maintenance_attachment",
    "other",
]
OwnerKind = Literal["claim", "authorization", "dispute", "appeal", "member", "maintenance_request"]
DocumentState = Literal["uploading", "processing", "released", "refused", "expired"]


class DocumentOwner(Model):
    """What a document belongs to."""

    kind: OwnerKind = Field(description="Kind of thing it is attached to")
    reference: str = Field(description="Its number; the member ID where the owner is a member")
    service_date: Day | None = Field(
        None, description="Date of service, for records sent without a claim number (CL-15)"
    )
