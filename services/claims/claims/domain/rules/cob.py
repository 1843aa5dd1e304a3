"""CL-17.14 Coordination of benefits: what we pay after another payer, and how it is reported (2.6).

B billed, A allowed by us, N our payment as if we were first, P paid by the payers before us,
R left by them to the patient, I their impact (paid and written off).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from claims.domain.rules.cost_share import Share
from claims.domain.rules.pricing import share
from claims.domain.rules.prior_payments import Prior
from claims.domain.rules.rule_set import CobMethod


@dataclass(frozen=True, slots=True)
class Secondary:
    """A line that another payer has decided before us."""

    billed: int
    allowed: int
    own: Share
    """The patient's share, were we first."""
    coinsurance: int
    """The patient's coinsurance by the plan, in hundredths of a percent."""
    prior: Prior

    @property
    def normal(self) -> int:
        return self.allowed - self.own.total

    @property
    def higher_allowed(self) -> int:
        """The higher of our allowed amount and the prior payer's."""
        return max(self.allowed, self.prior.paid + (self.prior.responsibility or 0))

    @property
    def unpaid(self) -> int:
        """What the payer before us leaves of our allowed amount."""
        return max(0, self.allowed - self.prior.paid)


@dataclass(slots=True)
class Coordinated:
    """Payment and adjustments: billed = paid + impact - excess + borne + written_off. Cents."""

    paid: int
    impact: int
    """OA-23."""
    excess: int
    """OA-94, reported negative: allowed beyond the charge."""
    borne: Share
    """PR-1, PR-2, PR-3."""
    written_off: int
    """CO-45."""


def coordinate(line: Secondary, method: CobMethod, *, cap_at_charge: bool) -> Coordinated:
    """Our payment by the line of business's method, and where the rest of the charge goes."""
    paid = METHODS[method](line)
    if cap_at_charge:
        paid = min(paid, max(0, line.billed - line.prior.paid))
    excess = max(0, line.allowed - line.billed)
    impact = min(line.prior.impact, line.billed + excess - paid)
    rest = line.billed + excess - paid - impact
    # Together with both payments the patient's share stays within what we allow.
    borne = limited(line.own, min(rest, max(0, line.unpaid - paid)))
    return Coordinated(paid, impact, excess, borne, rest - borne.total)


def limited(own: Share, most: int) -> Share:
    """The share, cut to `most` cents: deductible first, then coinsurance, then copay."""
    deductible = min(own.deductible, most)
    coinsurance = min(own.coinsurance, most - deductible)
    return Share(deductible, coinsurance, min(own.copay, most - deductible - coinsurance))


def _standard(line: Secondary) -> int:
    """Full coordination: up to our normal payment, until the higher allowed amount is reached."""
    return min(line.normal, max(0, line.higher_allowed - line.prior.paid))


def _non_duplication(line: Secondary) -> int:
    """Carve-out: our normal payment less what was paid already."""
    return max(0, line.normal - line.prior.paid)


def _maintenance_of_benefits(line: Secondary) -> int:
    """Our plan applied to what the other payer left of our allowed amount."""
    base = max(0, line.unpaid - line.own.deductible)
    return max(0, base - share(base, line.coinsurance) - line.own.copay)


def _medicaid_lesser_of(line: Secondary) -> int:
    """The patient's responsibility after the other payer, within our allowed amount."""
    left = line.prior.responsibility
    if left is None:
        return min(line.normal, line.unpaid)
    return min(left, line.unpaid)


METHODS: Mapping[CobMethod, Callable[[Secondary], int]] = {
    "standard": _standard,
    "non_duplication": _non_duplication,
    "maintenance_of_benefits": _maintenance_of_benefits,
    "medicaid_lesser_of": _medicaid_lesser_of,
}
