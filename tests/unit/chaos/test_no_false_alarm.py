"""What faults may leave behind without anything being wrong: no checker objects to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.chaos.checkers import CHECKERS
from tests.chaos.checkers.i04_offsets import origin as place_id_of
from tests.chaos.checkers.i09_quarantine import UNDER_FIRE
from tests.chaos.history import Entry, History, ParkedRow, State, Taken
from tests.chaos.orders import QUERY, STRANGER
from tests.unit.chaos.breaking import change
from tests.unit.chaos.histories import good, put_at
from tests.unit.chaos.insured import MEMBER, POLICY
from tests.unit.chaos.pieces import (
    ADJUDICATED,
    AUTH,
    CLAIM,
    COMMANDS,
    EVENTS,
    NOON,
    REQUEST,
    SUBMIT,
    TIN,
    adjudicated,
    answer,
    record,
    sent,
)

Happens = Callable[[History], None]


def everything_was_sent_and_published_twice(h: History) -> None:
    for records in (h.commands, h.events, h.answers, h.letters):
        records += [replace(r, offset=r.offset + 100, at=r.at + 100) for r in records]
    h.committed = dict.fromkeys(h.committed, 500)
    h.ends = dict.fromkeys(h.ends, 500)


def a_document_about_nobody_was_opened(h: History) -> None:
    """Of a maintenance request: there is no member whose look it would be."""
    change(h, "d2", owner=("maintenance_request", REQUEST))
    h.tables["documents"].looks = []


def poison_was_replayed_and_parked_again(h: History) -> None:
    """In its row, which says where it was first."""
    h.commands.append(record(COMMANDS, 50, "bad", "?", source="/portal/chaos"))
    letter = replace(h.letters[0], offset=1)
    h.letters += [letter, replace(letter, offset=2)]


def a_copy_of_poison_came_while_the_first_was_replayed(h: History) -> None:
    """It was parked in the row of the first, and the replay in a row of its own."""
    h.sent.append(replace(next(s for s in h.sent if s.id == "bad"), n=900, offset=50))
    h.commands += [record(COMMANDS, n, "bad", "?", source="/portal/chaos") for n in (50, 51)]
    h.tables["claims"].parked.append(h.tables["claims"].parked[0]._replace(offset=51))
    h.letters.append(replace(h.letters[0], offset=1, origin=f"{COMMANDS}/1/51"))


def release_waited_for_a_server_that_was_away(h: History) -> None:
    due = NOON.timestamp() + 2
    h.away = [(due + 20, due + 60), (due + 200, due + 250)]
    put_at(h, "d3", due + UNDER_FIRE + 89)


def release_was_due_before_all_was_healed_and_came_soon_after(h: History) -> None:
    h.healed = NOON.timestamp() + 150
    put_at(h, "d3", h.healed + 60)


def clock_leapt_over_the_half_hour_by_days(h: History) -> None:
    """Counted from the leap, and not in the time that the clock shows, it is seconds late."""
    h.moves[0] = h.moves[0]._replace(offset=40 * 86_400.0)
    h.moves[1] = h.moves[1]._replace(offset=120 * 86_400.0)


def claim_was_adjudicated_again_with_another_share(h: History) -> None:
    facts = adjudicated(3, 2, 3000, counted=(0, 250), postings=[])
    h.events.append(record(EVENTS, 1, "again", ADJUDICATED, subject=CLAIM, facts=facts))
    h.tables["claims"].states[CLAIM] = State(3, "paid", TIN)
    h.money.accumulators["M", 2025] = (0, 250)


def opened_by_a_later_copy(h: History) -> None:
    """The first copy came before the release and was parked; an operator sent it again."""
    h.commands.append(replace(h.commands[-2], offset=3))
    h.answers.append(replace(h.answers[-2], offset=9, at=NOON.timestamp() + 700))


def decided_so_late_that_the_breach_was_noted_first(h: History) -> None:
    """The clock leapt over both moments, and staff were faster than the timers."""
    h.events = [event for event in h.events if event.id not in ("q11", "q12")]
    at = (NOON + timedelta(days=31)).isoformat()
    facts = {"number": REQUEST, "version": 2, "at": at, "tin": TIN}
    for offset, name, more in ((11, "sla_breached", {}), (12, "request_approved", {"version": 3})):
        h.events.append(record("providers.events", offset, f"s{offset}", f"providers.{name}.v1",
                               subject=REQUEST, cause="late",
                               facts={**facts, **more, "in_time": False}))  # fmt: skip
    h.tables["providers"].states[REQUEST] = State(3, "approved", TIN)


def authorization_decided_line_by_line(h: History) -> None:
    """One line waits for papers first."""
    decided = ({2: "pended_for_information"}, {1: "approved"}, {2: "denied"})
    lines = {1: "pending", 2: "pending"}
    for version, said in enumerate(decided, 2):
        lines = {**lines, **said}
        for type_, told in (("lines_decided", said), ("authorization_changed", lines)):
            facts = {"authorization_number": AUTH, "version": version, "lines": dict(told)}
            h.events.append(record("auth.events", 10 + len(h.events), f"{type_}{version}",
                                   f"auth.{type_}.v1", subject=AUTH, facts=facts))  # fmt: skip
    h.tables["auth"].states[AUTH] = State(4, "partly_approved", TIN)


def strangers_were_refused_and_so_was_a_wrong_claim(h: History) -> None:
    h.sent += [sent(9, "nosy", code=STRANGER), sent(10, "sum")]
    h.commands += [record(COMMANDS, n, i, SUBMIT, source="/portal/chaos")
                   for n, i in ((9, "nosy"), (10, "sum"))]  # fmt: skip
    h.answers += [
        answer("nosy", "portal.refused.v1", codes=["not_your_tax_id"]),
        answer("sum", "portal.refused.v1", codes=["charges_do_not_add_up"]),
    ]


def poison_was_sent_again_because_nobody_knew_whether_kafka_had_it(h: History) -> None:
    """The first copy was never acknowledged and is there all the same; the second is known."""
    at = next(n for n, copy in enumerate(h.sent) if copy.id == "bad")
    h.sent.append(replace(h.sent[at], n=900, offset=50))
    h.sent[at] = replace(h.sent[at], offset=-1)
    h.commands.append(record(COMMANDS, 50, "bad", "?", source="/portal/chaos"))


def first_parked_and_decided_when_it_was_replayed(h: History) -> None:
    parked = ParkedRow(COMMANDS, 1, 0, "one", "deciding it failed with ValueError", "replayed")
    h.tables["claims"].parked.append(parked)
    h.answers.insert(0, answer("one", "portal.parked.v1"))


def poison_is_kept_under_its_place_and_was_answered(h: History) -> None:
    """Once for each place where it stands, since each has an id of its own."""
    for offset in (60, 61):
        poison = record(COMMANDS, offset, "worse", "?", source="/portal/chaos")
        h.commands.append(poison)
        told = replace(answer("worse", "portal.parked.v1"), digest=f"d-{offset}")
        h.answers.append(told)
        kept = Taken("b", told.type, told.digest)
        h.tables["claims"].inbox[place_id_of(poison)] = kept


def an_id_was_used_for_two_messages(h: History) -> None:
    h.sent.append(sent(3, "one", print="p-other", offset=3))
    h.commands.append(record(COMMANDS, 3, "one", SUBMIT, source="/portal/chaos"))
    h.answers.append(answer("one", "portal.refused.v1", codes=["id_reused"]))


def a_partition_is_empty_and_nobody_took_anything_of_it(h: History) -> None:
    h.ends[EVENTS, 2] = 0


def lists_were_empty_and_one_was_asked_for_twice(h: History) -> None:
    """Who died after recording a look has not answered."""
    asked = (("none", "claims.search_claims.v1"), ("some", "claims.search_claims.v1"),
             ("died", "claims.get_claim.v1"))  # fmt: skip
    h.sent += [sent(20, i, type_, topic="claims.queries", expect=QUERY) for i, type_ in asked]
    h.answers += [
        answer("none", "claims.claim_list.v1", shown=[], members=[]),
        answer("some", "claims.claim_list.v1", shown=[], members=[]),
        answer("some", "claims.claim_list.v1", shown=[CLAIM], members=["M"]),
    ]
    looks = h.tables["claims"].looks
    looks += [
        looks[0]._replace(seq=2, message_id="some"),
        looks[0]._replace(seq=3, message_id="died"),
    ]


def insurance_was_edited_after_it_had_been_added(h: History) -> None:
    facts = {"member": MEMBER, "version": 3, "policies": POLICY}
    change = {"change_id": "CBC-2", "version": 3, "insured": MEMBER, "policy_id": POLICY}
    type_ = "eligibility.member_changed.v1"
    h.events += [
        record("eligibility.events", 2, "m3", type_, cause="edit", facts=facts),
        record("eligibility.events", 3, "b3", "eligibility.cob_changed.v1", subject="CBC-2",
               cause="edit", facts=change),
        record("eligibility.events", 4, "old", type_, source="/portal/chaos",
               facts={**facts, "version": 1, "policies": ""}),
    ]  # fmt: skip
    h.tables["eligibility"].states[MEMBER] = State(3, POLICY)


def a_payment_was_taken_back_and_another_made(h: History) -> None:
    h.money.ledger += [Entry(CLAIM, 1, "reversal", -3000), Entry(CLAIM, 2, "payment", 2000)]


@pytest.mark.parametrize(
    ("names", "happens"),
    [
        (("I1", "I3", "I9", "I11", "I14", "I15"), everything_was_sent_and_published_twice),
        (("I1", "I14"), poison_was_replayed_and_parked_again),
        (("I12", "I15"), a_document_about_nobody_was_opened),
        (("I1", "I14"), a_copy_of_poison_came_while_the_first_was_replayed),
        (("I1",), poison_was_sent_again_because_nobody_knew_whether_kafka_had_it),
        (("I9",), release_waited_for_a_server_that_was_away),
        (("I9",), release_was_due_before_all_was_healed_and_came_soon_after),
        (("I9",), clock_leapt_over_the_half_hour_by_days),
        (("I7",), claim_was_adjudicated_again_with_another_share),
        (("I2", "I9", "I15"), opened_by_a_later_copy),
        (("I10", "I11"), decided_so_late_that_the_breach_was_noted_first),
        (("I5", "I11"), authorization_decided_line_by_line),
        (("I1", "I12"), strangers_were_refused_and_so_was_a_wrong_claim),
        (("I3",), first_parked_and_decided_when_it_was_replayed),
        (("I3",), poison_is_kept_under_its_place_and_was_answered),
        (("I1", "I3"), an_id_was_used_for_two_messages),
        (("I14",), a_partition_is_empty_and_nobody_took_anything_of_it),
        (("I15",), lists_were_empty_and_one_was_asked_for_twice),
        (("I5", "I11"), insurance_was_edited_after_it_had_been_added),
        (("I8",), a_payment_was_taken_back_and_another_made),
    ],
)
def test_what_faults_may_do_is_no_false_alarm(names: tuple[str, ...], happens: Happens) -> None:
    history = good()
    happens(history)
    assert {name: list(CHECKERS[name](history)) for name in names} == {n: [] for n in names}


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(-5, -300.0), (0, 0.0), (20, 2.0), (30, 2.0), (31, 10.0), (60, 10.0)]
)
def test_the_real_time_of_a_moment_follows_from_how_the_clock_was_moved(
    minutes: int, seconds: float
) -> None:
    """It shows 12:00:02 when it is put to 12:30:02, and 12:30:10 when it is put 90 days ahead."""
    reached = good().reached(NOON + timedelta(minutes=minutes))
    assert reached - NOON.timestamp() == seconds
