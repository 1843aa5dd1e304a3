"""The routing table of a service: message type -> what is needed, who decides; what a decision
orders to be done outside -> who does it.

Who may ask is in `portal_contracts/access.py`.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from operator import attrgetter
from typing import Any, TypeVar

from portal_contracts import topics
from portal_contracts.access import GRANTS, Grants, Scope
from portal_contracts.base import Command, Event, Message, Query, Reply
from portal_contracts.common import Problem
from portal_contracts.principal import Principal
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.domain.outcome import Outcome, S
from portal_runtime.domain.work import Work
from portal_runtime.tables import Facts, States, Table, View

T = TypeVar("T", bound=Message)
Q = TypeVar("Q", bound=Query)
E = TypeVar("E", bound=Event)
W = TypeVar("W", bound=Work)
Need = tuple[Table[Any, Any], Any]
Check = Callable[[Any, date, Any], list[Problem]]
"""Rules of a form: given the form, or the parts of it that could be read, the day on which it was
sent, and the service's settings."""


@dataclass(frozen=True, slots=True)
class Route:
    """How one type of command or event is decided."""

    type: type[Message]
    decide: Callable[[Any, View, Context], Decision]
    needs: Callable[[Any, Context], Iterable[Need]]
    then: Callable[[Any, View, Context], Iterable[Need]] | None
    grants: Grants
    check: Check | None
    """Finds what is wrong with a message that does not even have the right shape, so that one reply
    can list every problem."""


@dataclass(slots=True)
class QueryContext:
    """What answering a query may use. `conn` reads; nothing is written but the access log."""

    conn: Any
    now: datetime
    principal: Principal
    settings: Any
    resources: Any
    granted: Scope = field(repr=False)
    scoped: bool = False
    """Whether the scope was looked at. An answer to a provider that never did is not sent."""

    @property
    def scope(self) -> Scope:
        """Whose data the asker may see; every query of what belongs to a Tax ID stays within."""
        self.scoped = True
        return self.granted


@dataclass(frozen=True, slots=True)
class QueryRoute:
    """How one type of query is answered."""

    type: type[Query]
    answer: Callable[[Any, QueryContext], Awaitable[Reply]]
    grants: Grants


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What carrying out an effect may use. There is no database: what it finds is its answer."""

    resources: Any
    settings: Any
    now: datetime


Adapter = Callable[[W, Surroundings], Awaitable[Command | None]]
"""Does the work and answers with a command to the own service; None where nobody need know.

It may be called again for what it has done already, also while an earlier call still runs in a
process that was thought dead: then it must do no harm. A server that is away is `Unavailable` and
is tried without end; whatever else it raises counts as failing, and is parked after some attempts.
"""


@dataclass(frozen=True, slots=True)
class EffectRoute:
    """How one kind of work is done."""

    work: type[Work]
    adapter: Adapter[Any]
    limit: timedelta
    """Longer than this is a failure."""
    at_once: int
    """Most of this kind in one process at a time."""


def carry_out(
    work: type[W], *, adapter: Adapter[W], limit: timedelta, at_once: int = 4
) -> EffectRoute:
    """Route a kind of work that decisions order."""
    return EffectRoute(work, adapter, limit, at_once)


def on(
    type: type[T],
    *,
    decide: Callable[[T, View, Context], Decision],
    needs: Callable[[T, Context], Iterable[Need]] = lambda _m, _c: (),
    then: Callable[[T, View, Context], Iterable[Need]] | None = None,
    check: Check | None = None,
    grants: Grants | None = None,
) -> Route:
    """Route a command or an event. `grants`: for messages that are none of the contracts'."""
    return Route(type, decide, needs, then, _granted(type, grants), check)


def ask(
    type: type[Q],
    *,
    answer: Callable[[Q, QueryContext], Awaitable[Reply]],
    grants: Grants | None = None,
) -> QueryRoute:
    """Route a query. `grants`: for messages that are none of the contracts'."""
    return QueryRoute(type, answer, _granted(type, grants))


def _granted(type: type[Message], grants: Grants | None) -> Grants:
    """Events are announced, not asked for: who may write to their topic is Kafka's to say."""
    if grants is not None or type.KIND == "event":
        return grants or {}
    if type.TYPE not in GRANTS:
        raise TypeError(f"{type.TYPE} has no row in portal_contracts/access.py; add it")
    return GRANTS[type.TYPE]


def about(
    type: type[T],
    decide: Callable[[T, Any, Context], Outcome[Any]],
    *,
    look: Table[str, Any],
    by: str,
    saves: States[Any] | None = None,
    check: Check | None = None,
) -> Route:
    """Route a command about one thing: what `look` has under the command's field `by`, or None,
    goes to `decide`; the state that it leaves is saved (in `saves`, where that is another table).
    """
    key_of = attrgetter(by)

    def needs(message: T, _: Context) -> Iterable[Need]:
        return ((look, key_of(message)),)

    def run(message: T, view: View, ctx: Context) -> Decision:
        outcome = decide(message, view.get(look, key_of(message)), ctx)
        table = saves or look
        assert isinstance(table, States)
        return saving(table, outcome)

    return on(type, decide=run, needs=needs, check=check)


def saving(table: States[S], outcome: Outcome[S]) -> Decision:
    """The decision with the state that it leaves."""
    state = outcome.state
    if state is None:
        return outcome.decision
    saves = (*outcome.decision.saves, Save(table, table.key_of(state), state))
    return outcome.decision._replace(saves=saves)


def keep(
    type: type[E],
    table: Facts[Any],
    by: str | Callable[[E], str],
    make: Callable[[E, Any, Context], Any] = lambda event, _known, _ctx: event,
    orders: Callable[[E, Context], tuple[Command, ...]] = lambda _event, _ctx: (),
) -> Route:
    """Route a snapshot event of another service into the own facts; a stale one is dropped.

    `by`: the event's field that is the key, or what makes it. `make`: what is kept, of the event
    and what was known. `orders`: commands to the own service, whatever is known.
    """
    key_of = attrgetter(by) if isinstance(by, str) else by

    def needs(event: E, _: Context) -> Iterable[Need]:
        return ((table, key_of(event)),)

    def decide(event: E, view: View, ctx: Context) -> Decision:
        key, commands = key_of(event), orders(event, ctx)
        known = view.get(table, key)
        made = make(event, known, ctx)
        if known is not None and table.version(known) >= table.version(made):
            return Decision(commands=commands)
        return Decision(commands=commands, saves=(Save(table, key, made),))

    return Route(type, decide, needs, None, {}, None)


class Routes:
    """All routes of a service; says which topics it listens to."""

    def __init__(self, *routes: Route | QueryRoute | EffectRoute) -> None:
        self.deciding = {r.type.TYPE: r for r in routes if isinstance(r, Route)}
        self.asking = {r.type.TYPE: r for r in routes if isinstance(r, QueryRoute)}
        self.carrying = {r.work.KIND: r for r in routes if isinstance(r, EffectRoute)}
        if len(self.deciding) + len(self.asking) + len(self.carrying) != len(routes):
            raise TypeError("two routes for one message type or kind of work")

    def topics(self) -> tuple[str, ...]:
        """Topics whose messages are decided here: own commands, others' events."""
        return tuple(
            sorted({topics.topic_of(r.type.TYPE, r.type.KIND) for r in self.deciding.values()})
        )
