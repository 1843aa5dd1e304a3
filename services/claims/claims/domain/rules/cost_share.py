"""CL-17.13 What the patient bears: deductible PR-1, coinsurance PR-2, copay PR-3."""

from dataclasses import dataclass, field
from datetime import date

from claims.domain.facts import Accumulators
from claims.domain.rules.pricing import share
from claims.domain.rules.rule_set import Benefit

NO_MAXIMUM = 10**12


class Share:
    """The patient's share of one line, in cents."""

    __slots__ = ("coinsurance", "copay", "deductible", "total")

    def __init__(self, deductible: int = 0, coinsurance: int = 0, copay: int = 0) -> None:
        self.deductible = deductible
        self.coinsurance = coinsurance
        self.copay = copay
        self.total = deductible + coinsurance + copay


NO_SHARE = Share()


@dataclass(slots=True)
class CostShare:
    """Shares of the lines of one claim, one after the other: each leaves less to the next."""

    benefit: Benefit
    deductible_left: int
    out_of_pocket_left: int
    deductible_used: int = 0
    out_of_pocket_used: int = 0
    copaid: set[tuple[str, date]] = field(default_factory=set)

    @classmethod
    def starting(cls, benefit: Benefit, used: Accumulators) -> "CostShare":
        maximum = benefit.out_of_pocket_max
        return cls(
            benefit,
            max(0, benefit.deductible - used.deductible),
            NO_MAXIMUM if maximum is None else max(0, maximum - used.out_of_pocket),
        )

    def of(self, category: str, day: date, allowed: int) -> Share:
        """The patient's share of an allowed amount. Nothing is used up yet: see `use`."""
        benefit = self.benefit
        if category in benefit.free:
            return NO_SHARE
        room = self.out_of_pocket_left
        copay = benefit.copays.get(category)
        if copay is not None:
            due = 0 if (category, day) in self.copaid else copay
            return Share(0, 0, min(due, allowed, room))
        deductible = min(allowed, self.deductible_left, room)
        coinsurance = share(allowed - deductible, benefit.coinsurance)
        return Share(deductible, min(coinsurance, room - deductible), 0)

    def use(self, category: str, day: date, borne: Share) -> None:
        """Count what the patient bears after all: another payer may leave less than the share."""
        if borne.copay:
            self.copaid.add((category, day))
        self.deductible_left -= borne.deductible
        self.deductible_used += borne.deductible
        self.out_of_pocket_left -= borne.total
        self.out_of_pocket_used += borne.total
