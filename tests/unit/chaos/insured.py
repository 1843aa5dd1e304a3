"""A member with other insurance, for the good history."""

from __future__ import annotations

from tests.chaos.history import History, Look, State
from tests.unit.chaos.pieces import TIN, answer, record, sent

ADD_COB, COB_ADDED = "eligibility.add_cob.v1", "eligibility.cob_added.v1"
COMMANDS, EVENTS = "eligibility.commands", "eligibility.events"
MEMBER, POLICY, CHANGE = "M", "COB-1", "CBC-1"


def insure(history: History) -> None:
    """On file before, with one policy added: announced as a whole, then as a change."""
    history.sent.append(sent(0, "cover", ADD_COB, topic=COMMANDS))
    history.commands.append(record(COMMANDS, 0, "cover", ADD_COB, source="/portal/chaos"))
    member = {"member": MEMBER, "version": 2, "policies": POLICY}
    change = {"change_id": CHANGE, "version": 2, "insured": MEMBER, "policy_id": POLICY}
    history.events[1:1] = [
        record(EVENTS, 0, "m2", "eligibility.member_changed.v1", cause="cover", facts=member),
        record(EVENTS, 1, "b2", "eligibility.cob_changed.v1", subject=CHANGE, cause="cover",
               facts=change),
    ]  # fmt: skip
    told = {"policy_id": POLICY, "version": 2, "change_id": CHANGE}
    history.answers.insert(0, answer("cover", COB_ADDED, "eligibility", **told))
    eligibility = history.tables["eligibility"]
    eligibility.states[MEMBER] = State(2, POLICY)
    eligibility.looks = [Look(1, f"chaos-{TIN}", "provider", MEMBER, "cover")]
