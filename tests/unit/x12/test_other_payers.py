"""Coordination of benefits: amounts, order, adjustments, by claim and by line."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.parts import PriorAdjustment
from portal_contracts.money import cents
from portal_x12 import read_claims


@pytest.fixture
def command(example: Any) -> SubmitProfessionalClaim:
    (claim,) = example("cob").claims
    return SubmitProfessionalClaim.model_validate(claim.message.body)


def test_what_the_primary_decided(command: SubmitProfessionalClaim) -> None:
    primary, fourth = command.other_payers
    assert (primary.name, primary.payer_id, primary.sequence) == ("FIRST MUTUAL", "FM1", "primary")
    assert (primary.paid, primary.allowed) == ("50.00", "75.00")
    assert (primary.policy_number, primary.adjudicated_on) == ("OTHER-99", date(2026, 10, 1))
    assert [(a.group, a.carc, a.amount) for a in primary.adjustments] == [
        ("PR", "1", "10.00"),
        ("PR", "2", "5.50"),
        ("PR", "3", "1.00"),
        ("CO", "45", "8.50"),
    ]
    assert (fourth.sequence, fourth.paid) == ("tertiary", None)


def test_what_was_decided_on_the_line(command: SubmitProfessionalClaim) -> None:
    first, fourth = command.lines[0].prior_payments
    assert (first.payer_id, first.paid) == ("FM1", "75.00")
    assert first.adjustments == (PriorAdjustment(group="CO", carc="45", amount="25.00"),)
    assert (fourth.paid, fourth.adjudicated_on) == ("0.00", date(2026, 10, 2))
    assert fourth.adjustments == (PriorAdjustment(group="OA", carc="23", amount="100.00"),)


def test_the_other_payers_numbers_are_not_ours(command: SubmitProfessionalClaim) -> None:
    assert (command.original_claim, command.authorization) == (None, None)


def test_a_sole_practitioner(command: SubmitProfessionalClaim) -> None:
    assert (command.billing.name, command.billing.tin) == ("WENDY WELL", "123456789")


def _published(published: Path, letter: str) -> Any:
    (path,) = published.glob(f"x12/linuxforhealth/*demo.cob.example3.{letter}.837")
    (claim,) = read_claims(path.read_bytes()).claims
    return claim.message.body


@pytest.mark.parametrize("letter", ["B", "C"])
def test_the_published_examples_of_a_secondary_claim(published: Path, letter: str) -> None:
    body = _published(published, letter)
    (payer,) = body["other_payers"]
    assert (payer["sequence"], payer["paid"]) == ("primary", "39.15")
    assert [a["amount"] for a in payer["adjustments"]] == ["21.89", "15.00"]
    by_line = [line["prior_payments"][0] for line in body["lines"]]
    assert [prior["paid"] for prior in by_line] == ["40.00", "15.00", "21.04"]
    assert by_line[0]["adjustments"] == [{"group": "CO", "carc": "42", "amount": "3.00"}]
    paid_by_line = sum(cents(prior["paid"]) for prior in by_line)
    assert paid_by_line - cents("21.89") - cents("15.00") == cents(payer["paid"])


def test_the_published_example_of_the_primary_claim(published: Path) -> None:
    body = _published(published, "A")
    (payer,) = body["other_payers"]
    assert (payer["sequence"], "paid" in payer) == ("secondary", False)
    assert all("prior_payments" not in line for line in body["lines"])
