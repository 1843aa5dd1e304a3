"""What another insurance may look like, given those on file."""

from collections.abc import Sequence

from eligibility.domain.spans import in_words, overlap
from portal_contracts.common import Problem
from portal_contracts.eligibility import problems as p
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.problems.common import DATES_OUT_OF_ORDER

MAX_POLICIES = 40
"""Every other service keeps a copy of a member's policies; more than this is no real member."""


def problems_of(wanted: CobPolicy, others: Sequence[CobPolicy]) -> list[Problem]:
    """Everything wrong with a policy, in the order of the form."""
    problems: list[Problem] = []
    if wanted.end is not None and wanted.end < wanted.start:
        problems.append(
            DATES_OUT_OF_ORDER(
                what="Effective date and term date",
                first=wanted.start,
                last=wanted.end,
                field="end",
                hint="The term date is the last day still covered.",
            )
        )
    if wanted.primary and wanted.insurance_type == "medicaid":
        problems.append(p.MEDICAID_PAYS_LAST())
    if len(others) >= MAX_POLICIES:
        problems.append(p.TOO_MANY_POLICIES(count=MAX_POLICIES))
    if not problems:
        clashes = (_clash(wanted, other) for other in others if overlap(wanted, other))
        problems += [clash for clash in clashes if clash is not None]
    return problems


def _clash(wanted: CobPolicy, other: CobPolicy) -> Problem | None:
    """With a policy that has days in common."""
    if _card(wanted) == _card(other):
        return p.ALREADY_ON_FILE(policy=other.policy_id, period=in_words(other))
    if wanted.primary and other.primary and wanted.insurance_type == other.insurance_type:
        return p.TWO_PRIMARIES(policy=other.policy_id, period=in_words(other))
    return None


def _card(policy: CobPolicy) -> tuple[str, str]:
    return policy.carrier.casefold(), policy.policy_number.casefold()
