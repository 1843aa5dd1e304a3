"""`portal effects` and what `portal lag` says of effects."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

from portal_cli import effects, lag
from portal_cli.main import app
from portal_runtime.recovery.kept_effects import EffectCounts, KeptEffect

ONE = UUID("01940000-0000-7000-8000-000000000001")
TWO = UUID("01940000-0000-7000-8000-000000000002")
CAUSE = UUID("02940000-0000-7000-8000-000000000003")
RUNNER = CliRunner()


class Kept:
    """Stands for the module of that name: documents has two that are parked."""

    def __init__(self) -> None:
        self.done: list[tuple[str, list[UUID]]] = []

    async def list_effects(self, conn: str, states: Any, limit: int) -> list[KeptEffect]:
        at = datetime(2026, 11, 1, tzinfo=UTC)
        parked = KeptEffect(ONE, "a.seal", "parked", "nobody answers there", 5, at, CAUSE, 2)
        waiting = KeptEffect(TWO, "a.seal", "waiting", None, 1, at, CAUSE, 0)
        found = [parked, waiting] if conn == "documents" else []
        return [effect for effect in found if effect.state in states][:limit]

    async def starting_with(self, conn: str, text: str) -> list[UUID]:
        return [one for one in (ONE, TWO) if str(one).startswith(text)]

    async def parked(self, conn: str, kind: str = "") -> list[UUID]:
        return [ONE, TWO] if kind in ("", "a.seal") else []

    async def retry(self, conn: str, ids: list[UUID]) -> int:
        self.done.append(("retry", ids))
        return len(ids)

    async def discard(self, conn: str, ids: list[UUID]) -> int:
        self.done.append(("discard", ids))
        return len(ids)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Kept:
    def with_database(service: str, work: Callable[[Any], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            return await work(service)

        return asyncio.run(run())

    found = Kept()
    monkeypatch.setattr(effects, "with_database", with_database)
    monkeypatch.setattr(effects, "kept_effects", found)
    return found


def said(*words: str) -> str:
    done = RUNNER.invoke(app, ["effects", *words])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.usefixtures("kept")
def test_the_list_says_what_why_and_who_waits_behind_it() -> None:
    line = f"documents\t{ONE}\ta.seal\tnobody answers there\t5 attempts, parked, 2 of its key"
    assert said("list").startswith(line)
    assert said("list").count("\n") == 1
    assert "nothing went wrong so far\t1 attempt, waiting\t" in said("list", "--all")
    assert said("list", "claims") == "No effect is parked.\n"


def test_one_some_or_all_are_retried(kept: Kept) -> None:
    said("retry", "documents")
    said("retry", "documents", str(ONE))
    said("retry", "documents", "--kind", "a.seal")
    assert kept.done == [("retry", [ONE, TWO]), ("retry", [ONE]), ("retry", [ONE, TWO])]
    assert said("retry", "documents", "--kind", "b") == "No effect is parked.\n"


def test_only_what_is_named_is_discarded(kept: Kept) -> None:
    assert RUNNER.invoke(app, ["effects", "discard", "documents"]).exit_code == 2
    for text in ("0194", "77"):
        refused = RUNNER.invoke(app, ["effects", "discard", "documents", text])
        assert refused.exit_code == 2
        assert text in refused.output
    assert kept.done == []
    assert said("discard", "documents", str(TWO)) == "1 discarded.\n"
    assert kept.done == [("discard", [TWO])]


def test_lag_says_how_many_wait_how_long_and_what_is_parked() -> None:
    assert lag.say(EffectCounts(0, 0.0, 0)) == ""
    assert lag.say(EffectCounts(3, 41.6, 0)) == "3 waiting, the oldest for 42 s"
    said_of_both = lag.say(EffectCounts(1, 2.0, 1))
    assert said_of_both == "1 waiting, the oldest for 2 s, 1 parked, see `portal effects list`"
    assert lag.say("its database cannot be used: disk full").startswith("its database")
