"""What the payers before us did with each line (CL-04), from claim and line level data (2.6)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate

from claims.domain.build import cents
from claims.domain.rules.case import Case, Line
from portal_contracts.claims.parts import LinePriorPayment, OtherPayer, PriorAdjustment

PATIENT_SHARE = ("1", "2", "3")
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
    paid = sum(cents(payer.paid or "0.00") for payer in payers)
    left = _patient_share(last.adjustments) if last.adjustments else _left_of_allowed(last, paid)
    written_off = sum(charges) - paid - left if left is not None and left >= 0 else 0
    parts = zip(
        spread(paid, charges),
        spread(max(0, written_off), charges),
        [None] * len(lines) if left is None else spread(max(0, left), charges),
        strict=True,
    )
    return [_prior(p, p + off, r) for p, off, r in parts]


def _left_of_allowed(payer: OtherPayer, paid: int) -> int | None:
    """Without reasons: what was allowed and not paid is the patient's."""
    return None if payer.allowed is None else max(0, cents(payer.allowed) - paid)


def _from_lines(lines: Sequence[Line], payers: Sequence[OtherPayer]) -> list[Prior]:
    """Line-level amounts; adjustments at claim level reduce the lines by their charges."""
    at_claim = payers[-1].adjustments if payers else ()
    charges = [line.charge for line in lines]
    cut = spread(sum(cents(a.amount) for a in at_claim), charges)
    patients = spread(_patient_share(at_claim), charges)
    return [_line(line, cut[i], patients[i], bool(at_claim)) for i, line in enumerate(lines)]


def _line(line: Line, cut: int, patients: int, known: bool) -> Prior:
    """`cut`: this line's part of the claim-level adjustments; `patients`: of them the patient's."""
    adjustments = _last_adjustments(line.prior)
    paid = max(0, sum(cents(payment.paid) for payment in line.prior) - cut)
    if not adjustments and not known:
        return _prior(paid, paid, None)
    left = _patient_share(adjustments) + patients
    written_off = sum(cents(a.amount) for a in adjustments) + cut - left
    return _prior(paid, paid + max(0, written_off), max(0, left))


def _last_adjustments(payments: Sequence[LinePriorPayment]) -> Sequence[PriorAdjustment]:
    """Of the payer that decided last: its reasons include the effect of those before it (OA-23)."""
    return payments[-1].adjustments if payments else ()


def _prior(paid: int, impact: int, left: int | None) -> Prior:
    # Who paid nothing and left no share to the patient did not cover the service: we pay as first.
    return Prior(paid, impact, None if not paid and not left else left)


def _patient_share(adjustments: Iterable[PriorAdjustment]) -> int:
    return sum(cents(a.amount) for a in adjustments if a.group == "PR" and a.carc in PATIENT_SHARE)


def spread(total: int, weights: Sequence[int]) -> list[int]:
    """Whole cents in proportion to the weights; their sum is always the total."""
    whole = sum(weights)
    if whole == 0:
        return [total if i == 0 else 0 for i in range(len(weights))]
    ends = [total * reached // whole for reached in accumulate(weights)]
    return [end - before for end, before in zip(ends, [0, *ends], strict=False)]
