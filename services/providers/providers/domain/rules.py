"""What must hold for each kind of request (PR-01). Every problem found is named at once.

`content_problems` looks at the request and the calendar only; `fit_problems` at what is on file,
and is asked again on approval, because the profile may have changed meanwhile.
"""

import re
from collections.abc import Iterator
from datetime import date

from portal_contracts.common import Problem
from portal_contracts.ids import npi_is_valid
from portal_contracts.problems.common import DATE_IN_FUTURE, NPI_CHECK_DIGIT, PO_BOX
from portal_contracts.providers import changes as c
from portal_contracts.providers import problems as p
from providers.domain.policy import Policy
from providers.domain.profile import Known, Profile, applied, effective_date

_PO_BOX = re.compile(r"\b(p\.?\s*o\.?\s*box|post\s+office\s+box)\b", re.IGNORECASE)


def content_problems(change: c.Maintainable, today: date, policy: Policy) -> Iterator[Problem]:
    """Problems of the request itself."""
    yield from _dates(change, today, policy)
    yield from _check_digits(change)
    match change:
        case c.ChangePhoneFax():
            if change.phone is None and change.fax is None:
                yield p.PHONE_OR_FAX_MISSING()
        case c.ChangeServiceAddress():
            yield from _street(change.address.line1, "address")
        case c.AddProvider() | c.AddExtender():
            yield from _street(change.service_address.line1, "service_address")
        case c.ChangeRestrictions():
            yield from _ages(change.restrictions)


def fit_problems(change: c.Maintainable, profile: Profile, known: Known) -> Iterator[Problem]:
    """Problems with what is on file."""
    match change:
        case c.AddProvider() | c.AddExtender():
            yield from _joining(change, profile, known)
            if isinstance(change, c.AddExtender):
                yield from _supervisor(change, known)
        case c.DeleteProvider():
            yield from _leaving(change, known)
        case c.ChangeNpi():
            yield from _renumbering(change, profile, known)
        case c.ReportDeceased():
            if profile.is_organization:
                yield p.NOT_A_PERSON()


def nothing_to_change(change: c.Maintainable, profile: Profile, known: Known) -> Iterator[Problem]:
    """Asking for what is on file already is most often the wrong profile or a slip."""
    if not applied(change, profile, known):
        yield p.NO_CHANGE()


def _dates(change: c.Maintainable, today: date, policy: Policy) -> Iterator[Problem]:
    if isinstance(change, c.ReportDeceased):
        if change.date_of_death > today:
            yield DATE_IN_FUTURE(what="Date of death", today=today, field="change.date_of_death")
        return
    leaving = isinstance(change, c.DeleteProvider)
    day = change.last_day if isinstance(change, c.DeleteProvider) else effective_date(change)
    field, what = ("last_day", "Last day") if leaving else ("effective_date", "Effective date")
    past, ahead = policy.past_days, policy.ahead_days
    if day < policy.calendar.day_before(today, past):
        yield p.TOO_FAR_BACK(what=what, days=past, field=f"change.{field}")
    if day > policy.calendar.due_day(today, ahead):
        yield p.TOO_FAR_AHEAD(what=what, days=ahead, field=f"change.{field}")


def _check_digits(change: c.Maintainable) -> Iterator[Problem]:
    for field in ("npi", "supervising_npi", "new_npi"):
        npi = getattr(change, field, None)
        if npi is not None and not npi_is_valid(npi):
            yield npi_problem(f"change.{field}")


def _street(line: str, field: str) -> Iterator[Problem]:
    if _PO_BOX.search(line):
        yield PO_BOX(
            what="Service address, line 1", instead="billing address", field=f"change.{field}.line1"
        )


def _ages(restrictions: c.Restrictions) -> Iterator[Problem]:
    low, high = restrictions.min_age, restrictions.max_age
    if low is not None and high is not None and low > high:
        yield p.AGES_OUT_OF_ORDER()


def _joining(
    change: c.AddProvider | c.AddExtender, group: Profile, known: Known
) -> Iterator[Problem]:
    if change.npi == group.npi:
        yield p.SAME_NPI()
        return
    if not group.active_on(change.effective_date):
        yield p.GROUP_NOT_ACTIVE()
    member = known.profiles.get(change.npi)
    if member is not None and member.active_on(change.effective_date):
        yield p.ALREADY_ACTIVE()


def _supervisor(change: c.AddExtender, known: Known) -> Iterator[Problem]:
    supervisor = known.profiles.get(change.supervising_npi)
    fits = supervisor is not None and supervisor.active_on(change.effective_date)
    if not fits or supervisor is None or supervisor.provider_type in ("extender", "group"):
        yield p.SUPERVISOR_NOT_ACTIVE()


def _leaving(change: c.DeleteProvider, known: Known) -> Iterator[Problem]:
    member = known.profiles.get(change.npi)
    if member is None:
        yield p.NOT_IN_GROUP()
    elif not member.active_on(change.last_day):
        yield p.NOT_ACTIVE(what="Last day", field="change.last_day")


def _renumbering(change: c.ChangeNpi, profile: Profile, known: Known) -> Iterator[Problem]:
    if change.new_npi in known.profiles:
        yield p.NPI_TAKEN()
    elif not profile.active_on(change.effective_date):
        yield p.NOT_ACTIVE(what="Effective date", field="change.effective_date")
    if profile.is_organization != (change.holder == "group"):
        yield p.WRONG_HOLDER()


def npi_problem(field: str) -> Problem:
    """The NPI's last digit does not go with the others."""
    return NPI_CHECK_DIGIT(what="NPI", field=field)
