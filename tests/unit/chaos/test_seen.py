"""A run in which a checker had nothing before it, or in which all was refused, does not hold."""

from __future__ import annotations

import pytest

from tests.chaos.checkers.seen import ENOUGH, check, looked_at
from tests.chaos.history import History
from tests.unit.chaos.histories import good
from tests.unit.chaos.pieces import SUBMIT, answer, sent


def _said(history: History) -> str:
    return "; ".join(violation.text for violation in check(history))


def test_what_was_looked_at_is_counted() -> None:
    seen = looked_at(good())
    assert seen["documents released (I9, I13)"] == 1
    assert seen["payments (I7, I8)"] == 1
    assert seen["warnings (I10)"] == seen["breaches (I10)"] == 1
    assert seen["links to documents (I9, I15)"] == 1
    assert seen["queries answered (I1, I12)"] == 1
    assert seen["parked rows (I1, I14)"] == 1
    assert seen["access-log rows (I15)"] == 3
    assert seen["members on file (I11)"] == seen["other insurance added (I11)"] == 1
    assert seen["fan-outs (I2)"] == 0


@pytest.mark.parametrize("what", looked_at(History()))
def test_an_empty_history_has_nothing_of_anything(what: str) -> None:
    history = History(whole=True)
    assert f"nothing looked at: {what}" in _said(history)


def test_a_short_run_or_one_of_some_faults_may_have_seen_little() -> None:
    assert _said(History()) == ""


def _refused(count: int) -> History:
    history = History(whole=True)
    history.sent = [sent(n, f"s{n}") for n in range(count)]
    history.answers = [answer(f"s{n}", "portal.refused.v1", codes=["no"]) for n in range(count)]
    return history


def test_a_kind_of_which_all_were_refused_is_seen() -> None:
    assert f"not one of {ENOUGH} {SUBMIT} was accepted" in _said(_refused(ENOUGH))


def test_one_that_was_accepted_is_enough() -> None:
    history = _refused(ENOUGH)
    history.answers[3] = answer("s3", "claims.claim_accepted.v1", claim_number="CLM-1")
    assert "was accepted" not in _said(history)


def test_a_few_may_all_have_been_refused() -> None:
    assert "was accepted" not in _said(_refused(ENOUGH - 1))
