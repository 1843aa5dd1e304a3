"""What may happen to any service between two messages, as rules; the four machines build on it.

The rules draw small numbers and take them modulo what there is, so that a failing history shrinks
to a short one. The usual run draws the same histories always, so that a failure comes again;
`PORTAL_MODEL_EXAMPLES=5000` looks deeper, at fresh ones each time, and prints how to repeat one.
`PORTAL_MODEL_SHRINK=0` shows the first failing history as it is, at once.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from portal_contracts.base import Command
from portal_contracts.principal import Principal
from portal_runtime.observing.failpoints import (
    EFFECT_CARRIED_OUT,
    EFFECT_DELETED,
    EFFECT_PUBLISHED,
)
from tests.model import judge
from tests.model.portal import Copy, Portal, work_off
from tests.model.process import Running

T = TypeVar("T")
SELDOM = 11
PICK = st.integers(0, SELDOM)
TURNS = st.integers(1, 8**4 - 1).map(lambda n: [int(d) for d in f"{n:o}"])
"""Which partition is next, up to four times; one draw instead of one for each record."""
EFFECT_STEPS = (EFFECT_CARRIED_OUT, EFFECT_PUBLISHED, EFFECT_DELETED)
COUNTED = {"histories": 0, "steps": 0, "messages": 0}
SHRINK = os.environ.get("PORTAL_MODEL_SHRINK", "1") == "1"
DEEPER = int(os.environ.get("PORTAL_MODEL_EXAMPLES", "0"))


def looking(histories: int, steps: int) -> settings:
    """How much a machine looks at: fixed histories usually, fresh ones when asked for more."""
    return settings(
        max_examples=DEEPER or histories,
        stateful_step_count=steps,
        deadline=None,
        derandomize=not DEEPER,
        print_blob=True,
        phases=[p for p in Phase if p is not Phase.shrink or SHRINK],
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


def one_of(things: list[T], pick: int) -> T:
    return things[pick % len(things)]


def one_or(things: Iterable[T], unknown: T, pick: int) -> T:
    """One of those there are, the latest first; now and then one that nobody knows."""
    known = [*things][::-1]
    return unknown if not known or pick == SELDOM else one_of(known, pick)


class Machine(RuleBasedStateMachine):
    """Redelivery, reordering, dying at every point, taking over, the clock."""

    NOW: ClassVar[datetime]
    SERVICES: ClassVar[tuple[str, ...]]
    AFTERWARDS: ClassVar[tuple[timedelta, ...]] = ()
    """How time goes on when the history is over; each time everything that is due is done."""

    def __init__(self) -> None:
        super().__init__()
        self.portal = Portal(self.NOW, *self.SERVICES)
        self._judged = -1

    # -- helpers ------------------------------------------------------------------------------

    def send(self, command: Command, who: Principal) -> Copy:
        return self.portal.send(command, who)

    def ask(self, command: Command, who: Principal) -> Any:
        """Send and let everything come to rest: for what a history begins with."""
        copy = self.send(command, who)
        self.portal.drain()
        (answer,) = self.portal.answers(copy)
        return answer

    def _busy(self) -> list[tuple[Running, str]]:
        return [(r, topic) for r in self.portal.running.values() for topic in r.waiting()]

    def _service(self, pick: int) -> Running:
        return one_of(list(self.portal.running.values()), pick)

    def _in_flight(self) -> list[Running]:
        return [r for r in self.portal.running.values() if r.decided or r.sent]

    # -- at least once ------------------------------------------------------------------------

    @precondition(lambda self: self.portal.copies)
    @rule(pick=PICK)
    def the_same_is_sent_again(self, pick: int) -> None:
        copy = one_of(self.portal.copies[::-1], pick)
        self.portal.send(copy.command, copy.who, copy.id)

    @precondition(lambda self: len(self.portal.copies) > 1)
    @rule(pick=PICK, other=PICK)
    def an_id_is_used_for_another_command(self, pick: int, other: int) -> None:
        copy = one_of(self.portal.copies[::-1], pick)
        like = [c for c in self.portal.copies if c.command.service() == copy.command.service()]
        another = one_of(like[::-1], other)
        self.portal.send(another.command, another.who, copy.id)

    # -- batches ------------------------------------------------------------------------------

    @precondition(lambda self: self._busy())
    @rule(pick=PICK, turns=TURNS)
    def a_batch_is_done(self, pick: int, turns: list[int]) -> None:
        running, topic = one_of(self._busy(), pick)
        running.take(topic, turns)
        while running.decided:
            running.publish_next()
        while running.sent:
            running.settle_next()

    @precondition(lambda self: self._busy())
    @rule(pick=PICK, turns=TURNS)
    def a_batch_is_decided(self, pick: int, turns: list[int]) -> None:
        running, topic = one_of(self._busy(), pick)
        running.take(topic, turns)

    @precondition(lambda self: self._in_flight())
    @rule(pick=PICK)
    def a_batch_is_published(self, pick: int) -> None:
        one_of(self._in_flight(), pick).publish_next()

    @precondition(lambda self: self._in_flight())
    @rule(pick=PICK)
    def a_batch_is_settled(self, pick: int) -> None:
        one_of(self._in_flight(), pick).settle_next()

    @precondition(lambda self: self._busy())
    @rule(pick=PICK)
    def a_service_works_for_a_while(self, pick: int) -> None:
        running, _ = one_of(self._busy(), pick)
        work_off(running)

    # -- dying --------------------------------------------------------------------------------

    @precondition(lambda self: self._busy())
    @rule(pick=PICK, turns=TURNS)
    def killed_before_the_commit(self, pick: int, turns: list[int]) -> None:
        running, topic = one_of(self._busy(), pick)
        running.take(topic, turns, dies=True)

    @precondition(lambda self: self._in_flight() or self._carrying())
    @rule(pick=PICK)
    def killed_with_all_that_is_in_flight(self, pick: int) -> None:
        """After the commit, or after publishing: whatever stage its batches have reached; or with
        the effects that it had claimed."""
        one_of([*self._in_flight(), *self._carrying()], pick).die()

    @precondition(lambda self: self._in_flight())
    @rule(pick=PICK)
    def killed_while_publishing(self, pick: int) -> None:
        one_of(self._in_flight(), pick).publish_next(half=True)

    @precondition(lambda self: self._in_flight())
    @rule(pick=PICK)
    def killed_before_the_offsets(self, pick: int) -> None:
        one_of(self._in_flight(), pick).settle_next(dies=True)

    @precondition(lambda self: self._in_flight())
    @rule(pick=PICK)
    def another_instance_takes_over(self, pick: int) -> None:
        one_of(self._in_flight(), pick).taken_over()

    # -- timers -------------------------------------------------------------------------------

    @rule(pick=PICK, dies=st.booleans())
    def due_timers_fire(self, pick: int, dies: bool) -> None:
        self._service(pick).fire(dies=dies)

    # -- effects ------------------------------------------------------------------------------

    def _ordered(self) -> list[Running]:
        return [r for r in self.portal.running.values() if r.db.rows("effects")]

    def _carrying(self) -> list[Running]:
        return [r for r in self.portal.running.values() if r.carrying]

    @precondition(lambda self: self._ordered())
    @rule(pick=PICK, expired=st.booleans())
    def effects_are_claimed(self, pick: int, expired: bool) -> None:
        """Perhaps after a while, in which the leases of earlier claims ran out."""
        if expired:
            self.portal.wait(seconds=31)
        one_of(self._ordered(), pick).claim_effects()

    @precondition(lambda self: self._carrying())
    @rule(pick=PICK, how=st.sampled_from(["", "away", *EFFECT_STEPS]))
    def an_effect_is_carried_out(self, pick: int, how: str) -> None:
        running = one_of(self._carrying(), pick)
        running.carry_out(pick, dies_at=how, away=how == "away")

    # -- what must hold -----------------------------------------------------------------------

    @invariant()
    def what_is_committed_is_lawful(self) -> None:
        COUNTED["steps"] += 1
        decided = sum(len(r.db.tables["inbox"]) for r in self.portal.running.values())
        if decided != self._judged:
            self._judged = decided
            judge.always(self.portal)
            self.always()

    def always(self) -> None:
        """More that holds at every moment."""

    def at_the_end(self) -> None:
        """More that holds once everything has been done."""

    def teardown(self) -> None:
        COUNTED["histories"] += 1
        self.portal.finish(self.AFTERWARDS)
        COUNTED["messages"] += sum(len(r) for r in self.portal.log.records.values())
        judge.always(self.portal)
        self.always()
        judge.at_the_end(self.portal)
        self.at_the_end()
