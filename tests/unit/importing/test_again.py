"""The same file again takes effect once; old files move to today; Ctrl-C tells what came."""

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from portal_cli.importing import command, files, session
from portal_cli.importing.hints import Options, hints
from portal_cli.importing.identity import with_ids
from portal_cli.importing.publishing import publish
from portal_cli.importing.report import Totals
from portal_cli.importing.shifting import shifted
from portal_contracts.base import Reply
from portal_contracts.common import Done, Problem, Refused
from portal_x12.claim import Message

TODAY = date(2026, 11, 25)


def _ids(batch: files.Batch, **options: bool) -> list[UUID | None]:
    return [claim.message.id for claim in with_ids(batch.claims, **options)]


def test_a_claim_of_a_file_always_has_the_same_id(example: Any) -> None:
    batch = example("professional")
    ids = _ids(batch)
    assert ids == _ids(example("professional"))
    assert len(set(ids)) == len(batch.claims) == 3


def test_another_content_another_option_or_a_second_copy_is_another_claim(example: Any) -> None:
    batch = example("professional")
    first = set(_ids(batch))
    assert first.isdisjoint(_ids(batch, enrolled=True)), "a try without --enroll is not in the way"
    batch.claims[0].message.body["total_charge"] = "1.00"
    assert len(first.intersection(_ids(batch))) == 2
    twice = files.Batch(claims=batch.claims * 2)
    assert len(set(_ids(twice))) == 6


def test_the_folder_of_a_file_makes_no_difference(example: Any) -> None:
    batch = example("professional")
    moved = files.Batch(claims=[replace(c, file=f"/else/where/{c.file}") for c in batch.claims])
    assert _ids(moved) == _ids(batch)


def test_shift_moves_services_and_leaves_births(example: Any) -> None:
    before = [claim.message.body for claim in example("institutional").claims]
    after = [claim.message.body for claim in shifted(example("institutional").claims, TODAY)]
    assert max(body["statement_to"] for body in after) == "2026-11-18"
    for old, new in zip(before, after, strict=True):
        assert new["patient"]["date_of_birth"] == old["patient"]["date_of_birth"]
        spans = [
            date.fromisoformat(b["statement_to"]) - date.fromisoformat(b["statement_from"])
            for b in (old, new)
        ]
        assert spans[0] == spans[1]


def test_shift_leaves_what_is_no_date(example: Any) -> None:
    claim = example("professional").claims[0]
    claim.message.body["lines"][0]["from_date"] = "? 2026"
    claim.message.body["onset"] = "9999-12-31"
    (moved,) = shifted([claim], TODAY)
    assert moved.message.body["lines"][0]["from_date"] == "? 2026"
    assert moved.message.body["onset"] == "9999-12-31"


def _totals(**reasons: int) -> Totals:
    totals = Totals(claims=3)
    totals.reasons.update(reasons)
    return totals


def test_hints_name_the_option_that_helps_unless_it_was_given() -> None:
    totals = _totals(npi_check_digit=1, member_not_found=2)
    totals.results["accepted"] = totals.too_late = 1
    said = " ".join(hints(totals, Options()))
    for option in ("--map-npis", "--enroll", "--shift", "--again"):
        assert option in said
    assert "1 claim was rejected for check digits" in said
    assert "2 claims were rejected for unknown members" in said
    everything = Options(enroll=True, map_npis=True, shift=True, again=True)
    assert not list(hints(totals, everything))


def test_one_claim_in_time_needs_no_shift() -> None:
    totals = _totals()
    totals.results["accepted"], totals.too_late = 2, 1
    assert "--shift" not in " ".join(hints(totals, Options()))


class FirstIsSilent:
    """Answers all but the first message."""

    async def ask_raw(self, type_name: str, key: str, body: bytes, **more: Any) -> Reply:
        number = json.loads(body)["number"]
        if number == 0:
            await asyncio.sleep(60)
        return Done(reference=str(number))


async def test_answers_that_came_are_told_when_it_is_stopped() -> None:
    came: list[int] = []

    async def follow() -> None:
        messages = [Message("a.b.v1", "", {"number": number}) for number in range(4)]
        async for answered in publish(FirstIsSilent(), messages):
            came.append(answered.index)

    task = asyncio.create_task(follow())
    await asyncio.sleep(0.05)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert came == [1, 2, 3]


class Interrupts:
    """Ctrl-C comes while the second claim is waited for."""

    def __init__(self) -> None:
        self.asked = 0

    async def ask_raw(self, type_name: str, key: str, body: bytes, **more: Any) -> Reply:
        self.asked += 1
        if self.asked == 2:
            await asyncio.sleep(0.05)
            signal.raise_signal(signal.SIGINT)
            await asyncio.sleep(60)
        return Refused(problems=(Problem(code="missing", message="Sex is missing."),))


def test_ctrl_c_tells_what_came_and_how_far(example: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    @asynccontextmanager
    async def connected(_: object) -> AsyncIterator[Interrupts]:
        yield Interrupts()

    monkeypatch.setattr(session, "connected", connected)
    # A shell starts what it puts into the background deaf to Ctrl-C, and so its tests.
    heard = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        result = CliRunner().invoke(command.app, ["837", str(example.path("professional"))])
    finally:
        signal.signal(signal.SIGINT, heard)
    assert result.exit_code == 130, result.output
    assert "ACC-1 rejected" in result.output
    assert "ACC-3 rejected" in result.output, "it came, though the one before it did not"
    assert result.output.endswith("stopped after 2 of 3; what was sent stays with the plan\n")


def test_an_empty_folder_is_said(tmp_path: Path) -> None:
    result = CliRunner().invoke(command.app, ["837", str(tmp_path)])
    assert result.exit_code == 1
    assert "unreadable no file in " in result.output
    assert "  " not in result.output.splitlines()[0]


def test_paths_are_shown_from_the_current_folder(
    example: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(example.folder)
    batch = files.load([example.path("professional")])
    assert {claim.file for claim in batch.claims} == {"professional.837"}
