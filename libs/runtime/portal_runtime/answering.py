"""Queries: answered to the asker's reply topic from the service's own tables; nothing is stored.

A lost query is a time-out, not a loss, so there is no inbox; a query whose deadline has passed is
dropped. Reads of member data are written to the access log before the answer leaves.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from time import perf_counter
from typing import Any

import asyncpg
from aiokafka import ConsumerRecord
from faststream import AckPolicy
from faststream.kafka import KafkaBroker
from pydantic import ValidationError

from portal_contracts import topics
from portal_contracts.access import scope_of
from portal_contracts.base import Query, Reply
from portal_contracts.common import Problem, Refused
from portal_contracts.envelope import BadEnvelope, Envelope, read_headers
from portal_contracts.principal import Principal
from portal_contracts.problems import problems_of
from portal_runtime.accesslog import Chain, Look
from portal_runtime.batch import Answer
from portal_runtime.clock import Clock
from portal_runtime.contact import Contact
from portal_runtime.database import AWAY
from portal_runtime.encoding import to_json
from portal_runtime.failpoints import QUERY_ANSWERED, failpoint
from portal_runtime.incoming import CONTROL_CHARACTER, NUL, denied
from portal_runtime.logs import logger
from portal_runtime.metrics import ACCESS, QUERIES, QUERY_TIME
from portal_runtime.outgoing import Publisher
from portal_runtime.replies import ReplyDesk
from portal_runtime.routes import QueryContext, QueryRoute
from portal_runtime.security import Untrusted, Verifier
from portal_runtime.shown import members_in, why
from portal_runtime.subscribing import raw_decoder, raw_parser
from portal_runtime.tables import Conflict

PATIENCE = 5.0
"""Seconds for one query: its neighbours in the batch wait for it, and its asker has given up."""


class NotScoped(Exception):
    """A query of what belongs to Tax IDs was answered without looking whose it is: a bug."""


@dataclass(slots=True)
class _Answered:
    envelope: Envelope
    reply: Reply
    query: Query | None = None
    principal: Principal | None = None


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
        self.contact = Contact()
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
        """Whether no query can come any more."""
        return self.contact.lost()

    async def _take(self, records: list[ConsumerRecord]) -> None:
        answered = [a for a in await asyncio.gather(*map(self._guarded, records)) if a is not None]
        now = self._clock.now()
        replies = [self._desk.address(a.envelope, _answer(a.reply), now) for a in answered]
        try:
            await self._log_access(answered, now)
        except (*AWAY, Conflict) as error:
            # A look that cannot be recorded is not given.
            logger().error("access log unavailable, answers withheld", error=type(error).__name__)
            return
        failpoint(QUERY_ANSWERED)
        await self._publisher.publish([r for r in replies if r is not None])

    async def _guarded(self, record: ConsumerRecord) -> _Answered | None:
        try:
            return await self._answer(record)
        except Exception as error:  # one bad query must not take the others of its batch along
            logger().error("query failed", error=type(error).__name__)
            return None

    async def _answer(self, record: ConsumerRecord) -> _Answered | None:
        try:
            envelope = read_headers(record.headers)
        except BadEnvelope as reason:
            logger().warning("query dropped", reason=str(reason))
            return None
        if not envelope.reply_to or self._too_late(envelope):
            QUERIES.labels(self._service, "any", "too_late").inc()
            return None
        began = perf_counter()
        async with asyncio.timeout(PATIENCE):
            answered = await self._reply(envelope, record)
        outcome = "refused" if isinstance(answered.reply, Refused) else "answered"
        type_ = envelope.type if envelope.type in self._routes else "unknown"
        QUERIES.labels(self._service, type_, outcome).inc()
        QUERY_TIME.labels(self._service, type_).observe(perf_counter() - began)
        return answered

    async def _reply(self, envelope: Envelope, record: ConsumerRecord) -> _Answered:
        route = self._routes.get(envelope.type)
        if route is None:
            return _refused(envelope, "unknown_type", "This service does not know such a query.")
        body = record.value or b""
        try:
            principal = self._verifier.verify(
                envelope, record.key, sha256(body).digest(), topics.QUERIES_KEPT_DAYS
            )
        except Untrusted as reason:
            return _refused(envelope, "not_authenticated", f"Not accepted: {reason}.")
        scope = scope_of(principal, route.grants)
        if not (scope.everything or scope.tins):
            return _Answered(envelope, denied(principal, route.grants))
        if NUL in body:
            return _refused(envelope, "control_character", CONTROL_CHARACTER)
        try:
            query = route.type.model_validate_json(body)
        except ValidationError as error:
            problems = tuple(problems_of(route.type, error))
            return _Answered(envelope, Refused(problems=problems))
        async with self._at_once, self._pool.acquire() as conn, conn.transaction(readonly=True):
            context = QueryContext(
                conn, self._clock.now(), principal, self._settings, self._resources, scope
            )
            reply = await route.answer(query, context)
        if not (scope.everything or context.scoped or isinstance(reply, Refused)):
            raise NotScoped(route.type.TYPE)
        return _Answered(envelope, reply, query, principal)

    def _too_late(self, envelope: Envelope) -> bool:
        try:
            deadline = datetime.fromisoformat(envelope.deadline) if envelope.deadline else None
            # The asker's deadline is real time; the demo clock does not move it.
            return deadline is not None and deadline < self._clock.real()
        except (ValueError, TypeError):
            return False

    async def _log_access(self, answered: list[_Answered], now: datetime) -> None:
        looks = [
            Look(now, a.principal.subject, a.principal.role, member, why(a.query), a.envelope.id)
            for a in answered
            if a.principal is not None and a.query is not None
            for member in sorted(members_in(a.reply))
        ]
        if looks:
            await self._chain.append(self._pool, looks)
            ACCESS.labels(self._service).inc(len(looks))


def _answer(reply: Reply) -> Answer:
    return Answer(reply.TYPE, to_json(reply))


def _refused(envelope: Envelope, code: str, message: str) -> _Answered:
    return _Answered(envelope, Refused(problems=(Problem(code=code, message=message),)))
