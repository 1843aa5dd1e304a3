"""What another insurance may look like, given those on file."""

from collections.abc import Sequence
from datetime import date

from eligibility.domain.spans import in_words, overlap
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import EditCob
from portal_contracts.eligibility.parts import CobPolicy
from portal_runtime.domain.days import long_date

MAX_POLICIES = 40
"""Every other service keeps a copy of a member's policies; more than this is no real member."""


def problems_of(wanted: CobPolicy, others: Sequence[CobPolicy]) -> list[Problem]:
    """Everything wrong with a policy, in the order of the form."""
    problems: list[Problem] = []
    if wanted.end is not None and wanted.end < wanted.start:
        problems.append(_ends_before_start(wanted.start, wanted.end))
    if wanted.primary and wanted.insurance_type == "medicaid":
        problems.append(_medicaid_first())
    if len(others) >= MAX_POLICIES:
        problems.append(_too_many())
    if not problems:
        clashes = (_clash(wanted, other) for other in others if overlap(wanted, other))
        problems += [clash for clash in clashes if clash is not None]
    return problems


def _clash(wanted: CobPolicy, other: CobPolicy) -> Problem | None:
    """With a policy that has days in common."""
    if _card(wanted) == _card(other):
        return _already_on_file(other)
    if wanted.primary and other.primary and wanted.insurance_type == other.insurance_type:
        return _two_primaries(other)
    return None


def _card(policy: CobPolicy) -> tuple[str, str]:
    return policy.carrier.casefold(), policy.policy_number.casefold()


def _ends_before_start(start: date, end: date) -> Problem:
    text = (
        f"Term date: {long_date(end)} lies before the effective date, {long_date(start)}. "
        "Correct one of the two; the term date is the last day still covered."
    )
    return Problem(code="order", message=text, field="end")


def _medicaid_first() -> Problem:
    text = "Pays first: Medicaid always pays last (42 CFR 433.139). Clear the box 'pays first'."
    return Problem(code="medicaid_pays_last", message=text, field="primary")


def _too_many() -> Problem:
    text = f"Other insurance: {MAX_POLICIES} are on file. Edit one of them instead."
    return Problem(code="too_many", message=text, door=EditCob.TYPE)


def _already_on_file(other: CobPolicy) -> Problem:
    text = (
        f"Policy number: this policy is on file as {other.policy_id}, {in_words(other)}. "
        "Edit that one instead."
    )
    return Problem(code="already_on_file", message=text, field="policy_number", door=EditCob.TYPE)


def _two_primaries(other: CobPolicy) -> Problem:
    text = (
        f"Effective date: another primary insurance of the same type, {other.policy_id}, is on "
        f"file {in_words(other)}, and only one can pay first on a day. Enter that one's term date "
        "first, or clear the box 'pays first' here."
    )
    return Problem(code="two_primaries", message=text, field="start", door=EditCob.TYPE)
