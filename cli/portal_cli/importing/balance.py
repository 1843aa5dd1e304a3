"""The arithmetic of every outcome: charge = paid + adjustments, line by line and for the claim."""

from collections.abc import Iterable

from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import LineOutcome
from portal_contracts.claims.replies import ClaimDetails
from portal_contracts.money import cents


def balances(details: ClaimDetails) -> bool:
    """Every adjudication the claim has had; one that is final has at least one."""
    return bool(details.adjudications) and all(map(_balances, details.adjudications))


def _balances(outcome: ClaimAdjudicated) -> bool:
    charged = sum(cents(line.charge) for line in outcome.lines)
    paid = sum(cents(line.paid) for line in outcome.lines)
    return (
        all(map(_line_balances, outcome.lines))
        and charged == cents(outcome.total_charge)
        and paid == cents(outcome.paid)
        and _patients_part(outcome.lines) == cents(outcome.patient_responsibility)
    )


def _line_balances(line: LineOutcome) -> bool:
    adjusted = sum(cents(adjustment.amount) for adjustment in line.adjustments)
    return cents(line.charge) == cents(line.paid) + adjusted


def _patients_part(lines: Iterable[LineOutcome]) -> int:
    return sum(cents(a.amount) for line in lines for a in line.adjustments if a.group == "PR")
