"""The benchmark counts rightly. How fast anything is, no test says."""

import pytest
import typer

from portal_cli.bench.command import _chosen
from portal_cli.bench.parts import PARTS
from portal_cli.bench.recovery import Answers, homes_of_members, owned_partitions
from portal_cli.bench.report import ROWS


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
