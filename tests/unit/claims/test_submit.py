"""CL-01, CL-02, CL-08 Submitting: refused, rejected, or adjudicated and answered."""

from datetime import date

from claims.domain.state import Adjudicated, Rejected
from claims.domain.submission import duplicate_key
from portal_contracts.claims.events import ClaimAdjudicated, ClaimRejectedEvent
from portal_contracts.claims.replies import ClaimAccepted, ClaimRejected
from portal_contracts.common import Refused
from portal_contracts.ids import bucket, is_reference
from tests.unit.claims.builders import (
    MEMBER,
    NOW,
    NPI,
    TIN,
    bill,
    claim,
    context,
    facts,
    line,
    medicaid,
    member,
    outcome,
    provider,
    revenue,
    submitted,
)


def test_a_sound_claim_is_adjudicated_saved_and_answered_at_once() -> None:
    result = outcome(claim(line(), line(procedure="85025", charge="50.00")), medicaid())
    (event,), (saved,) = result.events, result.claims
    assert isinstance(event, ClaimAdjudicated)
    assert result.reply == ClaimAccepted(
        claim_number=saved.number,
        status="paid",
        paid="100.80",
        patient_responsibility="0.00",
        patient_account="A1",
    )
    assert (event.paid, event.adjudication, event.version) == ("100.80", 1, 1)
    assert (event.cause, event.rule_set, event.received_at) == ("submitted", "2026-1", NOW)
    assert (saved.status, saved.version, saved.state) == ("paid", 1, Adjudicated(event))
    assert (saved.form, event.form) == ("professional", "professional")
    assert result.accumulators == ()


def test_the_number_comes_from_the_message_and_routes_like_the_member() -> None:
    first, again = submitted(claim()), submitted(claim())
    assert first.number == again.number
    assert is_reference("CLM", first.number)
    assert first.number[4:6] == bucket(MEMBER)
    assert submitted(claim(), name="m2").number != first.number


def test_what_is_built_without_validation_equals_its_validated_twin() -> None:
    result = outcome(claim(line(), line(procedure="99070")))
    for message in (*result.events, result.reply):
        assert message is not None
        twin = type(message).model_validate_json(message.model_dump_json())
        assert twin == message
        assert twin.model_dump_json() == message.model_dump_json()


def test_what_the_patient_bears_is_added_to_the_years_sums() -> None:
    result = outcome(claim(line(), line(procedure="85025", charge="50.00")))
    (accumulators,) = result.accumulators
    assert (accumulators.member_id, accumulators.year) == (MEMBER, 2026)
    assert (accumulators.deductible, accumulators.out_of_pocket) == (
        780,
        3780,
    )  # laboratory; and a visit's copay


def test_a_claim_is_refused_with_all_its_problems_and_nothing_happens() -> None:
    result = outcome(claim(line(place="00"), total_charge="1.00"))
    assert isinstance(result.reply, Refused)
    assert [p.code for p in result.reply.problems] == ["total_mismatch", "place_unknown"]
    assert (result.events, result.claims, result.accumulators) == ((), (), ())


def test_another_tax_id_is_refused_before_anything_is_said_about_the_claim() -> None:
    from claims.domain.submit import submit

    result = submit(claim(total_charge="1.00"), facts(), context(tins=("999999999",)))
    assert isinstance(result.reply, Refused)
    (problem,) = result.reply.problems
    assert (problem.code, problem.field) == ("not_your_tax_id", "billing.tin")
    assert result.claims == ()


def test_what_cannot_be_looked_up_is_rejected_not_denied() -> None:
    result = outcome(claim(documents=("DOC-1",)), facts(member=None, billing=None))
    (event,), (saved,) = result.events, result.claims
    assert isinstance(event, ClaimRejectedEvent)
    assert isinstance(result.reply, ClaimRejected)
    assert [p.status for p in result.reply.problems] == ["A3:33:IL", "A3:26:85"]
    assert event.problems == result.reply.problems
    assert (saved.status, saved.state) == ("rejected", Rejected(event.problems))
    assert saved.version == 1
    assert saved.documents == ("DOC-1",)
    assert (event.billing_tin, event.patient_account) == (TIN, "A1")


def test_never_enrolled_member_and_never_active_provider_are_rejected() -> None:
    nobody = member().model_copy(update={"spans": ()})
    result = outcome(claim(), facts(member=nobody, billing=provider(participation=())))
    assert isinstance(result.reply, ClaimRejected)
    assert [p.status for p in result.reply.problems] == ["A3:116", "A3:26:85"]


def test_an_institutional_claim_goes_the_same_way() -> None:
    result = outcome(bill(revenue(procedure="85025"), revenue()), medicaid())
    (saved,) = result.claims
    assert saved.form == "institutional"
    assert isinstance(result.reply, ClaimAccepted)
    assert (result.reply.status, result.reply.paid) == ("paid", "47.80")  # 7.80 fee, 40 % of 100


def test_the_duplicate_key_sees_what_is_billed_and_nothing_else() -> None:
    base = claim(line(), line(procedure="85025"))
    same = [
        claim(line(), line(procedure="85025"), patient_account="B2"),
        claim(line(procedure="85025"), line(), diagnoses=("I10",)),
        claim(line(units="1.00"), line(procedure="85025", units="1.0")),
    ]
    other = [
        claim(line()),
        claim(line(units="2"), line(procedure="85025")),
        claim(line(place="22"), line(procedure="85025")),
        claim(line(charge="121.00"), line(procedure="85025")),
        claim(line(modifiers=("25",)), line(procedure="85025")),
        claim(line(from_date=date(2026, 2, 9)), line(procedure="85025")),
        claim(line(rendering={"npi": NPI}), line(procedure="85025")),
        claim(line(), line(procedure="85025"), member_id="M9-00"),
        claim(line(), line(procedure="85025"), rendering={"npi": NPI}),
    ]
    assert {duplicate_key(cmd) for cmd in same} == {duplicate_key(base)}
    keys = {duplicate_key(cmd) for cmd in other}
    assert len(keys) == len(other) and duplicate_key(base) not in keys
    bills = [
        bill(),
        bill(type_of_bill="132"),
        bill(revenue(units="2")),
        bill(statement_to=date(2026, 2, 11)),
    ]
    assert len({duplicate_key(cmd) for cmd in bills}) == len(bills)


def test_a_claim_may_take_up_a_rejected_one_of_the_same_tax_id_only() -> None:
    rejected = submitted(claim(), facts(member=None))
    elsewhere = rejected.submission.billing.model_copy(update={"tin": "999999999"})
    anothers = rejected._replace(
        submission=rejected.submission.model_copy(update={"billing": elsewhere})
    )
    cmd = claim(resubmission_of=rejected.number)
    assert isinstance(outcome(cmd, facts(rejected=rejected)).reply, ClaimAccepted)
    for wrong in (None, submitted(claim()), anothers):
        reply = outcome(cmd, facts(rejected=wrong)).reply
        assert isinstance(reply, Refused)
        (problem,) = reply.problems
        assert (problem.code, problem.field) == ("not_a_rejected_claim", "resubmission_of")
