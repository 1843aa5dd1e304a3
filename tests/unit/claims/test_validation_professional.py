"""CL-03 Checks of the CMS-1500: each wrong field is found, named by box, with its 277CA codes."""

from datetime import date, timedelta
from typing import Any

import pytest

from claims.domain.validation import check
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.common import Problem
from tests.unit.claims.builders import (
    BILLING,
    BORN,
    DAY,
    NPI,
    OTHER_NPI,
    PATIENT,
    TODAY,
    claim,
    line,
)

BAD_NPI = "1234567898"
TOMORROW = TODAY + timedelta(days=1)
FUTURE = {"payer_id": "F1", "paid": "120.00", "adjudicated_on": TOMORROW}
PAYER = {"name": "First", "payer_id": "F1", "sequence": "primary"}
ADDRESS = {"line1": "1 Main St", "city": "Dayton", "state": "OH", "zip": "45402"}


def found(cmd: SubmitProfessionalClaim) -> list[Problem]:
    return check(cmd, TODAY)


@pytest.mark.parametrize(
    "sound",
    [
        claim(),
        claim(line(), line(charge="0.00")),
        claim(line(to_date=TODAY)),
        claim(line(pointers=(2, 1), modifiers=("25", "59"), units="0.5", epsdt="AV")),
        claim(
            line(from_date=date(2005, 10, 3)),
            code_set="icd9",
            diagnoses=("4779", "V7389", "E8888"),
        ),
        claim(original_claim=""),
        claim(frequency="7", original_claim="CLM-1"),
        claim(frequency="8", original_claim="CLM-1", total_charge="120.00"),
        claim(related_to=("auto",), accident_state="OH", onset=DAY),
        claim(related_to=("employment",)),
        claim(line(place="21"), hospitalized_from=DAY),
        claim(amount_paid="120.00"),
        claim(other_payers=({**PAYER, "paid": "80.00"},)),
        claim(other_payers=(PAYER,)),
        claim(patient={**PATIENT, "date_of_birth": DAY, "date_of_death": DAY}),
        claim(rendering={"npi": OTHER_NPI}, referring={"npi": NPI}, facility_npi=OTHER_NPI),
        claim(billing={**BILLING, "address": ADDRESS}),
    ],
)
def test_a_sound_claim_has_no_problem(sound: SubmitProfessionalClaim) -> None:
    assert found(sound) == []


