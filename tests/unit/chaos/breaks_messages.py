"""How a history breaks I1 to I6: messages, their outcomes, their order."""

from __future__ import annotations

from dataclasses import replace

from tests.chaos.history import History, ParkedRow, State, Taken
from tests.chaos.orders import PARKED, REFUSED
from tests.unit.chaos.breaking import Break, drop, event_of
from tests.unit.chaos.pieces import (
    ADJUDICATED,
    AUTH,
    CLAIM,
    COMMANDS,
    EVENTS,
    MADE,
    SUBMIT,
    TIN,
    adjudicated,
    answer,
    record,
    sent,
)

CLOSED = "claims.claim_closed.v1"
OTHER_TIN = "009999999"


# -- I1 ------------------------------------------------------------------------------------------


def never_answered(h: History) -> None:
    drop(h.answers, "r-one")


def answered_in_two_ways(h: History) -> None:
    h.answers.append(answer("one", "claims.claim_rejected_reply.v1"))


def answered_twice_with_other_bytes(h: History) -> None:
    h.answers.append(replace(h.answers[0], digest="other"))


def gone_from_kafka(h: History) -> None:
    drop(h.commands, "one")


def one_id_two_messages_both_taken(h: History) -> None:
    h.sent.append(sent(3, "one", print="p-other", offset=3))
    h.commands.append(record(COMMANDS, 3, "one", SUBMIT, source="/portal/chaos"))


def refused_as_if_nobody_could_be_trusted(h: History) -> None:
    """One outcome, the same for all copies: and still nothing was done."""
    h.answers[0] = answer("one", "portal.refused.v1", codes=["not_authenticated"])


def refused_as_used_by_itself(h: History) -> None:
    h.answers.append(answer("one", "portal.refused.v1", codes=["id_reused"]))


def poison_not_parked(h: History) -> None:
    h.tables["claims"].parked = []


def poison_parked_for_another_reason(h: History) -> None:
    row = h.tables["claims"].parked[0]
    h.tables["claims"].parked = [row._replace(reason="the body is empty")]


def poison_not_answered(h: History) -> None:
    h.sent.append(sent(4, "worse", "?", expect=REFUSED, code="bad_headers", offset=4))
    h.commands.append(record(COMMANDS, 4, "worse", "?", source="/portal/chaos"))


def poison_answered_and_parked_too(h: History) -> None:
    row = ParkedRow(COMMANDS, 1, 2, None, "header ce_time is missing", "parked")
    h.tables["claims"].parked.append(row)


def poison_parked_for_another_one(h: History) -> None:
    """The same reason, and another message's row."""
    h.sent.append(sent(4, "worse", "?", expect=PARKED, code="is missing", asked=False, offset=4))
    h.commands.append(record(COMMANDS, 4, "worse", "?", source="/portal/chaos"))


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
    h.events.append(replace(event_of(h, MADE), offset=7, digest="other"))


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
    h.events.append(replace(event_of(h, "a1"), id="a2", offset=4))


# -- I3 ------------------------------------------------------------------------------------------


def committed_and_not_published(h: History) -> None:
    drop(h.events, MADE)


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


BREAKS: dict[str, tuple[Break, ...]] = {
    "I1": (
        *(never_answered, answered_in_two_ways, answered_twice_with_other_bytes),
        *(gone_from_kafka, one_id_two_messages_both_taken, refused_as_used_by_itself),
        *(poison_not_parked, poison_parked_for_another_reason, poison_not_answered),
        *(poison_answered_and_parked_too, poison_parked_for_another_one),
        *(refused_as_if_nobody_could_be_trusted,),
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
}
