"""A claim is what its state says: what each state is called, and what may become of it."""

from typing import Any, get_args

import pytest

from claims.domain.correct import replace_original, void_original
from claims.domain.ledger import counted
from claims.domain.readjudicate import readjudicate
from claims.domain.state import (
    RECEIVED,
    VOID,
    Adjudicated,
    Claim,
    ClaimState,
    Pended,
    Rejected,
    Replaced,
    Voided,
    last_outcome,
)
from claims.domain.submit import received
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed
from portal_contracts.claims.outcome import ClaimStatus, Posting
from tests.unit.claims.builders import adjudicated, claim, context, event, facts, medicaid, outcome

PAID = adjudicated(claim(), medicaid())
DENIED = PAID.model_copy(update={"status": "denied", "paid": "0.00"})
STATES: dict[str, ClaimState] = {
    "received": RECEIVED,
    "pended": Pended("the premium of March"),
    "paid": Adjudicated(PAID),
    "denied": Adjudicated(DENIED),
    "rejected": Rejected(()),
    "replaced": Replaced("CLM-NEW", PAID),
    "voided": Voided("CLM-VOID", PAID),
}
NEW = received(claim(), context("pended"))
WAITING = NEW.becomes(Pended("the premium of March"))
"""It was never adjudicated, so nothing was paid or counted."""


def test_every_status_of_the_wire_is_a_state() -> None:
    assert tuple(STATES) == get_args(ClaimStatus)
    for status, state in STATES.items():
        assert NEW.becomes(state).status == status
    assert NEW.becomes(VOID).status == "voided"


@pytest.mark.parametrize("status", STATES)
def test_only_what_stands_is_paid_and_counts(status: str) -> None:
    saved = NEW.becomes(STATES[status])
    assert saved.paid == (9300 if status == "paid" else 0)
    assert (saved.carcs() == {"45"}) is (status in ("paid", "denied"))
    assert (last_outcome(saved.state) is None) is (status in ("received", "pended", "rejected"))
    if status not in ("paid", "denied"):
        assert counted(saved) == (0, 0)


def test_states_of_equal_contents_differ() -> None:
    replaced: object = Replaced("CLM-1", PAID)
    assert replaced != Voided("CLM-1", PAID)
    assert len({RECEIVED, VOID}) == 2


def test_the_next_state_is_the_next_version_and_changes_nothing_else() -> None:
    full = NEW._replace(documents=("DOC-1",), released=("DOC-1",), waived=("cob",))
    assert full.becomes(VOID) == full._replace(state=VOID, version=full.version + 1)


# a pended claim is open: whatever comes finds nothing to take back


def test_a_pended_claim_that_is_decided_gets_its_first_adjudication() -> None:
    order = ReadjudicateClaim(claim_number=WAITING.number, cause="staff_request", reference="R1")
    result = readjudicate(order, WAITING, medicaid(), context("again"))
    found = event(result)
    assert (found.adjudication, found.version, found.alerts) == (1, WAITING.version + 1, ())
    assert found.postings == (Posting(kind="payment", adjudication=1, amount="93.00"),)
    assert result.claims[0].state == Adjudicated(found)


@pytest.mark.parametrize(
    ("frequency", "decide", "closed"),
    [("7", replace_original, Replaced), ("8", void_original, Voided)],
)
def test_a_pended_claim_is_corrected_or_voided_without_a_reversal(
    frequency: str, decide: Any, closed: Any
) -> None:
    correction = claim(frequency=frequency, original_claim=WAITING.number)
    new: Claim = received(correction, context("correction"))
    result = decide(new, facts(original=WAITING))
    old, saved = result.claims
    assert old.state == closed(new.number, None)
    assert old.version == WAITING.version + 1
    notice = result.events[0]
    assert isinstance(notice, ClaimClosed) and notice.postings == ()
    assert saved.replaces == (WAITING.number if frequency == "7" else None)


def test_a_rejected_correction_stands_in_nobodys_place() -> None:
    refused = outcome(claim(frequency="7", original_claim="CLM-GONE"))
    assert refused.claims[0].replaces is None


def test_an_adjudication_is_paid_or_denied_and_nothing_else() -> None:
    assert get_args(ClaimAdjudicated.model_fields["status"].annotation) == ("paid", "denied")
