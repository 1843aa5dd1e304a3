"""`portal dlq`: the ids can be read and used, and what is not there is said."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from rich.console import Console
from typer.testing import CliRunner

from portal_cli import dlq
from portal_runtime.recovery import dead_letters as deadletters
from portal_runtime.recovery.dead_letters import ParkedMessage, ParkedReason, Shown

ONE = UUID("01940000-0000-7000-8000-000000000001")
TWO = UUID("01940000-0000-7000-8000-000000000002")
BARE = UUID("02940000-0000-7000-8000-000000000003")
REASON = "[no type] nobody can read it"
HEADERS: dict[UUID, list[tuple[str, str]]] = {ONE: [("ce_type", "a.b.v1")], BARE: []}
RUNNER = CliRunner()


def _parked(parked_id: UUID) -> ParkedMessage:
    at = datetime(2026, 11, 1, tzinfo=UTC)
    reason = REASON
    return ParkedMessage(
        parked_id, None, None, "claims.commands/11/204", reason, 1, "parked", 9, at
    )


@pytest.fixture
def parked(monkeypatch: pytest.MonkeyPatch) -> list[UUID]:
    """The ids that claims has parked; other services have none."""
    ids = [ONE, TWO, BARE]

    def with_database(service: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(service)

        return asyncio.run(run())

    async def list_parked(
        conn: str, *, everything: bool = False, limit: int | None = None
    ) -> list[ParkedMessage]:
        return [_parked(one) for one in ids[:limit]] if conn == "claims" else []

    async def list_reasons(conn: str) -> list[ParkedReason]:
        at = datetime(2026, 11, 1, tzinfo=UTC)
        there = conn == "claims" and ids
        return [ParkedReason(REASON, "a.b.v1", len(ids), at, at)] if there else []

    async def of_reason(conn: str, reason: str, type_: str = "") -> list[UUID]:
        fits = REASON.startswith(reason) and type_ in ("", "a.b.v1")
        return list(ids) if conn == "claims" and fits else []

    async def starting_with(conn: str, text: str, *, everything: bool = False) -> list[UUID]:
        return [one for one in ids if conn == "claims" and str(one).startswith(text)][:2]

    async def look_at(conn: str, one: UUID) -> Shown | None:
        signed = "provider biller-7" if one == ONE else f"nobody: {REASON}"
        return Shown(_parked(one), signed, HEADERS[one])

    async def discard(conn: str, given: list[UUID]) -> int:
        return len(given)

    monkeypatch.setattr(dlq, "with_database", with_database)
    for fake in (list_parked, list_reasons, of_reason, starting_with, look_at, discard):
        monkeypatch.setattr(deadletters, fake.__name__, fake)
    return ids


def said(*words: str) -> tuple[int, str]:
    result = RUNNER.invoke(dlq.app, list(words), env={"COLUMNS": "200", "TERM": "dumb"})
    return result.exit_code, " ".join(result.output.replace("│", " ").split())


@pytest.mark.usefixtures("parked")
@pytest.mark.parametrize("width", [80, 100, 140])
def test_no_width_cuts_the_id(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    terminal = Console(file=shown, width=width, force_terminal=True, color_system=None)
    monkeypatch.setattr(dlq, "console", terminal)
    RUNNER.invoke(dlq.app, ["list"])
    assert all(str(one) in shown.getvalue() for one in (ONE, TWO, BARE))
    assert "[no type]" in shown.getvalue(), "brackets are text here"


@pytest.mark.usefixtures("parked")
def test_without_a_terminal_each_message_is_one_line_with_tabs() -> None:
    lines = RUNNER.invoke(dlq.app, ["list"]).output.splitlines()
    assert [line.split("\t")[:2] for line in lines] == [
        ["claims", str(one)] for one in (ONE, TWO, BARE)
    ]


@pytest.mark.usefixtures("parked")
def test_a_message_that_came_without_headers_is_not_denied() -> None:
    code, words = said("show", "claims", str(BARE))
    assert (code, words.endswith("It came without headers.")) == (0, True)


@pytest.mark.usefixtures("parked")
def test_who_signed_it_is_shown() -> None:
    assert "signed by provider biller-7 ce_type: a.b.v1" in said("show", "claims", str(ONE))[1]
    assert f"signed by nobody: {REASON}" in said("show", "claims", str(BARE))[1]


@pytest.mark.usefixtures("parked")
def test_all_of_a_reason_are_counted_and_discarded_in_one_command() -> None:
    assert said("reasons")[1].startswith(f"claims 3 {REASON} a.b.v1")
    assert said("discard", "claims", "--reason", "[no") == (0, "3 discarded.")
    assert said("discard", "claims", "--type", "a.b.v1") == (0, "3 discarded.")
    assert said("discard", "claims", "--reason", "[no", "--type", "a.c.v1") == (
        0,
        "Nothing is parked of a.c.v1 for a reason that begins with '[no'.",
    )


@pytest.mark.usefixtures("parked")
@pytest.mark.parametrize("given", [(), (str(ONE), "--reason", "x")])
def test_discarding_everything_must_be_meant(given: tuple[str, ...]) -> None:
    code, words = said("discard", "claims", *given)
    assert (code, "name ids, or a --reason" in words) == (2, True)


@pytest.mark.usefixtures("parked")
def test_a_long_list_is_cut_and_says_so() -> None:
    code, words = said("list", "claims", "--limit", "2")
    assert (code, str(ONE) in words, str(BARE) in words) == (0, True, False)
    assert words.endswith("claims has more than 2: `portal dlq reasons claims` counts them.")
    assert "more than" not in said("list", "claims", "--limit", "3")[1]


@pytest.mark.usefixtures("parked")
def test_the_beginning_of_an_id_will_do() -> None:
    assert said("show", "claims", "02")[1].endswith("It came without headers.")
    assert said("discard", "claims", str(ONE), "02") == (0, "2 discarded.")


@pytest.mark.usefixtures("parked")
@pytest.mark.parametrize("command", ["show", "discard", "replay"])
def test_none_or_several_is_said(command: str) -> None:
    code, words = said(command, "claims", "019")
    assert (code, "several parked messages of claims begin with 019" in words) == (2, True)
    code, words = said(command, "claims", "ff")
    assert (code, "message ff; `portal dlq list claims` names them" in words) == (2, True)


def test_nothing_to_replay_is_said(parked: list[UUID]) -> None:
    parked.clear()
    assert said("replay", "claims") == (0, "Nothing is parked.")
    assert said("list") == (0, "Nothing is parked.")
