"""The benchmark counts rightly. How fast anything is, no test says."""

from pathlib import Path

import pytest
import typer

from portal_contracts.eligibility.events import CobChanged, MemberChanged
from tools.bench.backlog import Watched, decided
from tools.bench.command import _chosen, _earlier
from tools.bench.fanout import EACH, OTHERS, changes, claim_of_others, members_of
from tools.bench.load import MEMBERS
from tools.bench.parts import PARTS
from tools.bench.recovery import Answers, homes_of_members, owned_partitions
from tools.bench.report import ROWS, table

TIMERS = {"drained": 1, "duplicates": 0, "lateness_p99_ms": 2.0}


def test_a_recovery_ends_when_the_last_partition_is_worked_on() -> None:
    answers = Answers()
    answers.add(1, 10.1, 10.9)
    answers.add(2, 10.1, 12.5)
    answers.add(2, 10.2, 12.4)
    assert answers.worked_on({1, 2}, since=10.0) == 12.4


def test_an_answer_to_what_was_sent_before_the_kill_is_no_recovery() -> None:
    answers = Answers()
    answers.add(1, 9.9, 10.1)
    assert answers.worked_on({1}, since=10.0) is None


def test_a_partition_without_an_answer_is_not_worked_on() -> None:
    answers = Answers()
    answers.add(1, 10.1, 10.2)
    assert answers.worked_on({1, 2}, since=10.0) is None


def test_an_instance_says_which_partitions_of_its_commands_it_works_on() -> None:
    page = (
        "# HELP portal_consumer_lag Messages not yet taken\n"
        'portal_consumer_lag{partition="3",service="claims",topic="claims.commands"} 0.0\n'
        'portal_consumer_lag{partition="12",service="claims",topic="claims.commands"} 7.0\n'
        'portal_consumer_lag{partition="5",service="claims",topic="providers.events"} 0.0\n'
    )
    assert owned_partitions(page) == {3, 12}


def test_the_members_of_the_load_reach_every_partition() -> None:
    assert all(homes_of_members().values())


def test_parts_run_alone_and_in_their_order() -> None:
    assert _chosen("recovery, latency") == ["latency", "recovery"]
    assert _chosen("") == list(PARTS)


def test_an_unknown_part_is_named_with_those_there_are() -> None:
    with pytest.raises(typer.BadParameter, match="no part speed; there are claims, latency"):
        _chosen("speed,latency")


def test_every_part_has_its_rows_in_the_table() -> None:
    assert list(ROWS) == list(PARTS)


def test_an_earlier_run_stands_beside_this_one() -> None:
    now = {"service": {"ready_s": 1.3, "rss_mb": 95.2}, "timers": TIMERS}
    made = table(now, {"service": {"ready_s": 2.2, "rss_mb": 91.0}})
    columns = {str(column.header): list(column.cells) for column in made.columns}
    assert columns["measured"][2:] == ["1.3 s", "95.2 MB"]
    assert columns["earlier"] == ["", "", "2.2 s", "91.0 MB"]
    assert [column.header for column in table(now).columns] == ["what", "measured", "asked for"]


@pytest.mark.parametrize("text", ["", "[1]", '{"claims": 1}', '{"service": {"ready_s": 1}}'])
def test_a_file_without_figures_is_refused_before_anything_is_measured(
    tmp_path: Path, text: str
) -> None:
    file = tmp_path / "earlier.json"
    for _ in range(2):  # missing, then not what it should be
        with pytest.raises(typer.BadParameter, match="bench --json > FILE"):
            _earlier(file)
        file.write_text(text)


def test_a_fan_out_has_as_many_claims_as_were_asked_for() -> None:
    assert members_of(100_000) * EACH == 100_000
    with pytest.raises(ValueError, match="a multiple of it up to 100000"):
        members_of(100_001)


def test_a_changed_member_is_announced_before_the_change_and_both_are_new() -> None:
    made = changes(2)
    assert [type(event).__name__ for event in made] == ["MemberChanged", "CobChanged"] * 2
    for member, change in zip(made[::2], made[1::2], strict=True):
        assert isinstance(member, MemberChanged) and isinstance(change, CobChanged)
        assert member.member_id == change.member_id and member.key() == change.key()
        assert change.after in member.cob and member.version == change.version > 1


def test_who_asks_beside_the_fan_out_asks_for_other_members_and_repeats_no_claim() -> None:
    numbers = [claim_of_others(n) for n in range(3 * OTHERS)]
    assert len(set(numbers)) == len(numbers)
    assert {n % MEMBERS for n in numbers} == set(range(members_of(100_000), MEMBERS))


def test_memory_is_counted_from_before_the_first_message_to_its_peak() -> None:
    seen = Watched()
    for mb, worked in ((80.0, 0), (85.0, 0), (140.0, 500), (120.0, 900)):
        seen.see(mb, worked)
    assert (seen.first_mb, seen.peak_mb, seen.worked) == (85.0, 140.0, 900)


def test_only_messages_of_the_backlogs_topic_count_as_worked() -> None:
    page = (
        'portal_messages_total{outcome="decided",service="claims",topic="providers.events"} 7.0\n'
        'portal_messages_total{outcome="again",service="claims",topic="providers.events"} 2.0\n'
        'portal_messages_total{outcome="decided",service="claims",topic="claims.commands"} 5.0\n'
        'portal_messages_created{outcome="decided",service="claims",topic="providers.events"} 1.7\n'
    )
    assert decided(page) == 9
