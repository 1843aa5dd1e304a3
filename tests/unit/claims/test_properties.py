"""CL-18, CL-21 What holds for every claim and all facts."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from claims.domain.adjudicate import Adjudication, adjudicate
from claims.domain.facts import Accumulators, Facts, SiblingClaim
from claims.domain.rules.lawful import faults
from claims.domain.state import Claim, last_outcome
from claims.domain.submit import received, submit
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import Posting
from portal_contracts.common import Refused
from portal_contracts.money import cents
from tests.unit.claims import strategies
from tests.unit.claims.builders import NPI, TIN, bill, claim, context, line, revenue, stay

KNOWN = strategies.facts()
CLAIMS = strategies.claims()


def first(cmd: Any, known: Facts) -> Adjudication:
    return adjudicate(received(cmd, context()), known, "submitted")


def with_accumulators(known: Facts, done: Adjudication) -> Facts:
    """The facts after a decision: the member's accumulators as it left them."""
    changed = {a.year: a for a in known.accumulators} | {a.year: a for a in done.accumulators}
    return Facts(
        rules=known.rules,
        member=known.member,
        billing=known.billing,
        accumulators=tuple(changed.values()),
        siblings=known.siblings,
        records=known.records,
    )


@strategies.UNHURRIED
@given(CLAIMS, KNOWN)
def test_every_line_balances_and_every_reason_is_lawful(cmd: Any, known: Facts) -> None:
    event = first(cmd, known).event
    for row in event.lines:
        assert faults(row) == []
        assert 0 <= cents(row.paid) <= cents(row.charge)
        assert cents(row.paid) <= cents(row.allowed)
    assert_sums(event)


def assert_sums(event: ClaimAdjudicated) -> None:
    """The claim is the sum of its lines."""
    assert cents(event.total_charge) == sum(cents(row.charge) for row in event.lines)
    assert cents(event.paid) == sum(cents(row.paid) for row in event.lines)
    patients = [a.amount for row in event.lines for a in row.adjustments if a.group == "PR"]
    assert cents(event.patient_responsibility) == sum(map(cents, patients))
    if event.status == "denied":
        assert event.paid == "0.00"
        assert all(row.adjustments for row in event.lines)


@strategies.UNHURRIED
@given(CLAIMS, KNOWN)
def test_deciding_again_on_the_same_facts_changes_nothing(cmd: Any, known: Facts) -> None:
    done = first(cmd, known)
    again = adjudicate(done.claim, with_accumulators(known, done), "cob_changed", "R1")
    assert again.event.lines == done.event.lines
    assert (again.event.postings, again.event.alerts, again.accumulators) == ((), (), ())
    assert again.event.adjudication == 2


@strategies.UNHURRIED
@given(CLAIMS, KNOWN)
def test_a_decision_can_be_replayed_from_the_facts_it_says_it_used(cmd: Any, known: Facts) -> None:
    """CL-17 Snapshots by their versions, accumulators as recorded, records by their ids."""
    event = first(cmd, known).event
    used = event.facts_used
    assert used is not None
    assert used.member_version == (known.member and known.member.version)
    assert used.billing_version == (known.billing and known.billing.version)
    year = event.service_from.year
    accumulators = Accumulators(
        cmd.member_id, year, cents(used.deductible_met), cents(used.out_of_pocket_met)
    )
    assert accumulators == known.accumulator(cmd.member_id, year)
    records = tuple(r for r in known.records if r.document_id in used.records)
    again = first(cmd, known._replace(accumulators=(accumulators,), records=records)).event
    assert again == event


@strategies.UNHURRIED
@given(CLAIMS, st.lists(KNOWN, min_size=1, max_size=5))
def test_the_ledger_of_all_adjudications_is_what_stands_as_paid(
    cmd: Any, changing: list[Facts]
) -> None:
    done = first(cmd, changing[0])
    ledger: list[Posting] = list(done.event.postings)
    for number, known in enumerate(changing[1:], 2):
        done = adjudicate(done.claim, with_accumulators(known, done), "cob_changed", "R1")
        ledger += done.event.postings
        assert (done.event.adjudication, done.event.version) == (number, number)
        assert sum(cents(posting.amount) for posting in ledger) == cents(done.event.paid)
    assert done.claim.paid == cents(done.event.paid)
    standing: dict[int, int] = {}
    for posting in ledger:
        if posting.kind == "payment":
            assert posting.adjudication not in standing
            standing[posting.adjudication] = cents(posting.amount)
        else:
            # A reversal takes back a payment that stands, all of it, and never twice.
            assert standing.pop(posting.adjudication) == -cents(posting.amount)
    assert list(standing) == ([done.event.paid_by] if done.event.paid_by else [])


