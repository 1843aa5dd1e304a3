"""What must hold for each kind of request (PR-01). Every problem found is named at once.

`content_problems` looks at the request and the calendar only; `fit_problems` at what is on file,
and is asked again on approval, because the profile may have changed meanwhile.
"""

import re
from collections.abc import Iterator
from datetime import date

from portal_contracts.common import Problem
from portal_contracts.ids import npi_is_valid
from portal_contracts.providers import changes as c
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
                yield _wrong(
                    "missing", "phone", "Give a new phone number, a new fax number or both."
                )
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
                text = (
                    "This NPI belongs to a group or facility. Give the NPI of the person who died."
                )
                yield Problem(code="not_a_person", message=text, field="npi")


def nothing_to_change(change: c.Maintainable, profile: Profile, known: Known) -> Iterator[Problem]:
    """Asking for what is on file already is most often the wrong profile or a slip."""
    if not applied(change, profile, known):
        text = "The profile says so already; nothing would change. Check the NPI and the Tax ID."
        yield Problem(code="no_change", message=text, field="change")


def _dates(change: c.Maintainable, today: date, policy: Policy) -> Iterator[Problem]:
    if isinstance(change, c.ReportDeceased):
        if change.date_of_death > today:
            yield _wrong("in_future", "date_of_death", "Date of death: must not lie in the future.")
        return
    leaving = isinstance(change, c.DeleteProvider)
    day = change.last_day if isinstance(change, c.DeleteProvider) else effective_date(change)
    field, label = ("last_day", "Last day") if leaving else ("effective_date", "Effective date")
    if day < policy.calendar.day_before(today, policy.past_days):
        text = f"{label}: must be at most {policy.past_days} days in the past."
        yield _wrong("too_early", field, text)
    if day > policy.calendar.due_day(today, policy.ahead_days):
        text = f"{label}: must be at most {policy.ahead_days} days ahead."
        yield _wrong("too_late", field, text)


def _check_digits(change: c.Maintainable) -> Iterator[Problem]:
    for field in ("npi", "supervising_npi", "new_npi"):
        npi = getattr(change, field, None)
        if npi is not None and not npi_is_valid(npi):
            yield npi_problem(f"change.{field}")


def _street(line: str, field: str) -> Iterator[Problem]:
    if _PO_BOX.search(line):
        text = (
            "Service address, line 1: must be the street where patients are seen, not a PO box. "
            "A PO box is allowed in the billing address."
        )
        yield _wrong("po_box", f"{field}.line1", text)


def _ages(restrictions: c.Restrictions) -> Iterator[Problem]:
    low, high = restrictions.min_age, restrictions.max_age
    if low is not None and high is not None and low > high:
        text = "Oldest age: must not be lower than the youngest age."
        yield _wrong("order", "restrictions.max_age", text)


def _joining(
    change: c.AddProvider | c.AddExtender, group: Profile, known: Known
) -> Iterator[Problem]:
    if change.npi == group.npi:
        text = "NPI of the provider who joins: is the group's own NPI. Give the provider's."
        yield _wrong("same_npi", "npi", text)
        return
    if not group.active_on(change.effective_date):
        text = (
            "Effective date: the group does not participate on this day. "
            "Choose a day on which the group is active."
        )
        yield _wrong("group_not_active", "effective_date", text)
    member = known.profiles.get(change.npi)
    if member is not None and member.active_on(change.effective_date):
        text = (
            "NPI of the provider who joins: is already active at this Tax ID on that day. "
            "To change something about this provider, send a request for that NPI."
        )
        yield _wrong("already_active", "npi", text)


def _supervisor(change: c.AddExtender, known: Known) -> Iterator[Problem]:
    supervisor = known.profiles.get(change.supervising_npi)
    fits = supervisor is not None and supervisor.active_on(change.effective_date)
    if not fits or supervisor is None or supervisor.provider_type in ("extender", "group"):
        text = (
            "NPI of the supervising physician: no physician with this NPI is active at this Tax ID "
            "on the effective date. Check the NPI, or add the physician first."
        )
        yield _wrong("supervisor_not_active", "supervising_npi", text)


def _leaving(change: c.DeleteProvider, known: Known) -> Iterator[Problem]:
    member = known.profiles.get(change.npi)
    if member is None:
        text = (
            "NPI of the provider who leaves: has no profile at this Tax ID. Check NPI and Tax ID."
        )
        yield _wrong("not_in_group", "npi", text)
    elif not member.active_on(change.last_day):
        text = "Last day: the provider is not active at this Tax ID on that day."
        yield _wrong("not_active", "last_day", text)


def _renumbering(change: c.ChangeNpi, profile: Profile, known: Known) -> Iterator[Problem]:
    if change.new_npi in known.profiles:
        text = "New NPI: has a profile at this Tax ID already. Check the new NPI."
        yield _wrong("npi_taken", "new_npi", text)
    elif not profile.active_on(change.effective_date):
        text = "Effective date: the provider is not active at this Tax ID on that day."
        yield _wrong("not_active", "effective_date", text)
    if profile.is_organization != (change.holder == "group"):
        text = "Whose NPI changes: does not go with the profile. Choose practitioner or group anew."
        yield _wrong("wrong_holder", "holder", text)


def npi_problem(field: str) -> Problem:
    """The NPI's last digit does not go with the others."""
    text = "NPI: the last digit does not go with the others. Check for a typing slip."
    return Problem(code="npi_check_digit", message=text, field=field)


def _wrong(code: str, field: str, message: str) -> Problem:
    return Problem(code=code, message=message, field=f"change.{field}")
