"""What rules are tested with: the context of one message, and what a refusal says."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from portal_contracts.base import Reply
from portal_contracts.common import Problem, Refused, Role
from portal_contracts.principal import Principal
from portal_runtime.domain.decision import Context, Decision
from tests.support.scopes import usual_scope

TIN = "111222333"
NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)  # a Monday


def context(
    settings: Any,
    role: Role = "provider",
    number: int = 1,
    now: datetime = NOW,
    tins: tuple[str, ...] = (TIN,),
) -> Context:
    """A message with this number as its ID, sent now."""
    who = Principal(subject="user", role=role, tins=frozenset(tins))
    return Context(
        now=now,
        message_id=UUID(int=number),
        principal=who,
        correlation_id="c",
        sent_at=now,
        settings=settings,
        scope=usual_scope(who),
    )


def problems(answer: Decision | Reply | None) -> tuple[Problem, ...]:
    """What a refusal lists."""
    reply = answer.reply if isinstance(answer, Decision) else answer
    assert isinstance(reply, Refused), reply
    return reply.problems


def problem(answer: Decision | Reply | None) -> Problem:
    """The one problem of a refusal."""
    (found,) = problems(answer)
    return found


def codes(answer: Decision | Reply | None) -> dict[str, str | None]:
    """{code: field} of a refusal."""
    return {found.code: found.field for found in problems(answer)}


def words(answer: Decision | Reply | None) -> str:
    """All that a refusal says."""
    return " ".join(found.message for found in problems(answer))
