"""CL-06 Corrected claims and voids: the original is closed, its payment taken back, both linked."""

from datetime import date
from typing import Any

import pytest

from claims.domain.facts import Accumulators, Facts
from claims.domain.outcome import Outcome
from claims.domain.state import VOID, Claim, Replaced, Voided, last_outcome
from claims.domain.submit import submit
from portal_contracts.claims.events import ClaimClosed
from portal_contracts.claims.outcome import Posting
from portal_contracts.claims.replies import ClaimAccepted, ClaimRejected
from tests.unit.claims.builders import (
    BILLING,
    MEMBER,
    OTHER_NPI,
    PATIENT,
    bill,
    claim,
    context,
    event,
    facts,
    line,
    medicaid,
    member,
    outcome,
    provider,
    revenue,
    submitted,
)

ORIGINAL = submitted(claim(), medicaid(), "original")
SURGERY = line(procedure="20610", charge="100.00")


def corrected(*rows: dict[str, Any], of: Claim | None = None, **changes: Any) -> Any:
    number = (of or ORIGINAL).number
    return claim(*rows, **{"frequency": "7", "original_claim": number, **changes})


def send(cmd: Any, known: Facts) -> Outcome:
    return submit(cmd, known, context("correction"))


def closed(result: Outcome) -> ClaimClosed:
    found = result.events[0]
    assert isinstance(found, ClaimClosed)
    return found


def test_a_replacement_closes_the_original_and_prices_the_corrected_claim() -> None:
    result = send(
        corrected(line(units="2", charge="240.00")), medicaid()._replace(original=ORIGINAL)
    )
    old, new = result.claims
    assert (old.number, old.status) == (ORIGINAL.number, "replaced")
    assert old.state == Replaced(new.number, last_outcome(ORIGINAL.state))
    assert (new.status, new.replaces, new.version) == ("paid", ORIGINAL.number, 1)
    assert old.version == ORIGINAL.version + 1
    reversal = closed(result)
    assert (reversal.status, reversal.closed_by, reversal.alerts) == (
        "replaced",
        new.number,
        ("N694",),
    )
    assert reversal.postings == (Posting(kind="reversal", adjudication=1, amount="-93.00"),)
    assert reversal.version == old.version
    adjudication = event(result)
    assert (adjudication.cause, adjudication.replaces) == ("corrected", ORIGINAL.number)
    assert adjudication.postings == (Posting(kind="payment", adjudication=1, amount="186.00"),)
    assert isinstance(result.reply, ClaimAccepted)
    assert (result.reply.status, result.reply.paid) == ("paid", "186.00")


def test_a_void_takes_back_the_payment_and_pays_nothing() -> None:
    result = send(corrected(frequency="8"), medicaid()._replace(original=ORIGINAL))
    old, void = result.claims
    assert (old.status, old.paid) == ("voided", 0)
    assert old.state == Voided(void.number, last_outcome(ORIGINAL.state))
    assert (void.status, void.state, void.submission.original_claim) == ("voided", VOID, old.number)
    assert len(result.events) == 1
    assert closed(result).alerts == ("N693",)
    assert closed(result).postings[0].amount == "-93.00"
    assert isinstance(result.reply, ClaimAccepted)
    assert (result.reply.status, result.reply.paid) == ("voided", "0.00")


def test_an_institutional_replacement_is_one_by_its_type_of_bill() -> None:
    original = submitted(bill(), medicaid(), "original")
    cmd = bill(revenue(units="2"), type_of_bill="137", original_claim=original.number)
    assert [c.status for c in send(cmd, medicaid()._replace(original=original)).claims] == [
        "replaced",
        "paid",
    ]


def test_a_denied_original_is_closed_without_a_reversal() -> None:
    denied = submitted(claim(line(procedure="S9970")), medicaid(), "original")
    result = send(corrected(of=denied), medicaid()._replace(original=denied))
    assert closed(result).postings == ()
    assert event(result).paid == "93.00"


def test_what_the_original_counted_is_given_back_before_the_correction_counts() -> None:
    """A deductible met by the original is not taken a second time, nor forgotten."""
    first = outcome(claim(SURGERY), name="original")
    original, after = first.claims[0], first.accumulators[0]
    assert after == Accumulators(MEMBER, 2026, 6300, 6300)
    known = facts(original=original, accumulators=(after,))
    assert send(corrected(SURGERY, of=original), known).accumulators == (after,)
    half = send(corrected(line(procedure="20610", charge="30.00"), of=original), known)
    assert half.accumulators == (Accumulators(MEMBER, 2026, 3000, 3000),)
    void = send(corrected(SURGERY, of=original, frequency="8"), known)
    assert void.accumulators == (Accumulators(MEMBER, 2026, 0, 0),)


def test_a_correction_into_another_year_moves_the_sums() -> None:
    first = outcome(claim(SURGERY), name="original")
    known = facts(original=first.claims[0], accumulators=first.accumulators)
    moved = corrected(
        line(**{**SURGERY, "from_date": date(2025, 12, 30), "to_date": date(2025, 12, 30)}),
        of=first.claims[0],
    )
    assert set(send(moved, known).accumulators) == {
        Accumulators(MEMBER, 2026, 0, 0),
        Accumulators(MEMBER, 2025, 6110, 6110),  # by the fees of that year
    }


def other_tin() -> Any:
    return corrected(billing={**BILLING, "tin": "111111111", "npi": OTHER_NPI})


@pytest.mark.parametrize(
    ("cmd", "original", "code"),
    [
        (corrected(), None, "original_unknown"),
        (corrected(frequency="8"), None, "original_unknown"),
        (corrected(member_id="M777-00"), ORIGINAL, "original_unknown"),
        (other_tin(), ORIGINAL, "original_unknown"),
        (corrected(), submitted(claim(), facts(member=None), "original"), "original_rejected"),
        (
            corrected(),
            ORIGINAL.becomes(Replaced("CLM-NEW", None)),
            "original_replaced",
        ),
        (
            corrected(),
            ORIGINAL.becomes(Voided("CLM-VOID", None)),
            "original_voided",
        ),
    ],
)
def test_an_unfit_original_rejects_the_correction(cmd: Any, original: Claim, code: str) -> None:
    known = facts(original=original, billing=provider(tin=cmd.billing.tin))
    result = submit(cmd, known, context("correction", tins=(cmd.billing.tin,)))
    assert isinstance(result.reply, ClaimRejected)
    (problem,) = result.reply.problems
    assert (problem.code, problem.status, problem.field) == (code, "A7:464", "original_claim")
    (saved,) = result.claims
    assert (saved.status, saved.replaces, result.accumulators) == ("rejected", None, ())


def test_the_reply_of_a_closed_original_names_the_claim_to_correct() -> None:
    closed_before = ORIGINAL.becomes(Replaced("CLM-NEW", None))
    result = send(corrected(), medicaid()._replace(original=closed_before))
    assert isinstance(result.reply, ClaimRejected)
    assert "CLM-NEW" in result.reply.problems[0].message


def test_the_patient_may_be_corrected_too() -> None:
    known = medicaid(sex="M")._replace(original=ORIGINAL, member=member(sex="M"))
    assert send(corrected(patient={**PATIENT, "sex": "M"}), known).claims[1].status == "paid"
