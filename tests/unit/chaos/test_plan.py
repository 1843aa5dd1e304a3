"""The plan of a run: the same seed draws the same one, and every fault is among them."""

from __future__ import annotations

import json
from pathlib import Path
from random import Random

import pytest

from portal_runtime.observing import failpoints as fp
from tests.chaos import plan
from tests.chaos.collect import spans_away
from tests.chaos.faults import ELSEWHERE, FAULTS, IN_THE_LOAD, numbers
from tests.chaos.faults.f01_kill import RECIPE, KillAtStep, KillWhilePublishing
from tests.chaos.faults.f14_replay import is_read_again
from tests.chaos.faults.f25_timers import KillAtEffect, KillAtTimer

ROOT = Path(__file__).parents[3]
PROVEN = {*range(1, 10), *range(11, 18), 19, 21, 23, 24, 25, 27, 28, 29, 31}


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


def test_every_step_of_the_recipe_has_its_turn() -> None:
    timers = {fp.TIMER_CLAIMED, fp.TIMER_PUBLISHED, fp.TIMER_DELETED}
    assert timers == {*KillAtTimer.steps}
    others = {*timers, *KillAtEffect.steps, fp.QUERY_ANSWERED}
    assert {*RECIPE, *KillWhilePublishing.steps} == fp.NAMES - others


def test_debts_are_awaited_only_where_they_are_paid_and_at_their_one_passage() -> None:
    random = Random(1)
    drawn = [KillAtStep().draw(random) for _ in range(300)]
    debts = {
        (p["instance"], p["step"]) for p in drawn if p["step"].startswith(fp.AFTER_UNPUBLISHED)
    }
    assert debts == {("claims-0", "after_unpublished:1"), ("claims-1", "after_unpublished:1")}


def test_one_asks_for_faults_by_their_numbers() -> None:
    assert numbers("1,17,27") == (1, 17, 27)
    assert numbers("") == ()
    assert numbers(" 1, 4 ") == (1, 4)


def test_what_is_no_number_is_named_with_an_example() -> None:
    with pytest.raises(ValueError, match=r"^a is no number of a fault; ask as 1,4,16$"):
        numbers("1,a")


@pytest.mark.parametrize(
    ("number", "way_out"),
    [(10, "test_kafka_full.py"), (20, "test_expelled.py"), (22, "test_away.py"),
     (32, "test_restored.py"), (33, "test_rights_and_room.py"), (18, "in every run"),
     (99, "no run carries it out")],
)  # fmt: skip
def test_a_number_that_no_run_carries_out_is_rejected_with_the_way_out(
    number: int, way_out: str
) -> None:
    with pytest.raises(ValueError, match=rf"^{number} cannot .*{way_out}.*docs/promises.md"):
        numbers(f"1,{number}")


def test_the_tests_that_are_named_as_the_way_out_exist() -> None:
    named = [word for why in ELSEWHERE.values() for word in why.split() if word.endswith(".py")]
    assert len(named) == 5
    assert all((ROOT / name).is_file() for name in named)


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


def test_only_a_server_that_is_away_from_everybody_excuses_what_is_late() -> None:
    whole = {fault.name for fault in FAULTS if fault.away}
    others = {"Kafka killed", "Kafka away > 40 s"}
    assert whole == {"PostgreSQL restarted", "object store killed"} | others
    assert {fault.lane for fault in FAULTS if fault.away} == {"servers"}, "one after another"
    facts = [
        {"at": 0.5, "fault": 11, "name": "store", "begins": True},
        {"at": 0.9, "fault": 11, "name": "store", "healed": True, "away": False},
        {"at": 1.0, "fault": 6, "name": "Kafka", "begins": True},
        {"at": 2.0, "fault": 7, "name": "network", "begins": True},
        {"at": 3.0, "phase": "drain"},
        {"at": 4.5, "fault": 6, "name": "Kafka", "healed": True, "away": True},
        {"at": 5.0, "fault": 7, "name": "network", "healed": True, "away": False},
    ]
    assert list(spans_away(facts)) == [(1.0, 4.5)]
