"""CL-17.14 Paying after another payer: the published examples, each method, and what 837s carry."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.rules.case import case_of
from claims.domain.rules.cob import METHODS, Coordinated, Secondary, coordinate
from claims.domain.rules.cost_share import Share
from claims.domain.rules.prior_payments import Prior, prior_payments, spread
from tests.unit.claims import strategies
from tests.unit.claims.builders import (
    adjudicated,
    bill,
    claim,
    facts,
    line,
    medicaid,
    member,
    policy,
    reasons,
    revenue,
    span,
    submitted,
)


def reported(found: Coordinated) -> dict[str, int]:
    """The adjustments as an explanation of payment carries them, in cents."""
    rows = {
        "OA-23": found.impact,
        "OA-94": -found.excess,
        "PR": found.borne.total,
        "CO-45": found.written_off,
    }
    return {name: amount for name, amount in rows.items() if amount}


@pytest.mark.parametrize(
    ("billed", "allowed", "paid_before", "written_off_before", "capped", "paid", "reasons"),
    [
        pytest.param(500, 350, 250, 150, False, 100, {"OA-23": 400}, id="1"),
        pytest.param(500, 600, 250, 0, False, 350, {"OA-23": 250, "OA-94": -100}, id="2"),
        pytest.param(500, 700, 600, 0, False, 100, {"OA-23": 600, "OA-94": -200}, id="3"),
        pytest.param(500, 600, 500, 0, False, 100, {"OA-23": 500, "OA-94": -100}, id="4A"),
        pytest.param(
            500, 600, 500, 0, True, 0, {"OA-23": 500, "OA-94": -100, "CO-45": 100}, id="4B"
        ),
        pytest.param(500, 500, 400, 0, False, 100, {"OA-23": 400}, id="5"),
        pytest.param(541, 550, 516, 0, False, 34, {"OA-23": 516, "OA-94": -9}, id="contractual"),
        pytest.param(166.5, 150, 120, 16.5, False, 30, {"OA-23": 136.5}, id="secondary"),
    ],
)
def test_the_published_examples(
    billed: float,
    allowed: float,
    paid_before: float,
    written_off_before: float,
    capped: bool,
    paid: float,
    reasons: dict[str, float],
) -> None:
    """Payer after one other payer, without an own cost share (X12 835 examples)."""
    b, a, p, w = (round(x * 100) for x in (billed, allowed, paid_before, written_off_before))
    prior = Prior(p, p + w, max(0, b - p - w))
    found = coordinate(Secondary(b, a, Share(), 0, prior), "standard", cap_at_charge=capped)
    assert found.paid == round(paid * 100)
    assert reported(found) == {name: round(x * 100) for name, x in reasons.items()}


def secondary(prior: Prior, own: Share | None = None, allowed: int = 12500) -> Secondary:
    return Secondary(15000, allowed, own or Share(0, 3125, 0), 2500, prior)


@pytest.mark.parametrize(
    ("method", "prior", "paid"),
    [
        ("non_duplication", Prior(7500, 10000, 5000), 1875),  # 125 x 75 % - 75
        ("non_duplication", Prior(10000, 10000, 5000), 0),
        ("standard", Prior(7500, 10000, 5000), 5000),
        ("standard", Prior(1000, 1000, 14000), 9375),  # no more than as if first
        ("standard", Prior(13000, 13000, 2000), 2000),  # up to the higher allowed amount
        ("maintenance_of_benefits", Prior(7500, 10000, 5000), 3750),  # (125 - 75) x 75 %
        ("medicaid_lesser_of", Prior(7500, 10000, 2000), 2000),
        ("medicaid_lesser_of", Prior(7500, 10000, 6000), 5000),
        ("medicaid_lesser_of", Prior(13000, 15000, 0), 0),
        ("medicaid_lesser_of", Prior(7500, 7500, None), 5000),
    ],
)
def test_each_method_pays_by_its_formula(method: Any, prior: Prior, paid: int) -> None:
    assert coordinate(secondary(prior), method, cap_at_charge=True).paid == paid


def test_maintenance_of_benefits_takes_the_deductible_first() -> None:
    prior = Prior(2500, 5000, 10000)
    line_ = secondary(prior, Share(4000, 2125, 0))
    assert coordinate(line_, "maintenance_of_benefits", cap_at_charge=True).paid == 4500


def test_the_patient_bears_what_both_payers_leave_of_our_allowed_amount() -> None:
    found = coordinate(secondary(Prior(7500, 10000, 5000)), "non_duplication", cap_at_charge=True)
    assert reported(found) == {"OA-23": 10000, "PR": 3125}
    low = coordinate(
        secondary(Prior(7500, 10000, 5000), Share(0, 2000, 0), 8000),
        "non_duplication",
        cap_at_charge=True,
    )
    assert (low.paid, reported(low)) == (0, {"OA-23": 10000, "PR": 500, "CO-45": 4500})


def test_what_we_pay_after_all_is_no_longer_settled_by_the_payer_before_us() -> None:
    found = coordinate(secondary(Prior(7500, 15000, 0)), "standard", cap_at_charge=True)
    assert (found.paid, reported(found)) == (5000, {"OA-23": 10000})


AMOUNT = st.integers(0, 50000)


@strategies.UNHURRIED
@given(
    st.integers(1, 50000),
    st.integers(1, 60000),
    AMOUNT,
    AMOUNT,
    st.none() | AMOUNT,
    st.tuples(AMOUNT, AMOUNT, AMOUNT),
    st.sampled_from(sorted(METHODS)),
    st.booleans(),
)
def test_it_always_balances_and_never_pays_more_than_as_first_allowed(
    billed: int,
    allowed: int,
    paid: int,
    off: int,
    left: int | None,
    parts: tuple[int, int, int],
    method: Any,
    capped: bool,
) -> None:
    deductible = min(parts[0], allowed)
    coinsurance = min(parts[1], allowed - deductible)
    copay = min(parts[2], allowed - deductible - coinsurance)
    own = Share(deductible, coinsurance, copay)
    found = coordinate(
        Secondary(billed, allowed, own, 2000, Prior(paid, paid + off, left)),
        method,
        cap_at_charge=capped,
    )
    rest = found.impact - found.excess + found.borne.total + found.written_off
    assert billed == found.paid + rest
    assert min(found.paid, found.impact, found.excess, found.written_off) >= 0
    assert found.paid <= allowed
    assert found.borne.total <= own.total
    if capped:
        assert found.paid == 0 or found.paid + paid <= billed


# what claims carry


def adjustment(group: str, carc: str, amount: str) -> dict[str, str]:
    return {"group": group, "carc": carc, "amount": amount}


def payer(paid: str | None, *adjustments: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "name": "First",
        "payer_id": "F1",
        "sequence": "primary",
        "paid": paid,
        "adjustments": adjustments,
        **more,
    }


def priors(cmd: Any) -> list[Prior] | None:
    return prior_payments(case_of(submitted(cmd, medicaid()), medicaid()))


TWO = (line(charge="100.00"), line(charge="300.00", procedure="99214"))


@pytest.mark.parametrize(
    ("payers", "expected"),
    [
        ((), None),
        ((payer(None),), None),
        ((payer("200.00"),), [Prior(5000, 5000, None), Prior(15000, 15000, None)]),
        (
            (payer("200.00", allowed="240.00"),),
            [Prior(5000, 9000, 1000), Prior(15000, 27000, 3000)],
        ),
        (
            (
                payer(
                    "200.00",
                    adjustment("CO", "45", "160.00"),
                    adjustment("PR", "2", "40.00"),
                ),
            ),
            [Prior(5000, 9000, 1000), Prior(15000, 27000, 3000)],
        ),
        (
            (
                payer("200.00", adjustment("CO", "45", "160.00"), adjustment("PR", "2", "40.00")),
                payer("20.00", adjustment("OA", "23", "360.00"), adjustment("PR", "2", "20.00"))
                | {"sequence": "secondary", "payer_id": "F2"},
            ),
            [Prior(5500, 9500, 500), Prior(16500, 28500, 1500)],
        ),
    ],
)
def test_claim_level_figures_are_spread_by_charge(payers: Any, expected: Any) -> None:
    assert priors(claim(*TWO, other_payers=payers)) == expected


def test_line_level_figures_less_the_claims_adjustments() -> None:
    """As in a published 837: the claim's deductible is taken off what the lines report as paid."""
    rows = (
        line(charge="43.00", prior_payments=(of_line("40.00", adjustment("CO", "42", "3.00")),)),
        line(charge="15.00", prior_payments=(of_line("15.00"),)),
        line(charge="21.04", prior_payments=(of_line("21.04"),)),
    )
    first = payer("39.15", adjustment("PR", "1", "21.89"), adjustment("PR", "2", "15.00"))
    found = priors(claim(*rows, other_payers=(first,)))
    assert found is not None
    assert sum(p.paid for p in found) == 3915
    assert sum(p.responsibility or 0 for p in found) == 3689
    assert [p.impact - p.paid for p in found] == [300, 0, 0]


