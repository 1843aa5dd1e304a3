"""Values that the messages of the prior authorization service share."""

from typing import Literal

from pydantic import Field

from portal_contracts.base import Model
from portal_contracts.fields import Npi

Setting = Literal["inpatient", "outpatient"]
Urgency = Literal["standard", "expedited"]
ReviewDecision = Literal["approved", "partly_approved", "denied", "pended_for_information"]
DenialReason = Literal[
    "medical_necessity",
    "not_a_covered_benefit",
    "information_not_received",
    "provider_not_in_network",
    "member_not_eligible",
    "duplicate_request",
    "no_authorization_required",
]
LineDecision = Literal["pending", "approved", "partly_approved", "denied", "pended_for_information"]
AuthorizationStatus = Literal[
    "pending", "pended_for_information", "approved", "partly_approved", "denied"
]


class PartyOnFile(Model):
    """A provider of the request, as it was sent."""

    npi: Npi = Field(description="NPI")
    name: str = Field("", description="Name of the provider or facility")
