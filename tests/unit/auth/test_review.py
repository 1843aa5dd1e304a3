"""AU-06, AU-08: deciding line by line."""

from typing import Any

import pytest

from portal_contracts.auth.replies import LinesReviewed
from tests.support.deciding import codes
from tests.unit.auth.desk import Desk

APPROVE: dict[str, Any] = {"line": 1, "decision": "approved"}
PARTLY: dict[str, Any] = {
    "line": 1,
    "decision": "partly_approved",
    "approved_units": 3,
    "reason": "Three visits suffice.",
}
DENY: dict[str, Any] = {
    "line": 1,
    "decision": "denied",
    "denial_reason": "medical_necessity",
    "reason": "Conservative treatment was not tried.",
}
PEND: dict[str, Any] = {
    "line": 1,
    "decision": "pended_for_information",
    "reason": "Send the MRI report.",
}


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.request()
    return desk


@pytest.mark.parametrize(
    ("review", "units"),
    [(APPROVE, 4), (PARTLY, 3), (DENY, 0), (PEND, 0)],
    ids=lambda r: str(r)[:30],
)
def test_a_line_is_decided(desk: Desk, review: dict[str, Any], units: int) -> None:
    reply = desk.review(review).reply
    assert isinstance(reply, LinesReviewed)
    line, other = reply.lines
    assert (line.decision, line.approved_units) == (review["decision"], units)
    assert line.reason == review.get("reason", "")
    assert (other.decision, reply.status) == ("pending", "pending")
    assert [snapshot.version for snapshot in desk.snapshots()] == [1, 2]
    assert desk.snapshots()[-1].lines[0].approved_units == units
    assert desk.snapshots()[-1].lines[0].reason == review.get("reason")


def test_denied_for_medical_necessity_points_at_an_appeal(desk: Desk) -> None:
    reply = desk.review(DENY, {**DENY, "line": 2, "denial_reason": "duplicate_request"}).reply
    assert isinstance(reply, LinesReviewed)
    first, second = reply.lines
    assert first.next_step is not None and first.next_step.door == "appeals.submit_appeal.v1"
    assert second.next_step is None


@pytest.mark.parametrize(
    ("reviews", "status"),
    [
        ((APPROVE,), "pending"),
        ((APPROVE, {**APPROVE, "line": 2}), "approved"),
        ((DENY, {**DENY, "line": 2}), "denied"),
        ((APPROVE, {**DENY, "line": 2}), "partly_approved"),
        ((PARTLY, {**PARTLY, "line": 2}), "partly_approved"),
        ((APPROVE, {**PEND, "line": 2}), "pended_for_information"),
        ((PEND,), "pending"),
    ],
)
def test_the_whole_is_open_as_long_as_a_line_is(
    desk: Desk, reviews: tuple[dict[str, Any], ...], status: str
) -> None:
    reply = desk.review(*reviews).reply
    assert isinstance(reply, LinesReviewed)
    assert reply.status == status


@pytest.mark.parametrize(
    ("review", "code", "field"),
    [
        ({**APPROVE, "line": 3}, "no_such_line", "line"),
        ({**APPROVE, "approved_units": 3}, "units_when_approved", "approved_units"),
        ({**PARTLY, "approved_units": 0}, "units_when_partly_approved", "approved_units"),
        ({**PARTLY, "approved_units": 4}, "units_when_partly_approved", "approved_units"),
        ({**PARTLY, "approved_units": None}, "units_when_partly_approved", "approved_units"),
        ({**PARTLY, "reason": " "}, "reason_missing", "reason"),
        ({**DENY, "reason": ""}, "reason_missing", "reason"),
        ({**DENY, "denial_reason": None}, "denial_reason", "denial_reason"),
        ({**DENY, "approved_units": 1}, "units_when_not_approved", "approved_units"),
        ({**APPROVE, "denial_reason": "medical_necessity"}, "denial_reason", "denial_reason"),
        ({**PEND, "reason": ""}, "reason_missing", "reason"),
    ],
)
def test_a_decision_must_be_whole(
    desk: Desk, review: dict[str, Any], code: str, field: str
) -> None:
    before = desk.known
    decision = desk.review({**APPROVE, "line": 2}, review)
    assert codes(decision) == {code: f"reviews.1.{field}"}
    assert desk.known == before  # the good line was not decided either


def test_one_decision_per_line(desk: Desk) -> None:
    assert codes(desk.review(APPROVE, DENY)) == {"line_twice": "reviews.1.line"}


@pytest.mark.parametrize("first", [APPROVE, PARTLY, DENY], ids=lambda r: str(r["decision"]))
@pytest.mark.parametrize("second", [APPROVE, PARTLY, DENY, PEND], ids=lambda r: str(r["decision"]))
def test_a_decided_line_is_final(desk: Desk, first: dict[str, Any], second: dict[str, Any]) -> None:
    desk.review(first)
    assert codes(desk.review(second)) == {"already_decided": "reviews.0.line"}


def test_an_unknown_number_is_refused() -> None:
    assert codes(Desk().review(APPROVE)) == {"authorization_not_found": "authorization_number"}


def test_what_is_wrong_with_the_form_is_named_with_what_is_on_file(desk: Desk) -> None:
    wrong = {**DENY, "reason": ""}
    assert codes(Desk().review(wrong)).keys() == {"authorization_not_found", "reason_missing"}
    desk.review(APPROVE)
    assert codes(desk.review(wrong)).keys() == {"already_decided", "reason_missing"}
    assert codes(desk.review({**wrong, "line": 3})).keys() == {"no_such_line", "reason_missing"}
