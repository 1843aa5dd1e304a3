"""CB-04, CB-05, CB-07 Which claims a change of other insurance touches, and in what order."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from claims.domain.cob_review import ReviewedClaim, looks_back_to, review_cob_change
from claims.domain.outcome import Outcome
from portal_contracts.claims.commands import ReadjudicateClaim, ReviewCobChange
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.eligibility.events import CobChanged
from portal_contracts.eligibility.parts import CobPolicy
from tests.unit.claims.builders import (
    DAY,
    MEMBER,
    TIN,
    TODAY,
    claim,
    facts,
    member,
    policy,
    submitted,
)

ONE = timedelta(days=1)
OPEN = policy()
RECEIVED = datetime.combine(DAY + ONE, datetime.min.time(), UTC)
DENIED = ReviewedClaim("CLM-1", "denied", DAY, DAY, RECEIVED, TIN, frozenset({"22"}))
PAID = DENIED._replace(status="paid", carcs=frozenset({"45", "1"}))


def review(
    *claims: ReviewedClaim,
    before: CobPolicy | None,
    after: CobPolicy,
    ticked: bool = False,
    others: tuple[CobPolicy, ...] = (),
    tins: tuple[str, ...] = (),
    today: date = TODAY,
) -> Outcome:
    change = CobChanged(
        change_id="CHG-1",
        member_id=MEMBER,
        version=2,
        before=before,
        after=after,
        adjust_claims=ticked,
        tins=tins,
    )
    cmd = ReviewCobChange(member_id=MEMBER, change_id="CHG-1")
    return review_cob_change(cmd, change, (after, *others), claims, today)


def touched(*claims: ReviewedClaim, **change: Any) -> list[str]:
    result = review(*claims, **change)
    (ordered,) = result.events
    assert isinstance(ordered, ReadjudicationsOrdered)
    return list(ordered.claims)


@pytest.mark.parametrize(
    ("end", "expected"),
    [(DAY - ONE, ["CLM-1"]), (DAY, []), (DAY + ONE, []), (None, [])],
)
def test_a_term_date_frees_the_days_after_it(end: date | None, expected: list[str]) -> None:
    assert touched(DENIED, before=OPEN, after=policy(end=end)) == expected


def test_each_claim_gets_a_message_of_its_own_oldest_first() -> None:
    claims = [
        DENIED._replace(number="CLM-3", service_from=DAY - 2 * ONE),
        DENIED,
        DENIED._replace(number="CLM-2", received_at=RECEIVED - ONE),
    ]
    result = review(*claims, before=OPEN, after=policy(end=date(2025, 6, 1)))
    assert result.commands == tuple(
        ReadjudicateClaim(claim_number=n, cause="cob_changed", reference="CHG-1")
        for n in ("CLM-3", "CLM-2", "CLM-1")
    )
    assert result.events == (
        ReadjudicationsOrdered(change_id="CHG-1", claims=("CLM-3", "CLM-2", "CLM-1")),
    )


TERMED: dict[str, Any] = {"before": OPEN, "after": policy(end=date(2025, 6, 1))}


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, True),
        ({"carcs": frozenset({"23", "45"}), "status": "paid"}, True),
        ({"carcs": frozenset({"45"}), "status": "paid"}, False),
        ({"carcs": frozenset()}, False),
        ({"status": "rejected"}, False),
        ({"status": "replaced"}, False),
        ({"status": "voided"}, False),
        ({"service_from": date(2025, 6, 1), "service_to": date(2025, 6, 1)}, False),
        ({"service_from": date(2025, 6, 2), "service_to": date(2025, 6, 2)}, True),
    ],
)
def test_without_the_box_only_coordinated_claims_that_stand_are_touched(
    changed: dict[str, Any], expected: bool
) -> None:
    assert bool(touched(DENIED._replace(**changed), **TERMED)) is expected


@pytest.mark.parametrize(
    ("day", "expected"), [(date(2024, 3, 1), True), (date(2024, 2, 29), False)]
)
def test_claims_older_than_24_months_rest(day: date, expected: bool) -> None:
    old = DENIED._replace(service_from=day, service_to=day)
    change = {
        "before": policy(start=date(2020, 1, 1)),
        "after": policy(start=date(2020, 1, 1), end=date(2020, 6, 1)),
    }
    assert bool(touched(old, **change)) is expected


@pytest.mark.parametrize(
    ("carcs", "expected"), [({"45"}, True), (set(), True), ({"29"}, False), ({"18", "29"}, False)]
)
def test_with_the_box_claims_paid_as_first_are_taken_back(carcs: Any, expected: bool) -> None:
    paid = PAID._replace(carcs=frozenset(carcs))
    assert bool(touched(paid, before=None, after=OPEN, ticked=True)) is expected
    assert touched(paid, before=None, after=OPEN) == []


def test_another_policy_that_stays_first_keeps_everything_as_it_is() -> None:
    assert touched(DENIED, others=(policy(policy_id="COB-2"),), **TERMED) == []
    ended = policy(policy_id="COB-2", end=DAY - ONE)
    assert touched(DENIED, others=(ended,), **TERMED) == ["CLM-1"]


def test_two_first_payers_that_came_together_do_not_hide_each_other() -> None:
    """Both are on file before either change is reviewed (found by tests/model/test_cob.py)."""
    other = policy(policy_id="COB-2", insurance_type="medicare")
    assert touched(PAID, before=None, after=OPEN, ticked=True, others=(other,)) == ["CLM-1"]


def test_a_claim_with_payers_on_it_is_looked_at_when_one_of_two_ends() -> None:
    """Two had to decide before us, and now the one that has is enough."""
    coordinated = DENIED._replace(names_payers=True)
    other = policy(policy_id="COB-2")
    assert touched(coordinated, others=(other,), **TERMED) == ["CLM-1"]


@pytest.mark.parametrize("changed", [{"primary": False}, {"insurance_type": "medicaid"}])
def test_a_policy_that_no_longer_pays_first_frees_all_days(changed: dict[str, Any]) -> None:
    assert touched(DENIED, before=OPEN, after=policy(**changed)) == ["CLM-1"]


def test_a_corrected_policy_number_touches_nothing() -> None:
    after = policy(policy_number="FP2")
    assert touched(DENIED, PAID, before=OPEN, after=after, ticked=True) == []


def test_nothing_touched_is_said_too() -> None:
    assert review(before=OPEN, after=OPEN).events == (
        ReadjudicationsOrdered(change_id="CHG-1", claims=()),
    )


def test_the_review_reads_a_claim_as_it_stands() -> None:
    denied = submitted(claim(), facts(member=member(cob=(OPEN,))))
    assert ReviewedClaim.of(denied) == ReviewedClaim(
        denied.number, "denied", DAY, DAY, denied.received_at, TIN, frozenset({"22"})
    )


@pytest.mark.parametrize(
    ("today", "first_day"),
    [(date(2026, 3, 1), date(2024, 3, 1)), (date(2028, 2, 29), date(2026, 2, 28))],
)
def test_a_review_looks_back_24_months_by_the_calendar(today: date, first_day: date) -> None:
    assert looks_back_to(today) == first_day


def test_a_claim_is_reviewed_until_24_months_after_its_service_ended() -> None:
    last_day = date(TODAY.year + 2, TODAY.month, TODAY.day)
    for ended, known in ((TODAY, ["CLM-1"]), (TODAY - ONE, [])):
        old, termed = DENIED._replace(service_to=ended), policy(end=DAY - ONE)
        assert touched(old, today=last_day, before=OPEN, after=termed) == known


@pytest.mark.parametrize(
    ("claim", "tins", "expected"),
    [
        (PAID, (), True),  # the plan's own word
        (PAID, (TIN,), True),
        (PAID, ("310000099",), False),
        (PAID._replace(carcs=frozenset({"23"})), ("310000099",), False),
        (DENIED, ("310000099",), True),  # nobody is paid less
    ],
)
def test_one_providers_word_takes_back_nothing_paid_to_another(
    claim: ReviewedClaim, tins: tuple[str, ...], expected: bool
) -> None:
    change: dict[str, Any] = {"before": None, "after": OPEN, "ticked": True}
    if claim.status == "denied":
        change = {"before": OPEN, "after": policy(end=DAY - ONE), "ticked": True}
    assert bool(touched(claim, tins=tins, **change)) is expected
