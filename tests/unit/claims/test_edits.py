"""CL-17 The edits, each on both sides of its boundary, and their order."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from claims.domain.facts import Facts, ReleasedRecord, SiblingClaim
from claims.domain.rules.edits.code_fit import years_between
from claims.domain.state import Claim
from claims.domain.submit import submit
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.events import LineOutcome
from portal_contracts.common import Refused
from portal_contracts.providers.events import Participation
from tests.unit.claims.builders import (
    BORN,
    DAY,
    NPI,
    PATIENT,
    TIN,
    TODAY,
    adjudicated,
    bill,
    claim,
    context,
    event,
    facts,
    line,
    member,
    policy,
    provider,
    reasons,
    revenue,
    span,
    submitted,
    why,
)

ONE = timedelta(days=1)
PAYER: dict[str, Any] = {"name": "First", "sequence": "primary"}


def codes(cmd: Any, known: Facts | None = None) -> list[str]:
    """'CO-29 N211' for each reason of the first line."""
    return [" ".join((f"{g}-{c}", *r)) for g, c, _, r in why(cmd, known)]


def denied(cmd: Any, known: Facts | None = None) -> list[str]:
    """The same, of a claim that must be denied as a whole, with all of its charge."""
    found = adjudicated(cmd, known)
    assert (found.status, found.paid) == ("denied", "0.00")
    for row in found.lines:
        assert row.adjustments[0].amount == row.charge
    return codes(cmd, known)


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


NEW_YORK = ZoneInfo("America/New_York")


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
    known = facts(member=member(span(date(2020, 1, 1))), zone=NEW_YORK)
    result = submit(claim(line(from_date=service)), known, context("m1", moment))
    assert (reasons(event(result).lines[0])[0][1] == "29") is late


def test_a_date_of_service_of_tomorrow_is_refused_though_it_is_today_in_utc() -> None:
    evening = datetime(2026, 3, 2, 1, tzinfo=UTC)  # still 1 March in New York
    cmd = claim(line(from_date=date(2026, 3, 2)))
    result = submit(cmd, facts(zone=NEW_YORK), context("m1", evening))
    assert isinstance(result.reply, Refused)
    later = submit(cmd, facts(zone=NEW_YORK), context("m1", evening + timedelta(hours=12)))
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
    known = facts()
    markets = {n: replace(m, timely_days=10) for n, m in known.rules.markets.items()}
    short = replace(known.rules, markets=markets)
    assert codes(claim(), known._replace(rules=short)) == ["CO-29 N211"]


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


# 6 other coverage


@pytest.mark.parametrize(
    ("payers", "remark"),
    [
        ((), "MA04"),
        ((PAYER,), "MA92"),
        (({**PAYER, "policy_number": "P1"},), "N479"),
        (({**PAYER, "payer_id": "F1"},), "N479"),
    ],
)
def test_without_the_first_payers_decision_the_remark_says_what_is_missing(
    payers: Any, remark: str
) -> None:
    known = facts(member=member(cob=(policy(),)))
    assert denied(claim(other_payers=payers), known) == [f"CO-22 {remark}"]


@pytest.mark.parametrize(
    "other",
    [
        policy(end=DAY - ONE),
        policy(start=DAY + ONE),
        policy(primary=False),
        policy(insurance_type="medicaid"),
        policy(insurance_type="auto"),
        policy(insurance_type="workers_comp"),
    ],
)
def test_insurance_that_does_not_pay_first_changes_nothing(other: Any) -> None:
    assert codes(claim(), facts(member=member(cob=(other,))))[0] == "CO-45"
    assert codes(bill(), facts(member=member(cob=(other,))))[0] == "CO-45"


@pytest.mark.parametrize("end", [None, DAY])
def test_insurance_pays_first_until_its_last_day(end: date | None) -> None:
    assert codes(claim(), facts(member=member(cob=(policy(end=end),)))) == ["CO-22 MA04"]


def test_auto_insurance_pays_first_for_an_auto_accident() -> None:
    known = facts(member=member(cob=(policy(insurance_type="auto"),)))
    cmd = claim(related_to=("auto",), accident_state="OH", onset=DAY)
    assert codes(cmd, known) == ["CO-22 MA04"]
    work = facts(member=member(cob=(policy(insurance_type="workers_comp"),)))
    assert codes(claim(related_to=("employment",)), work) == ["CO-22 MA04"]


SECOND: dict[str, Any] = {"name": "Second", "payer_id": "F2", "sequence": "secondary"}
FIRST_PAID: dict[str, Any] = {**PAYER, "payer_id": "F1", "paid": "60.00"}


@pytest.mark.parametrize(
    ("policies", "payers", "expected"),
    [
        (1, (FIRST_PAID,), "OA-23"),
        (1, (FIRST_PAID, SECOND), "OA-23"),
        (1, ({**FIRST_PAID, "paid": None}, {**SECOND, "paid": "60.00"}), "CO-22 N4"),
        (2, (FIRST_PAID,), "CO-22 MA64"),
        (2, (FIRST_PAID, SECOND), "CO-22 MA64"),
        (2, (FIRST_PAID, {**SECOND, "paid": "10.00"}), "OA-23"),
    ],
)
def test_everybody_before_us_must_have_decided(policies: int, payers: Any, expected: str) -> None:
    cob = tuple(policy(policy_id=f"COB-{n}") for n in range(policies))
    assert expected in codes(claim(other_payers=payers), facts(member=member(cob=cob)))


def test_a_payers_figures_on_the_lines_are_its_decision() -> None:
    row = line(prior_payments=({"payer_id": "F1", "paid": "60.00"},))
    cmd = claim(row, other_payers=({**FIRST_PAID, "paid": None},))
    assert "OA-23" in codes(cmd, facts(member=member(cob=(policy(),))))
    assert "OA-23" in codes(claim(row), facts(member=member(cob=(policy(),))))


def test_a_first_payer_that_paid_nothing_has_decided_too() -> None:
    known = facts(member=member(cob=(policy(),)))
    assert codes(claim(other_payers=({**PAYER, "paid": "0.00"},)), known) == ["CO-45", "PR-3"]


# 8 records

KNEE = line(procedure="29881", charge="1000.00")
RECEIVED = datetime(2026, 3, 1, 12, tzinfo=UTC).date()


def test_records_are_asked_for_with_the_remark_of_the_rule() -> None:
    assert denied(claim(KNEE)) == ["CO-252 N706"]
    assert denied(claim(line(procedure="58571", charge="2000.00"))) == ["CO-252 M127"]


def test_only_the_line_that_needs_records_is_denied() -> None:
    found = adjudicated(claim(line(), KNEE))
    assert found.status == "paid"
    assert [row.paid == "0.00" for row in found.lines] == [False, True]


@pytest.mark.parametrize(
    ("record", "serves"),
    [
        (ReleasedRecord("DOC-1", RECEIVED, claim_number="CLM-OTHER"), False),
        (ReleasedRecord("DOC-1", RECEIVED), False),
        (ReleasedRecord("DOC-1", RECEIVED, service_date=DAY), True),
        (ReleasedRecord("DOC-1", RECEIVED - ONE, service_date=DAY), True),
        (ReleasedRecord("DOC-1", RECEIVED + ONE, service_date=DAY), False),
        (ReleasedRecord("DOC-1", RECEIVED, service_date=DAY + ONE), False),
        (ReleasedRecord("DOC-9", RECEIVED + ONE, claim_number="CLM-OTHER"), True),
    ],
)
def test_records_without_claim_number_serve_only_claims_received_after_them(
    record: ReleasedRecord, serves: bool
) -> None:
    cmd = claim(KNEE, documents=("DOC-9",))
    assert (codes(cmd, facts(records=(record,))) != ["CO-252 N706"]) is serves


# 9 code against age, sex, place


@pytest.mark.parametrize(
    ("row", "patient", "expected"),
    [
        (line(procedure="99396", charge="150.00"), {}, "CO-45"),
        (line(procedure="99395"), {}, "CO-6"),
        (line(procedure="99397"), {}, "CO-6"),
        (line(procedure="59400", charge="3000.00"), {"sex": "F"}, "CO-45"),
        (line(procedure="59400", charge="3000.00"), {"sex": "M"}, "CO-7"),
        (line(procedure="59400", charge="3000.00"), {"sex": "U"}, "CO-45"),
        (line(procedure="55250", charge="900.00"), {"sex": "F"}, "CO-7"),
        (line(procedure="99283", place="23"), {}, "CO-45"),
        (line(procedure="99283", place="11"), {}, "CO-5"),
    ],
)
def test_the_code_fits_patient_and_place(row: Any, patient: Any, expected: str) -> None:
    assert codes(claim(row, patient={**PATIENT, **patient}))[0] == expected


def test_a_bill_names_no_place() -> None:
    assert codes(bill(revenue(revenue_code="0450", procedure="99283")))[0] != "CO-5"


def test_every_reason_of_a_line_is_told_and_the_first_takes_the_charge() -> None:
    found = why(claim(line(procedure="58571"), patient={**PATIENT, "sex": "M"}))
    assert found == [("CO", "252", "120.00", ("M127",)), ("CO", "7", "0.00", ())]


@pytest.mark.parametrize(
    ("day", "age"),
    [(date(2026, 2, 2), 45), (date(2026, 2, 3), 46), (date(2026, 12, 31), 46), (BORN, 0)],
)
def test_age_is_in_whole_years(day: date, age: int) -> None:
    assert years_between(BORN, day) == age


# 10 non-covered


def test_an_excluded_service_is_not_covered() -> None:
    assert denied(claim(line(procedure="S9970"))) == ["CO-96 N130"]


def test_a_bundled_service_is_not_paid_by_itself() -> None:
    assert denied(claim(line(procedure="99070"))) == ["CO-97 M15"]


def test_a_code_without_any_price_is_not_covered() -> None:
    known = facts()
    strict = known._replace(rules=replace(known.rules, unlisted_share=None))
    assert denied(claim(line(procedure="12345")), strict) == ["CO-96 N130"]
    assert codes(claim(line(procedure="12345")))[0] == "CO-45"


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


def test_a_denied_line_without_charge_still_says_why() -> None:
    cmd: SubmitProfessionalClaim = claim(line(), line(procedure="S9970", charge="0.00"))
    assert reasons(adjudicated(cmd).lines[1]) == [("CO", "96", "0.00", ("N130",))]
