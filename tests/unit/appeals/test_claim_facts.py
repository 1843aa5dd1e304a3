"""What is kept of a claim's events, and in which order they may come."""

from datetime import timedelta
from typing import Any

from appeals.domain.claim import KnownClaim
from appeals.facts import CLAIMS, COVERAGE
from appeals.routes import ROUTES
from portal_contracts.appeals.commands import LinkOutcome
from portal_contracts.base import Event
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.ids import bucket_of_reference, make_reference
from portal_runtime.domain.decision import Decision
from portal_runtime.tables import View
from tests.support.deciding import NOW, TIN
from tests.unit.appeals.desk import CLAIM, context
from tests.unit.appeals.test_decide import adjudicated


def take(view: View, event: Event, day: int = 0) -> Decision:
    """Do with an event what the runtime does."""
    ctx = context("service", now=NOW + timedelta(days=day))
    route = ROUTES.deciding[event.TYPE]
    for table, key in route.needs(event, ctx):
        view.loaded(table, [key], {})
    decision = route.decide(event, view, ctx)
    for save in decision.saves:
        view.put(save.table, save.key, save.value)
    return decision


def known(view: View) -> KnownClaim:
    found = view.get(CLAIMS, CLAIM)
    assert found is not None
    return found


def line(number: int, paid: str, *adjustments: tuple[str, str, str, tuple[str, ...]]) -> Any:
    return {
        "number": number,
        "charge": "100.00",
        "allowed": paid,
        "paid": paid,
        "adjustments": [
            {"group": g, "carc": c, "amount": a, "rarcs": r} for g, c, a, r in adjustments
        ],
    }


def outcome(version: int, *lines: Any, **values: Any) -> ClaimAdjudicated:
    event = {**adjudicated("", "submitted").model_dump(), "version": version, "lines": lines}
    return ClaimAdjudicated.model_validate({**event, **values})


def test_denied_is_a_line_without_payment_for_another_reason_than_price_or_share() -> None:
    view = View()
    take(
        view,
        outcome(
            1,
            line(1, "0.00", ("CO", "252", "100.00", ("M127",))),
            line(2, "0.00", ("CO", "45", "40.00", ()), ("PR", "1", "60.00", ())),
            line(3, "80.00", ("CO", "45", "20.00", ())),
            line(4, "90.00", ("PR", "96", "10.00", ("N130",))),
        ),
    )
    (denied,) = known(view).denied_lines
    assert (denied.carcs, denied.rarcs) == (("252",), ("M127",))


def test_the_time_of_the_event_is_the_time_of_the_adjudication() -> None:
    view = View()
    take(view, outcome(1), day=0)
    take(view, outcome(2, adjudication=2), day=5)
    assert (known(view).adjudication, known(view).adjudicated_at) == (2, NOW + timedelta(days=5))


def test_what_is_older_changes_nothing() -> None:
    view = View()
    take(view, outcome(3, adjudication=2))
    before = known(view)
    assert take(view, outcome(1), day=1).saves == ()
    assert take(view, outcome(3, adjudication=2), day=1).saves == ()
    assert known(view) == before


def closed(version: int) -> ClaimClosed:
    return ClaimClosed(
        claim_number=CLAIM,
        version=version,
        status="replaced",
        member_id="M000000001-00",
        billing_tin=TIN,
        closed_by="CLM-NEW",
    )


def test_a_closed_claim_keeps_what_was_known_and_its_successor() -> None:
    view = View()
    take(view, outcome(1))
    take(view, closed(2))
    assert (known(view).status, known(view).closed_by) == ("replaced", "CLM-NEW")
    assert known(view).adjudicated_at == NOW
    take(view, outcome(1))  # comes late
    assert known(view).status == "replaced"


def test_a_claim_closed_before_anything_else_was_heard_of_it() -> None:
    view = View()
    take(view, closed(2))
    assert (known(view).status, known(view).billing_tin) == ("replaced", TIN)


def test_a_rejected_claim_is_known_as_such() -> None:
    view = View()
    take(
        view,
        ClaimRejectedEvent(
            claim_number=CLAIM, version=1, billing_tin=TIN, patient_account="A1", problems=()
        ),
    )
    assert (known(view).status, known(view).billing_tin) == ("rejected", TIN)


def test_an_adjudication_caused_by_a_case_is_also_an_instruction_to_link_it() -> None:
    number = make_reference("APL", bucket_of_reference(CLAIM), context().message_id)
    view = View()
    take(view, outcome(3, adjudication=3))
    event = outcome(2, adjudication=2, cause="appeal_overturned", cause_reference=number)
    (command,) = take(view, event).commands  # even when it comes late
    assert isinstance(command, LinkOutcome)
    assert (command.case_number, command.key()) == (number, bucket_of_reference(CLAIM))
    assert known(view).adjudication == 3


def test_of_a_member_only_the_coverage_is_kept() -> None:
    event = MemberChanged.model_validate(
        {
            "member_id": "M1",
            "version": 2,
            "last_name": "Example",
            "first_name": "Pat",
            "date_of_birth": "1980-05-05",
            "sex": "F",
            "spans": [{"start": "2026-01-01", "plan": "A", "line_of_business": "medicaid"}],
        }
    )
    view = View()
    take(view, event)
    kept = view.get(COVERAGE, "M1")
    assert kept is not None
    assert set(kept.model_dump()) == {"version", "spans"}
    assert kept.line_of_business(NOW.date()) == "medicaid"
    assert take(view, event.model_copy(update={"version": 1, "spans": ()})).saves == ()
