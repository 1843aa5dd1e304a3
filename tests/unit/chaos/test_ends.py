"""Which ends of a service process are allowed, and which are a service that crashes."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from tests.chaos.ends import Ends, judge

READY = "2026-11-25T12:00:00Z [info     ] ready                          port=8101 service=claims\n"
STOPPED = "stopped because a part ended: "
REFUSED = "ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 5432)\n"


@pytest.mark.parametrize(
    ("log", "why"),
    [
        ("another process has this name; each needs its own PORTAL_INSTANCE\n", "name"),
        (f"{STOPPED}consumer of claims.commands, refused by Kafka\n", "refused by Kafka"),
        ("ending because a part ended    part='its fetching has ended'\n", "fetching"),
    ],
)
def test_a_process_that_rightly_ends_itself_is_counted(log: str, why: str) -> None:
    said, allowed = judge(1, READY + log)
    assert allowed
    assert why in said


def test_one_that_cannot_start_while_a_server_is_away_is_counted() -> None:
    assert judge(1, f"Traceback (most recent call last):\n  ...\n{REFUSED}")[1]
    assert judge(1, "starting failed   error=aiokafka.errors.UnknownError where=x.py:7\n")[1]


@pytest.mark.parametrize(
    ("code", "log"),
    [
        (1, f"{READY}a stage failed   error=KeyError where=batch.py:7\n{STOPPED}decide\n"),
        (1, f"{READY}Traceback (most recent call last):\nKeyError: 'x'\n"),
        (1, f"{READY}Traceback (most recent call last):\n{REFUSED}"),
        (1, "Traceback (most recent call last):\nMigrationChanged: 0001.sql has run already\n"),
        (1, "starting failed   error=builtins.KeyError where=x.py:7\n"),
        (1, f"{READY}{STOPPED}timers\n"),
        (1, f"{READY}{STOPPED}database, put back to an earlier time\n"),  # no run does that
        (0, READY),
        (-signal.SIGKILL, READY),
        (-signal.SIGSEGV, ""),
        (1, f"{READY}a stage failed\nanother process has this name\n"),
    ],
)
def test_every_other_end_is_wrong(code: int, log: str) -> None:
    assert not judge(code, log)[1]


def test_death_at_a_failpoint_is_ours_and_another_one_of_that_start_is_not() -> None:
    assert judge(-signal.SIGKILL, READY, "taken:3")[1]
    assert not judge(1, READY, "taken:3")[1]


def test_a_wrong_end_is_told_with_its_code_and_its_last_words(tmp_path: Path) -> None:
    log = tmp_path / "claims.log"
    log.write_text(f"{READY}KeyError: 'x'\n\n")
    ends = Ends()
    ends.note("claims-1", 1, log)
    ends.note("claims-1", 1, tmp_path / "none.log")
    assert ends.wrong == [
        "claims-1 ended with 1: KeyError: 'x'",
        "claims-1 ended with 1: it said nothing",
    ]
    assert not ends.expected
