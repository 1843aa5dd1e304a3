"""The routing table of a service: message type -> what is needed, who decides.

Who may ask is in `portal_contracts/access.py`.
"""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from portal_contracts import topics
from portal_contracts.access import GRANTS, Grants, Scope
from portal_contracts.base import Event, Message, Query, Reply
from portal_contracts.common import Problem
from portal_contracts.principal import Principal
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.tables import Facts, Table, View

T = TypeVar("T", bound=Message)
Q = TypeVar("Q", bound=Query)
E = TypeVar("E", bound=Event)
Need = tuple[Table[Any, Any], Any]


@dataclass(frozen=True, slots=True)
class Route:
    """How one type of command or event is decided."""

    type: type[Message]
    decide: Callable[[Any, View, Context], Decision]
    needs: Callable[[Any, Context], Iterable[Need]]
    then: Callable[[Any, View, Context], Iterable[Need]] | None
    grants: Grants
    check: Callable[[Any, date], list[Problem]] | None
    """Finds what is wrong with a message that does not even have the right shape: it is given the
    parts that could be read, and today, so that one reply can list every problem."""


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


def on(
    type: type[T],
    *,
    decide: Callable[[T, View, Context], Decision],
    needs: Callable[[T, Context], Iterable[Need]] = lambda _m, _c: (),
    then: Callable[[T, View, Context], Iterable[Need]] | None = None,
    check: Callable[[Any, date], list[Problem]] | None = None,
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


def keep(type: type[E], table: Facts[E], key: Callable[[E], str]) -> Route:
    """Route a snapshot event of another service into the own facts; a stale one is dropped."""

    def needs(event: E, _: Context) -> Iterable[Need]:
        return ((table, key(event)),)

    def decide(event: E, view: View, _: Context) -> Decision:
        known = view.get(table, key(event))
        if known is not None and table.version(known) >= table.version(event):
            return Decision()
        return Decision(saves=(Save(table, key(event), event),))

    return Route(type, decide, needs, None, {}, None)


class Routes:
    """All routes of a service; says which topics it listens to."""

    def __init__(self, *routes: Route | QueryRoute) -> None:
        self.deciding = {r.type.TYPE: r for r in routes if isinstance(r, Route)}
        self.asking = {r.type.TYPE: r for r in routes if isinstance(r, QueryRoute)}
        if len(self.deciding) + len(self.asking) != len(routes):
            raise TypeError("two routes for one message type")

    def topics(self) -> tuple[str, ...]:
        """Topics whose messages are decided here: own commands, others' events."""
        return tuple(
            sorted({topics.topic_of(r.type.TYPE, r.type.KIND) for r in self.deciding.values()})
        )
