"""What the payers before us did with each line (CL-04), from claim and line level data (2.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from claims.domain.rules.case import Case, Line
from portal_contracts.claims.parts import OtherPayer, PriorAdjustment
from portal_contracts.money import cents

PATIENT_SHARE = ("1", "2", "3")
NOTHING = "0.00"
ORDER = ("primary", "secondary", "tertiary")


@dataclass(frozen=True, slots=True)
class Prior:
    """One line as the payers before us left it. Cents."""

    paid: int
    """P: what they paid together."""
    impact: int
    """I: paid and written off; this part of the charge is settled."""
    responsibility: int | None
    """R: deductible, coinsurance and copay that the last of them left; None: unknown."""


def prior_payments(case: Case) -> list[Prior] | None:
    """For each line; None when no other payer has decided anything."""
    payers = [payer for payer in case.submission.other_payers if payer.paid is not None]
    by_line = any(line.prior for line in case.lines)
    if not payers and not by_line:
        return None
    payers.sort(key=lambda payer: ORDER.index(payer.sequence))
    return _from_lines(case.lines, payers) if by_line else _from_claim(case.lines, payers)


def _from_claim(lines: Sequence[Line], payers: Sequence[OtherPayer]) -> list[Prior]:
    """Claim-level amounts, spread over the lines by their charges."""
    last = payers[-1]
    charges = [line.charge for line in lines]
    paid = sum(cents(payer.paid or NOTHING) for payer in payers)
    # The last payer's write-offs include the effect of those before it (OA-23).
    impact = max(paid, cents(last.paid or NOTHING) + _written_off(last.adjustments))
    left: int | None = None
    if last.adjustments:
        left = _patient_share(last.adjustments)
    elif last.allowed is not None:
        left = max(0, cents(last.allowed) - paid)
        impact = max(paid, sum(charges) - left)
    shares = [None] * len(lines) if left is None else spread(left, charges)
    parts = zip(charges, spread(paid, charges), spread(impact, charges), shares, strict=True)
    return [_prior(*part) for part in parts]


def _from_lines(lines: Sequence[Line], payers: Sequence[OtherPayer]) -> list[Prior]:
    """Line-level amounts; adjustments at claim level reduce the lines by their charges."""
    at_claim = payers[-1].adjustments if payers else ()
    charges = [line.charge for line in lines]
    cuts = spread(sum(cents(a.amount) for a in at_claim), charges)
    offs = spread(_written_off(at_claim), charges)
    shares = spread(_patient_share(at_claim), charges)
    found = []
    for line, cut, off, share in zip(lines, cuts, offs, shares, strict=True):
        adjustments = line.prior[-1].adjustments if line.prior else ()
        paid = max(0, sum(cents(payment.paid) for payment in line.prior) - cut)
        impact = max(paid, _last_paid(line) - cut + off + _written_off(adjustments))
        left = share + _patient_share(adjustments) if adjustments or at_claim else None
        found.append(_prior(line.charge, paid, impact, left))
    return found


def _last_paid(line: Line) -> int:
    return cents(line.prior[-1].paid) if line.prior else 0


def _prior(charge: int, paid: int, impact: int, left: int | None) -> Prior:
    # Who paid nothing, left no share and did not write off all did not cover it: we pay as first.
    uncovered = not paid and not left and impact < charge
    return Prior(paid, impact, None if uncovered or left is None else max(0, left))


def _patient_share(adjustments: Iterable[PriorAdjustment]) -> int:
    return sum(cents(a.amount) for a in adjustments if a.group == "PR" and a.carc in PATIENT_SHARE)


def _written_off(adjustments: Iterable[PriorAdjustment]) -> int:
    """What is settled without anybody paying: neither the payer nor the patient owes it."""
    return sum(cents(a.amount) for a in adjustments if a.group != "PR")


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Whole cents in proportion to the weights; their sum is always the total."""
    whole = sum(weights)
    if whole == 0:
        return [total if i == 0 else 0 for i in range(len(weights))]
    ends = [total * reached // whole for reached in accumulate(weights)]
    return [end - before for end, before in zip(ends, [0, *ends], strict=False)]