@pytest.mark.parametrize(
    ("wrong", "code", "field", "box", "status"),
    [
        (claim(total_charge="119.99"), "total_mismatch", "total_charge", "28 / FL 47", "A8:400"),
        (claim(amount_paid="120.01"), "amount_paid", "amount_paid", "29", "A8:178"),
        (claim(amount_paid="-1.00"), "amount_paid", "amount_paid", "29", "A8:178"),
        (claim(line(charge="0.00")), "nothing_charged", "total_charge", "28", "A7:178"),
        (claim(line(charge="-5.00"), line()), "charge", "lines.0.charge", "24F / FL 47", "A7:178"),
        (
            claim(billing={**BILLING, "npi": BAD_NPI}),
            "npi_check_digit",
            "billing.npi",
            "33a / FL 56",
            "A7:562:85",
        ),
        (claim(rendering={"npi": BAD_NPI}), "npi_check_digit", "rendering.npi", "24J", "A7:562:82"),
        (
            claim(line(rendering={"npi": BAD_NPI})),
            "npi_check_digit",
            "lines.0.rendering.npi",
            "24J",
            "A7:562:82",
        ),
        (claim(referring={"npi": BAD_NPI}), "npi_check_digit", "referring.npi", "17b", "A7:562:DN"),
        (claim(facility_npi="1234567890"), "npi_check_digit", "facility_npi", "32a", "A7:562:77"),
        (
            claim(billing={**BILLING, "address": {**ADDRESS, "line1": "P.O. Box 12"}}),
            "po_box",
            "billing.address.line1",
            "33 / FL 1",
            "A7:126:85",
        ),
        (
            claim(line(from_date=TODAY, to_date=TOMORROW)),
            "date_in_future",
            "lines.0.to_date",
            "24A",
            "A7:187",
        ),
        (
            claim(line(from_date=DAY, to_date=DAY - timedelta(days=1))),
            "dates_out_of_order",
            "lines.0.to_date",
            "24A",
            "A7:187",
        ),
        (
            claim(line(from_date=BORN - timedelta(days=1))),
            "before_birth",
            "lines.0.from_date",
            "24A",
            "A7:158:QC",
        ),
        (
            claim(patient={**PATIENT, "date_of_death": DAY - timedelta(days=1)}),
            "after_death",
            "lines.0.from_date",
            "24A",
            "A7:187",
        ),
        (claim(line(place="30")), "place_unknown", "lines.0.place", "24B", "A7:249"),
        (claim(line(pointers=(3,))), "pointer", "lines.0.pointers", "24E", "A8:477"),
        (claim(line(pointers=(0,))), "pointer", "lines.0.pointers", "24E", "A8:477"),
        (claim(line(pointers=(1, 1))), "pointer", "lines.0.pointers", "24E", "A8:477"),
        (claim(line(units="0")), "units", "lines.0.units", "24G", "A7:476"),
        (claim(line(units="999.001")), "units", "lines.0.units", "24G", "A7:476"),
        (claim(line(epsdt="XX")), "epsdt", "lines.0.epsdt", "24H", "A7:187"),
        (
            claim(line(modifiers=("25", "25"))),
            "modifier_twice",
            "lines.0.modifiers",
            "24D / FL 44",
            "A7:453",
        ),
        (claim(diagnoses=("J069", "J069")), "diagnosis_twice", "diagnoses.1", "21", "A7:255"),
        (claim(diagnoses=("0690",)), "diagnosis_shape", "diagnoses.0", "21", "A7:254"),
        (claim(diagnoses=("J069", "99213")), "diagnosis_shape", "diagnoses.1", "21", "A7:255"),
        (claim(code_set="icd9", diagnoses=("4779",)), "code_set", "code_set", "21", "A7:255"),
        (claim(frequency="7"), "original_missing", "original_claim", "22 / FL 64", "A6:464"),
        (
            claim(frequency="7", original_claim="  "),
            "original_missing",
            "original_claim",
            "22 / FL 64",
            "A6:464",
        ),
        (claim(frequency="8"), "original_missing", "original_claim", "22 / FL 64", "A6:464"),
        (claim(original_claim="CLM-1"), "frequency", "frequency", "22 / FL 4", "A7:535"),
        (
            claim(related_to=("auto",), onset=DAY),
            "accident_state",
            "accident_state",
            "10b",
            "A6:187",
        ),
        (claim(related_to=("other_accident",)), "accident_date", "onset", "14", "A6:187"),
        (claim(onset=TOMORROW), "date_in_future", "onset", "14", "A7:187"),
        (claim(line(place="21")), "hospitalized_from", "hospitalized_from", "18", "A6:189"),
        (
            claim(hospitalized_from=DAY, hospitalized_to=DAY - timedelta(days=1)),
            "dates_out_of_order",
            "hospitalized_to",
            "18",
            "A7:189",
        ),
        (
            claim(
                other_payers=(
                    {
                        **PAYER,
                        "paid": "80.00",
                        "adjustments": ({"group": "PR", "carc": "1", "amount": "20.00"},),
                    },
                )
            ),
            "other_payer_balance",
            "other_payers.0.paid",
            "FL 54",
            "A8:672",
        ),
        (
            claim(
                line(
                    prior_payments=(
                        {
                            "payer_id": "F1",
                            "paid": "80.00",
                            "adjustments": ({"group": "CO", "carc": "45", "amount": "39.00"},),
                        },
                    )
                )
            ),
            "other_payer_line_balance",
            "lines.0.prior_payments.0.paid",
            "24 / FL 54",
            "A8:672",
        ),
        (
            claim(other_payers=({**PAYER, "adjudicated_on": TOMORROW},)),
            "date_in_future",
            "other_payers.0.adjudicated_on",
            "9 / FL 50",
            "A7:187",
        ),
        (
            # On the line alone: the days to file count from the last decision, wherever it is.
            claim(line(prior_payments=(FUTURE,))),
            "date_in_future",
            "lines.0.prior_payments.0.adjudicated_on",
            "24 / FL 54",
            "A7:187",
        ),
    ],
)
def test_what_is_wrong_is_named(
    wrong: SubmitProfessionalClaim, code: str, field: str, box: str, status: str
) -> None:
    (problem,) = found(wrong)
    assert (problem.code, problem.field, problem.box, problem.status) == (code, field, box, status)
    assert problem.message.endswith(".")


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"billing": {**BILLING, "npi": BAD_NPI}}, f"Billing provider's NPI {BAD_NPI} (box 33a"),
        ({"facility_npi": BAD_NPI}, f"Service facility's NPI {BAD_NPI} (box 32a): the last digit"),
        (
            {"lines": [line(), line(rendering={"npi": BAD_NPI})], "total_charge": "240.00"},
            f"Line 2, rendering provider's NPI {BAD_NPI} (box 24J): the last digit",
        ),
    ],
)
def test_a_wrong_npi_is_named_with_whose_it_is_and_where_it_stands(
    wrong: dict[str, Any], words: str
) -> None:
    (problem,) = found(claim(**wrong))
    assert problem.message.startswith(words)


def test_a_birth_in_the_future_is_found_beside_the_service_before_birth() -> None:
    problems = found(claim(patient={**PATIENT, "date_of_birth": TOMORROW}))
    assert [p.code for p in problems] == ["date_in_future", "before_birth"]


def test_everything_is_listed_at_once_in_form_order() -> None:
    wrong: dict[str, Any] = {"diagnoses": ("J069", "J069"), "total_charge": "1.00"}
    problems = found(claim(line(place="00"), line(units="0", pointers=(9,)), **wrong))
    assert [(p.code, p.field) for p in problems] == [
        ("diagnosis_twice", "diagnoses.1"),
        ("total_mismatch", "total_charge"),
        ("place_unknown", "lines.0.place"),
        ("pointer", "lines.1.pointers"),
        ("units", "lines.1.units"),
    ]


def test_an_other_payers_figures_of_claim_and_lines_balance_together() -> None:
    """Line payments less the claim's adjustments are the claim's payment, as 837s report it."""
    cmd = claim(
        line(charge="43.00", prior_payments=(prior("40.00", ("CO", "42", "3.00")),)),
        line(charge="36.04", prior_payments=(prior("36.04"),)),
        other_payers=(
            {
                **PAYER,
                "paid": "39.15",
                "adjustments": (
                    {"group": "PR", "carc": "1", "amount": "21.89"},
                    {"group": "PR", "carc": "2", "amount": "15.00"},
                ),
            },
        ),
    )
    assert found(cmd) == []


def prior(paid: str, *adjustments: tuple[str, str, str]) -> dict[str, Any]:
    return {
        "payer_id": "F1",
        "paid": paid,
        "adjustments": tuple({"group": g, "carc": c, "amount": a} for g, c, a in adjustments),
    }
