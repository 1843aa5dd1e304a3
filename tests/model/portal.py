"""Several services on one Kafka and one clock, and those who send them commands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from portal_contracts import envelope as e
from portal_contracts import topics
from portal_contracts.base import REGISTRY, Command, Event, Message
from portal_contracts.principal import Principal
from portal_runtime.storage.fake_objectstore import FakeObjectStore
from portal_runtime.wire.encoding import headers, to_json
from tests.model.database import Clock
from tests.model.kafka import Log
from tests.model.keys import CALLER
from tests.model.process import SERVICES, Running
from tests.model.runtime_sql import messages
from tests.support.anew import written_anew

REPLIES = "test.replies"
ROUNDS = 200
"""Rounds after which a portal that is left alone must have come to rest."""


@dataclass(frozen=True)
class Copy:
    """One command as it was sent once. Sent again it is another copy, with a reply partition."""

    id: UUID
    command: Command
    who: Principal
    number: int
    """Of the reply partition: so each copy's own answer can be told from the others'."""

    @property
    def asked(self) -> tuple[str, UUID]:
        """What an inbox knows it by."""
        return self.command.service(), self.id

    @property
    def content(self) -> tuple[str, str, bytes]:
        """What must be equal for two copies to be the same command."""
        return self.command.TYPE, self.who.subject, to_json(self.command)


class Portal:
    """What runs, what was sent, and the time."""

    def __init__(self, now: datetime, *services: str) -> None:
        self.clock = Clock(now)
        self.log = Log()
        self.store = FakeObjectStore(now=self.clock.now)
        self.running = {s: Running(SERVICES[s], self.log, self.clock, self.store) for s in services}
        self.copies: list[Copy] = []
        self.announced = 0

    # -- what is sent -------------------------------------------------------------------------

    def send(self, command: Command, who: Principal, id: UUID | None = None) -> Copy:
        """A command with its own id, or with one that was used before: then in other spelling."""
        number = len(self.copies)
        copy = Copy(id or UUID(int=number + 1), command, who, number)
        self.copies.append(copy)
        key, mid = command.key(), str(copy.id)
        body = written_anew(to_json(command), Random(number)) if id else to_json(command)
        at = self.clock.now()
        signed = CALLER.sign(
            who,
            message_id=mid,
            type=command.TYPE,
            key=key,
            body=body,
            issued_at=int(at.timestamp()),
            reply_to=f"{REPLIES}/{number}",
        )
        made = headers(command.TYPE, "test", id=mid, time=at, correlation=mid)
        made += [(e.REPLY_TO, f"{REPLIES}/{number}".encode()), (e.PRINCIPAL, signed.encode())]
        topic = topics.commands(command.service())
        self.log.append(topic, key.encode(), body, made, self._ms())
        return copy

    def announce(self, event: Event, source: str = "elsewhere") -> None:
        """An event of a service that does not run in this model."""
        self.announced += 1
        mid = UUID(int=2**100 + self.announced)
        made = headers(event.TYPE, source, id=mid, time=self.clock.now(), subject=event.subject())
        topic = topics.events(event.service())
        self.log.append(topic, event.key().encode(), to_json(event), made, self._ms())

    def _ms(self) -> int:
        return int(self.clock.now().timestamp() * 1000)

    # -- what comes back ----------------------------------------------------------------------

    def answers(self, copy: Copy) -> list[Message]:
        """The different answers that came for this copy: one, once everything has been done."""
        records = self.log.records.get((REPLIES, copy.number), ())
        given = dict.fromkeys((dict(r.headers)[e.TYPE].decode(), r.value) for r in records)
        return [REGISTRY[kind].model_validate_json(body) for kind, body in given]

    def events(self, service: str, *kinds: type[Event]) -> list[Any]:
        """What the service has decided to announce, in the order of its journal."""
        names = {kind.TYPE: kind for kind in kinds}
        rows = messages(self.running[service].db)
        return [names[r["type"]].model_validate_json(r["body"]) for r in rows if r["type"] in names]

    # -- time and rest ------------------------------------------------------------------------

    def wait(self, **time: float) -> None:
        """The clock moves; timers that are due fire only when `fire` is called."""
        self.clock.moment += timedelta(**time)

    def drain(self) -> None:
        """Everything is healed: all stages go on, due timers fire, until nothing waits."""
        for _ in range(ROUNDS):
            busy = [work_off(running) for running in self.running.values()]
            if any(busy):
                continue
            if not any(running.db.rows("effects") for running in self.running.values()):
                return
            self.wait(seconds=30)  # what died with its process is another's when the lease ends
        raise AssertionError("the portal does not come to rest")

    def finish(self, steps: Sequence[timedelta] = ()) -> None:
        """Drain, then let so much time pass, again and again."""
        self.drain()
        for step in steps:
            self.clock.moment += step
            self.drain()


def work_off(running: Running) -> bool:
    """One round of everything one service has to do; whether there was anything."""
    before = len(running.fired)
    running.fire()
    busy = len(running.fired) > before or not running.idle or running.claim_effects()
    while running.carrying:
        running.carry_out()
    decide_all(running)
    return busy


def decide_all(running: Running) -> None:
    """What waits in its topics, to the end; what that orders is not begun."""
    for topic in running.waiting():
        running.take(topic, [0] * 50)
    while running.decided:
        running.publish_next()
    while running.sent:
        running.settle_next()
