"""CL-17.2 Timely filing: CO-29, by line of business (2.8)."""

from datetime import date

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding

TOO_LATE = Finding("CO", "29", ("N211",))


def timely_filing(case: Case, facts: Facts) -> Finding | None:
    """Received too many days after the last date of service.

    When another payer pays before us, its decision may come late: then days from that one count.
    """
    business = case.business
    limit = business.corrected_days if case.corrected else business.timely_days
    if case.received_on <= facts.calendar.due_day(case.last, limit):
        return None
    decided = _last_decision(case)
    if decided is None:
        return TOO_LATE
    last_day = facts.calendar.due_day(decided, business.after_other_payer_days)
    return None if case.received_on <= last_day else TOO_LATE


def _last_decision(case: Case) -> date | None:
    payers = case.submission.other_payers
    days = [payer.adjudicated_on for payer in payers if payer.adjudicated_on is not None]
    days += [p.adjudicated_on for x in case.lines for p in x.prior if p.adjudicated_on is not None]
    return max(days, default=None)
