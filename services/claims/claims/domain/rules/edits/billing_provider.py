"""CL-17.5 Billing provider active on the date: CO-B7."""

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding

NOT_ACTIVE = Finding("CO", "B7", ("N570",))


def billing_provider(case: Case, facts: Facts) -> Finding | None:
    """The billing provider takes part, at this Tax ID, on the first date of service."""
    provider = facts.billing
    if provider is not None:
        first = case.first
        for active in provider.participation:
            if active.includes(first):
                return None
    return NOT_ACTIVE
