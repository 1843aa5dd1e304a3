"""One service, running: its real routes, reader, engine, outbox and timers on what is in memory.

The stages are those of `portal_runtime.consuming.pipeline`, taken one at a time so that a test can
put anything between them: take and decide, publish, settle. What is decided and not settled is in
flight, and gone when the process dies; database and topics stay.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from unittest.mock import patch
from uuid import UUID

from aiokafka import ConsumerRecord, TopicPartition

from appeals.main import SERVICE as APPEALS
from claims.main import SERVICE as CLAIMS
from documents.main import SERVICE as DOCUMENTS
from eligibility.main import SERVICE as ELIGIBILITY
from portal_contracts import topics
from portal_runtime.deciding.batch import Batch
from portal_runtime.deciding.engine import Engine
from portal_runtime.intake.incoming import Reader
from portal_runtime.publishing.outbox import Outbox
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.scheduling import carrying_out
from portal_runtime.scheduling.effect_rows import Claim
from portal_runtime.scheduling.effects import Effects, Lane
from portal_runtime.scheduling.timers import Timers
from portal_runtime.security.principals import ServiceSigner, Verifier
from portal_runtime.service import Service
from portal_runtime.settings import RuntimeSettings
from portal_runtime.storage.partition_positions import PartitionPositions
from portal_runtime.wire.encoding import derived_id
from portal_runtime.wire.outgoing import Outgoing
from prior_auth.main import SERVICE as AUTH
from providers.main import SERVICE as PROVIDERS
from tests.model.database import Clock, Killed
from tests.model.kafka import PARTITIONS, Log, Partition
from tests.model.keys import CALLERS_KID, SERVICE_KEY, SERVICES_KID, public_keys
from tests.model.loop import NoWaiting
from tests.model.service_sql import database

SERVICES: dict[str, Service] = {
    s.name: s for s in (APPEALS, AUTH, CLAIMS, DOCUMENTS, ELIGIBILITY, PROVIDERS)
}


_LOOP = NoWaiting()


@contextmanager
def _dying_at(name: str) -> Iterator[None]:
    """Passing this failpoint of an effect kills the process."""

    def passed(point: str) -> None:
        if point == name:
            raise Killed

    with patch.object(carrying_out, "failpoint", passed):
        yield


def run(work: Any) -> Any:
    return _LOOP.run_until_complete(work)


ROLES = ("provider", "plan_staff", "plan_feed", "operator")


class _Verifier(Verifier):
    """Kafka forgets messages long before the months of a history are over; this one keeps all, so
    that a copy may come whenever it likes."""

    def _of_our_time(self, kid: str, issued: int, kept_days: int) -> None:
        pass


@cache
def _made_once(name: str, kind: type[RuntimeSettings]) -> tuple[Any, ServiceSigner, Reader]:
    """What holds no state of a history, and is dear to make."""
    settings, signer = kind(), ServiceSigner(name, SERVICE_KEY, SERVICES_KID)
    roles, services = {CALLERS_KID: ROLES}, frozenset({SERVICES_KID})
    verifier = _Verifier(public_keys(), name, signer.secret, services, roles)
    routes = SERVICES[name].routes.deciding
    return settings, signer, Reader(routes, verifier, settings=settings)


@dataclass
class InFlight:
    """A batch behind its commit: published and settled later, or never by this process."""

    topic: str
    batches: list[Batch]
    offsets: dict[Partition, int]
    revoked: bool = False
    """Another instance has taken the partitions over: Kafka takes no offsets from here any more."""


@dataclass
class Running:
    """A service and all that is its own."""

    service: Service
    log: Log
    clock: Clock
    resources: Any = None
    position: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))
    committed: dict[Partition, int] = field(default_factory=lambda: defaultdict(int))
    fired: list[tuple[UUID, str]] = field(default_factory=list)
    """Id and key of every timer whose rows were deleted after its command was published."""
    begun: set[UUID] = field(default_factory=set)
    """Ids of all that were published; one may be cancelled after that, if the process died."""
    came_from: dict[UUID, str] = field(default_factory=dict)
    """The topic that each batch was read from."""

    def __post_init__(self) -> None:
        name = self.service.name
        settings, signer, self._reader = _made_once(name, self.service.settings)
        self.db = database(name, self.clock)
        pool: Any = self.db
        self._engine = Engine(name, pool, self.clock, settings, self.resources)
        desk = ReplyDesk(name, "", settings.reply_topics)
        self._outbox = Outbox(name, pool, PartitionPositions(name), desk, signer, "")
        self._timers = Timers(name, self.db, self.clock, self, signer, "", 45)  # type: ignore[arg-type]
        routes = [*self.service.routes.carrying.values()]
        about = (self.db, self.clock, self, signer, self.resources, settings)
        self._effects = Effects(name, routes, *about)  # type: ignore[arg-type]
        self.carrying: deque[tuple[Lane, Claim]] = deque()
        """Effects that were claimed; some may have been taken over meanwhile."""
        self.decided: deque[InFlight] = deque()
        self.sent: deque[InFlight] = deque()
        self._unpublished_first = False
        taken = [t for topic in self.service.topics() for t in topics.taken_together(topic)]
        self._partitions = {topic: [(topic, p) for p in range(PARTITIONS)] for topic in taken}

    # -- what waits ---------------------------------------------------------------------------

    def waiting(self) -> list[str]:
        """Topics with records that were not taken yet."""
        return [topic for topic in self._partitions if self._more_of(topic)]

    def _more_of(self, topic: str) -> list[Partition]:
        """Partitions with records that were not taken yet."""
        position, records = self.position, self.log.records
        return [
            tp
            for tp in self._partitions[topic]
            if tp in records and position[tp] < len(records[tp])
        ]

    @property
    def idle(self) -> bool:
        return not (self.waiting() or self.decided or self.sent)

    # -- the stages ---------------------------------------------------------------------------

    def take(self, topic: str, turns: Iterable[int], *, dies: bool = False) -> None:
        """Decide a batch: the next record of one partition after another, as `turns` say."""
        if self._unpublished_first and topics.takes_others(topics.commands(self.service.name)):
            self._publish_unpublished()
        before = dict(self.position)
        records = list(self._next(topic, turns))
        self.db.dies_before_commit = dies
        try:
            arrivals = [self._reader.read(record) for record in records]
            batches = run(self._engine.decide(topic, arrivals))
        except Killed:
            self.position = defaultdict(int, before)
            self.die()
        else:
            self.came_from |= {batch.id: topic for batch in batches}
            offsets = {p: n for p, n in self.position.items() if p[0] == topic}
            self.decided.append(InFlight(topic, batches, offsets))
        finally:
            self.db.dies_before_commit = False

    def _publish_unpublished(self) -> None:
        """As the pipeline does whenever partitions are handed out."""
        batches, records = run(self._outbox.unpublished(range(PARTITIONS)))
        self._send(records)
        run(self._outbox.settled(batches, {}))
        self._unpublished_first = False

    def _next(self, topic: str, turns: Iterable[int]) -> Iterator[ConsumerRecord]:
        """A record for each turn, as long as there are any."""
        for turn in turns:
            tps = self._more_of(topic)
            if not tps:
                return
            tp = tps[turn % len(tps)]
            self.position[tp] += 1
            yield self.log.records[tp][self.position[tp] - 1]

    def publish_next(self, *, half: bool = False) -> None:
        """Publish the oldest decided batch; `half`: die in the middle of it."""
        if not self.decided:
            return
        work = self.decided[0]
        for batch in work.batches:
            records = run(self._outbox.records(batch))
            if half:
                self._send(records[: len(records) // 2])
                self.die()
                return
            self._send(records)
        self.sent.append(self.decided.popleft())

    def settle_next(self, *, dies: bool = False) -> None:
        """Mark the oldest published batch; then commit its offsets, unless it dies before."""
        if not self.sent:
            return
        work = self.sent.popleft()
        owed: set[UUID] = set().union(*(batch.publishes() for batch in work.batches))
        tps = {TopicPartition(*tp): offset for tp, offset in work.offsets.items()}
        run(self._outbox.settled(owed, tps))
        if dies:
            self.die()
        elif not work.revoked:
            for tp, offset in work.offsets.items():
                self.committed[tp] = max(self.committed[tp], offset)

    def _send(self, records: Sequence[Outgoing]) -> None:
        self.log.publish(records, int(self.clock.now().timestamp() * 1000))

    async def publish(self, records: Sequence[Outgoing]) -> None:
        """What `Timers` and `Effects` publish through."""
        self._send(records)

    def fire(self, *, dies: bool = False) -> None:
        """Publish what is due, then delete it; `dies`: between the two."""
        self.db.dies_before_commit = dies
        due = [r for r in self.db.rows("timers") if r["due_at"] <= self.clock.now()]
        self.begun |= {row["id"] for row in due}
        try:
            run(self._timers._fire_some())
            self.fired += [(row["id"], row["key"]) for row in due]
        except Killed:
            self.die()
        finally:
            self.db.dies_before_commit = False

    # -- effects ------------------------------------------------------------------------------

    def claim_effects(self) -> bool:
        """Take what may be begun; whether there was any."""
        before = len(self.carrying)
        for lane in self._effects.lanes:
            self.carrying += ((lane, claim) for claim in run(lane.claim()))
        return len(self.carrying) > before

    def carry_out(self, pick: int = 0, *, dies_at: str = "", away: bool = False) -> None:
        """One that was claimed; `dies_at`: a failpoint; `away`: the server it needs."""
        lane, claim = self.carrying[pick % len(self.carrying)]
        self.carrying.remove((lane, claim))
        self.begun.add(UUID(derived_id(claim.id, 0, self.service.name)))
        self.resources.away = away
        try:
            with _dying_at(dies_at):
                run(lane.carrier.carry_out(claim))
        except Killed:
            self.die()
        finally:
            self.resources.away = False

    # -- what goes wrong ----------------------------------------------------------------------

    def die(self) -> None:
        """Killed and started again: nothing in flight is left, reading begins at the offsets."""
        self._unpublished_first = True
        self.decided.clear()
        self.sent.clear()
        self.carrying.clear()
        self.position = defaultdict(int, self.committed)

    def taken_over(self) -> None:
        """Another instance reads from the offsets on; this one still publishes what it has."""
        self._unpublished_first = True
        for work in (*self.decided, *self.sent):
            work.revoked = True
        self.position = defaultdict(int, self.committed)
