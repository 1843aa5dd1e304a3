"""CL-17, CL-21 The rule set and the code lists are sound, and every reason we give is lawful."""

import pytest

from claims.domain.adjudicate import BUNDLED
from claims.domain.ledger import REPLACED_ALERT, REVERSAL_ALERTS, VOIDED_ALERT
from claims.domain.rules.case import Finding
from claims.domain.rules.edits import CLAIM_EDITS, LINE_EDITS
from claims.domain.rules.edits.billing_provider import NOT_ACTIVE
from claims.domain.rules.edits.code_fit import WRONG_AGE, WRONG_PLACE, WRONG_SEX
from claims.domain.rules.edits.coverage import NOT_OUR_INSURED, SPANS_BOTH
from claims.domain.rules.edits.duplicate import DUPLICATE
from claims.domain.rules.edits.non_covered import NON_COVERED
from claims.domain.rules.edits.timely_filing import TOO_LATE
from claims.domain.rules.lawful import faults, is_alert, lawful, unlawful
from claims.domain.rules.load import codes, rule_book, table
from claims.domain.rules.rule_set import WHOLE, RuleSet
from portal_contracts.claims.outcome import Adjustment, LineOutcome

BOOK = rule_book()
ALL = [edition.rules for edition in BOOK.editions]
BUSINESS = [business for rules in ALL for business in rules.business.lines_of_business.values()]
every_rule_set = pytest.mark.parametrize("rules", ALL, ids=lambda rules: rules.version)


def test_they_are_loaded_once_and_know_their_versions() -> None:
    assert rule_book() is BOOK
    assert [rules.version for rules in ALL] == ["2025-1", "2026-1"]


@every_rule_set
def test_every_line_of_business_has_rules(rules: RuleSet) -> None:
    business, benefits = rules.business, rules.benefits
    known = {"medicaid", "marketplace", "medicare_advantage", "commercial"}
    assert set(business.lines_of_business) == set(benefits.lines_of_business) == known
    assert business.of(None) is business.lines_of_business[business.default]
    for name, terms in business.lines_of_business.items():
        assert 0 < terms.timely_days <= 730
        assert terms.uncovered_group in ("PR", "CO")
        assert benefits.of("", name).coinsurance <= WHOLE
    assert business.lines_of_business["medicaid"].cob_method == "medicaid_lesser_of"


@every_rule_set
def test_prices_are_whole_cents_and_categories_are_used(rules: RuleSet) -> None:
    fees, benefits = rules.prices.fees, rules.benefits
    assert len(fees) >= 60
    assert all(0 <= fee.facility <= fee.office for fee in fees.values())
    for benefit in (*benefits.lines_of_business.values(), *benefits.plans.values()):
        assert set(benefit.copays) | benefit.free <= {fee.category for fee in fees.values()}


@every_rule_set
def test_shares_lie_within_reason_and_every_revenue_code_has_a_price(rules: RuleSet) -> None:
    prices = rules.prices
    shares = [*prices.modifiers.values(), *prices.schedules.values()]
    assert all(0 < share <= 2 * WHOLE for share in (*shares, *prices.provider_types.values()))
    assert "" in prices.revenue
    assert all(0 < price.share < WHOLE for price in prices.revenue.values())


@every_rule_set
def test_code_rules_name_known_places_and_lawful_remarks(rules: RuleSet) -> None:
    for rule in rules.edits.codes.values():
        assert rule.places is None or rule.places <= codes("places")
        assert not rule.records or lawful("CO", "252", rule.records)


@pytest.mark.parametrize("name", ["places", "carc", "rarc", "bill_types", "discharge_statuses"])
def test_a_code_list_names_each_code_once(name: str) -> None:
    assert len(table(name)) == len(codes(name)) > 20


@pytest.mark.parametrize(
    "finding",
    [
        BUNDLED,
        DUPLICATE,
        NOT_ACTIVE,
        NOT_OUR_INSURED,
        NON_COVERED,
        SPANS_BOTH,
        TOO_LATE,
        WRONG_AGE,
        WRONG_PLACE,
        WRONG_SEX,
        *(Finding("CO", "22", (remark,)) for remark in ("MA04", "MA64", "MA92", "N4", "N479")),
        *(Finding(m.uncovered_group, "26", ("N30",)) for m in BUSINESS),
    ],
)
def test_every_finding_is_lawful(finding: Finding) -> None:
    assert unlawful(finding.group, finding.carc, finding.rarcs) is None


def test_reversals_carry_alerts() -> None:
    for remark in (*REVERSAL_ALERTS.values(), REPLACED_ALERT, VOIDED_ALERT):
        assert is_alert(remark)


@pytest.mark.parametrize(
    ("group", "carc", "rarcs", "reason"),
    [
        ("CO", "18", (), "CARC 18 does not go with group CO"),
        ("CO", "23", (), "CARC 23 does not go with group CO"),
        ("CO", "257", (), "CARC 257 does not go with group CO"),
        ("CO", "999", (), "CARC 999 is not in the table"),
        ("CO", "45", ("X1",), "RARC X1 is not in the table"),
        ("CO", "96", (), "CARC 96 needs a remark code that is not an Alert"),
        ("CO", "252", ("N211",), "CARC 252 needs a remark code that is not an Alert"),
        ("CO", "252", ("N211", "M127"), None),
        ("OA", "18", (), None),
    ],
)
def test_the_table_tells_what_is_unlawful(
    group: str, carc: str, rarcs: tuple[str, ...], reason: str | None
) -> None:
    assert unlawful(group, carc, rarcs) == reason
    assert lawful(group, carc, rarcs) is (reason is None)


@pytest.mark.parametrize("carc", ["16", "96", "226", "227", "234", "250", "251", "252", "A1"])
def test_these_reasons_never_stand_without_a_remark(carc: str) -> None:
    row = next(row for row in table("carc") if row["code"] == carc)
    assert row["needs_remark"] == "Y"
    assert not lawful(row["groups"].split()[0], carc)


def outcome_of(charge: str, paid: str, *adjustments: tuple[str, str, str]) -> LineOutcome:
    return LineOutcome(
        number=1,
        charge=charge,
        allowed=paid,
        paid=paid,
        adjustments=tuple(Adjustment(group=g, carc=c, amount=a) for g, c, a in adjustments),
    )


def test_the_oracle_sees_faults() -> None:
    assert faults(outcome_of("10.00", "6.00", ("CO", "45", "4.00"))) == []
    assert faults(outcome_of("10.00", "6.00", ("CO", "45", "3.99"))) == [
        "the line does not balance"
    ]
    assert faults(outcome_of("10.00", "0.00", ("CO", "45", "10.00"))) == [
        "CARC 45 takes the whole charge"
    ]
    assert faults(outcome_of("10.00", "6.00", ("CO", "18", "4.00"))) == [
        "CARC 18 does not go with group CO"
    ]


def test_the_edits_come_in_the_order_of_the_product() -> None:
    assert [name for name, _ in CLAIM_EDITS] == [
        "duplicate",
        "timely_filing",
        "coverage",
        "provider",
        "cob",
    ]
    assert [edit.__name__ for _, edit in LINE_EDITS] == [
        "records",
        "age_fits",
        "sex_fits",
        "place_fits",
        "non_covered",
    ]
