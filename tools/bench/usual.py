"""The usual way, honestly: a FastStream handler per message, one transaction each, by the book.

The same validation, rules, tables, idempotency, journal, event and answer as ours. `workers` 1
keeps the order; more do not. Run as a process: `python -m tools.bench.usual WORKERS`.
"""

import asyncio
import sys
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from uuid import uuid5

import asyncpg
import uvloop
from aiokafka import ConsumerRecord
from faststream.kafka import KafkaBroker, KafkaMessage

from claims.domain.facts import Accumulators, Facts, SiblingClaim
from claims.domain.rules.load import rule_book
from claims.domain.submission import service_dates
from claims.domain.submit import submit
from claims.settings import ClaimsSettings
from claims.store.claim_row import ClaimRow, StoredClaim, row_of
from claims.store.history import HistoryRow, history_row
from portal_contracts import envelope as e
from portal_contracts.access import EVERYTHING
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.envelope import read_headers
from portal_contracts.money import cents
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.topics import COMMANDS_KEPT_DAYS
from portal_runtime.domain.decision import Context
from portal_runtime.security.keys import public_keys
from portal_runtime.security.principals import Verifier
from portal_runtime.storage.database import insert_rows
from portal_runtime.tables import IO


class Usual:
    """One handler, one message, one transaction."""

    def __init__(self, pool: asyncpg.Pool, broker: KafkaBroker, verifier: Verifier, prefix: str):
        self._pool = pool
        self._broker = broker
        self._verifier = verifier
        self._prefix = prefix

    async def handle(self, command: SubmitProfessionalClaim, record: ConsumerRecord) -> None:
        envelope = read_headers(record.headers)
        principal = self._verifier.verify(
            envelope, record.key, sha256(record.value).digest(), COMMANDS_KEPT_DAYS
        )
        now = datetime.now(UTC)
        async with self._pool.acquire() as conn, conn.transaction():
            if await conn.fetchval("select 1 from inbox where id = $1", envelope.id):
                return
            facts = await self._facts(conn, command)
            context = Context(
                now,
                envelope.id,
                principal,
                envelope.correlation_id,
                envelope.time,
                None,
                record.value,
                EVERYTHING,
            )
            outcome = submit(command, facts, context)
            reply = outcome.reply.model_dump_json().encode() if outcome.reply else None
            event = outcome.events[0]
            assert isinstance(event, ClaimAdjudicated)
            body = event.model_dump_json().encode()
            await self._save(conn, outcome, event, body, context)
            await conn.execute(
                "insert into inbox (id, hash, batch, reply_type, reply) "
                "values ($1, $2, $1, $3, $4)",
                envelope.id,
                b"",
                "claims.claim_accepted.v1",
                reply,
            )
        await self._broker.publish(
            body,
            self._prefix + "claims.events",
            key=record.key,
            headers={e.ID: str(uuid5(envelope.id, "event")), e.TYPE: event.TYPE},
        )
        topic, _, partition = envelope.reply_to.partition("/")
        await self._broker.publish(
            reply,
            topic,
            partition=int(partition),
            headers={e.CAUSATION: str(envelope.id), e.TYPE: "claims.claim_accepted.v1"},
        )

    async def _facts(self, conn: Any, command: SubmitProfessionalClaim) -> Facts:
        first, member_id = service_dates(command)[0], command.member_id
        accumulators = await conn.fetchrow(
            "select member_id, year, deductible, out_of_pocket from accumulators "
            "where member_id = $1 and year = $2 for update",
            member_id,
            first.year,
        )
        fact = "select body from facts where kind = $1 and key = $2"
        member = await conn.fetchval(fact, "member", member_id)
        billing = await conn.fetchval(
            fact, "provider", f"{command.billing.npi}|{command.billing.tin}"
        )
        siblings = await conn.fetch(
            "select claim_number, duplicate_key, status, billing_tin, billing_npi from claims "
            "where member_id = $1 and service_from = $2",
            member_id,
            first,
        )
        await conn.fetch("select document_id from records where member_id = $1", member_id)
        return Facts(
            rules=rule_book(),
            member=MemberChanged.model_validate_json(member),
            billing=ProviderChanged.model_validate_json(billing),
            accumulators=(Accumulators(*accumulators),) if accumulators else (),
            siblings=tuple(SiblingClaim(*s) for s in siblings),
        )

    async def _save(
        self,
        conn: Any,
        outcome: Any,
        event: ClaimAdjudicated,
        body: bytes,
        context: Context,
    ) -> None:
        claim, now = outcome.claims[0], context.now
        io = IO(conn, bodies={id(event): (event, body)})
        (entry,) = outcome.history
        happened = history_row(io, (entry, context.principal), now)
        await insert_rows(
            conn, "claims", ClaimRow._fields, [row_of(StoredClaim(claim, context.raw, now))]
        )
        await insert_rows(conn, "claim_history", HistoryRow._fields, [happened])
        for posting in event.postings:
            await conn.execute(
                "insert into ledger values ($1, $2, $3, $4, $5)",
                claim.number,
                posting.adjudication,
                posting.kind,
                cents(posting.amount),
                now,
            )
        for accumulators in outcome.accumulators:
            await conn.execute(
                "insert into accumulators values ($1, $2, $3, $4) on conflict (member_id, year) "
                "do update set deductible = excluded.deductible, "
                "out_of_pocket = excluded.out_of_pocket",
                accumulators.member_id,
                accumulators.year,
                accumulators.deductible,
                accumulators.out_of_pocket,
            )
        await conn.execute(
            "insert into journal (id, topic, key, type, subject, body, batch, n, cause, "
            "correlation, actor) "
            "values ($1, 'claims.events', '', $2, $3, $4, $1, 0, $1, '', 'bench')",
            context.message_id,
            event.TYPE,
            claim.number,
            body,
        )


async def main(workers: int) -> None:
    settings = ClaimsSettings()
    pool = await asyncpg.create_pool(settings.dsn("claims"), min_size=4, max_size=20)
    broker = KafkaBroker(settings.kafka, logger=None)
    keys = await public_keys(settings.principal_keys)
    verifier = Verifier(keys, "claims", b"", frozenset(), settings.kid_roles)
    usual = Usual(pool, broker, verifier, settings.topic_prefix)

    @broker.subscriber(
        settings.topic_prefix + "claims.commands",
        group_id=f"usual{settings.topic_prefix}",
        auto_offset_reset="earliest",
        max_workers=workers,
        no_reply=True,  # the answer is sent by the handler
    )
    async def handle(command: SubmitProfessionalClaim, message: KafkaMessage) -> None:
        await usual.handle(command, message.raw_message)

    await broker.start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    uvloop.run(main(int(sys.argv[1])))
