"""CL-17.12 Pricing: what a line is worth before anybody's share is taken.

Professional lines and outpatient lines with a listed code: fee of the code, by place, fee schedule,
provider type and modifiers. Other institutional lines: a rate per unit or a share of the charge, by
revenue code. A code without a fee is allowed a share of its charge, or is not covered. All by the
prices of the line's day (`pricing_day`).
"""

from functools import lru_cache

from claims.domain.facts import Facts
from claims.domain.rules.case import Line
from claims.domain.rules.rule_set import WHOLE, Prices, RevenuePrice


def share(amount: int, part: int) -> int:
    """`part` hundredths of a percent of an amount, half a cent rounded up."""
    return (amount * part + WHOLE // 2) // WHOLE


def allowed(line: Line, facts: Facts) -> int | None:
    """Allowed cents; 0 for a bundled service, None for one without a price."""
    prices = line.rules.prices
    charge = line.charge - line.non_covered
    if charge == 0:
        return 0
    if line.revenue is not None and (line.code is None or line.code not in prices.fees):
        worth: int | None = _by_revenue(prices, line.revenue, line.units, charge)
    else:
        worth = _by_fee(prices, line, facts, charge)
    return min(worth, charge) if worth is not None and prices.lesser_of_charge else worth


def category(line: Line) -> str:
    """Category of service, which selects copays and free services."""
    fee = line.rules.prices.fees.get(line.code or "")
    return fee.category if fee else "other"


def _by_fee(prices: Prices, line: Line, facts: Facts, charge: int) -> int | None:
    provider = facts.billing
    rate = unit_rate(
        prices,
        provider.fee_schedule if provider else "standard",
        provider.provider_type if provider else "",
        line.code or "",
        line.modifiers,
        line.place is None or line.place in prices.facility_places,
    )
    if rate is None:
        part = prices.unlisted_share
        return None if part is None else max(1, share(charge, part))
    # A listed fee is never rounded down to nothing: only a bundled service is worth nothing.
    return max(1, (rate * line.units + 500) // 1000) if rate else 0


@lru_cache(maxsize=65536)
def unit_rate(
    prices: Prices,
    schedule: str,
    provider_type: str,
    code: str,
    modifiers: tuple[str, ...],
    facility: bool,
) -> int | None:
    """Cents for one unit; None for a code that is not in the fee schedule."""
    fee = prices.fees.get(code)
    if fee is None:
        return None
    rate = fee.facility if facility else fee.office
    rate = share(rate, prices.schedules.get(schedule, WHOLE))
    rate = share(rate, prices.provider_types.get(provider_type, WHOLE))
    for modifier in modifiers:
        rate = share(rate, prices.modifiers.get(modifier, WHOLE))
    return rate


def _by_revenue(prices: Prices, revenue: str, units: int, charge: int) -> int:
    price = _revenue_price(prices, revenue)
    if price.per_unit is not None:
        return max(1, (price.per_unit * units + 500) // 1000)
    return max(1, share(charge, price.share))


@lru_cache(maxsize=16384)
def _revenue_price(prices: Prices, revenue: str) -> RevenuePrice:
    """The longest prefix that has a price; '' has the default."""
    prefixes = (revenue[:length] for length in range(len(revenue), -1, -1))
    return next(prices.revenue[prefix] for prefix in prefixes if prefix in prices.revenue)
