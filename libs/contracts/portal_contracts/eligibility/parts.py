"""Values that the messages of the eligibility service share."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from portal_contracts.base import Model, Strict
from portal_contracts.common import LineOfBusiness, Period, Relationship
from portal_contracts.fields import Day, Npi, YesNo, form
from portal_contracts.written import Trimmed

InsuranceType = Literal["commercial", "medicare", "medicaid", "auto", "workers_comp", "other"]
Phone = Annotated[str, StringConstraints(pattern=r"^[0-9]{10}$")]
PHONE_HINT = "10 digits, no punctuation"


class PrimaryCareProvider(Strict):
    """The member's primary care provider (PCP)."""

    npi: Npi | None = form("PCP's NPI", default=None, hint="10 digits, the first a 1 or a 2")
    name: Annotated[str, Trimmed(80)] = form("PCP's name")
    phone: Phone | None = form("PCP's phone", default=None, hint=PHONE_HINT)


class CoverageSpan(Period):
    """Days on which the member is covered by a plan."""

    start: Day = Field(description="First day covered")
    end: Day | None = Field(None, description="Last day covered; none while open")
    plan: str = Field(description="Plan or program code")
    line_of_business: LineOfBusiness = Field(description="Market segment; selects rules and limits")
    paid_through: Day | None = Field(
        None, description="Premium paid through; none where no premium is due (no grace period)"
    )


class CobPolicy(Model):
    """Another insurance of the member."""

    policy_id: str = Field(description="Our id of the policy on file, COB-…")
    carrier: str = Field(description="Carrier name")
    policy_number: str = Field(description="Policy number")
    group_number: str | None = Field(None, description="Group number")
    holder_name: str = Field(description="Policy holder")
    relationship: Relationship = Field(description="Member's relationship to the policy holder")
    start: Day = Field(description="Effective date")
    end: Day | None = Field(None, description="Term date, still covered; none while active")
    insurance_type: InsuranceType = Field(description="Type of insurance")
    primary: YesNo = Field(True, description="Pays before this plan")

    def period(self) -> Period:
        return Period(start=self.start, end=self.end)
