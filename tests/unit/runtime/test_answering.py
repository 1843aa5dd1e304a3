"""A query of what belongs to Tax IDs is answered within the asker's, or not at all."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from portal_contracts.access import Grants
from portal_contracts.base import Query, Reply
from portal_contracts.common import Done, Refused
from portal_contracts.envelope import Envelope
from portal_contracts.principal import Principal
from portal_runtime.intake.sentences import ID_REUSED
from portal_runtime.queries.answering import Answering, NotScoped
from portal_runtime.routes import QueryContext, ask

OWN: Grants = {"provider": "own", "plan_staff": "all"}
BILLER = Principal(subject="biller", role="provider", tins=frozenset({"310000001"}))
STAFF = Principal(subject="staff", role="plan_staff")
DONE = Done(reference="x")


class Peek(Query, type="test.peek.v1", answers=(Done,)):
    pass


class Pool:
    """Neither of its connections is asked for anything."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Pool]:
        yield self

    @asynccontextmanager
    async def transaction(self, *, readonly: bool) -> AsyncIterator[None]:
        assert readonly
        yield


async def answered(reply: Reply, who: Principal, *, looks: bool) -> Reply:
    async def answer(_: Peek, ctx: QueryContext) -> Reply:
        return reply if not looks or ctx.scope.sql() else ID_REUSED

    answering = Answering(
        "test",
        {Peek.TYPE: ask(Peek, answer=answer, grants=OWN)},
        Pool(),  # type: ignore[arg-type]
        SimpleNamespace(now=lambda: datetime(2026, 3, 4, tzinfo=UTC)),  # type: ignore[arg-type]
        *(None, None),  # type: ignore[arg-type]
        SimpleNamespace(verify=lambda *_: who),  # type: ignore[arg-type]
        SimpleNamespace(query_pool_size=2),
        None,
    )
    sent: Any = SimpleNamespace(value=b"{}", key=b"")
    now = datetime(2026, 3, 4, tzinfo=UTC)
    envelope = Envelope(id=UUID(int=1), type=Peek.TYPE, time=now, source="t", correlation_id="c")
    return (await answering._reply(envelope, sent)).reply


async def test_an_answer_that_never_looked_whose_it_is_is_not_sent() -> None:
    with pytest.raises(NotScoped):
        await answered(DONE, BILLER, looks=False)
    assert await answered(DONE, BILLER, looks=True) == DONE


async def test_who_sees_everything_and_who_is_refused_needs_no_scope() -> None:
    assert await answered(DONE, STAFF, looks=False) == DONE
    refused = Refused(problems=ID_REUSED.problems)
    assert await answered(refused, BILLER, looks=False) == refused
