"""CL-17.12 Pricing: what a line is worth before anybody's share is taken.

Professional lines and outpatient lines with a listed code: fee of the code, by place, fee schedule,
provider type and modifiers. Other institutional lines: a rate per unit or a share of the charge, by
revenue code. A code without a fee is allowed a share of its charge, or is not covered.
"""

from functools import lru_cache

from claims.domain.facts import Facts
from claims.domain.rules.case import Line
from claims.domain.rules.rule_set import WHOLE, RevenuePrice, RuleSet


def share(amount: int, part: int) -> int:
    """`part` hundredths of a percent of an amount, half a cent rounded up."""
    return (amount * part + WHOLE // 2) // WHOLE


def allowed(line: Line, facts: Facts) -> int | None:
    """Allowed cents; 0 for a bundled service, None for one without a price."""
    rules = facts.rules
    charge = line.charge - line.non_covered
    if charge == 0:
        return 0
    if line.revenue is not None and (line.code is None or line.code not in rules.fees):
        worth: int | None = _by_revenue(rules, line.revenue, line.units, charge)
    else:
        worth = _by_fee(line, facts, charge)
    return min(worth, charge) if worth is not None and rules.lesser_of_charge else worth


def category(line: Line, rules: RuleSet) -> str:
    """Category of service, which selects copays and free services."""
    fee = rules.fees.get(line.code or "")
    return fee.category if fee else "other"


def _by_fee(line: Line, facts: Facts, charge: int) -> int | None:
    rules, provider = facts.rules, facts.billing
    rate = unit_rate(
        rules,
        provider.fee_schedule if provider else "standard",
        provider.provider_type if provider else "",
        line.code or "",
        line.modifiers,
        line.place is None or line.place in rules.facility_places,
    )
    if rate is None:
        return None if rules.unlisted_share is None else max(1, share(charge, rules.unlisted_share))
    # A listed fee is never rounded down to nothing: only a bundled service is worth nothing.
    return max(1, (rate * line.units + 500) // 1000) if rate else 0


@lru_cache(maxsize=65536)
def unit_rate(
    rules: RuleSet,
    schedule: str,
    provider_type: str,
    code: str,
    modifiers: tuple[str, ...],
    facility: bool,
) -> int | None:
    """Cents for one unit; None for a code that is not in the fee schedule."""
    fee = rules.fees.get(code)
    if fee is None:
        return None
    rate = fee.facility if facility else fee.office
    rate = share(rate, rules.schedules.get(schedule, WHOLE))
    rate = share(rate, rules.provider_types.get(provider_type, WHOLE))
    for modifier in modifiers:
        rate = share(rate, rules.modifiers.get(modifier, WHOLE))
    return rate


def _by_revenue(rules: RuleSet, revenue: str, units: int, charge: int) -> int:
    price = _revenue_price(rules, revenue)
    if price.per_unit is not None:
        return max(1, (price.per_unit * units + 500) // 1000)
    return max(1, share(charge, price.share))


@lru_cache(maxsize=16384)
def _revenue_price(rules: RuleSet, revenue: str) -> RevenuePrice:
    """The longest prefix that has a price; '' has the default."""
    prefixes = (revenue[:length] for length in range(len(revenue), -1, -1))
    return next(rules.revenue[prefix] for prefix in prefixes if prefix in rules.revenue)
