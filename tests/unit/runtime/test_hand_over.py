"""Partitions handed over while a batch waits: their new owner decides, unpublished ones first."""

from __future__ import annotations

import asyncio
from typing import Any, cast

import pytest

from portal_contracts import topics
from portal_runtime.consuming.pipeline import Pipeline
from portal_runtime.consuming.work import Work
from portal_runtime.deciding.engine import Engine, NotOurs


class Outbox:
    """Has unpublished batches, and is slow to say so."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self.answer = asyncio.Event()
        self.read = 0

    async def unpublished(self, _: Any) -> tuple[set[Any], list[Any]]:
        self.read += 1
        self.asked.set()
        await self.answer.wait()
        return set(), []

    async def settled(self, *_: Any) -> None:
        return None


class Publisher:
    async def publish(self, _: Any) -> None:
        return None


class Decider:
    """Like the engine: asks before it decides."""

    def __init__(self) -> None:
        self.decided = 0

    async def decide(self, _: str, __: Any, ours: Any) -> list[Any]:
        if not ours():
            raise NotOurs
        self.decided += 1
        return []


def pipeline(outbox: Outbox, engine: Any) -> Pipeline:
    parts = cast(Any, (None, engine, outbox, Publisher()))
    return Pipeline("claims", topics.commands("claims"), *parts)


async def publishing(p: Pipeline, outbox: Outbox) -> asyncio.Task[None]:
    """A batch that is to be decided and waits for what a rebalance left unpublished."""
    p._take_over(8)
    p._in_flight.begin()
    deciding = asyncio.create_task(p._decide(Work([], p._generation, [])))
    await outbox.asked.wait()
    return deciding


async def test_a_batch_that_was_handed_over_while_it_waited_is_not_decided() -> None:
    outbox, engine = Outbox(), Decider()
    p = pipeline(outbox, engine)
    deciding = await publishing(p, outbox)
    p._generation += 1  # what handing over does when waiting for the batch took too long
    outbox.answer.set()
    await deciding
    assert engine.decided == 0
    assert p._in_flight.none.is_set(), "the batch no longer counts as in flight"
    assert p.decided.is_set(), "what can wait would wait for it for ever"


async def test_debts_of_a_rebalance_that_came_while_paying_are_paid_as_well() -> None:
    outbox, engine = Outbox(), Decider()
    p = pipeline(outbox, engine)
    deciding = await publishing(p, outbox)
    p._take_over(4)
    assert not p.decided.is_set()
    outbox.answer.set()
    await deciding
    assert p.decided.is_set() and not p._in_flight.none.is_set(), "decided, but not published yet"
    p._to_publish.get_nowait()
    p._in_flight.begin()
    await p._decide(Work([], p._generation, []))
    assert outbox.read == 2


async def test_the_engine_decides_nothing_that_is_not_ours() -> None:
    engine = Engine("claims", cast(Any, None), cast(Any, None), None, None)
    with pytest.raises(NotOurs):
        await engine.decide("claims.commands", [], lambda: False)
