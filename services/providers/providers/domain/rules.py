"""What must hold for each kind of request (PR-01). Every problem found is named at once.

`check` looks at the form and the calendar only, also at a form of which only parts could be read:
so it goes by the fields there are, not by the class of the change. `fit_problems` looks at what is
on file, and is asked again on approval, because the profile may have changed meanwhile.
"""

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

from portal_contracts.common import Problem
from portal_contracts.problems.common import DATE_IN_FUTURE, PO_BOX
from portal_contracts.providers import changes as c
from portal_contracts.providers import problems as p
from portal_runtime.domain.form_checks import npi_problems, part, problems_of
from providers.domain.policy import Policy
from providers.domain.profile import Known, Profile, applied

NPIS = {
    "npi": "NPI",
    "change.npi": "Provider's NPI",
    "change.supervising_npi": "Supervising physician's NPI",
    "change.new_npi": "New NPI",
}
_PO_BOX = re.compile(r"\b(p\.?\s*o\.?\s*box|post\s+office\s+box)\b", re.IGNORECASE)


def check(form: Any, today: date, policy: Policy) -> list[Problem]:
    """Problems of the form itself, or of the parts of it that can be read."""
    return problems_of(form, (_npis, _dates, _phone_or_fax, _streets, _ages), today, policy)


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


def _npis(form: Any, _: date, __: Policy) -> Iterator[Problem]:
    return npi_problems(form, NPIS)


def _dates(form: Any, today: date, policy: Policy) -> Iterator[Problem]:
    died = part(form, "change.date_of_death")
    if died is not None and died > today:
        yield DATE_IN_FUTURE(what="Date of death", today=today, field="change.date_of_death")
    past, ahead = policy.request_past_days, policy.request_ahead_days
    for field, what in (("last_day", "Last day"), ("effective_date", "Effective date")):
        day = part(form, f"change.{field}")
        if day is not None and day < policy.calendar.day_before(today, past):
            yield p.TOO_FAR_BACK(what=what, days=past, field=f"change.{field}")
        if day is not None and day > policy.calendar.due_day(today, ahead):
            yield p.TOO_FAR_AHEAD(what=what, days=ahead, field=f"change.{field}")


def _phone_or_fax(form: Any, _: date, __: Policy) -> Iterator[Problem]:
    change = form.change
    if change.type == "phone_fax" and change.phone is None and change.fax is None:
        yield p.PHONE_OR_FAX_MISSING()


def _streets(form: Any, _: date, __: Policy) -> Iterator[Problem]:
    """Payments may go to a PO box; patients cannot be seen in one."""
    is_service = part(form, "change.type") == "service_address"
    for address in ("service_address", "address") if is_service else ("service_address",):
        line = part(form, f"change.{address}.line1")
        if line is not None and _PO_BOX.search(line):
            yield PO_BOX(
                what="Service address, line 1",
                instead="billing address",
                field=f"change.{address}.line1",
            )


def _ages(form: Any, _: date, __: Policy) -> Iterator[Problem]:
    low, high = (part(form, f"change.restrictions.{age}") for age in ("min_age", "max_age"))
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
