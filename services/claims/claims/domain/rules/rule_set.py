"""A rule set: everything about adjudication that is data. Versioned; not changed once released."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from portal_contracts.claims.parts import AdjustmentGroup
from portal_contracts.common import LineOfBusiness

CobMethod = Literal["standard", "non_duplication", "maintenance_of_benefits", "medicaid_lesser_of"]
WHOLE = 10_000
"""Percentages are hundredths of a percent: 62.5 % is 6250."""


@dataclass(frozen=True, slots=True)
class Benefit:
    """What the patient bears of a covered service. Cents per member and calendar year."""

    deductible: int = 0
    out_of_pocket_max: int | None = None
    coinsurance: int = 0
    """The patient's share, in hundredths of a percent."""
    copays: Mapping[str, int] = field(default_factory=dict)
    """Category of service -> copay per day, in place of deductible and coinsurance."""
    free: frozenset[str] = frozenset()
    """Categories without any cost share."""


@dataclass(frozen=True, slots=True)
class Market:
    """Rules of one line of business (2.6, 2.8)."""

    timely_days: int
    """Days from the last date of service in which a claim must be received."""
    corrected_days: int
    after_other_payer_days: int
    """Or days from the decision of the payer before us, where that is later."""
    cob_method: CobMethod
    cap_at_charge: bool
    """All payers together pay no more than the charge."""
    uncovered_group: AdjustmentGroup
    """Who bears a service outside the coverage: PR or CO."""
    benefit: Benefit


@dataclass(frozen=True, slots=True)
class Fee:
    """Price of one unit of a procedure, in cents. Zero: bundled, never paid by itself."""

    office: int
    facility: int
    category: str


@dataclass(frozen=True, slots=True)
class CodeRule:
    """What a procedure asks for beside a price."""

    records: tuple[str, ...] = ()
    """Remark codes of the denial while records are missing; empty: none needed."""
    covered: bool = True
    sex: Literal["F", "M"] | None = None
    min_age: int | None = None
    max_age: int | None = None
    places: frozenset[str] | None = None
    """Places of service where it can be done; None: anywhere."""


@dataclass(frozen=True, slots=True)
class RevenuePrice:
    """How a revenue code is paid: per unit, or as a share of the charge."""

    per_unit: int | None
    share: int


# Compared and hashed by identity: it is large, loaded once, and keys the caches of `pricing`.
@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """One released version of all rules."""

    version: str
    default_market: LineOfBusiness
    markets: Mapping[LineOfBusiness, Market]
    plans: Mapping[str, Benefit]
    """Benefits of single plans; others have their line of business's."""
    lesser_of_charge: bool
    """Never allow more than was charged."""
    unlisted_share: int | None
    """Share of the charge allowed for a code without a fee; none: not covered."""
    fees: Mapping[str, Fee]
    schedules: Mapping[str, int]
    """Fee schedule -> share of the standard fees."""
    provider_types: Mapping[str, int]
    modifiers: Mapping[str, int]
    facility_places: frozenset[str]
    revenue: Mapping[str, RevenuePrice]
    """By the first digits of the revenue code; the longest match wins; '' is the default."""
    codes: Mapping[str, CodeRule]

    def market(self, line_of_business: LineOfBusiness | None) -> Market:
        return self.markets[line_of_business or self.default_market]

    def benefit(self, plan: str, market: Market) -> Benefit:
        return self.plans.get(plan, market.benefit)
