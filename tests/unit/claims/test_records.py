"""CL-12 Records for a claim that lacks them; CL-20 what their release does; the other doors."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from claims.domain.facts import Facts, ReleasedRecord
from claims.domain.outcome import Outcome
from claims.domain.records import (
    apply_released_document,
    lacks_records,
    review_member_record,
    submit_records,
)
from claims.domain.state import VOID, Claim, Pended, Replaced, Voided
from portal_contracts.all import load_all
from portal_contracts.claims.commands import (
    ApplyReleasedDocument,
    ReadjudicateClaim,
    ReviewMemberRecord,
    SubmitRecords,
)
from portal_contracts.claims.replies import RecordsReceived
from portal_contracts.common import Problem, Refused
from portal_runtime.domain.days import PlanCalendar
from tests.unit.claims import strategies
from tests.unit.claims.builders import (
    DAY,
    TIN,
    TODAY,
    bill,
    claim,
    context,
    event,
    facts,
    line,
    medicaid,
    member,
    outcome,
    policy,
    submitted,
)

KNEE = line(procedure="29881", charge="1000.00")
FORM, BILL = "claims.submit_professional_claim.v1", "claims.submit_institutional_claim.v1"
LACKING = submitted(claim(line(), KNEE), medicaid())
CONTACT = {"name": "Kim Lee", "phone": "9375550100"}


OTHERS = "987654321"


def record(document: str, tin: str = TIN) -> ReleasedRecord:
    return ReleasedRecord(document, tin, TODAY, LACKING.number)


def send(of: Claim | None, *documents: str, known: Facts | None = None, tin: str = TIN) -> Outcome:
    cmd = SubmitRecords.model_validate(
        {
            "claim_number": of.number if of else "CLM-?",
            "documents": documents or ("DOC-1",),
            "record_type": "operative report",
            "contact": CONTACT,
        }
    )
    return submit_records(cmd, of, known or medicaid(), context("records", tins=(tin,)))


def release(of: Claim | None, document: str, tin: str = TIN) -> Outcome:
    """The document that this Tax ID sent is on file as released, and the claim is told."""
    cmd = ApplyReleasedDocument(claim_number=of.number if of else "?", document_id=document)
    return apply_released_document(cmd, of, having(record(document, tin)), context("released"))


def having(*records: ReleasedRecord) -> Facts:
    return medicaid()._replace(records=records)


def test_records_are_noted_and_awaited() -> None:
    result = send(LACKING, "DOC-1", "DOC-2", known=having(record("DOC-2")))
    (saved,) = result.claims
    assert result.reply == RecordsReceived(claim_number=LACKING.number, waiting_for=("DOC-1",))
    assert (saved.documents, saved.released) == (("DOC-1", "DOC-2"), ("DOC-2",))
    assert (saved.version, saved.status) == (LACKING.version + 1, "paid")
    assert result.events == ()
    none_yet = send(LACKING, "DOC-1")
    assert (none_yet.commands, none_yet.events) == ((), ())


def test_records_that_are_released_already_order_the_re_adjudication() -> None:
    result = send(LACKING, "DOC-1", known=having(record("DOC-1"), record("DOC-9")))
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
    ready = send(lacking, "DOC-1", known=having(record("DOC-1")))
    assert [type(c) for c in ready.commands] == [ReadjudicateClaim]
    waiting = send(lacking, "DOC-1", "DOC-LOST-TOO").claims[0]
    assert event(release(waiting, "DOC-1")).status == "paid"


def test_a_members_document_reaches_the_claims_that_name_it() -> None:
    naming = submitted(claim(KNEE, documents=("DOC-1",)), medicaid())
    other = submitted(claim(KNEE), medicaid())
    cmd = ReviewMemberRecord(member_id=naming.submission.member_id, document_id="DOC-1")
    result = review_member_record(cmd, [other, naming], medicaid())
    assert result == Outcome(
        commands=(ApplyReleasedDocument(claim_number=naming.number, document_id="DOC-1"),)
    )


@pytest.mark.parametrize(
    ("sent", "served"),
    [
        ({}, True),
        ({"received_on": TODAY - timedelta(days=9)}, True),
        ({"received_on": TODAY + timedelta(days=1)}, False),
        ({"service_date": DAY - timedelta(days=1)}, False),
        ({"tin": OTHERS}, False),
        ({"tin": ""}, True),
        ({"document_id": "DOC-2"}, False),
    ],
)
def test_a_claim_that_came_while_the_record_was_being_released_is_adjudicated_again(
    sent: dict[str, Any], served: bool
) -> None:
    """CL-15 counts from the day of receipt; the release comes half an hour later."""
    record_ = replace(ReleasedRecord("DOC-1", TIN, TODAY, service_date=DAY), **sent)
    paid = submitted(claim(), medicaid())
    cmd = ReviewMemberRecord(member_id=LACKING.submission.member_id, document_id="DOC-1")
    result = review_member_record(cmd, [LACKING, paid], having(record_))
    order = ReadjudicateClaim(
        claim_number=LACKING.number, cause="records_released", reference="DOC-1"
    )
    assert result == Outcome(commands=(order,) if served else ())


@pytest.mark.parametrize(("received", "served"), [(4, False), (5, True)])
def test_the_day_of_receipt_is_the_plans(received: int, served: bool) -> None:
    """Midnight in New York, when the clocks show winter time, is 5 AM in UTC."""
    at = datetime(2026, 3, 1, received, tzinfo=UTC)
    later = having(ReleasedRecord("DOC-1", TIN, TODAY, service_date=DAY))
    known = later._replace(calendar=PlanCalendar(ZoneInfo("America/New_York")))
    cmd = ReviewMemberRecord(member_id=LACKING.submission.member_id, document_id="DOC-1")
    assert (
        bool(review_member_record(cmd, [LACKING._replace(received_at=at)], known).commands)
        is served
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
    ("of", "code", "door"),
    [
        (submitted(claim(), medicaid()), "dispute_instead", "appeals.submit_dispute.v1"),
        (submitted(claim(), facts(member=None)), "claim_rejected", FORM),
        (submitted(bill(), facts(member=None)), "claim_rejected", BILL),
        (
            submitted(claim(), facts(member=member(cob=(policy(),)))),
            "other_payer_first",
            "eligibility.add_cob.v1",
        ),
        (submitted(claim(line(procedure="S9970"))), "correction_instead", FORM),
        (
            LACKING.becomes(Replaced("CLM-NEW", None)),
            "claim_replaced",
            "claims.submit_records.v1",
        ),
        (LACKING.becomes(Voided("CLM-VOID", None)), "claim_voided", FORM),
        (LACKING.becomes(VOID), "claim_voided", FORM),
        (LACKING.becomes(Pended("records")), "claim_not_decided", "claims.submit_records.v1"),
    ],
)
def test_on_any_other_claim_the_reply_says_where_to_go(of: Claim, code: str, door: str) -> None:
    problem = refusal(send(of))
    assert (problem.code, problem.door) == (code, door)
    assert door in load_all()
    if of.status == "replaced":
        assert "CLM-NEW" in problem.message


def test_anothers_claim_is_refused_in_the_words_of_an_unknown_one() -> None:
    unknown = send(None)
    assert refusal(unknown).code == "claim_not_found"
    assert send(LACKING, tin=OTHERS) == unknown
    assert send(LACKING.becomes(VOID), tin=OTHERS) == unknown


def test_anothers_document_is_waited_for_like_one_that_does_not_exist() -> None:
    unknown = send(LACKING, "DOC-1")
    assert send(LACKING, "DOC-1", known=having(record("DOC-1", OTHERS))) == unknown
    assert release(unknown.claims[0], "DOC-1", OTHERS) == Outcome()


def test_what_the_plan_sent_serves_every_tax_id() -> None:
    assert send(LACKING, "DOC-1", known=having(record("DOC-1", ""))).commands
    waiting = send(LACKING, "DOC-1").claims[0]
    assert event(release(waiting, "DOC-1", "")).status == "paid"


@strategies.UNHURRIED
@given(
    st.lists(strategies.records(st.sampled_from([TIN, ""]), LACKING.number), max_size=2),
    st.lists(strategies.records(st.sampled_from([OTHERS, "555555555"]), LACKING.number)),
    st.sets(st.sampled_from(["DOC-1", "DOC-2", "DOC-3"]), min_size=1),
    st.sampled_from(["DOC-1", "DOC-2", "DOC-3"]),
)
def test_whatever_others_sent_nothing_about_the_claim_is_different(
    own: list[ReleasedRecord], others: list[ReleasedRecord], named: set[str], released: str
) -> None:
    """From its submission over the naming of records to their release, and what it says it used."""
    taken = {r.document_id for r in own}
    theirs = [r for r in others if r.document_id not in taken]

    def story(*records: ReleasedRecord) -> list[Outcome]:
        known = having(*records)
        submitted_ = outcome(claim(line(), KNEE, documents=tuple(sorted(named))), known)
        told = ApplyReleasedDocument(claim_number=LACKING.number, document_id=released)
        noted = send(LACKING, *sorted(named), known=known)
        at = noted.claims[0] if noted.claims else LACKING
        applied = apply_released_document(told, at, known, context("released"))
        return [submitted_, noted, applied]

    assert story(*own, *theirs) == story(*own)


def refusal(result: Outcome) -> Problem:
    assert isinstance(result.reply, Refused)
    assert (result.events, result.claims, result.commands) == ((), (), ())
    (problem,) = result.reply.problems
    return problem
