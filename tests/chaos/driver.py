"""Sends orders and hears answers: past the proxies, by raw batches, never faster than answered."""

from __future__ import annotations

import asyncio
import time
from collections import Counter, defaultdict, deque
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from random import Random

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.partitioner import murmur2

from portal_client import Signer
from portal_contracts import envelope as e
from portal_contracts import topics
from tests.chaos.intent import IntentLog
from tests.chaos.orders import QUERY, REUSED, Copy, Order, Who, fingerprint, topic_of

REPLIES = topics.replies("gateway")
PARTITIONS = 8
PATIENCE = timedelta(seconds=15)
"""Of a query."""
FORGET_AFTER = 60.0
"""Seconds after which a query that was not answered is no longer waited for."""
SOURCE = b"/portal/chaos"


class Driver:
    """One caller of the portal that has many people behind it."""

    def __init__(
        self, bootstrap: str, log: IntentLog, signers: dict[str, Signer], random: Random
    ) -> None:
        self._bootstrap = bootstrap
        self.log = log
        self._signers = signers
        self._random = random
        self._homes: dict[bytes, int] = {}
        self._numbers = 0
        self.open: dict[str, tuple[Order, float]] = {}
        self.waiting: Counter[str] = Counter()
        """Unanswered commands by service."""
        self.sent: Counter[str] = Counter()
        self.answers: Counter[str] = Counter()
        self.follow_ups: list[Order] = []
        self.unsure: Counter[str] = Counter()
        self._tasks: list[asyncio.Task[None]] = []
        self._sending: dict[TopicPartition, asyncio.Task[None]] = {}
        self._queues: dict[TopicPartition, deque[Copy]] = defaultdict(deque)

    async def start(self) -> None:
        self._producer = AIOKafkaProducer(
            bootstrap_servers=self._bootstrap,
            acks="all",
            # Not idempotent: what it repeats must be recognised, and one batch that is given up
            # must not make Kafka refuse all the later ones.
            enable_idempotence=False,
            linger_ms=0,
            max_batch_size=524_288,
            max_request_size=1_048_000,
        )
        await self._producer.start()
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=self._bootstrap, fetch_max_wait_ms=100, enable_auto_commit=False
        )
        await self._consumer.start()
        tps = [TopicPartition(REPLIES, p) for p in range(PARTITIONS)]
        self._consumer.assign(tps)
        await self._consumer.seek_to_beginning(*tps)
        self._tasks = [asyncio.create_task(self._listen(), name="replies")]

    async def stop(self) -> None:
        tasks = [*self._tasks, *self._sending.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._consumer.stop()
        await self._producer.stop()

    @property
    def listening(self) -> bool:
        return not any(task.done() for task in self._tasks)

    # -- sending ----------------------------------------------------------------------------

    def copy_of(self, order: Order) -> Copy:
        """The order as a record, signed."""
        message, principal = order.message, order.who.principal
        key, body = message.key(), message.model_dump_json().encode()
        headers = self.headers(message.TYPE, key, body, order.who, order.id)
        if order.expect == QUERY:
            until = datetime.now(UTC) + PATIENCE
            headers.append((e.DEADLINE, until.isoformat().encode()))
        self._numbers += 1
        return Copy(
            self._numbers,
            order.id,
            message.TYPE,
            topic_of(message),
            key.encode(),
            body,
            headers,
            order.expect,
            order.code,
            min(principal.tins, default=""),
            print=fingerprint(message.TYPE, principal.subject, body),
            who=f"{principal.role}/{principal.subject}",
        )

    def headers(
        self,
        type_: str,
        key: str,
        body: bytes,
        who: Who,
        mid: str,
        *,
        asks: bool = True,
        ago: timedelta = timedelta(0),
    ) -> list[tuple[str, bytes]]:
        """Those that any honest caller gives, signed. `asks`: whether an answer is wanted; `ago`:
        how long before now it says that it was sent, and was signed."""
        now = datetime.now(UTC) - ago
        reply_to = f"{REPLIES}/{self._random.randrange(PARTITIONS)}" if asks else ""
        token = self._signers[who.kid].sign(
            who.principal,
            message_id=mid,
            type=type_,
            key=key,
            body=body,
            issued_at=int(now.timestamp()),
            reply_to=reply_to,
        )
        made = [
            (e.ID, mid.encode()),
            (e.TYPE, type_.encode()),
            (e.SOURCE, SOURCE),
            (e.TIME, now.isoformat().encode()),
            (e.PRINCIPAL, token.encode()),
        ]
        return [*made, (e.REPLY_TO, reply_to.encode())] if asks else made

    def again(self, copy: Copy) -> Copy:
        """The same record once more, as a producer that heard nothing would send it."""
        self._numbers += 1
        return Copy(
            self._numbers, copy.id, copy.type, copy.topic, copy.key, copy.value, copy.headers,
            copy.expect, copy.code, copy.tin, copy.reply, copy.print, copy.who,
        )  # fmt: skip

    def raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: list[tuple[str, bytes]],
        expect: str,
        *,
        code: str = "",
        reply: bool = False,
    ) -> Copy:
        """A record that no client of ours would make."""
        self._numbers += 1
        known = dict(headers)
        mid = (known.get(e.ID) or b"").decode(errors="replace")
        type_ = (known.get(e.TYPE) or b"").decode(errors="replace")
        return Copy(self._numbers, mid, type_, topic, key, value, headers, expect, code, "", reply)

    def note(self, order: Order) -> None:
        """Its answer is waited for from now on."""
        self.open[order.id] = (order, time.monotonic())
        if order.expect != QUERY:
            self.waiting[order.service] += 1

    def post(self, copies: list[Copy]) -> None:
        """Log them, then send them; those of one partition stay in this order."""
        self.log.sent(copies)
        for copy in copies:
            tp = self._partition_of(copy)
            self._queues[tp].append(copy)
            self.sent[copy.expect] += 1
            if tp not in self._sending:
                self._sending[tp] = asyncio.create_task(self._send_all(tp))

    @property
    def sending(self) -> int:
        """Records that Kafka has not acknowledged yet."""
        return sum(map(len, self._queues.values())) + len(self._sending)

    def _partition_of(self, copy: Copy) -> TopicPartition:
        key = copy.key or b""
        home = self._homes.get(key)
        if home is None:
            home = self._homes[key] = (int(murmur2(key)) & 0x7FFFFFFF) % PARTITIONS
        return TopicPartition(copy.topic, home)

    async def _send_all(self, tp: TopicPartition) -> None:
        """One batch at a time to a partition; what comes meanwhile goes with the next."""
        queue = self._queues[tp]
        try:
            while queue:
                await self._send_some(tp, queue)
        finally:
            del self._sending[tp]

    async def _send_some(self, tp: TopicPartition, queue: deque[Copy]) -> None:
        builder = self._producer.create_batch()
        group: list[Copy] = []
        while queue:
            copy = queue[0]
            if builder.append(
                key=copy.key, value=copy.value, timestamp=None, headers=copy.headers
            ) is None:  # fmt: skip
                break
            group.append(queue.popleft())
        if not group:
            raise ValueError("a record is larger than the producer takes")
        builder.close()
        try:
            sent = await self._producer.send_batch(builder, tp.topic, partition=tp.partition)
            self.log.acked(tp.partition, (await sent).offset, group)
        except KafkaError as error:
            # Perhaps Kafka has them, perhaps not: a caller would send them once more.
            self.unsure[type(error).__name__] += len(group)
            again = [self.again(copy) for copy in group]
            self.log.sent(again)
            queue.extendleft(reversed(again))
            await asyncio.sleep(1)

    # -- hearing ----------------------------------------------------------------------------

    async def _listen(self) -> None:
        while True:
            try:
                found = await self._consumer.getmany(timeout_ms=500)
            except KafkaError:
                await asyncio.sleep(0.5)
                continue
            heard = [self._hear(record) for records in found.values() for record in records]
            if heard:
                self.log.answered(heard)
            self._forget_queries()

    def _hear(self, record: object) -> tuple[str, str]:
        headers = dict(record.headers)  # type: ignore[attr-defined]
        mid, type_ = headers.get(e.CAUSATION, b"").decode(), headers[e.TYPE].decode()
        self.answers[type_] += 1
        known = self.open.pop(mid, None)
        if known is not None:
            order = known[0]
            if order.expect != QUERY:
                self.waiting[order.service] -= 1
            if order.then is not None:
                self.follow_ups += order.then(type_, record.value)  # type: ignore[attr-defined]
        return mid, type_

    def _forget_queries(self) -> None:
        """They are few, and their callers have given up."""
        before = time.monotonic() - FORGET_AFTER
        late = [i for i, (o, at) in self.open.items() if o.expect == QUERY and at < before]
        for mid in late:
            del self.open[mid]

    def unanswered(self) -> list[Order]:
        """Commands that have no answer yet."""
        return [order for order, _ in self.open.values() if order.expect not in (QUERY, REUSED)]


async def settle(orders: Iterable[Order], driver: Driver, seconds: float) -> None:
    """Send these and wait until all are answered."""
    copies = []
    for order in orders:
        driver.note(order)
        copies.append(driver.copy_of(order))
    driver.post(copies)
    deadline = time.monotonic() + seconds
    while driver.unanswered():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{len(driver.unanswered())} commands of the start are unanswered")
        await asyncio.sleep(0.05)
