"""Settings of the prior authorization service."""

from pydantic import Field

from portal_runtime.settings import RuntimeSettings


class AuthSettings(RuntimeSettings):
    """What a plan chooses; everything else is common to all services."""

    um_phone: str = Field(
        "the phone number on the back of the member's ID card",
        description="Phone number of Utilization Management, as it is put into sentences",
        min_length=1,
    )
