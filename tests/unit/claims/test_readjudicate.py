"""CL-16 Adjudicating again: numbered, posted, explained; and nothing when nothing differs."""

from typing import Any, get_args

import pytest

from claims.domain.adjudicate import adjudicate
from claims.domain.facts import Accumulators, Facts
from claims.domain.ledger import REVERSAL_ALERTS
from claims.domain.outcome import Outcome
from claims.domain.readjudicate import readjudicate
from claims.domain.rules.lawful import is_alert
from claims.domain.state import (
    VOID,
    Adjudicated,
    Claim,
    ClaimState,
    Rejected,
    Replaced,
    Voided,
)
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.outcome import Posting, ReadjudicationCause
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.common import Refused
from tests.unit.claims.builders import (
    MEMBER,
    TODAY,
    claim,
    context,
    event,
    facts,
    line,
    medicaid,
    member,
    outcome,
    policy,
    span,
    submitted,
)

COVERED_ELSEWHERE = facts(member=member(span(business="medicaid"), cob=(policy(),)))


def again(
    claim: Claim | None, known: Facts, cause: ReadjudicationCause = "cob_changed", **more: Any
) -> Outcome:
    number = claim.number if claim else "CLM-?"
    cmd = ReadjudicateClaim(claim_number=number, cause=cause, reference="R1", **more)
    return readjudicate(cmd, claim, known, context("again"))


def test_a_claim_denied_for_other_coverage_is_paid_when_that_ends() -> None:
    denied = submitted(claim(), COVERED_ELSEWHERE)
    result = again(denied, medicaid())
    found, saved = event(result), result.claims[0]
    assert (found.adjudication, found.version, found.status) == (2, 2, "paid")
    assert (found.cause, found.cause_reference, found.alerts) == ("cob_changed", "R1", ("N696",))
    assert found.postings == (Posting(kind="payment", adjudication=2, amount="93.00"),)
    assert (saved.status, saved.version, saved.state) == ("paid", 2, Adjudicated(found))
    assert isinstance(result.reply, ClaimAccepted)
    assert result.reply.paid == "93.00"


def test_a_paid_claim_is_taken_back_when_another_payer_turns_out_to_be_first() -> None:
    found = event(again(submitted(claim(), medicaid()), COVERED_ELSEWHERE))
    assert found.status == "denied"
    assert found.postings == (Posting(kind="reversal", adjudication=1, amount="-93.00"),)


def test_a_changed_payment_posts_reversal_and_payment() -> None:
    paid = submitted(claim(), medicaid())
    found = event(again(paid, facts()))
    assert found.postings == (
        Posting(kind="reversal", adjudication=1, amount="-93.00"),
        Posting(kind="payment", adjudication=2, amount="63.00"),
    )


def test_a_reversal_names_the_adjudication_that_paid_not_one_that_changed_nothing() -> None:
    paid = submitted(claim(), medicaid())
    same = adjudicate(paid, medicaid(), "staff_request", "R1")
    assert (same.event.postings, same.event.paid_by) == ((), 1)
    lost = adjudicate(same.claim, facts(member=member(cob=(policy(),))), "cob_changed", "R2")
    (taken_back,) = lost.event.postings
    assert (taken_back.kind, taken_back.adjudication) == ("reversal", 1)
    assert lost.event.paid_by is None


def test_the_same_outcome_is_an_adjudication_without_postings_and_alerts() -> None:
    first = outcome(claim())
    known = facts(accumulators=first.accumulators)
    result = again(first.claims[0], known)
    found = event(result)
    assert (found.adjudication, found.postings, found.alerts) == (2, (), ())
    assert found.lines == event(first).lines
    assert result.accumulators == ()


def test_what_the_claim_itself_counted_does_not_stand_in_its_way() -> None:
    """The deductible that this claim met is still to be met when it is decided again."""
    first = outcome(claim(line(procedure="20610", charge="100.00")))
    known = facts(accumulators=first.accumulators)
    assert event(again(first.claims[0], known)).lines == event(first).lines
    freed = again(first.claims[0], medicaid()._replace(accumulators=first.accumulators))
    assert freed.accumulators == (Accumulators(MEMBER, 2026, 0, 0),)


@pytest.mark.parametrize("cause", get_args(ReadjudicationCause))
def test_every_cause_has_an_alert_of_its_own(cause: ReadjudicationCause) -> None:
    found = event(again(submitted(claim(), COVERED_ELSEWHERE), medicaid(), cause))
    assert found.alerts == (REVERSAL_ALERTS[cause],)
    assert is_alert(found.alerts[0])


def test_an_overturned_decision_sets_its_edits_aside_for_good() -> None:
    late = submitted(
        claim(line(from_date=TODAY.replace(year=2025, day=2), charge="50.00")), medicaid()
    )
    old = late._replace(received_at=late.received_at.replace(year=2027))
    denied = again(old, medicaid()).claims[0]
    assert denied.status == "denied"
    overturned = again(denied, medicaid(), "dispute_overturned", waive=("timely_filing",))
    assert overturned.claims[0].status == "paid"
    later = again(overturned.claims[0], medicaid(), "cob_changed", waive=("timely_filing", "cob"))
    assert later.claims[0].waived == ("timely_filing", "cob")
    assert later.claims[0].status == "paid"


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        (Rejected(()), "claim_rejected", "and submit it as a new claim"),
        (Replaced("CLM-NEW", None), "claim_replaced", "by claim CLM-NEW. Go on with that one"),
        (Voided("CLM-VOID", None), "claim_voided", "submit a new claim"),
        (VOID, "claim_voided", "submit a new claim"),
    ],
)
def test_what_is_not_adjudicated_or_closed_is_refused(
    state: ClaimState, code: str, said: str
) -> None:
    result = again(submitted(claim()).becomes(state), facts())
    assert isinstance(result.reply, Refused)
    (problem,) = result.reply.problems
    assert problem.code == code and said in problem.message
    assert (result.events, result.claims) == ((), ())


def test_an_unknown_claim_and_anothers_are_refused() -> None:
    unknown = again(None, facts())
    assert isinstance(unknown.reply, Refused)
    assert unknown.reply.problems[0].code == "claim_not_found"
    paid = submitted(claim())
    cmd = ReadjudicateClaim(claim_number=paid.number, cause="staff_request", reference="R1")
    other = readjudicate(cmd, paid, facts(), context(tins=("999999999",)))
    assert other == unknown
