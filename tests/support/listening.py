"""The tally service, listening to another one too: its facts, and a command that needs them."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import uuid4

from pydantic import Field

from portal_contracts.base import Command, Event
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.routes import Routes, keep, on
from portal_runtime.service import Service
from portal_runtime.tables import Facts, View
from portal_runtime.wire.encoding import headers, to_json
from portal_runtime.wire.outgoing import Outgoing, Publisher
from tests.support import tally
from tests.support.isolation import Isolation
from tests.support.tally import Total


class Said(Event, type="other.said.v1"):
    """What the other service knows of an account."""

    account: str = Field(description="Account")
    version: int = Field(description="Rises by one")
    note: str = Field("", description="Any text")

    def subject(self) -> str:
        return self.account


class Repeat(Command, type="tally.repeat.v1", answers=(Total,)):
    """Answer with the version of what was said last."""

    account: str = Field(description="Account")

    def subject(self) -> str:
        return self.account


SAID = Facts("said", Said)


def repeat(command: Repeat, view: View, _: Context) -> Decision:
    said = view.get(SAID, command.account)
    version = said.version if said is not None else 0
    return Decision(reply=Total(account=command.account, total=0, version=version))


ROUTES = Routes(
    *tally.ROUTES.deciding.values(),
    *tally.ROUTES.asking.values(),
    keep(Said, SAID, lambda event: event.account),
    on(Repeat, decide=repeat, needs=lambda c, _: ((SAID, c.account),), grants={"provider": "all"}),
)
SERVICE = Service("tally", ROUTES, tally.SERVICE.migrations)


async def say(isolation: Isolation, account: str, version: int, body: bytes | None = None) -> None:
    """Publish what the other service would; `body` in the place of what we know to write."""
    body = body or to_json(Said(account=account, version=version))
    made = headers(Said.TYPE, "other", id=uuid4(), time=datetime.now(UTC), subject=account)
    topic = isolation.topic("other.events")
    async with Publisher(isolation.infra.kafka) as publisher:
        await publisher.publish([Outgoing(topic, account.encode(), body, made)])
