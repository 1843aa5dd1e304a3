"""How a history breaks I11 to I15: states, tenants, files, and what is left."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from tests.chaos.history import EffectRow, History, Look, Opened, State
from tests.chaos.orders import QUERY, STRANGER
from tests.unit.chaos.breaking import Break, change, event_of
from tests.unit.chaos.pieces import (
    ADJUDICATED,
    AUTH,
    CLAIM,
    COMMANDS,
    DOCUMENT,
    EVENTS,
    MADE,
    NOON,
    REQUEST,
    TIN,
    adjudicated,
    answer,
    record,
    sent,
)

CLOSED = "claims.claim_closed.v1"
OTHER_TIN = "009999999"
LINES_DECIDED = "auth.lines_decided.v1"


# -- I11 -----------------------------------------------------------------------------------------


def released_twice(h: History) -> None:
    h.events.append(replace(event_of(h, "d3"), id="d4", offset=9))


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
    change(h, MADE, billing_tin=OTHER_TIN)


def document_attached_to_anothers_claim(h: History) -> None:
    change(h, "d2", owner=("claim", "CLM-2"))
    h.tables["claims"].states["CLM-2"] = State(2, "paid", OTHER_TIN)


def claim_decided_with_anothers_record(h: History) -> None:
    change(h, MADE, records=("DOC-2",))
    h.tables["documents"].states["DOC-2"] = State(3, "released", OTHER_TIN)


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


def effect_not_carried_out(h: History) -> None:
    h.tables["documents"].effects = [EffectRow("seal", DOCUMENT, "waiting", None)]


def effect_parked(h: History) -> None:
    h.tables["documents"].effects = [EffectRow("seal", DOCUMENT, "parked", "nobody foresaw this")]


def effect_parked_without_a_word(h: History) -> None:
    h.tables["documents"].effects = [EffectRow("seal", DOCUMENT, "parked", None)]


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


def look_of_an_opening_unrecorded(h: History) -> None:
    h.tables["documents"].looks = []


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


def _lines(h: History, id_: str, type_: str, version: int, lines: dict[int, str]) -> None:
    facts = {"authorization_number": AUTH, "version": version, "lines": lines}
    h.events.append(record("auth.events", 10 + len(h.events), id_, type_, subject=AUTH,
                           cause="may", facts=facts))  # fmt: skip


def line_decided_twice(h: History) -> None:
    for version in (2, 3):
        _lines(h, f"l{version}", LINES_DECIDED, version, {1: "approved"})
    h.tables["auth"].states[AUTH] = State(3, "pending", TIN)


def line_decided_that_nobody_asked_for(h: History) -> None:
    _lines(h, "l2", LINES_DECIDED, 2, {3: "approved"})
    h.tables["auth"].states[AUTH] = State(2, "pending", TIN)


def authorization_announced_otherwise_than_decided(h: History) -> None:
    _lines(h, "l2", "auth.authorization_changed.v1", 1, {1: "approved", 2: "pending"})


def authorization_is_not_what_its_lines_say(h: History) -> None:
    _lines(h, "l2", LINES_DECIDED, 2, {1: "approved", 2: "denied"})
    h.tables["auth"].states[AUTH] = State(2, "approved", TIN)


def stranger_is_obeyed(h: History) -> None:
    h.sent.append(sent(9, "nosy", code=STRANGER))
    h.answers.append(answer("nosy", "claims.claim_accepted.v1", claim_number=CLAIM))


def something_followed_from_what_was_refused(h: History) -> None:
    h.sent.append(sent(9, "nosy", code=STRANGER))
    h.events.append(record(EVENTS, 9, "void", CLOSED, subject=CLAIM, cause="nosy"))


def claim_of_another_in_a_list(h: History) -> None:
    h.sent.append(sent(9, "find", "claims.search_claims.v1", topic="claims.queries", expect=QUERY,
                       tin=OTHER_TIN))  # fmt: skip
    h.answers.append(answer("find", "claims.claim_list.v1", shown=[CLAIM]))


def process_ended_by_itself(h: History) -> None:
    h.deaths = ["claims-0 ended with 1: a stage failed"]


BREAKS: dict[str, tuple[Break, ...]] = {
    "I11": (
        *(released_twice, adjudicated_after_its_end, row_is_not_what_events_say, row_is_gone),
        *(row_without_events, line_decided_twice, line_decided_that_nobody_asked_for),
        *(authorization_announced_otherwise_than_decided,),
        *(authorization_is_not_what_its_lines_say,),
    ),
    "I12": (
        *(row_of_another_tenant, event_of_another_tenant, stranger_is_told, stranger_is_obeyed),
        *(something_followed_from_what_was_refused, claim_of_another_in_a_list),
        *(document_attached_to_anothers_claim, claim_decided_with_anothers_record),
    ),
    "I13": (file_gone, file_changed, file_too_much, upload_not_swept),
    "I14": (
        *(lag_left, batch_unpublished, timer_overdue, dead_letter_missing),
        *(one_letter_for_two_that_were_parked, parked_twice_and_announced_once),
        *(letter_of_another_service, somebody_noted_something, process_ended_by_itself),
        *(effect_not_carried_out, effect_parked, effect_parked_without_a_word),
    ),
    "I15": (
        *(look_unrecorded, look_recorded_that_was_none, opening_unrecorded),
        *(opening_recorded_twice, number_of_a_look_used_twice),
        *(look_under_another_name, look_in_another_role, opening_under_another_name),
        *(opening_of_another_document, look_changed_by_hand, look_deleted_by_hand),
        *(last_look_deleted_by_hand, look_of_an_opening_unrecorded),
    ),
}