@strategies.UNHURRIED
@given(CLAIMS, KNOWN, KNOWN)
def test_the_members_sums_hold_the_latest_adjudication_only(
    cmd: Any, known: Facts, later: Facts
) -> None:
    """Sums before the claim, plus what the latest adjudication counts; nothing of earlier ones."""
    done = first(cmd, known)
    again = adjudicate(done.claim, with_accumulators_of(known, done, later), "cob_changed", "R1")
    year = done.event.service_from.year
    before = known.accumulator(cmd.member_id, year)
    now = with_accumulators(with_accumulators(known, done), again).accumulator(cmd.member_id, year)
    counted = [
        cents(a.amount)
        for row in again.event.lines
        for a in row.adjustments
        if a.group == "PR" and a.carc in ("1", "2", "3")
    ]
    assert now.out_of_pocket == before.out_of_pocket + sum(counted)


def with_accumulators_of(known: Facts, done: Adjudication, later: Facts) -> Facts:
    accumulators = with_accumulators(known, done).accumulators
    return Facts(
        rules=later.rules, member=later.member, billing=later.billing, accumulators=accumulators
    )


@strategies.UNHURRIED
@given(CLAIMS, KNOWN, st.integers(2, 4), st.randoms(use_true_random=False))
def test_of_equal_claims_at_most_one_is_paid_in_any_order(
    cmd: Any, known: Facts, count: int, chance: Any
) -> None:
    messages = [f"m{n}" for n in range(count)]
    chance.shuffle(messages)
    paid = 0
    siblings: tuple[SiblingClaim, ...] = ()
    for name in messages:
        claim = received(cmd, context(name))
        done = adjudicate(claim, _among(known, siblings), "submitted")
        paid += done.claim.status == "paid"
        siblings = (*siblings, _sibling(done.claim))
    assert paid <= 1


def _among(known: Facts, siblings: tuple[SiblingClaim, ...]) -> Facts:
    return Facts(
        rules=known.rules,
        member=known.member,
        billing=known.billing,
        accumulators=known.accumulators,
        siblings=siblings,
    )


def _sibling(claim: Claim) -> SiblingClaim:
    return SiblingClaim(claim.number, claim.duplicate_key, claim.status, TIN, NPI)


@strategies.UNHURRIED
@given(CLAIMS, KNOWN)
def test_a_submission_is_refused_or_saved_with_what_it_says(cmd: Any, known: Facts) -> None:
    result = submit(cmd, known, context())
    if isinstance(result.reply, Refused):
        assert not (result.claims or result.events or result.accumulators)
        return
    (saved,), (event,) = result.claims, result.events
    assert last_outcome(saved.state) == event
    twin = ClaimAdjudicated.model_validate_json(event.model_dump_json())
    assert twin == event


PAYER = {"name": "First", "payer_id": "F1", "sequence": "primary", "paid": "60.00"}
PRIOR = {
    "payer_id": "F1",
    "paid": "60.00",
    "adjustments": ({"group": "CO", "carc": "45", "amount": "60.00"},),
}
SOUND: list[BaseModel] = [
    claim(line(prior_payments=(PRIOR,)), line(), other_payers=(PAYER,), hospitalized_from=None),
    bill(revenue(procedure="85025"), revenue(non_covered="10.00"), other_payers=(PAYER,)),
    stay(procedures=({"code": "0DTJ4ZZ", "on": "2026-02-11"},)),
]


@settings(strategies.UNHURRIED, max_examples=400)
@given(
    st.sampled_from(SOUND).flatmap(lambda c: strategies.extreme(c.model_dump(mode="json"))), KNOWN
)
def test_what_the_contract_lets_through_is_decided_never_a_fault(data: Any, known: Facts) -> None:
    form = SubmitInstitutionalClaim if "type_of_bill" in data else SubmitProfessionalClaim
    try:
        cmd = form.model_validate(data)
    except ValidationError:
        return
    result = submit(cmd, known, context(tins=(cmd.billing.tin,)))
    assert result.reply is not None
    for event in result.events:
        assert type(event).model_validate_json(event.model_dump_json()) == event
