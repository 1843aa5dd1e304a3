"""Everything a run left behind: the intent log, every record of every topic, the tables, the store.

Checkers are pure functions of this. Bodies are reduced to what is checked, and to their hash.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, ClassVar, Literal, NamedTuple
from uuid import UUID

from portal_runtime.access.audit import Head, Row
from tests.chaos.intent import Sent

Kind = Literal["lost", "double", "out of order", "early", "late", "wrong"]


@dataclass(frozen=True, slots=True)
class Violation:
    """A promise that was not kept."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a topic."""

    topic: str
    partition: int
    offset: int
    key: str
    at: float
    """When it was written, in seconds of real time."""
    id: str
    type: str
    source: str
    subject: str
    cause: str
    digest: str
    """MD5 of the body, as PostgreSQL makes it too."""
    facts: dict[str, Any] | None = None
    """What the body says, as far as it is checked."""
    origin: str = ""
    """Of a dead letter: topic, partition and offset of what was parked."""

    @property
    def place(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset


class Taken(NamedTuple):
    """A row of an inbox."""

    batch: str
    reply_type: str | None
    digest: str | None


class Written(NamedTuple):
    """A row of a journal."""

    batch: str
    n: int
    id: str
    topic: str
    key: str
    type: str
    cause: str
    digest: str


class ParkedRow(NamedTuple):
    """A row of `parked`."""

    topic: str
    partition: int
    offset: int
    message_id: str | None
    reason: str
    state: str


class Look(NamedTuple):
    """A row of an access log."""

    seq: int
    subject: str
    role: str
    member_id: str
    message_id: str


class State(NamedTuple):
    """Where something stands, as its service's table says."""

    version: int
    status: str
    tin: str = ""


class Entry(NamedTuple):
    """A row of the ledger; amounts in cents."""

    claim: str
    adjudication: int
    kind: str
    amount: int


class EffectRow(NamedTuple):
    """An effect that is not carried out, or was given up."""

    kind: str
    key: str
    state: str
    reason: str | None


class Opened(NamedTuple):
    """A row of `downloads`."""

    message_id: str
    document_id: str
    subject: str


@dataclass
class Tables:
    """What one service has stored."""

    inbox: dict[str, Taken] = field(default_factory=dict)
    journal: list[Written] = field(default_factory=list)
    unpublished: list[str] = field(default_factory=list)
    parked: list[ParkedRow] = field(default_factory=list)
    timers: list[tuple[str, datetime]] = field(default_factory=list)
    effects: list[EffectRow] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    chained: list[Row] = field(default_factory=list)
    """The access log again, as its chains see it."""
    heads: dict[UUID, Head] = field(default_factory=dict)
    states: dict[str, State] = field(default_factory=dict)
    facts: dict[tuple[str, str], int] = field(default_factory=dict)


@dataclass
class Money:
    """What the claims service keeps of money, in cents."""

    ledger: list[Entry] = field(default_factory=list)
    paid: dict[str, int] = field(default_factory=dict)
    """What stands as paid, by claim."""
    accumulators: dict[tuple[str, int], tuple[int, int]] = field(default_factory=dict)


class Move(NamedTuple):
    """The clock was moved at this real time to this offset."""

    at: float
    offset: float


@dataclass
class History:
    """One run."""

    sent: list[Sent] = field(default_factory=list)
    commands: list[Record] = field(default_factory=list)
    events: list[Record] = field(default_factory=list)
    answers: list[Record] = field(default_factory=list)
    letters: list[Record] = field(default_factory=list)
    tables: dict[str, Tables] = field(default_factory=lambda: defaultdict(Tables))
    money: Money = field(default_factory=Money)
    downloads: list[Opened] = field(default_factory=list)
    objects: dict[str, str] = field(default_factory=dict)
    """SHA-256 by key."""
    sealed: dict[str, str] = field(default_factory=dict)
    """SHA-256 that the documents service vouches for, by document id, of those released."""
    moves: list[Move] = field(default_factory=list)
    committed: dict[tuple[str, str, int], int] = field(default_factory=dict)
    """Offset by service, topic and partition."""
    listens: set[tuple[str, str]] = field(default_factory=set)
    """Each service with each topic of which it takes all there is; queries are not among them."""
    ends: dict[tuple[str, int], int] = field(default_factory=dict)
    healed: float = inf
    """When the last fault was over, in seconds of real time."""
    away: list[tuple[float, float]] = field(default_factory=list)
    """From when to when Kafka, PostgreSQL or the store was away from everybody (real time)."""
    clean: set[str] = field(default_factory=set)
    """Documents that the driver uploaded as it had announced them."""
    deaths: list[str] = field(default_factory=list)
    """Ends of service processes that neither the run nor anything allowed has caused."""
    whole: bool = False
    """A run of all faults that is long enough for everything to have happened in it."""
    notes: list[str] = field(default_factory=list)
    """What the run itself found wrong: one who should have ended, a drain that took too long."""

    GRAIN: ClassVar[float] = 0.002
    """Seconds: a record's time is in whole milliseconds."""

    def latest_clock(self, at: float) -> float:
        """The latest that any service's clock can have shown at this real time."""
        return at + max((m.offset for m in self.moves if m.at <= at), default=0.0)

    def reached(self, moment: datetime) -> float:
        """The real time at which the driver's clock, which only goes forward, came to a moment."""
        wanted = moment.timestamp()
        done = bisect_right(self.moves, wanted, key=lambda m: m.at + m.offset)
        offset = self.moves[done - 1].offset if done else 0.0
        following = self.moves[done].at if done < len(self.moves) else inf
        return min(wanted - offset, following)

    def missing(self, since: float, until: float) -> float:
        """For how many of these seconds a server was away from everybody."""
        return sum(max(0.0, min(until, end) - max(since, begin)) for begin, end in self.away)

    def final_clock(self) -> datetime | None:
        """What the clock shows at the end, if it was ever moved."""
        return None if not self.moves else _moment(self.moves[-1].at + self.moves[-1].offset)

    def first_of(self, records: Iterable[Record]) -> Iterator[Record]:
        """Each id once, where it stands first. Records may come twice; their effects may not."""
        seen: set[str] = set()
        for record in records:
            if record.id not in seen:
                seen.add(record.id)
                yield record

    def of_type(self, *types: str) -> Iterator[Record]:
        """The owners' events of these types, each once, in the order of their topics."""
        own = (e for e in self.events if e.type in types and e.topic == f"{e.source}.events")
        return self.first_of(own)


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
