"""DI-02, AP-02: what is not a dispute or not an appeal is shown to the right door."""

from typing import get_args

import pytest

from appeals.domain import doors
from appeals.domain.claim import KnownClaim
from appeals.domain.doors import DOORS
from claims.domain.records import RECORD_CARCS, RECORD_RARCS
from portal_contracts.appeals.parts import AppealType, DisputeCategory, NotADispute, NotAnAppeal
from portal_contracts.appeals.replies import CaseReceived
from tests.support.deciding import problem
from tests.unit.appeals.desk import FAX, MAIL, Desk, claim

RECORDS, APPEAL = "claims.submit_records.v1", "appeals.submit_appeal.v1"
CLAIM_FORM, COB = "claims.submit_professional_claim.v1", "eligibility.add_cob.v1"
INSTEAD = {RECORDS: "records_instead", APPEAL: "appeal_instead", COB: "cob_instead"}


def test_every_choice_of_the_forms_is_either_right_or_has_a_door() -> None:
    assert set(DOORS["dispute"]) == set(get_args(NotADispute))
    assert set(DOORS["appeal"]) == set(get_args(NotAnAppeal))
    assert not set(DOORS["dispute"]) & set(get_args(DisputeCategory))
    assert not set(DOORS["appeal"]) & set(get_args(AppealType))


def test_records_are_taken_where_this_service_sends_people_for_them() -> None:
    assert doors.RECORDS == RECORD_CARCS | RECORD_RARCS


@pytest.mark.parametrize("known", [claim("96"), None], ids=["known claim", "unknown claim"])
@pytest.mark.parametrize(
    ("category", "code", "door", "words"),
    [
        (
            "overpayment",
            "overpayment_not_disputed",
            CLAIM_FORM,
            "correct the claim (7 in box 22)",
        ),
        ("denied_authorization", "appeal_instead", APPEAL, "medical necessity"),
        ("missing_records", "records_instead", RECORDS, "Upload the medical records"),
        ("dental", "dental_dispute", None, "by mail"),
    ],
)
def test_not_a_dispute(
    known: KnownClaim | None, category: str, code: str, door: str | None, words: str
) -> None:
    desk = Desk(claim=known)
    found = problem(desk.dispute(category))
    assert (found.code, found.door, found.field) == (code, door, "category")
    assert words in found.message
    assert not desk.cases and not desk.events


@pytest.mark.parametrize("known", [claim("96"), None], ids=["known claim", "unknown claim"])
@pytest.mark.parametrize(
    ("appeal_type", "code", "door", "words"),
    [
        (
            "retro_authorization",
            "retro_authorization_not_appealed",
            "auth.request_authorization.v1",
            "Request the authorization",
        ),
        ("cob_update", "cob_not_appealed", COB, "COB information"),
        ("new_claim", "new_claim_not_appealed", CLAIM_FORM, "Submit the claim"),
        ("corrected_claim", "correction_not_appealed", CLAIM_FORM, "7 in box 22"),
        ("missing_documentation", "records_instead", RECORDS, "Upload the medical records"),
        ("dental", "dental_appeal", None, "by mail"),
    ],
)
def test_not_an_appeal(
    known: KnownClaim | None, appeal_type: str, code: str, door: str | None, words: str
) -> None:
    desk = Desk(claim=known)
    found = problem(desk.appeal(appeal_type))
    assert (found.code, found.door, found.field) == (code, door, "category")
    assert words in found.message
    assert not desk.cases and not desk.events


def test_dental_cases_go_to_the_plans_own_address_and_fax() -> None:
    for found in (problem(Desk().dispute("dental")), problem(Desk().appeal("dental"))):
        assert MAIL in found.message and FAX in found.message


@pytest.mark.parametrize(
    ("denied", "kind", "door"),
    [
        (("252 M127",), "dispute", RECORDS),
        (("252 N706",), "appeal", RECORDS),
        (("226 N706",), "dispute", RECORDS),
        (("16 M127",), "dispute", RECORDS),
        (("252 M127", "252 N706"), "dispute", RECORDS),
        (("252 M127", "96 N130"), "dispute", None),
        (("50 N115",), "dispute", APPEAL),
        (("39",), "dispute", APPEAL),
        (("50 N115",), "appeal", None),
        (("39",), "appeal", None),
        (("22 MA04",), "appeal", COB),
        (("22 MA04",), "dispute", None),
        (("22 MA04", "96 N130"), "appeal", None),
        (("96 N130",), "dispute", None),
        (("197",), "appeal", None),
    ],
)
def test_the_claims_own_outcome_shows_the_door(
    denied: tuple[str, ...], kind: str, door: str | None
) -> None:
    decision = getattr(Desk(claim=claim(*denied)), kind)()
    if door is None:
        assert isinstance(decision.reply, CaseReceived)
    else:
        found = problem(decision)
        assert (found.code, found.door, found.field) == (INSTEAD[door], door, "claim_number")


@pytest.mark.parametrize(
    ("status", "kind", "choice", "door"),
    [
        ("paid", "dispute", "partial_denial", RECORDS),
        ("paid", "dispute", "underpayment", None),
        ("paid", "appeal", "payment_amount", None),
        ("paid", "appeal", "coverage", RECORDS),
        ("denied", "dispute", "underpayment", RECORDS),
        ("denied", "appeal", "payment_amount", RECORDS),
        ("denied", "dispute", "recovery_disagreement", None),
    ],
)
def test_who_contests_an_amount_does_not_contest_the_denied_lines(
    status: str, kind: str, choice: str, door: str | None
) -> None:
    decision = getattr(Desk(claim=claim("252 M127", status=status)), kind)(choice)
    if door is None:
        assert isinstance(decision.reply, CaseReceived)
    else:
        assert problem(decision).door == door


@pytest.mark.parametrize("kind", ["dispute", "appeal"])
def test_a_rejected_claim_is_corrected_and_submitted_anew(kind: str) -> None:
    rejected = claim(status="rejected", adjudication=0, adjudicated_at=None)
    found = problem(getattr(Desk(claim=rejected), kind)())
    assert (found.code, found.door) == ("claim_rejected", CLAIM_FORM)
