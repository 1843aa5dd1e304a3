"""CL-23 A claim is decided by the rules of its dates of service, whenever it is decided."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.adjudicate import adjudicate
from claims.domain.facts import Facts
from claims.domain.rules.editions import Correction, Edition
from claims.domain.rules.rule_book import RuleBook
from claims.domain.rules.rule_set import RuleSet
from claims.domain.state import last_outcome
from claims.domain.submit import received
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from tests.unit.claims import strategies
from tests.unit.claims.builders import (
    IN_FORCE,
    NOW,
    adjudicated,
    always,
    bill,
    changed,
    claim,
    context,
    facts,
    line,
    medicaid,
    revenue,
    stay,
    submitted,
)

ONE = timedelta(days=1)
CUT = date(2026, 2, 10)
"""The new rules begin; the visits of the builders are on this day."""
FEES = IN_FORCE.prices.fees
OLD = changed(
    IN_FORCE, "old", prices={"fees": {c: replace(f, office=f.office // 2) for c, f in FEES.items()}}
)
NEW = replace(IN_FORCE, version="new")
BOTH = RuleBook(
    [Edition(OLD, date(2024, 1, 1), None, CUT - ONE), Edition(NEW, date(2025, 1, 1), CUT)]
)
KNOWN = medicaid()._replace(rules=BOTH)


def visit(day: date, **values: Any) -> dict[str, Any]:
    return line(from_date=day, to_date=day, **values)


@pytest.mark.parametrize(
    ("day", "version", "paid"), [(CUT - ONE, "old", "46.50"), (CUT, "new", "93.00")]
)
def test_the_date_of_service_chooses(day: date, version: str, paid: str) -> None:
    found = adjudicated(claim(visit(day)), KNOWN)
    assert (found.rule_set, found.paid) == (version, paid)
    assert found.lines[0].rule_set is None


def test_each_line_is_priced_by_its_own_date_and_says_so_where_it_differs() -> None:
    found = adjudicated(claim(visit(CUT), visit(CUT - ONE)), KNOWN)
    assert found.rule_set == "old", "the claim's rules are those of its first date of service"
    assert [row.rule_set for row in found.lines] == ["new", None]
    assert [row.paid for row in found.lines] == ["93.00", "46.50"]


def test_edits_of_a_line_are_those_of_its_date() -> None:
    picky = changed(NEW, edits={"codes": {"99213": replace(IN_FORCE.edits.codes["A9270"])}})
    book = RuleBook([*BOTH.editions[:1], replace(BOTH.editions[1], rules=picky)])
    found = adjudicated(claim(visit(CUT), visit(CUT - ONE)), KNOWN._replace(rules=book))
    assert [row.adjustments[0].carc for row in found.lines] == ["96", "45"]


def test_filing_limits_and_cost_share_are_those_of_the_first_date_of_service() -> None:
    short = {n: replace(m, timely_days=5) for n, m in IN_FORCE.business.lines_of_business.items()}
    free = {n: replace(b, copays={}) for n, b in IN_FORCE.benefits.lines_of_business.items()}
    new = changed(NEW, business={"lines_of_business": short}, benefits={"lines_of_business": free})
    book = RuleBook([*BOTH.editions[:1], replace(BOTH.editions[1], rules=new)])
    known = facts(rules=book)
    assert adjudicated(claim(visit(CUT)), known).lines[0].adjustments[0].carc == "29"
    both = adjudicated(claim(visit(CUT), visit(CUT - ONE)), known)
    assert [[a.carc for a in row.adjustments] for row in both.lines] == [["45", "3"]] * 2


def test_an_outpatient_line_has_its_own_day_or_the_statements_first() -> None:
    rows = (
        revenue(procedure="85025", service_date=CUT),
        revenue(procedure="85025", service_date=CUT - ONE),
        revenue(revenue_code="0250"),
    )
    found = adjudicated(bill(*rows, statement_from=CUT - ONE, statement_to=CUT), KNOWN)
    assert (found.rule_set, [row.rule_set for row in found.lines]) == ("old", ["new", None, None])


def test_a_stay_is_paid_as_one_by_the_day_of_discharge() -> None:
    cut = date(2026, 2, 13)
    dear = {
        **IN_FORCE.prices.revenue,
        "012": replace(IN_FORCE.prices.revenue["012"], per_unit=150000),
    }
    editions = [
        Edition(OLD, date(2024, 1, 1), None, cut - ONE),
        Edition(changed(NEW, prices={"revenue": dear}), date(2025, 1, 1), cut),
    ]
    known = KNOWN._replace(rules=RuleBook(editions))
    found = adjudicated(stay(), known)  # February 10 to 13
    assert (found.rule_set, found.lines[0].rule_set, found.paid) == ("old", "new", "4500.00")
    earlier = stay(statement_from=CUT - ONE, statement_to=cut - ONE, admission_date=CUT - ONE)
    assert adjudicated(earlier, known).paid == "3600.00"
    rehab = stay(revenue(revenue_code="0120", units="3", charge="6000.00"), type_of_bill="211")
    assert adjudicated(rehab, known).paid == "3600.00", "paid day by day: not by discharge"


def test_an_old_claim_is_decided_again_by_the_old_rules() -> None:
    """The new ones were not even there when it came first."""
    first = submitted(claim(visit(CUT - ONE)), medicaid()._replace(rules=always(OLD)))
    again = adjudicate(first, KNOWN, "staff_request", "R1").event
    assert (again.rule_set, again.paid, again.postings) == ("old", "46.50", ())


# corrections: as known then, or as known now

FIXED_ON = date(2026, 4, 15)
FIX = changed(OLD, "fix", prices={"fees": FEES}, edits={"codes": {}})
CORRECTION = Correction(FIX, FIXED_ON, None, CUT - ONE, "old", frozenset({"prices"}))
AFTER = KNOWN._replace(rules=RuleBook([*BOTH.editions, CORRECTION]))
KNEE = visit(CUT - ONE, procedure="29881", charge="1000.00")


def test_a_retroactive_fee_schedule_pays_an_earlier_claim_more_when_it_is_decided_again() -> None:
    first = submitted(claim(visit(CUT - ONE), KNEE), KNOWN)
    again = adjudicate(first, AFTER, "staff_request", "R1").event
    decided_first = last_outcome(first.state)
    assert decided_first is not None
    assert [row.paid for row in decided_first.lines] == ["46.50", "0.00"]
    assert [row.paid for row in again.lines] == ["93.00", "0.00"], "its edits are as known then"
    assert again.rule_set == "old with prices of fix"
    assert [p.amount for p in again.postings] == ["-46.50", "93.00"]


def test_a_claim_that_comes_after_the_correction_is_decided_by_all_of_it() -> None:
    late = datetime(2026, 4, 16, 12, tzinfo=UTC)
    found = adjudicate(
        received(claim(visit(CUT - ONE), KNEE), context(now=late)), AFTER, "submitted"
    ).event
    assert found.rule_set == "fix"
    assert found.lines[1].paid != "0.00", "and asks for no records any more"


# whatever other rule sets there are


@st.composite
def two_books(draw: st.DrawFn) -> tuple[list[date], list[RuleSet], list[RuleSet]]:
    """Days on which rules change, and two times the rule sets between them."""
    cuts = draw(st.lists(strategies.days, unique=True, min_size=1, max_size=4).map(sorted))
    some = st.lists(strategies.rule_sets, min_size=len(cuts) + 1, max_size=len(cuts) + 1)
    return cuts, draw(some), draw(some)


def days_of(cmd: Any) -> set[date]:
    """Dates of service, told apart from how the rules find them."""
    if isinstance(cmd, SubmitProfessionalClaim):
        return {row.from_date for row in cmd.lines}
    return {cmd.statement_from, cmd.statement_to, *(x.service_date for x in cmd.lines)} - {None}


@strategies.UNHURRIED
@given(strategies.claims(), strategies.facts(), two_books())
def test_rules_of_other_days_decide_nothing(
    cmd: Any, known: Facts, books: tuple[list[date], list[RuleSet], list[RuleSet]]
) -> None:
    cuts, some, others = books
    touched = {sum(cut <= day for cut in cuts) for day in days_of(cmd)}
    mixed = [
        one if n in touched else other
        for n, (one, other) in enumerate(zip(some, others, strict=True))
    ]
    assert decided(cmd, known, cuts, some) == decided(cmd, known, cuts, mixed)


@strategies.UNHURRIED
@given(strategies.claims(), strategies.facts(), two_books())
def test_a_claim_of_one_period_is_decided_as_if_its_rules_were_the_only_ones(
    cmd: Any, known: Facts, books: tuple[list[date], list[RuleSet], list[RuleSet]]
) -> None:
    cuts, some, _ = books
    touched = {sum(cut <= day for cut in cuts) for day in days_of(cmd)}
    if len(touched) > 1:
        return
    (only,) = touched
    found, alone = decided(cmd, known, cuts, some), decided(cmd, known, [], [some[only]])
    assert found.rule_set == f"{some[only].version} ({only})"
    assert found.model_copy(update={"rule_set": alone.rule_set}) == alone


def decided(cmd: Any, known: Facts, cuts: list[date], rules: list[RuleSet]) -> ClaimAdjudicated:
    by = known._replace(rules=strategies.book_of(cuts, rules))
    return adjudicate(received(cmd, context(now=NOW)), by, "submitted").event


@strategies.UNHURRIED
@given(strategies.claims(), strategies.facts())
def test_every_line_says_whose_rules_decided_it(cmd: Any, known: Facts) -> None:
    event = adjudicate(received(cmd, context()), known, "submitted").event
    book, on = known.rules, NOW.date()
    assert event.rule_set == book.in_force(event.service_from, on).version
    for row, line_ in zip(event.lines, cmd.lines, strict=True):
        if isinstance(cmd, SubmitProfessionalClaim):
            day = line_.from_date
        else:
            day = line_.service_date or cmd.statement_from
        assert (row.rule_set or event.rule_set) == book.in_force(day, on).version
