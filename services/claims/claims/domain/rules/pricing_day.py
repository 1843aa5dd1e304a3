"""By the rules of which day a line is priced and edited, where it is not its own date of service.

- A professional line, and a line of an outpatient bill: its own first date of service; a revenue
  line without one: the first day of the statement. Fee schedules hold by date of service.
- An inpatient hospital stay is paid as one, by the day of discharge (FL 6, statement through), as
  Medicare does (42 CFR 412.2): what began in December and ended in January has January's prices.

Coverage, filing limits, cost share and the year of the deductible follow the first date of service.
"""

from functools import cache

from claims.domain.rules.load import table


@cache
def _stays() -> frozenset[str]:
    return frozenset(r["code"] for r in table("bill_types") if r["paid_by_discharge"] == "Y")


def paid_by_discharge(type_of_bill: str) -> bool:
    """Whether a bill is of a stay that is paid as a whole (FL 4, facility and class)."""
    return type_of_bill[-3:-1] in _stays()