def of_line(paid: str, *adjustments: dict[str, str]) -> dict[str, Any]:
    return {"payer_id": "F1", "paid": paid, "adjustments": adjustments}


def test_a_payer_that_did_not_cover_the_service_leaves_us_first() -> None:
    """Nothing paid, no share of the patient: our normal payment, and nothing is OA-23."""
    denied = payer("0.00", adjustment("PR", "96", "120.00"))
    for known in (medicaid(), facts(member=member(span(business="medicare_advantage")))):
        with_it = adjudicated(claim(other_payers=(denied,)), known).lines
        assert with_it == adjudicated(claim(), known).lines


def test_a_secondary_claim_is_paid_and_reported_with_the_prior_payers_impact() -> None:
    first = payer("60.00", adjustment("CO", "45", "40.00"), adjustment("PR", "2", "20.00"))
    known = facts(member=member(span(business="medicaid"), cob=(policy(),)))
    found = adjudicated(claim(other_payers=(first,)), known)
    assert (found.paid, found.status) == ("20.00", "paid")
    assert reasons(found.lines[0]) == [("OA", "23", "100.00", ())]


def test_the_line_of_business_chooses_the_method() -> None:
    first = payer("60.00", adjustment("CO", "45", "20.00"), adjustment("PR", "2", "40.00"))
    paid = {
        business: adjudicated(
            claim(line(procedure="71046", units="3", charge="120.00"), other_payers=(first,)),
            facts(member=member(span(business=business, plan="X"), cob=(policy(),))),
        ).paid
        for business in ("medicaid", "commercial", "medicare_advantage")
    }
    # Allowed 102.00; the deductible takes all of it where there is one.
    assert paid == {"medicaid": "40.00", "commercial": "0.00", "medicare_advantage": "0.00"}


def test_an_institutional_secondary_claim_balances() -> None:
    first = payer("30.00", adjustment("CO", "45", "50.00"), adjustment("PR", "1", "20.00"))
    found = adjudicated(bill(revenue(), other_payers=(first,)), medicaid())
    assert (found.paid, reasons(found.lines[0])[0]) == ("10.00", ("CO", "45", "10.00", ()))


@strategies.UNHURRIED
@given(st.integers(-100000, 100000), st.lists(st.integers(0, 100000), min_size=1, max_size=60))
def test_spreading_loses_no_cent(total: int, weights: list[int]) -> None:
    parts = spread(total, weights)
    assert sum(parts) == total and len(parts) == len(weights)
    if sum(weights):
        whole = sum(weights)
        assert all(abs(p - total * w / whole) < 1 for p, w in zip(parts, weights, strict=True))
