"""Queries: answered to the asker's reply topic from the service's own tables; nothing is stored.

A lost query is a timeout, not a loss, so there is no inbox; a query whose deadline has passed is
dropped. Reads of member data are written to the access log before the answer leaves.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import perf_counter
from typing import Any
from uuid import UUID

import asyncpg
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from pydantic import ValidationError

from portal_contracts import topics
from portal_contracts.access import NOTHING, scope_of
from portal_contracts.base import Query, Reply
from portal_contracts.common import Refused
from portal_contracts.envelope import BadEnvelope, Envelope, read_headers
from portal_contracts.principal import Principal
from portal_contracts.shape_errors import problems_of
from portal_runtime.access.access_log import Chain, Look
from portal_runtime.access.shown import members_in, why
from portal_runtime.clock import Clock
from portal_runtime.consuming.fetch_priority import FetchPriority
from portal_runtime.consuming.subscribing import raw_decoder, raw_parser
from portal_runtime.deciding.produced import Answer
from portal_runtime.errors import Conflict
from portal_runtime.intake.arrival import NOBODY, origin, origin_id
from portal_runtime.intake.asker import Asker, asker_in, asker_of, bad_headers
from portal_runtime.intake.incoming import NUL
from portal_runtime.intake.sentences import (
    CONTROL_CHARACTER,
    EMPTY_BODY,
    NOT_AVAILABLE,
    UNKNOWN_TYPE,
    denied,
    not_authenticated,
)
from portal_runtime.observing.causes import cause
from portal_runtime.observing.failpoints import QUERY_ANSWERED, failpoint
from portal_runtime.observing.logs import logger, where
from portal_runtime.observing.metrics import ACCESS, QUERIES, QUERY_TIME
from portal_runtime.publishing.replies import ReplyDesk
from portal_runtime.queries.reading import NoAnswer
from portal_runtime.routes import QueryContext, QueryRoute
from portal_runtime.security.principals import Untrusted, Verifier
from portal_runtime.storage.database import AWAY
from portal_runtime.wire.encoding import to_json
from portal_runtime.wire.outgoing import Publisher

PATIENCE = 5.0
"""Seconds for one query: the others of its batch wait for it, and its sender has given up."""


class NotScoped(Exception):
    """A query about what belongs to Tax IDs was answered without looking at its scope: a bug."""


@dataclass(slots=True)
class _Answered:
    asker: Asker
    reply: Reply
    query: Query | None = None
    principal: Principal | None = None
    message_id: UUID = NOBODY

    def shown(self) -> set[str]:
        """The members whom the answer shows."""
        return members_in(self.reply) if self.query is not None else set()


class Answering:
    """Answers the queries of one service."""

    def __init__(
        self,
        service: str,
        asking: dict[str, QueryRoute],
        pool: asyncpg.Pool,
        clock: Clock,
        publisher: Publisher,
        desk: ReplyDesk,
        verifier: Verifier,
        settings: Any,
        resources: Any,
    ) -> None:
        self._service = service
        self._routes = asking
        self._pool = pool
        self._clock = clock
        self._publisher = publisher
        self._desk = desk
        self._verifier = verifier
        self._settings = settings
        self._resources = resources
        self._subscriber: Any = None
        self._chain = Chain()
        self.fetching = FetchPriority()
        # One connection is left for the access log.
        self._at_once = asyncio.Semaphore(settings.query_pool_size - 1)

    def subscribe(self, broker: KafkaBroker, settings: Any) -> None:
        topic = topics.queries(self._service)
        subscriber = broker.subscriber(
            settings.topic_prefix + topic,
            group_id=f"{self._service}{settings.group_suffix}.{topic}",
            batch=True,
            max_records=100,
            batch_timeout_ms=settings.poll_ms,
            ack_policy=AckPolicy.ACK_FIRST,
            no_reply=True,
            # What waited while nobody answered is answered if its deadline has not passed.
            auto_offset_reset="earliest",
            group_instance_id=f"{self._service}-{settings.instance}-{topic}",
            session_timeout_ms=8_000,
            heartbeat_interval_ms=1_000,
            parser=raw_parser,
            decoder=raw_decoder,
        )
        subscriber(self._take)
        self._subscriber = subscriber

    @property
    def consumer(self) -> Any:
        return self._subscriber.consumer

    def lost(self) -> bool:
        """Whether no more queries can arrive."""
        return self.fetching.lost()

    async def _take(self, records: list[ConsumerRecord]) -> None:
        answered = [a for a in await asyncio.gather(*map(self._guarded, records)) if a is not None]
        now = self._clock.now()
        try:
            await self._log_access(answered, now)
        except (*AWAY, Conflict) as error:
            # What cannot be recorded is not shown.
            logger().error("access log unavailable, answers withheld", cause=cause(error))
            answered = [_Answered(a.asker, NOT_AVAILABLE) if a.shown() else a for a in answered]
        replies = [self._desk.tell(a.asker, _answer(a.reply), now) for a in answered]
        failpoint(QUERY_ANSWERED)
        await self._publisher.publish([r for r in replies if r is not None])

    async def _guarded(self, record: ConsumerRecord) -> _Answered | None:
        try:
            envelope = read_headers(record.headers)
        except BadEnvelope as reason:
            return self._unreadable(record, reason)
        if not self._desk.serves(envelope.reply_to) or self._too_late(envelope):
            QUERIES.labels(self._service, "any", "too_late").inc()
            return None
        type_ = envelope.type if envelope.type in self._routes else "unknown"
        try:
            return await self._answer(envelope, record, type_)
        except Exception as error:  # one bad query must not take the others of its batch along
            QUERIES.labels(self._service, type_, "failed").inc()
            logger().error("query failed", type=type_, cause=cause(error), where=where(error))
            return _Answered(asker_of(envelope), NOT_AVAILABLE)

    def _unreadable(self, record: ConsumerRecord, reason: BadEnvelope) -> _Answered | None:
        """Who can be told, is told; a query that nobody waits for is dropped like any other."""
        asker = asker_in(record.headers, origin_id(record))
        told = asker is not None and self._desk.serves(asker.reply_to)
        QUERIES.labels(self._service, "unknown", "refused" if told else "dropped").inc()
        logger().warning("query not readable", reason=str(reason), told=told, place=origin(record))
        return _Answered(asker, bad_headers(reason)) if asker is not None and told else None

    async def _answer(self, envelope: Envelope, record: ConsumerRecord, type_: str) -> _Answered:
        began = perf_counter()
        async with asyncio.timeout(PATIENCE):
            answered = await self._reply(envelope, record)
        outcome = "refused" if isinstance(answered.reply, Refused) else "answered"
        QUERIES.labels(self._service, type_, outcome).inc()
        QUERY_TIME.labels(self._service, type_).observe(perf_counter() - began)
        return answered

    async def _reply(self, envelope: Envelope, record: ConsumerRecord) -> _Answered:
        body = record.value or b""
        if not body:
            return _Answered(asker_of(envelope), EMPTY_BODY)
        try:
            principal = self._verifier.verify(
                envelope, record.key, sha256(body).digest(), topics.QUERIES_KEPT_DAYS
            )
        except Untrusted as reason:
            return _Answered(asker_of(envelope), not_authenticated(reason))
        route = self._routes.get(envelope.type)
        if route is None:
            return _Answered(asker_of(envelope), UNKNOWN_TYPE)
        scope = scope_of(principal, route.grants)
        if scope == NOTHING:
            return _Answered(asker_of(envelope), denied(principal, route.grants))
        if NUL in body:
            return _Answered(asker_of(envelope), CONTROL_CHARACTER)
        try:
            query = route.type.model_validate_json(body)
        except ValidationError as error:
            problems = tuple(problems_of(route.type, error))
            return _Answered(asker_of(envelope), Refused(problems=problems))
        async with self._at_once, self._pool.acquire() as conn, conn.transaction(readonly=True):
            context = QueryContext(
                conn, self._clock.now(), principal, self._settings, self._resources, scope
            )
            try:
                reply = await route.answer(query, context)
            except NoAnswer as refused:
                reply = refused.reply
        if not (scope.everything or context.scoped or isinstance(reply, Refused)):
            raise NotScoped("whose it is was not looked at, so the answer is not sent")
        return _Answered(asker_of(envelope), reply, query, principal, envelope.id)

    def _too_late(self, envelope: Envelope) -> bool:
        try:
            deadline = datetime.fromisoformat(envelope.deadline) if envelope.deadline else None
            # The asker's deadline is real time; the demo clock does not move it.
            return deadline is not None and deadline < self._clock.real()
        except (ValueError, TypeError):
            return False

    async def _log_access(self, answered: list[_Answered], now: datetime) -> None:
        looks = [
            Look(now, a.principal.subject, a.principal.role, member, why(a.query), a.message_id)
            for a in answered
            if a.principal is not None and a.query is not None
            for member in sorted(a.shown())
        ]
        if looks:
            await self._chain.append(self._pool, looks)
            ACCESS.labels(self._service).inc(len(looks))


def _answer(reply: Reply) -> Answer:
    return Answer(reply.TYPE, to_json(reply))
