"""What a decision is made of. Pure: a domain may import this shelf, and no other of these."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from portal_contracts.access import NOTHING as NOBODYS
from portal_contracts.access import Scope
from portal_contracts.base import Command, Event, Reply
from portal_contracts.common import Problem, Refused
from portal_contracts.principal import Principal
from portal_runtime.domain.work import Effect

if TYPE_CHECKING:
    from portal_runtime.tables import Table

K = TypeVar("K")
V = TypeVar("V")
DERIVED = 8
"""Version of the UUIDs that services make of a message's id (RFC 9562: own construction). Anybody
who knows that id can tell them, so nobody else may send a message under one.
"""


class Context(NamedTuple):
    """What a decision may know beside the message and the facts: who asks, and the time."""

    now: datetime
    """The injected clock, UTC. Rules never look at another one."""
    message_id: UUID
    principal: Principal
    correlation_id: str
    sent_at: datetime
    """The message's own time (`ce_time`)."""
    settings: Any = None
    """The service's settings object."""
    raw: bytes = b""
    """The message's body as it came, for states that keep it without encoding it again."""
    scope: Scope = NOBODYS
    """Whose data the asker may touch with this message (`portal_contracts/access.py`)."""

    def derive(self, name: str) -> UUID:
        """An id made from the message's: deciding again makes the same one."""
        said = blake2b(name.encode(), digest_size=16, key=self.message_id.bytes).hexdigest()
        return UUID(f"{said[:8]}-{said[8:12]}-{DERIVED}{said[13:16]}-a{said[17:20]}-{said[20:]}")


class Save(NamedTuple, Generic[K, V]):
    """Write `value` under `key`; a later message of the same batch sees it."""

    table: "Table[K, V]"
    key: K
    value: V


@dataclass(frozen=True, slots=True)
class SetTimer:
    """Send `command` to the own service at `due_at`. The same key replaces an earlier timer."""

    key: str
    due_at: datetime
    command: Command


class Decision(NamedTuple):
    """Everything that follows from one message. It happens entirely or not at all."""

    reply: Reply | None = None
    events: tuple[Event, ...] = ()
    commands: tuple[Command, ...] = ()
    saves: tuple[Save[Any, Any], ...] = ()
    set_timers: tuple[SetTimer, ...] = ()
    cancel_timers: tuple[str, ...] = ()
    effects: tuple[Effect, ...] = ()
    """What is to be done outside, after the commit (ADR 14)."""
    reviews: tuple[Command, ...] = ()
    """To the own service, where each may order bulk work: they wait while any command does."""
    bulk: tuple[Command, ...] = ()
    """To the own service, however many: they wait while anything else does (ADR 8)."""
    looked_at: tuple[str, ...] = ()
    """Members of whom the reply tells something without naming them, as a refusal does. Those that
    a reply names are found by the runtime."""

    @property
    def refused(self) -> bool:
        return isinstance(self.reply, Refused)


NOTHING = Decision()


def refusal(*problems: Problem) -> Refused:
    """The reply to what is not accepted. Problems come from the catalogue in the contracts."""
    return Refused(problems=problems)


def refuse(*problems: Problem) -> Decision:
    """A business 'no': the reply lists the problems, and nothing else happens."""
    return Decision(reply=refusal(*problems))
