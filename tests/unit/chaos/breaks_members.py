"""How a history breaks I11 with members and their other insurance."""

from __future__ import annotations

from tests.chaos.history import History, State
from tests.unit.chaos.breaking import Break, change, drop
from tests.unit.chaos.insured import EVENTS, MEMBER, POLICY
from tests.unit.chaos.pieces import record

CHANGED = "eligibility.member_changed.v1"


def member_is_older_than_announced(h: History) -> None:
    h.tables["eligibility"].states[MEMBER] = State(1, POLICY)


def member_is_newer_than_announced(h: History) -> None:
    h.tables["eligibility"].states[MEMBER] = State(3, POLICY)


def row_of_a_member_has_lost_its_insurance(h: History) -> None:
    h.tables["eligibility"].states[MEMBER] = State(2, "")


def member_is_gone(h: History) -> None:
    del h.tables["eligibility"].states[MEMBER]


def member_nobody_announced(h: History) -> None:
    h.tables["eligibility"].states["N"] = State(1, "")


def insurance_answered_for_and_never_announced(h: History) -> None:
    drop(h.events, "b2")


def insurance_announced_is_another(h: History) -> None:
    change(h, "b2", policy_id="COB-2")


def insurance_announced_at_another_version(h: History) -> None:
    change(h, "b2", version=3)


def feed_wipes_the_insurance_out(h: History) -> None:
    """Row and events agree, and the answer of before is forgotten."""
    facts = {"member": MEMBER, "version": 3, "policies": ""}
    h.events.append(record(EVENTS, 2, "m3", CHANGED, cause="feed", facts=facts))
    h.tables["eligibility"].states[MEMBER] = State(3, "")


BREAKS: dict[str, tuple[Break, ...]] = {
    "I11": (
        *(member_is_older_than_announced, member_is_newer_than_announced, member_is_gone),
        *(row_of_a_member_has_lost_its_insurance, member_nobody_announced),
        *(insurance_answered_for_and_never_announced, insurance_announced_is_another),
        *(insurance_announced_at_another_version, feed_wipes_the_insurance_out),
    ),
}
