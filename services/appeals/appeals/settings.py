"""Settings of the disputes and appeals service: where dental cases go, and the time limits."""

from functools import cached_property
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from appeals.domain.limits import Terms, TimeLimits
from portal_runtime.settings import RuntimeSettings

TIME_LIMITS = Path(__file__).parent / "domain" / "data" / "time_limits.json"


class AppealsSettings(RuntimeSettings):
    """What a plan chooses; everything else is common to all services."""

    appeals_mail_address: str = Field(
        "Grievance and Appeals, P.O. Box 100, Springfield, OH 45501",
        description="Mail address for dental disputes and appeals, in one line",
        min_length=1,
    )
    appeals_fax: str = Field(
        "1-800-555-0143", description="Fax number for dental disputes and appeals", min_length=1
    )
    appeals_time_limits: Path = Field(
        TIME_LIMITS, description="JSON file of the time limits for disputes and appeals"
    )

    @cached_property
    def terms(self) -> Terms:
        """The same, as the rules take it."""
        return Terms(
            limits=TimeLimits.model_validate_json(self.appeals_time_limits.read_bytes()),
            mail_address=self.appeals_mail_address,
            fax=self.appeals_fax,
            calendar=self.calendar,
        )

    @model_validator(mode="after")
    def _is_usable(self) -> Self:
        # A wrong file must stop the start, not the first dispute.
        _ = self.terms
        return self
