"""Every invariant's checker is silent about a good history and speaks about one that breaks it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.chaos.checkers import CHECKERS
from tests.chaos.checkers.i09_quarantine import HEALED, UNDER_FIRE
from tests.chaos.history import Entry, History, Look, Opened, ParkedRow, Record, State, Taken
from tests.chaos.orders import PARKED, QUERY
from tests.chaos.work.questions import STRANGER
from tests.unit.chaos.histories import (
    ADJUDICATED,
    AUTH,
    CLAIM,
    COMMANDS,
    DOCUMENT,
    EVENTS,
    MADE,
    NOON,
    REQUEST,
    SUBMIT,
    TIN,
    adjudicated,
    answer,
    good,
    put_at,
    record,
    sent,
)

CLOSED = "claims.claim_closed.v1"
Break = Callable[[History], None]
OTHER_TIN = "009999999"


@pytest.mark.parametrize("name", CHECKERS)
def test_a_good_history_holds(name: str) -> None:
    assert list(CHECKERS[name](good())) == []


def _event(history: History, id_: str) -> Record:
    return next(e for e in history.events if e.id == id_)


def _change(history: History, id_: str, **facts: Any) -> None:
    """Another content of an event."""
    old = _event(history, id_)
    history.events[history.events.index(old)] = replace(old, facts={**(old.facts or {}), **facts})


def _drop(records: list[Record], id_: str) -> None:
    records[:] = [r for r in records if r.id != id_]


# -- I1 ------------------------------------------------------------------------------------------


def never_answered(h: History) -> None:
    _drop(h.answers, "r-one")


def answered_in_two_ways(h: History) -> None:
    h.answers.append(answer("one", "claims.claim_rejected_reply.v1"))


def answered_twice_with_other_bytes(h: History) -> None:
    h.answers.append(replace(h.answers[0], digest="other"))


def gone_from_kafka(h: History) -> None:
    _drop(h.commands, "one")


def one_id_two_messages_both_taken(h: History) -> None:
    h.sent.append(sent(3, "one", print="p-other", offset=3))
    h.commands.append(record(COMMANDS, 3, "one", SUBMIT, source="/portal/chaos"))


def refused_as_used_by_itself(h: History) -> None:
    h.answers.append(answer("one", "portal.refused.v1", codes=["id_reused"]))


def poison_not_parked(h: History) -> None:
    h.tables["claims"].parked = []


def poison_parked_for_another_reason(h: History) -> None:
    row = h.tables["claims"].parked[0]
    h.tables["claims"].parked = [row._replace(reason="the body is empty")]


def poison_not_answered(h: History) -> None:
    h.sent.append(sent(4, "worse", "?", expect=PARKED, code="is not JSON", offset=4))
    h.commands.append(record(COMMANDS, 4, "worse", "?", source="/portal/chaos"))
    row = ParkedRow(COMMANDS, 1, 4, "worse", "the body is not JSON", "parked")
    h.tables["claims"].parked.append(row)


def refused_for_another_reason(h: History) -> None:
    h.answers[1] = answer("unsigned", "portal.refused.v1", codes=["too_large"])


def good_one_parked(h: History) -> None:
    row = ParkedRow(COMMANDS, 1, 0, "one", "deciding it failed with ValueError", "parked")
    h.tables["claims"].parked.append(row)


def own_message_parked(h: History) -> None:
    row = ParkedRow(EVENTS, 1, 0, MADE, "deciding it failed with ValueError", "parked")
    h.tables["documents"].parked.append(row)


# -- I2 ------------------------------------------------------------------------------------------


def decided_in_two_batches(h: History) -> None:
    row = h.tables["claims"].journal[0]
    h.tables["claims"].journal.append(row._replace(batch="later", id="again"))


def made_twice(h: History) -> None:
    h.tables["claims"].journal *= 2


def effects_of_what_was_not_taken(h: History) -> None:
    del h.tables["claims"].inbox["one"]


def inbox_names_another_batch(h: History) -> None:
    h.tables["claims"].inbox["one"] = Taken("another", None, None)


def published_with_two_contents(h: History) -> None:
    h.events.append(replace(_event(h, MADE), offset=7, digest="other"))


def claim_nobody_asked_for(h: History) -> None:
    h.tables["claims"].states["CLM-2"] = State(2, "paid", TIN)


def claim_answered_and_gone(h: History) -> None:
    del h.tables["claims"].states[CLAIM]


def adjudicated_first_twice(h: History) -> None:
    h.events.append(record(EVENTS, 1, "second", ADJUDICATED, subject=CLAIM, cause="one",
                           facts=adjudicated(3, 1, 3000)))  # fmt: skip


def document_nobody_asked_for(h: History) -> None:
    h.tables["documents"].states["DOC-2"] = State(1, "uploading", TIN)


def authorization_nobody_asked_for(h: History) -> None:
    h.tables["auth"].states["AUTH-2"] = State(1, "pending", TIN)


def authorization_answered_and_gone(h: History) -> None:
    del h.tables["auth"].states[AUTH]


def two_messages_one_authorization(h: History) -> None:
    type_ = "auth.authorization_received.v1"
    h.answers.append(answer("other", type_, "auth", authorization_number=AUTH))


def authorization_requested_twice(h: History) -> None:
    h.events.append(replace(_event(h, "a1"), id="a2", offset=4))


# -- I3 ------------------------------------------------------------------------------------------


def committed_and_not_published(h: History) -> None:
    _drop(h.events, MADE)


def published_and_not_committed(h: History) -> None:
    h.tables["claims"].journal = []


def published_with_another_content(h: History) -> None:
    h.events[0] = replace(h.events[0], digest="other")


def published_with_another_key(h: History) -> None:
    h.events[0] = replace(h.events[0], key="other")


# -- I4 ------------------------------------------------------------------------------------------


def offset_ahead_of_the_inbox(h: History) -> None:
    h.commands.append(record(COMMANDS, 2, "skipped", SUBMIT, source="/portal/chaos"))
    h.sent[2].offset = 9


def offset_ahead_of_an_event(h: History) -> None:
    h.events.insert(1, record(EVENTS, 1, "skipped", ADJUDICATED))
    h.committed["documents", EVENTS, 1] = 2


# -- I5, I6 --------------------------------------------------------------------------------------


def version_repeated(h: History) -> None:
    h.events.append(record(EVENTS, 5, "late", ADJUDICATED, subject=CLAIM,
                           facts=adjudicated(2, 2, 3000)))  # fmt: skip


def older_version_behind(h: History) -> None:
    h.events.append(record(EVENTS, 5, "late", "claims.claim_closed.v1", subject=CLAIM,
                           facts={"version": 1, "postings": []}))  # fmt: skip


def copy_is_stale(h: History) -> None:
    h.tables["documents"].facts["claims", CLAIM] = 1


def key_in_two_partitions(h: History) -> None:
    h.events.append(replace(h.events[0], partition=2))


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
    _change(h, MADE, adds_up=False)


def two_payments_stand(h: History) -> None:
    h.money.ledger.append(Entry(CLAIM, 2, "payment", 3000))


def paid_above_allowed(h: History) -> None:
    _change(h, MADE, paid=4001)


# -- I9, I10 -------------------------------------------------------------------------------------


def released_early_by_its_own_word(h: History) -> None:
    _change(h, "d3", released_at=(NOON + timedelta(minutes=29)).isoformat())


def released_before_any_clock_was_there(h: History) -> None:
    h.moves[0] = h.moves[0]._replace(offset=1500.0)


def promised_early(h: History) -> None:
    _change(h, "d2", release_at=(NOON + timedelta(minutes=20)).isoformat())


def released_unreceived(h: History) -> None:
    _drop(h.events, "d2")


def never_settled(h: History) -> None:
    h.tables["documents"].states[DOCUMENT] = State(2, "processing", TIN)


def opened_before_any_clock_was_there(h: History) -> None:
    h.answers[-2] = replace(h.answers[-2], at=NOON.timestamp() + 1)


def opened_and_never_released(h: History) -> None:
    _drop(h.events, "d3")


def opened_before_the_command_to_release(h: History) -> None:
    """The half hour is over, and the document is not out yet."""
    place = next(n for n, c in enumerate(h.commands) if c.id == "open")
    h.commands[place] = replace(h.commands[place], offset=3)


def released_far_too_late_under_fire(h: History) -> None:
    put_at(h, "d3", NOON.timestamp() + 2 + UNDER_FIRE + 1)


def released_long_after_all_was_healed(h: History) -> None:
    h.healed = NOON.timestamp() + 3
    put_at(h, "d3", h.healed + HEALED + 1)


def warned_early(h: History) -> None:
    _change(h, "q11", at=(NOON + timedelta(days=20)).isoformat())


def warned_before_any_clock_was_there(h: History) -> None:
    h.moves[1] = h.moves[1]._replace(offset=86_400.0)


def breached_twice(h: History) -> None:
    h.events.append(replace(_event(h, "q12"), id="q13", offset=13))


def breached_after_the_end(h: History) -> None:
    closing = record("providers.events", 11, "end", "providers.request_approved.v1",
                     subject=REQUEST, facts={"number": REQUEST, "version": 3})  # fmt: skip
    h.events.insert(-1, closing)


def deadline_in_silence(h: History) -> None:
    _drop(h.events, "q12")


# -- I11 -----------------------------------------------------------------------------------------


def released_twice(h: History) -> None:
    h.events.append(replace(_event(h, "d3"), id="d4", offset=9))


def adjudicated_after_its_end(h: History) -> None:
    closed = record(EVENTS, 1, "closed", "claims.claim_closed.v1", subject=CLAIM,
                    facts={"version": 3, "status": "voided", "postings": []})  # fmt: skip
    again = record(EVENTS, 2, "again", ADJUDICATED, subject=CLAIM, facts=adjudicated(4, 2, 1))
    h.events += [closed, again]
    h.tables["claims"].states[CLAIM] = State(4, "paid", TIN)


def row_is_not_what_events_say(h: History) -> None:
    h.tables["claims"].states[CLAIM] = State(2, "denied", TIN)


def row_is_gone(h: History) -> None:
    del h.tables["providers"].states[REQUEST]


def row_without_events(h: History) -> None:
    h.tables["appeals"].states["DSP-1"] = State(1, "open", TIN)


# -- I12, I13 ------------------------------------------------------------------------------------


def row_of_another_tenant(h: History) -> None:
    h.tables["claims"].states[CLAIM] = State(2, "paid", OTHER_TIN)


def event_of_another_tenant(h: History) -> None:
    _change(h, MADE, billing_tin=OTHER_TIN)


def stranger_is_told(h: History) -> None:
    h.sent.append(sent(9, "nosy", "claims.get_claim.v1", topic="claims.queries", expect=QUERY,
                       code=STRANGER))  # fmt: skip
    h.answers.append(answer("nosy", "claims.claim_details.v1"))


def file_gone(h: History) -> None:
    h.objects = {}


def file_changed(h: History) -> None:
    h.objects[f"documents/{DOCUMENT}"] = "changed"


def file_too_much(h: History) -> None:
    h.objects["documents/DOC-9"] = "abc"


def upload_not_swept(h: History) -> None:
    h.objects[f"quarantine/{DOCUMENT}"] = "abc"


# -- I14, I15 ------------------------------------------------------------------------------------


def lag_left(h: History) -> None:
    h.ends[COMMANDS, 1] = 4


def batch_unpublished(h: History) -> None:
    h.tables["auth"].unpublished = ["batch"]


def timer_overdue(h: History) -> None:
    h.tables["documents"].timers = [(f"release:{DOCUMENT}", NOON + timedelta(hours=1))]


def dead_letter_missing(h: History) -> None:
    h.letters = []


def one_letter_for_two_that_were_parked(h: History) -> None:
    row = h.tables["claims"].parked[0]
    h.tables["claims"].parked.append(row._replace(offset=7))


def parked_twice_and_announced_once(h: History) -> None:
    h.tables["claims"].parked *= 2


def letter_of_another_service(h: History) -> None:
    h.letters[0] = replace(h.letters[0], topic="auth.dead-letters")


def somebody_noted_something(h: History) -> None:
    h.notes = ["claims-0 did not end"]


def look_unrecorded(h: History) -> None:
    h.tables["claims"].looks = []


def look_recorded_that_was_none(h: History) -> None:
    h.tables["claims"].looks.append(Look(2, "x", "provider", "M", "nobody"))


def opening_unrecorded(h: History) -> None:
    h.downloads = []


def opening_recorded_twice(h: History) -> None:
    h.downloads.append(Opened("open", DOCUMENT, "x"))


def number_of_a_look_used_twice(h: History) -> None:
    h.tables["claims"].looks *= 2


def look_under_another_name(h: History) -> None:
    h.tables["claims"].looks = [Look(1, "chaos-009999999", "provider", "M", "look")]


def look_in_another_role(h: History) -> None:
    h.tables["claims"].looks = [Look(1, f"chaos-{TIN}", "plan_staff", "M", "look")]


def opening_under_another_name(h: History) -> None:
    h.downloads = [Opened("open", DOCUMENT, "chaos-009999999")]


def opening_of_another_document(h: History) -> None:
    h.downloads = [Opened("open", "DOC-2", f"chaos-{TIN}")]


def look_changed_by_hand(h: History) -> None:
    rows = h.tables["claims"].chained
    rows[1] = rows[1]._replace(look=replace(rows[1].look, member_id="N"))


def look_deleted_by_hand(h: History) -> None:
    del h.tables["claims"].chained[1]


def last_look_deleted_by_hand(h: History) -> None:
    del h.tables["claims"].chained[-1]


BREAKS: dict[str, tuple[Break, ...]] = {
    "I1": (
        *(never_answered, answered_in_two_ways, answered_twice_with_other_bytes),
        *(gone_from_kafka, one_id_two_messages_both_taken, refused_as_used_by_itself),
        *(poison_not_parked, poison_parked_for_another_reason, poison_not_answered),
        *(refused_for_another_reason, good_one_parked, own_message_parked),
    ),
    "I2": (
        *(decided_in_two_batches, made_twice, effects_of_what_was_not_taken),
        *(inbox_names_another_batch, published_with_two_contents, claim_nobody_asked_for),
        *(claim_answered_and_gone, adjudicated_first_twice),
        *(document_nobody_asked_for, authorization_nobody_asked_for),
        *(authorization_answered_and_gone, two_messages_one_authorization),
        *(authorization_requested_twice,),
    ),
    "I3": (
        *(committed_and_not_published, published_and_not_committed),
        *(published_with_another_content, published_with_another_key),
    ),
    "I4": (offset_ahead_of_the_inbox, offset_ahead_of_an_event),
    "I5": (version_repeated, older_version_behind, copy_is_stale),
    "I6": (key_in_two_partitions,),
    "I7": (
        *(ledger_is_not_what_is_paid, paid_without_an_entry, booked_and_not_announced),
        *(reversed_more_than_paid, a_line_does_not_add_up),
        *(accumulators_counted_twice, accumulators_not_counted, accumulators_of_another_year),
        *(accumulators_not_given_back,),
    ),
    "I8": (two_payments_stand, paid_above_allowed),
    "I9": (
        *(released_early_by_its_own_word, released_before_any_clock_was_there, promised_early),
        *(released_unreceived, never_settled),
        *(opened_before_any_clock_was_there, opened_and_never_released),
        *(opened_before_the_command_to_release, released_far_too_late_under_fire),
        *(released_long_after_all_was_healed,),
    ),
    "I10": (
        *(warned_early, warned_before_any_clock_was_there, breached_twice),
        *(breached_after_the_end, deadline_in_silence),
    ),
    "I11": (
        *(released_twice, adjudicated_after_its_end, row_is_not_what_events_say, row_is_gone),
        *(row_without_events,),
    ),
    "I12": (row_of_another_tenant, event_of_another_tenant, stranger_is_told),
    "I13": (file_gone, file_changed, file_too_much, upload_not_swept),
    "I14": (
        *(lag_left, batch_unpublished, timer_overdue, dead_letter_missing),
        *(one_letter_for_two_that_were_parked, parked_twice_and_announced_once),
        *(letter_of_another_service, somebody_noted_something),
    ),
    "I15": (
        *(look_unrecorded, look_recorded_that_was_none, opening_unrecorded),
        *(opening_recorded_twice, number_of_a_look_used_twice),
        *(look_under_another_name, look_in_another_role, opening_under_another_name),
        *(opening_of_another_document, look_changed_by_hand, look_deleted_by_hand),
        *(last_look_deleted_by_hand,),
    ),
}


def test_every_checker_is_broken_by_something() -> None:
    assert BREAKS.keys() == CHECKERS.keys()


@pytest.mark.parametrize(
    ("name", "breaks"), [(name, each) for name, breaks in BREAKS.items() for each in breaks]
)
def test_a_broken_history_is_seen(name: str, breaks: Break) -> None:
    history = good()
    breaks(history)
    assert list(CHECKERS[name](history))
