"""How a history breaks I7 to I10: money and deadlines."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.chaos.checkers.i09_quarantine import HEALED, UNDER_FIRE
from tests.chaos.history import Entry, History, State
from tests.unit.chaos.breaking import Break, change, drop, event_of
from tests.unit.chaos.histories import put_at
from tests.unit.chaos.pieces import CLAIM, DOCUMENT, EVENTS, MADE, NOON, REQUEST, TIN, record

CLOSED = "claims.claim_closed.v1"
OTHER_TIN = "009999999"


# -- I7, I8 --------------------------------------------------------------------------------------


def ledger_is_not_what_is_paid(h: History) -> None:
    h.money.paid[CLAIM] = 2999


def paid_without_an_entry(h: History) -> None:
    h.money.ledger = []


def booked_and_not_announced(h: History) -> None:
    h.money.ledger += [Entry(CLAIM, 2, "payment", 1), Entry(CLAIM, 2, "reversal", -1)]


def accumulators_counted_twice(h: History) -> None:
    h.money.accumulators["M", 2025] = (1200, 2000)


def accumulators_not_counted(h: History) -> None:
    del h.money.accumulators["M", 2025]


def accumulators_of_another_year(h: History) -> None:
    h.money.accumulators["M", 2024] = h.money.accumulators.pop(("M", 2025))


def accumulators_not_given_back(h: History) -> None:
    facts = {"claim_number": CLAIM, "version": 3, "postings": []}
    h.events.append(record(EVENTS, 1, "closed", CLOSED, subject=CLAIM, facts=facts))


def reversed_more_than_paid(h: History) -> None:
    h.money.ledger.append(Entry(CLAIM, 1, "reversal", -4000))


def a_line_does_not_add_up(h: History) -> None:
    change(h, MADE, adds_up=False)


def two_payments_stand(h: History) -> None:
    h.money.ledger.append(Entry(CLAIM, 2, "payment", 3000))


def one_adjudication_is_paid_twice(h: History) -> None:
    h.money.ledger *= 2


def paid_twice_and_taken_back_once(h: History) -> None:
    """One payment stands, and the adjudication was paid twice all the same."""
    h.money.ledger += [*h.money.ledger, Entry(CLAIM, 1, "reversal", -3000)]


def both_payments_of_an_adjudication_and_the_next_stand(h: History) -> None:
    reversal = Entry(CLAIM, 1, "reversal", -3000)
    h.money.ledger += [reversal, *h.money.ledger, Entry(CLAIM, 2, "payment", 3000)]


def paid_above_allowed(h: History) -> None:
    change(h, MADE, paid=4001)


# -- I9, I10 -------------------------------------------------------------------------------------


def released_early_by_its_own_word(h: History) -> None:
    change(h, "d3", released_at=(NOON + timedelta(minutes=29)).isoformat())


def released_before_any_clock_was_there(h: History) -> None:
    h.moves[0] = h.moves[0]._replace(offset=1500.0)


def promised_early(h: History) -> None:
    change(h, "d2", release_at=(NOON + timedelta(minutes=20)).isoformat())


def released_unreceived(h: History) -> None:
    drop(h.events, "d2")


def never_settled(h: History) -> None:
    h.tables["documents"].states[DOCUMENT] = State(2, "processing", TIN)


def opened_before_any_clock_was_there(h: History) -> None:
    h.answers[-2] = replace(h.answers[-2], at=NOON.timestamp() + 1)


def opened_and_never_released(h: History) -> None:
    drop(h.events, "d3")


def opened_before_the_command_to_release(h: History) -> None:
    """The half hour is over, and the document is not out yet."""
    place = next(n for n, c in enumerate(h.commands) if c.id == "open")
    h.commands[place] = replace(h.commands[place], offset=3)


def released_far_too_late_under_fire(h: History) -> None:
    put_at(h, "d3", NOON.timestamp() + 2 + UNDER_FIRE + 1)


def released_far_too_late_though_a_server_was_away_for_long(h: History) -> None:
    """What was over before it was due, or came after it was out, is no excuse."""
    due = NOON.timestamp() + 2
    h.away = [(due - 90, due - 10), (due + 20, due + 60), (due + UNDER_FIRE + 42, due + 900)]
    put_at(h, "d3", due + UNDER_FIRE + 41)


def released_long_after_all_was_healed(h: History) -> None:
    h.healed = NOON.timestamp() + 3
    put_at(h, "d3", h.healed + HEALED + 1)


def warned_early(h: History) -> None:
    change(h, "q11", at=(NOON + timedelta(days=20)).isoformat())


def warned_before_any_clock_was_there(h: History) -> None:
    h.moves[1] = h.moves[1]._replace(offset=86_400.0)


def _clock(h: History, **wrong: object) -> None:
    facts = event_of(h, "q1").facts
    assert facts is not None
    change(h, "q1", clock={**facts["clock"], **wrong})


def due_a_day_early_because_hours_were_counted(h: History) -> None:
    _clock(h, due_date="2026-02-03", late_from="2026-02-04T05:00:00+00:00")


def late_from_midnight_in_utc(h: History) -> None:
    _clock(h, late_from="2026-02-05T00:00:00+00:00")


def breached_twice(h: History) -> None:
    h.events.append(replace(event_of(h, "q12"), id="q13", offset=13))


def breached_after_the_end(h: History) -> None:
    closing = record("providers.events", 11, "end", "providers.request_approved.v1",
                     subject=REQUEST, facts={"number": REQUEST, "version": 3, "in_time": True,
                            "at": (NOON + timedelta(days=1)).isoformat()})  # fmt: skip
    h.events.insert(-1, closing)


def deadline_in_silence(h: History) -> None:
    drop(h.events, "q12")


def clean_document_refused(h: History) -> None:
    h.clean.add(DOCUMENT)
    h.tables["documents"].states[DOCUMENT] = State(3, "refused", TIN)


def never_warned(h: History) -> None:
    """By a timer, before which another had to fire."""
    drop(h.events, "q11")
    old = event_of(h, "q12")
    h.events[h.events.index(old)] = replace(old, cause="timer")


def neither_warned_nor_breached_yet(h: History) -> None:
    """The day of the warning has come, that of the deadline has not."""
    drop(h.events, "q11")
    drop(h.events, "q12")
    h.moves[1] = h.moves[1]._replace(offset=26 * 86_400.0)


def _approved(h: History, days: int, *, in_time: bool) -> None:
    at = (NOON + timedelta(days=days)).isoformat()
    drop(h.events, "q12")
    approved = {"number": REQUEST, "version": 3, "at": at, "in_time": in_time}
    h.events.append(record("providers.events", 13, "end", "providers.request_approved.v1",
                           subject=REQUEST, facts=approved))  # fmt: skip


def ended_after_its_deadline_in_silence(h: History) -> None:
    _approved(h, 31, in_time=False)


def ended_in_time_and_said_to_be_late(h: History) -> None:
    _approved(h, 29, in_time=False)


BREAKS: dict[str, tuple[Break, ...]] = {
    "I7": (
        *(ledger_is_not_what_is_paid, paid_without_an_entry, booked_and_not_announced),
        *(reversed_more_than_paid, a_line_does_not_add_up),
        *(accumulators_counted_twice, accumulators_not_counted, accumulators_of_another_year),
        *(accumulators_not_given_back,),
    ),
    "I8": (
        *(two_payments_stand, one_adjudication_is_paid_twice, paid_above_allowed),
        *(paid_twice_and_taken_back_once, both_payments_of_an_adjudication_and_the_next_stand),
    ),
    "I9": (
        *(released_early_by_its_own_word, released_before_any_clock_was_there, promised_early),
        *(released_unreceived, never_settled),
        *(opened_before_any_clock_was_there, opened_and_never_released),
        *(opened_before_the_command_to_release, released_far_too_late_under_fire),
        *(released_far_too_late_though_a_server_was_away_for_long,),
        *(released_long_after_all_was_healed, clean_document_refused),
    ),
    "I10": (
        *(warned_early, warned_before_any_clock_was_there, breached_twice),
        *(due_a_day_early_because_hours_were_counted, late_from_midnight_in_utc),
        *(breached_after_the_end, deadline_in_silence, never_warned),
        *(neither_warned_nor_breached_yet, ended_after_its_deadline_in_silence),
        *(ended_in_time_and_said_to_be_late,),
    ),
}
