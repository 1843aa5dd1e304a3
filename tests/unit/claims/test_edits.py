"""CL-17.1 to 5: the edits of a whole claim, each on both sides of its boundary, and their order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claims.domain.facts import SiblingClaim
from claims.domain.state import Claim
from claims.domain.submission import duplicate_key
from claims.domain.submit import submit
from portal_contracts.claims.outcome import LineOutcome
from portal_contracts.common import Refused
from portal_contracts.providers.parts import Participation
from portal_runtime.domain.days import PlanCalendar
from tests.unit.claims.builders import (
    BORN,
    DAY,
    IN_FORCE,
    NPI,
    OTHER_NPI,
    PAYER,
    TIN,
    TODAY,
    adjudicated,
    claim,
    codes,
    context,
    denied,
    event,
    facts,
    line,
    member,
    policy,
    provider,
    reasons,
    ruled,
    span,
    submitted,
)

ONE = timedelta(days=1)


def sibling(of: Claim, **changes: Any) -> SiblingClaim:
    return SiblingClaim(of.number, of.duplicate_key, of.status, TIN, NPI)._replace(**changes)


# 1 duplicate


def test_the_same_services_again_are_a_duplicate() -> None:
    first = submitted(claim())
    assert denied(claim(), facts(siblings=(sibling(first, number="CLM-X"),))) == ["OA-18"]


@pytest.mark.parametrize("status", ["denied", "rejected", "replaced", "voided"])
def test_what_paid_nothing_has_no_duplicates(status: Any) -> None:
    first = sibling(submitted(claim()), number="CLM-X", status=status)
    assert codes(claim(), facts(siblings=(first,))) == ["CO-45", "PR-3"]


def test_who_rendered_may_be_said_once_or_on_each_line() -> None:
    who = {"npi": OTHER_NPI}
    above, below = claim(rendering=who), claim(line(rendering=who))
    assert duplicate_key(above) == duplicate_key(below) != duplicate_key(claim())


def test_other_services_and_the_claim_itself_are_no_duplicates() -> None:
    first = submitted(claim())
    assert codes(claim(), facts(siblings=(sibling(first),))) == ["CO-45", "PR-3"]
    other = sibling(first, number="CLM-X")
    assert codes(claim(line(units="2", charge="240.00")), facts(siblings=(other,)))[0] == "CO-45"


def test_a_corrected_claim_is_no_duplicate_of_its_original() -> None:
    original = submitted(claim())
    cmd = claim(frequency="7", original_claim=original.number, patient_account="A2")
    known = facts(original=original, siblings=(sibling(original),))
    assert event(submit(cmd, known, context("m2"))).status == "paid"


def test_of_equal_claims_one_is_paid_in_whatever_order_they_come() -> None:
    claims = [claim(patient_account=name) for name in ("A", "B", "C")]
    for order in permutations(claims):
        siblings: tuple[SiblingClaim, ...] = ()
        statuses = []
        for number, cmd in enumerate(order):
            saved = submit(cmd, facts(siblings=siblings), context(f"m{number}")).claims[0]
            siblings = (*siblings, sibling(saved))
            statuses.append(saved.status)
        assert statuses == ["paid", "denied", "denied"]


# 2 timely filing


@pytest.mark.parametrize(("age", "late"), [(365, False), (366, True)])
def test_a_claim_is_late_after_its_days(age: int, late: bool) -> None:
    cmd = claim(line(from_date=TODAY - timedelta(days=age)))
    assert (codes(cmd) == ["CO-29 N211"]) is late


NEW_YORK = PlanCalendar(ZoneInfo("America/New_York"))


@pytest.mark.parametrize(
    ("service", "moment", "late"),
    [
        # the last evening of 365 days, and the first moment after it
        (date(2025, 11, 24), datetime(2026, 11, 25, 4, 59, 59, tzinfo=UTC), False),
        (date(2025, 11, 24), datetime(2026, 11, 25, 5, 0, tzinfo=UTC), True),
        # the same in summer time
        (date(2025, 7, 1), datetime(2026, 7, 2, 3, 59, 59, tzinfo=UTC), False),
        (date(2025, 7, 1), datetime(2026, 7, 2, 4, 0, tzinfo=UTC), True),
        # over a leap day
        (date(2024, 2, 29), datetime(2025, 3, 1, 4, 59, tzinfo=UTC), False),
        (date(2024, 2, 29), datetime(2025, 3, 1, 5, 0, tzinfo=UTC), True),
    ],
)
def test_the_last_day_ends_with_the_day_of_the_plan(
    service: date, moment: datetime, late: bool
) -> None:
    known = facts(member=member(span(date(2020, 1, 1))), calendar=NEW_YORK)
    result = submit(claim(line(from_date=service)), known, context("m1", moment))
    assert (reasons(event(result).lines[0])[0][1] == "29") is late


def test_a_date_of_service_of_tomorrow_is_refused_though_it_is_today_in_utc() -> None:
    evening = datetime(2026, 3, 2, 1, tzinfo=UTC)  # still 1 March in New York
    cmd = claim(line(from_date=date(2026, 3, 2)))
    result = submit(cmd, facts(calendar=NEW_YORK), context("m1", evening))
    assert isinstance(result.reply, Refused)
    later = submit(cmd, facts(calendar=NEW_YORK), context("m1", evening + timedelta(hours=12)))
    assert not isinstance(later.reply, Refused)


def test_the_last_date_of_service_starts_the_days() -> None:
    old = TODAY - timedelta(days=366)
    assert codes(claim(line(from_date=old), line()))[0] == "CO-45"


@pytest.mark.parametrize(("decided", "late"), [(180, False), (181, True)])
def test_after_another_payers_decision_days_start_anew(decided: int, late: bool) -> None:
    payer = {**PAYER, "paid": "50.00", "adjudicated_on": TODAY - timedelta(days=decided)}
    cmd = claim(line(from_date=TODAY - timedelta(days=400)), other_payers=(payer,))
    known = facts(member=member(span(date(2020, 1, 1))))
    assert (codes(cmd, known) == ["CO-29 N211"]) is late


def test_limits_are_the_line_of_businesss() -> None:
    business = IN_FORCE.business.lines_of_business.items()
    short = {n: replace(m, timely_days=10) for n, m in business}
    assert codes(claim(), ruled(facts(), business={"lines_of_business": short})) == ["CO-29 N211"]


# 3 coverage


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((span(DAY),), ["CO-45", "PR-3"]),
        ((span(date(2025, 1, 1), DAY),), ["CO-45", "PR-3"]),
        ((span(DAY + ONE),), ["PR-26 N30"]),
        ((span(date(2025, 1, 1), DAY - ONE),), ["PR-27 N30"]),
        ((span(date(2025, 1, 1), DAY - ONE), span(DAY + ONE)), ["PR-27 N30"]),
    ],
)
def test_coverage_includes_its_first_and_last_day(spans: Any, expected: list[str]) -> None:
    assert codes(claim(), facts(member=member(*spans))) == expected


def test_the_patient_bears_what_is_not_covered() -> None:
    found = adjudicated(claim(), facts(member=member(span(DAY + ONE))))
    assert found.patient_responsibility == "120.00"


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((span(DAY, DAY + ONE),), "CO-239"),
        ((span(DAY + ONE),), "CO-239"),
        ((span(DAY, DAY + ONE), span(DAY + 3 * ONE)), "CO-239"),
        ((span(DAY, DAY + ONE), span(DAY + 2 * ONE)), "CO-45"),
        ((span(DAY, DAY + ONE), span(DAY + 2 * ONE, DAY + 5 * ONE)), "CO-45"),
    ],
)
def test_a_claim_over_both_must_be_split_unless_plans_follow_each_other(
    spans: Any, expected: str
) -> None:
    cmd = claim(line(to_date=DAY + 5 * ONE))
    assert codes(cmd, facts(member=member(*spans)))[0] == expected


def test_another_date_of_birth_is_not_our_insured() -> None:
    known = facts(member=member(date_of_birth=BORN + ONE))
    assert denied(claim(), known) == ["CO-31 N382"]


# 5 billing provider


@pytest.mark.parametrize(
    ("start", "end", "active"),
    [(DAY, None, True), (DAY + ONE, None, False), (BORN, DAY, True), (BORN, DAY - ONE, False)],
)
def test_the_billing_provider_is_active_on_the_day(start: date, end: Any, active: bool) -> None:
    known = facts(billing=provider(participation=(Participation(start=start, end=end),)))
    assert (codes(claim(), known) == ["CO-B7 N570"]) is not active


# order

WORST: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("CO-29", {"row": line(from_date=date(2024, 1, 5), procedure="S9970")}, {}),
    ("PR-26", {"row": line(procedure="S9970")}, {"spans": (span(DAY + ONE),)}),
    ("CO-B7", {"row": line(procedure="S9970")}, {"active": DAY + ONE}),
    ("CO-22", {"row": line(procedure="S9970")}, {"cob": (policy(),)}),
    ("CO-96", {"row": line(procedure="S9970")}, {}),
]


def test_the_claims_edits_stop_at_the_first_in_order() -> None:
    """With everything wrong, and then one thing after the other mended, the next one shows."""
    for index, (expected, cmd, _) in enumerate(WORST):
        wrong: dict[str, Any] = {}
        for _, _, more in WORST[index:]:
            wrong |= more
        known = facts(
            member=member(*wrong.get("spans", ()), cob=wrong.get("cob", ())),
            billing=provider(participation=(Participation(start=wrong.get("active", BORN)),)),
        )
        assert codes(claim(cmd["row"]), known)[0].split()[0] == expected


def test_a_waived_edit_is_skipped_and_the_next_decides() -> None:
    from claims.domain.adjudicate import adjudicate

    known = facts(member=member(cob=(policy(),)))
    late = submitted(claim(line(from_date=TODAY - timedelta(days=400))), known)
    again = adjudicate(late._replace(waived=("timely_filing", "coverage")), known, "staff_request")
    assert first_reason(again.event.lines[0]) == "22"
    last = late._replace(waived=("timely_filing", "coverage", "cob"))
    assert first_reason(adjudicate(last, known, "staff_request").event.lines[0]) == "45"


def first_reason(row: LineOutcome) -> str:
    return reasons(row)[0][1]
