"""A rule set: everything about adjudication that is data. Versioned; not changed once in force.

It has four parts, each a file of its own, so that two rule sets may share one: `business`,
`benefits`, `edits`, `prices`. When a rule set holds, `rule_book` says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from pydantic import ConfigDict

from portal_contracts.claims.parts import AdjustmentGroup
from portal_contracts.common import LineOfBusiness

CobMethod = Literal["standard", "non_duplication", "maintenance_of_benefits", "medicaid_lesser_of"]
Part = Literal["business", "benefits", "edits", "prices"]
WHOLE = 10_000
"""Percentages are hundredths of a percent: 62.5 % is 6250."""


class _Data:
    """What is read from a file: a field nobody knows, or of another type, is an error."""

    __slots__ = ()
    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)


@dataclass(frozen=True, slots=True)
class BusinessTerms(_Data):
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


@dataclass(frozen=True, slots=True)
class LinesOfBusiness(_Data):
    """The lines of business, and the one by which a claim without coverage is decided."""

    default: LineOfBusiness
    lines_of_business: Mapping[LineOfBusiness, BusinessTerms]

    def of(self, line_of_business: LineOfBusiness | None) -> BusinessTerms:
        return self.lines_of_business[line_of_business or self.default]


@dataclass(frozen=True, slots=True)
class Benefit(_Data):
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
class Benefits(_Data):
    """Cost shares by line of business; single plans may have their own."""

    lines_of_business: Mapping[LineOfBusiness, Benefit]
    plans: Mapping[str, Benefit]

    def of(self, plan: str, line_of_business: LineOfBusiness) -> Benefit:
        return self.plans.get(plan) or self.lines_of_business[line_of_business]


@dataclass(frozen=True, slots=True)
class CodeRule(_Data):
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
class Edits(_Data):
    """Rules of single procedures; one without a rule asks for nothing."""

    codes: Mapping[str, CodeRule]


@dataclass(frozen=True, slots=True)
class Fee(_Data):
    """Price of one unit of a procedure, in cents. Zero: bundled, never paid by itself."""

    office: int
    facility: int
    category: str


@dataclass(frozen=True, slots=True)
class RevenuePrice(_Data):
    """How a revenue code is paid: per unit, or as a share of the charge."""

    share: int
    per_unit: int | None = None


# Compared and hashed by identity: it is large, loaded once, and keys the caches of `pricing`.
@dataclass(frozen=True, slots=True, eq=False)
class Prices(_Data):
    """What services are worth."""

    lesser_of_charge: bool
    """Never allow more than was charged."""
    unlisted_share: int | None
    """Share of the charge allowed for a code without a fee; none: not covered."""
    schedules: Mapping[str, int]
    """Fee schedule -> share of the standard fees."""
    provider_types: Mapping[str, int]
    modifiers: Mapping[str, int]
    revenue: Mapping[str, RevenuePrice]
    """By the first digits of the revenue code; the longest match wins; '' is the default."""
    fees: Mapping[str, Fee] = field(default_factory=dict)
    facility_places: frozenset[str] = frozenset()
    """Places of service where the facility is paid for its own part."""


@dataclass(frozen=True, slots=True, eq=False)
class RuleSet:
    """One version of all rules."""

    version: str
    business: LinesOfBusiness
    benefits: Benefits
    edits: Edits
    prices: Prices
