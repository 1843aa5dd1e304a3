"""CL-12 Records for a claim that lacks them; CL-20 what their release does; the other doors."""

from typing import Any

import pytest

from claims.domain.facts import Facts
from claims.domain.outcome import Outcome
from claims.domain.records import (
    apply_released_document,
    lacks_records,
    review_member_record,
    submit_records,
)
from claims.domain.state import Claim
from portal_contracts.all import load_all
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    ReviewMemberRecord,
    SubmitRecords,
)
from portal_contracts.claims.events import RecordsReceived
from portal_contracts.common import Problem, Refused
from tests.unit.claims.builders import (
    bill,
    claim,
    context,
    event,
    facts,
    line,
    medicaid,
    member,
    policy,
    submitted,
)

KNEE = line(procedure="29881", charge="1000.00")
LACKING = submitted(claim(line(), KNEE), medicaid())
CONTACT = {"name": "Kim Lee", "phone": "9375550100"}


def send(of: Claim | None, *documents: str, released: Any = (), tin: str | None = None) -> Outcome:
    cmd = SubmitRecords.model_validate(
        {
            "claim_number": of.number if of else "CLM-?",
            "documents": documents or ("DOC-1",),
            "record_type": "operative report",
            "contact": CONTACT,
        }
    )
    return submit_records(
        cmd, of, frozenset(released), context("records", tins=(tin,) if tin else ("123456789",))
    )


def release(of: Claim | None, document: str, known: Facts | None = None) -> Outcome:
    cmd = ApplyReleasedDocument(claim_number=of.number if of else "?", document_id=document)
    return apply_released_document(cmd, of, known or medicaid(), context("released"))


def test_records_are_noted_and_awaited() -> None:
    result = send(LACKING, "DOC-1", "DOC-2", released=("DOC-2",))
    (saved,) = result.claims
    assert result.reply == RecordsReceived(claim_number=LACKING.number, waiting_for=("DOC-1",))
    assert (saved.documents, saved.released) == (("DOC-1", "DOC-2"), ("DOC-2",))
    assert (saved.version, saved.status) == (LACKING.version + 1, "paid")
    assert result.events == ()
    none_yet = send(LACKING, "DOC-1")
    assert (none_yet.commands, none_yet.events) == ((), ())


def test_records_that_are_released_already_order_the_re_adjudication() -> None:
    result = send(LACKING, "DOC-1", released=("DOC-1", "DOC-9"))
    assert result.reply == RecordsReceived(claim_number=LACKING.number, waiting_for=())
    assert result.commands == (
        ReadjudicateClaim(claim_number=LACKING.number, cause="records_released", reference="DOC-1"),
    )
    assert result.claims[0].released == ("DOC-1",)


def test_a_release_adjudicates_again_and_pays_and_the_next_is_only_noted() -> None:
    waiting = send(LACKING, "DOC-1", "DOC-2").claims[0]
    first = release(waiting, "DOC-1")
    found, saved = event(first), first.claims[0]
    assert first.reply is None
    assert (found.cause, found.cause_reference, found.alerts) == (
        "records_released",
        "DOC-1",
        ("N688",),
    )
    assert found.lines[1].paid == "540.00"
    assert (saved.released, saved.version) == (("DOC-1",), found.version)
    assert not lacks_records(saved)
    second = release(saved, "DOC-2")
    assert (second.events, second.claims[0].released) == ((), ("DOC-1", "DOC-2"))


def test_an_attachment_that_never_arrives_does_not_hold_the_claim() -> None:
    lacking = submitted(claim(line(), KNEE, documents=("DOC-LOST",)), medicaid())
    ready = send(lacking, "DOC-1", released=("DOC-1",))
    assert [type(c) for c in ready.commands] == [ReadjudicateClaim]
    waiting = send(lacking, "DOC-1", "DOC-LOST-TOO").claims[0]
    assert event(release(waiting, "DOC-1")).status == "paid"


def test_a_members_document_reaches_the_claims_that_name_it() -> None:
    naming = submitted(claim(KNEE, documents=("DOC-1",)), medicaid())
    other = submitted(claim(KNEE), medicaid())
    cmd = ReviewMemberRecord(member_id=naming.submission.member_id, document_id="DOC-1")
    result = review_member_record(cmd, [other, naming])
    assert result == Outcome(
        commands=(ApplyReleasedDocument(claim_number=naming.number, document_id="DOC-1"),)
    )


def test_each_step_raises_the_version_by_one() -> None:
    waiting = send(LACKING, "DOC-1", "DOC-2").claims[0]
    first = release(waiting, "DOC-1").claims[0]
    last = release(first, "DOC-2").claims[0]
    assert [c.version for c in (LACKING, waiting, first, last)] == [1, 2, 3, 4]


def test_documents_attached_at_submission_are_awaited_too() -> None:
    waiting = submitted(claim(KNEE, documents=("DOC-1",)), medicaid())
    assert lacks_records(waiting)
    assert event(release(waiting, "DOC-1")).status == "paid"


def test_a_release_twice_or_of_an_unnamed_document_or_claim_does_nothing() -> None:
    waiting = send(LACKING, "DOC-1").claims[0]
    paid = release(waiting, "DOC-1").claims[0]
    for result in (release(paid, "DOC-1"), release(waiting, "DOC-7"), release(None, "DOC-1")):
        assert result == Outcome()


def test_a_release_for_a_claim_that_lacks_nothing_is_only_noted() -> None:
    paid = submitted(claim(documents=("DOC-1",)), medicaid())
    result = release(paid, "DOC-1")
    assert (result.events, result.claims[0].released) == ((), ("DOC-1",))


@pytest.mark.parametrize(
    ("of", "door"),
    [
        (submitted(claim(), medicaid()), "appeals.submit_dispute.v1"),
        (submitted(claim(), facts(member=None)), "claims.submit_professional_claim.v1"),
        (submitted(bill(), facts(member=None)), "claims.submit_institutional_claim.v1"),
        (submitted(claim(), facts(member=member(cob=(policy(),)))), "eligibility.add_cob.v1"),
        (submitted(claim(line(procedure="S9970"))), "claims.submit_professional_claim.v1"),
        (LACKING._replace(status="replaced", replaced_by="CLM-NEW"), "claims.submit_records.v1"),
        (LACKING._replace(status="voided", replaced_by="CLM-VOID"), "claims.submit_records.v1"),
    ],
)
def test_on_any_other_claim_the_reply_says_where_to_go(of: Claim, door: str) -> None:
    problem = refusal(send(of))
    assert (problem.code, problem.door) == ("wrong_door", door)
    assert door in load_all()
    if of.status == "replaced":
        assert "CLM-NEW" in problem.message


def test_an_unknown_claim_and_anothers_are_refused() -> None:
    assert refusal(send(None)).code == "claim_not_found"
    assert refusal(send(LACKING, tin="999999999")).code == "not_your_tin"


def refusal(result: Outcome) -> Problem:
    assert isinstance(result.reply, Refused)
    assert (result.events, result.claims, result.commands) == ((), (), ())
    (problem,) = result.reply.problems
    return problem
