"""PR-03, PR-07: questions, decisions, and what an approved change does to the profile."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from portal_contracts.providers import events as e
from portal_contracts.providers import parts as p
from portal_contracts.providers.replies import RequestState
from tests.support.deciding import NOW, TIN, codes
from tests.unit.providers.desk import ADDRESS, DOCTOR, GROUP, NEWCOMER, SPARE, Desk, profile
from tests.unit.providers.test_submit import (
    ADD,
    BILLING,
    DECEASED,
    DELETE,
    EXTENDER,
    NPI,
    PHONE,
    RESTRICT,
    SPECIALTY,
)

LATER = NOW + timedelta(days=10)


def approved(desk: Desk, change: dict[str, Any], npi: str = GROUP) -> list[e.ProviderChanged]:
    desk.submit(change, npi)
    assert isinstance(desk.approve(LATER).reply, RequestState)
    assert desk.request is not None and desk.request.status == "approved"
    return desk.announced(e.ProviderChanged)


def spans(changed: e.ProviderChanged) -> list[tuple[date, date | None]]:
    return [(span.start, span.end) for span in changed.participation]


def test_an_added_provider_participates_from_the_effective_date(desk: Desk) -> None:
    desk.profiles[GROUP] = profile(GROUP, "group", fee_schedule="group_2026")
    (changed,) = approved(desk, ADD)
    assert (changed.npi, changed.tin, changed.provider_type) == (NEWCOMER, TIN, "physician")
    assert spans(changed) == [(date(2026, 4, 1), None)]
    assert changed.fee_schedule == "group_2026"


def test_an_extender_is_known_as_one(desk: Desk) -> None:
    (changed,) = approved(desk, EXTENDER)
    assert changed.provider_type == "extender"


def test_a_provider_who_joins_again_keeps_the_earlier_span(desk: Desk) -> None:
    left = (p.Participation(start=date(2020, 1, 1), end=date(2025, 1, 31)),)
    desk.profiles[NEWCOMER] = profile(NEWCOMER, participation=left, version=4)
    (changed,) = approved(desk, ADD)
    assert spans(changed) == [(date(2020, 1, 1), date(2025, 1, 31)), (date(2026, 4, 1), None)]
    assert changed.version == 5


def test_a_deleted_provider_stops_after_the_last_day(desk: Desk) -> None:
    (changed,) = approved(desk, DELETE)
    assert changed.npi == DOCTOR and spans(changed) == [(date(2020, 1, 1), date(2026, 3, 31))]


def test_participation_ends_on_the_day_of_death(desk: Desk) -> None:
    (changed,) = approved(desk, DECEASED, DOCTOR)
    assert spans(changed) == [(date(2020, 1, 1), date(2026, 2, 27))]
    assert desk.profiles[DOCTOR].deceased_on == date(2026, 2, 27)


def test_a_new_npi_takes_over_where_the_old_one_ends(desk: Desk) -> None:
    old, new = approved(desk, NPI, DOCTOR)
    assert (old.npi, spans(old)) == (DOCTOR, [(date(2020, 1, 1), date(2026, 3, 31))])
    assert (new.npi, spans(new), new.version) == (SPARE, [(date(2026, 4, 1), None)], 1)


def test_a_change_for_later_waits_for_its_day(desk: Desk) -> None:
    assert approved(desk, SPECIALTY, DOCTOR) == []
    ((due, command),) = desk.timers.values()
    assert due == datetime(2026, 4, 1, 4, 0, tzinfo=UTC)  # midnight in New York
    desk.fire(command, due)
    (changed,) = desk.announced(e.ProviderChanged)
    assert changed.specialty == "208D00000X" and changed.version == 2
    desk.fire(command, due)  # a second delivery of the timer
    assert len(desk.announced(e.ProviderChanged)) == len(desk.announced(e.RequestApplied)) == 1


def test_a_change_whose_day_has_come_is_made_at_once(desk: Desk) -> None:
    (changed,) = approved(desk, {**SPECIALTY, "effective_date": "2026-03-12"}, DOCTOR)
    assert changed.specialty == "208D00000X"
    assert desk.request is not None and desk.request.applied and not desk.timers


@pytest.mark.parametrize(
    ("npi", "change", "field", "value"),
    [
        (GROUP, BILLING, "billing_address", {**ADDRESS, "line1": "P.O. Box 12"}),
        (DOCTOR, PHONE, "phone", "5135550199"),
        (DOCTOR, RESTRICT, "restrictions", {"min_age": 18, "accepts_new_patients": False}),
    ],
)
def test_the_profile_holds_what_was_asked_for(
    desk: Desk, npi: str, change: dict[str, Any], field: str, value: Any
) -> None:
    approved(desk, {**change, "effective_date": "2026-03-02"}, npi)
    held = desk.profiles[npi].model_dump()[field]
    assert held == value if isinstance(value, str) else value.items() <= held.items()


def test_a_new_phone_number_leaves_the_fax_alone(desk: Desk) -> None:
    desk.profiles[DOCTOR] = profile(DOCTOR, fax="5135550111")
    approved(desk, {**PHONE, "effective_date": "2026-03-02"}, DOCTOR)
    assert (desk.profiles[DOCTOR].phone, desk.profiles[DOCTOR].fax) == ("5135550199", "5135550111")


def test_what_no_longer_fits_is_not_approved(desk: Desk) -> None:
    desk.submit(ADD)
    desk.profiles[NEWCOMER] = profile(NEWCOMER)  # meanwhile the feed made the provider known
    assert codes(desk.approve()) == {"already_active": "change.npi"}
    assert desk.request is not None and desk.request.open


def test_the_clock_stops_with_the_question_and_goes_on_with_the_answer(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    desk.ask(NOW + timedelta(days=10))
    assert desk.request is not None and desk.request.status == "information_needed"
    assert not desk.timers and desk.request.clock.due_date is None
    reply = desk.answer(NOW + timedelta(days=50)).reply
    assert isinstance(reply, RequestState) and reply.status == "in_review"
    assert reply.clock.due_date == date(2026, 5, 11)  # 40 days after April 1
    late_from = datetime(2026, 5, 12, 4, 0, tzinfo=UTC)
    assert sorted(at for at, _ in desk.timers.values())[-1] == reply.clock.late_from == late_from
    (exchange,) = desk.request.exchanges
    assert exchange.answer == "This one" and desk.request.documents == ("DOC-2",)


def test_nothing_to_answer_when_nothing_was_asked(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    assert codes(desk.answer()) == {"nothing_asked": "number"}


def test_rejecting_keeps_the_profile_and_stops_the_clock(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    before = dict(desk.profiles)
    desk.reject(LATER)
    (rejected,) = desk.announced(e.RequestRejected)
    assert (rejected.reason, rejected.in_time) == ("Incomplete", True)
    assert desk.profiles == before and not desk.timers


def test_nothing_can_be_added_to_a_closed_request(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    desk.reject()
    for again in (desk.ask, desk.answer, desk.approve, desk.reject):
        assert codes(again()) == {"request_closed": "number"}


def test_an_unknown_number_is_said_to_be_unknown(desk: Desk) -> None:
    for command in (desk.ask, desk.answer, desk.approve, desk.reject):
        assert codes(command()) == {"request_not_found": "number"}


def test_a_decision_after_the_deadline_notes_the_breach_even_before_its_timer(desk: Desk) -> None:
    desk.submit(PHONE, DOCTOR)
    late = datetime(2026, 4, 2, 4, 0, tzinfo=UTC)  # April 1 is over in New York
    timer = [command for _, command in desk.timers.values()][-1]
    desk.approve(late)
    (closed,) = desk.announced(e.RequestApproved)
    assert not closed.in_time and len(desk.announced(e.SlaBreached)) == 1
    desk.fire(timer, late)
    assert len(desk.announced(e.SlaBreached)) == 1
