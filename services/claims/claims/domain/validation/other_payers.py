"""Checks of what other payers decided (CL-04), on both forms."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from claims.domain.validation.found import FINE, Found
from claims.domain.validation.header import in_future
from portal_contracts.claims.problems import form
from portal_contracts.money import cents

DECIDED = "date of the other payer's decision"


def claim_figures(cmd: Any, _: date) -> Found:
    """What a payer before us paid, plus its adjustments, is the whole charge (A8:672)."""
    return [
        form.OTHER_PAYER_BALANCE(field=f"other_payers.{index}.paid")
        for index, payer in enumerate(cmd.other_payers)
        if payer.paid is not None and (cents(payer.paid) < 0 or not _balances(cmd, payer))
    ]


def _balances(cmd: Any, payer: Any) -> bool:
    """Claim-level figures; with line-level ones, the sum of these less the claim's adjustments."""
    at_claim = _sum(a.amount for a in payer.adjustments)
    by_line = [
        prior
        for line in cmd.lines
        for prior in line.prior_payments
        if prior.payer_id == payer.payer_id
    ]
    if by_line:
        return cents(payer.paid) == _sum(p.paid for p in by_line) - at_claim
    if not payer.adjustments:
        return True  # no reasons given: nothing to add up
    return cents(payer.paid) + at_claim == _sum(line.charge for line in cmd.lines)


def line_figures(_cmd: Any, line: Any, index: int, _: date) -> Found:
    """Payment and adjustments of one line are its charge (A8:672)."""
    for number, prior in enumerate(line.prior_payments):
        paid = cents(prior.paid)
        given = prior.adjustments
        if paid < 0 or (given and paid + _sum(a.amount for a in given) != cents(line.charge)):
            field = f"lines.{index}.prior_payments.{number}.paid"
            return (form.OTHER_PAYER_LINE_BALANCE(line=index + 1, field=field),)
    return FINE


def decision_dates(cmd: Any, today: date) -> Found:
    """Another payer cannot have decided tomorrow."""
    for index, payer in enumerate(cmd.other_payers):
        if payer.adjudicated_on is not None and payer.adjudicated_on > today:
            field = f"other_payers.{index}.adjudicated_on"
            return in_future(DECIDED.capitalize(), today, field, "9 / FL 50", "A7:187")
    return FINE


def line_decision_dates(_cmd: Any, line: Any, index: int, today: date) -> Found:
    """The same for a line's own figures: the days to file count from the last decision."""
    for number, prior in enumerate(line.prior_payments):
        if prior.adjudicated_on is not None and prior.adjudicated_on > today:
            what = f"Line {index + 1}: {DECIDED}"
            field = f"lines.{index}.prior_payments.{number}.adjudicated_on"
            return in_future(what, today, field, "24 / FL 54", "A7:187")
    return FINE


def _sum(amounts: Iterable[str]) -> int:
    return sum(map(cents, amounts))
