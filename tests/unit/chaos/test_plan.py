"""The plan of a run: the same seed draws the same one, and every fault is among them."""

from __future__ import annotations

import json

from tests.chaos import plan
from tests.chaos.faults import FAULTS, IN_THE_LOAD
from tests.chaos.faults.f14_replay import is_read_again

PROVEN = {*range(1, 10), 11, 12, 13, 14, 15, 16, 19, 21, 23, 24, 25, 27, 28, 29, 31}


def _told(seed: int) -> list[str]:
    return [str(one) for lane in plan.draw(seed, 15, FAULTS).values() for one in lane]


def test_a_seed_draws_its_plan_again() -> None:
    assert _told(7) == _told(7)
    assert _told(7) != _told(8)


def test_every_fault_has_its_turn_and_can_be_written_down() -> None:
    drawn = plan.draw(1, 60, FAULTS)
    names = {one.fault.name for lane in drawn.values() for one in lane}
    assert names == {fault.name for fault in FAULTS}
    for lane in drawn.values():
        for one in lane:
            assert json.loads(json.dumps(one.params)) == one.params
            assert one.params["hold"] >= 0


def test_a_lane_lasts_longer_than_the_run() -> None:
    for lane, planned in plan.draw(1, 15, FAULTS).items():
        assert sum(one.pause + one.params["hold"] for one in planned) > 15 * 60, lane


def test_the_numbers_are_those_that_are_promised() -> None:
    assert {fault.number for fault in FAULTS} | IN_THE_LOAD.keys() == PROVEN
    assert all(fault.may for fault in FAULTS)


def test_only_some_leaves_out_the_others() -> None:
    some = [fault for fault in FAULTS if fault.number in (1, 4)]
    drawn = plan.draw(1, 15, some)
    assert {one.fault.number for lane in drawn.values() for one in lane} == {1, 4}
    assert drawn["servers"] == []


def test_claims_are_given_their_events_again_and_others_their_commands() -> None:
    groups = ("claims.commands", "eligibility.events", "claims.queries", "documents.events")
    again = {
        service: [topic for topic in groups if is_read_again(f"{service}.{topic}", service)]
        for service in ("claims", "documents")
    }
    assert again["claims"] == ["claims.commands", "eligibility.events", "documents.events"]
    assert again["documents"] == []
    assert is_read_again("documents.documents.commands", "documents")
    assert not is_read_again("claims.claims.commands", "documents")
