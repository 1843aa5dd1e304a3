"""What another insurance may look like, by itself and given those on file."""

from collections.abc import Iterator, Sequence
from typing import Any

from eligibility.domain.spans import in_words, overlap
from portal_contracts.common import Problem
from portal_contracts.eligibility import problems as p
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.problems.common import DATES_OUT_OF_ORDER
from portal_runtime.domain.form_checks import problems_of

MAX_POLICIES = 40
"""Every other service keeps a copy of a member's policies; more than this is no real member."""


def check(form: Any, *_: object) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read."""
    return problems_of(form, (_dates, _medicaid))


def _dates(form: Any) -> Iterator[Problem]:
    if form.end is not None and form.end < form.start:
        yield DATES_OUT_OF_ORDER(
            what="Effective date and term date",
            first=form.start,
            last=form.end,
            field="end",
            hint="The term date is the last day still covered.",
        )


def _medicaid(form: Any) -> Iterator[Problem]:
    if form.primary and form.insurance_type == "medicaid":
        yield p.MEDICAID_PAYS_LAST()


def fit_problems(wanted: CobPolicy, others: Sequence[CobPolicy]) -> Iterator[Problem]:
    """Problems with what is on file."""
    if len(others) >= MAX_POLICIES:
        yield p.TOO_MANY_POLICIES(count=MAX_POLICIES)
    for other in others:
        if overlap(wanted, other):
            yield from _clash(wanted, other)


def _clash(wanted: CobPolicy, other: CobPolicy) -> Iterator[Problem]:
    """With a policy that has days in common."""
    if _card(wanted) == _card(other):
        yield p.ALREADY_ON_FILE(policy=other.policy_id, period=in_words(other))
    elif wanted.primary and other.primary and wanted.insurance_type == other.insurance_type:
        yield p.TWO_PRIMARIES(policy=other.policy_id, period=in_words(other))


def _card(policy: CobPolicy) -> tuple[str, str]:
    return policy.carrier.casefold(), policy.policy_number.casefold()
