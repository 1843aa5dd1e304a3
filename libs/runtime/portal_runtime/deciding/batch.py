"""Decides a batch of arrivals in memory: one after another, each seeing what earlier ones left."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from portal_contracts.base import Command, Message
from portal_contracts.common import Parked
from portal_runtime.access.access_log import Look
from portal_runtime.access.shown import members_in, why
from portal_runtime.deciding import ordered_effects
from portal_runtime.deciding.produced import Answer, Bodies, BulkOrder, Produced, answer_of, produce
from portal_runtime.domain.decision import Context, Decision, SetTimer
from portal_runtime.errors import Unloaded
from portal_runtime.intake.arrival import Arrival
from portal_runtime.intake.fingerprint import same_message
from portal_runtime.intake.sentences import ID_REUSED
from portal_runtime.routes import Need
from portal_runtime.tables import Table, View

Missing = dict[Table[Any, Any], set[Any]]
"""Keys to look up, by table."""


@dataclass(slots=True)
class Seen:
    """What the inbox knows of an id."""

    hash: bytes
    batch: UUID
    answer: Answer | None


@dataclass
class Batch:
    """Arrivals of one batch and everything that was decided about them."""

    arrivals: list[Arrival]
    now: datetime
    settings: Any = None
    service: str = ""
    id: UUID = field(default_factory=uuid7)
    view: View = field(default_factory=View)
    bodies: Bodies = field(default_factory=dict)
    answers: dict[int, Answer] = field(default_factory=dict)
    """By position in the batch: a duplicate is answered too, each on its own reply topic."""
    accepted: dict[UUID, Arrival] = field(default_factory=dict)
    """Took effect here (or were refused for good): one inbox row each."""
    accepted_answers: dict[UUID, Answer] = field(default_factory=dict)
    produced: list[Produced | BulkOrder] = field(default_factory=list)
    changed: dict[Table[Any, Any], dict[Any, Any]] = field(default_factory=dict)
    timers: dict[str, tuple[SetTimer, UUID, str] | None] = field(default_factory=dict)
    effects: list[ordered_effects.Row] = field(default_factory=list)
    looks: list[Look] = field(default_factory=list)
    """Who was shown what of which member; for the access log."""
    parked: list[Arrival] = field(default_factory=list)
    refused: list[Arrival] = field(default_factory=list)
    """Refused as they came, before any rule saw them."""
    resume: set[UUID] = field(default_factory=set)
    """Earlier batches whose messages came again: published once more if they had not been."""

    def publishes(self) -> set[UUID]:
        """The batches that are published with this one."""
        return self.resume | (set() if self.silent else {self.id})

    @property
    def silent(self) -> bool:
        """Whether nothing of its own is to be published; an earlier batch's may be."""
        return not (self.produced or self.parked)

    def context(self, arrival: Arrival) -> Context:
        """What the decision may know; made once for a message."""
        if arrival.context is not None:
            return arrival.context  # type: ignore[no-any-return]
        envelope = arrival.envelope
        assert envelope is not None
        arrival.context = context = Context(
            now=self.now,
            message_id=envelope.id,
            principal=arrival.principal,
            correlation_id=envelope.correlation_id,
            sent_at=envelope.time,
            settings=self.settings,
            raw=arrival.record.value,
            scope=arrival.scope,
        )
        return context

    # -- what is needed ---------------------------------------------------------------------

    def needs(self, arrivals: Iterable[Arrival]) -> Missing:
        """Keys to look up, by table. A `needs` that fails parks its own message only."""
        wanted: Missing = {}
        for arrival in arrivals:
            arrival.context = None  # an earlier attempt's had another `now`
            if arrival.message is None or arrival.route is None or arrival.poison:
                continue
            self._collect(arrival, arrival.route.needs, (self.context(arrival),), wanted)
        return wanted

    def second_needs(self, arrivals: Iterable[Arrival]) -> Missing:
        """What is needed in view of what was loaded first."""
        wanted: Missing = {}
        for arrival in arrivals:
            route = arrival.route
            if route is None or route.then is None or arrival.message is None or arrival.poison:
                continue
            self._collect(arrival, route.then, (self.view, self.context(arrival)), wanted)
        return wanted

    @staticmethod
    def _collect(
        arrival: Arrival,
        needs: Callable[..., Iterable[Need]],
        known: tuple[Any, ...],
        wanted: Missing,
    ) -> None:
        try:
            for table, key in needs(arrival.message, *known):
                keys = wanted.get(table)
                if keys is None:
                    wanted[table] = {key}
                else:
                    keys.add(key)
        except Exception as error:
            arrival.poison = f"saying what it needs failed with {type(error).__name__}"
            arrival.message = None

    # -- deciding ---------------------------------------------------------------------------

    def deciding(self, seen: dict[UUID, Seen]) -> Iterator[Missing]:
        """Decide every arrival that is new; give the others their first answer.

        It may ask for more: where an earlier message of the batch created what a later one is
        about, `then` names keys that could not be known before. Load them and go on.
        """
        for position, arrival in enumerate(self.arrivals):
            before = seen.get(arrival.id) or self._first_here(arrival)
            if before is None:
                if self.changed and (missing := self._missing(arrival)):
                    yield missing
                answer = self._decide(arrival)
            else:
                self.resume.add(before.batch)
                same = same_message(before.hash, arrival.hash)
                answer = before.answer if same else answer_of(ID_REUSED)
            if answer is not None:
                self.answers[position] = answer
        self.resume.discard(self.id)

    def _missing(self, arrival: Arrival) -> Missing:
        """What `then` names in view of what earlier messages left, and nobody has loaded."""
        wanted = self.second_needs((arrival,))
        missing = {table: self.view.missing(table, keys) for table, keys in wanted.items()}
        return {table: set(keys) for table, keys in missing.items() if keys}

    def _first_here(self, arrival: Arrival) -> Seen | None:
        """The first of two equal ids inside this batch."""
        first = self.accepted.get(arrival.id)
        if first is None:
            return None
        return Seen(first.hash, self.id, self.accepted_answers.get(arrival.id))

    def _decide(self, arrival: Arrival) -> Answer | None:
        if arrival.poison:
            return self._park(arrival)
        if arrival.refusal is not None:
            self.refused.append(arrival)
            refusal = answer_of(arrival.refusal)
            # An unauthenticated sender must not use up the id of somebody else's message.
            return self._accept(arrival, refusal) if arrival.hash else refusal
        if arrival.message is None or arrival.route is None:
            return None  # an event this service does not listen to
        context = self.context(arrival)
        try:
            decision = arrival.route.decide(arrival.message, self.view, context)
            answer = answer_of(decision.reply) if decision.reply is not None else None
            produced = produce(arrival, decision, self.service, self.bodies)
            effects = ordered_effects.ordered(arrival, decision, context)
        except Unloaded as error:
            arrival.poison = f"deciding it failed: {error}"
            return self._park(arrival)
        except Exception as error:
            arrival.poison = f"deciding it failed with {type(error).__name__}"
            return self._park(arrival)
        self._apply(decision, context, produced)
        self.effects += effects
        if decision.reply is not None and arrival.principal.role != "service":
            self._note_looks(arrival.message, decision, context)
        return self._accept(arrival, answer)

    def _note_looks(self, message: Message, decision: Decision, context: Context) -> None:
        assert decision.reply is not None
        members = members_in(decision.reply).union(decision.looked_at)
        if members and isinstance(message, Command):
            who, purpose = context.principal, why(message)
            self.looks += (
                Look(self.now, who.subject, who.role, member, purpose, context.message_id)
                for member in sorted(members)
            )

    def _accept(self, arrival: Arrival, answer: Answer | None) -> Answer | None:
        self.accepted[arrival.id] = arrival
        if answer is not None:
            self.accepted_answers[arrival.id] = answer
        return answer

    def _park(self, arrival: Arrival) -> Answer:
        self.parked.append(arrival)
        answer = answer_of(Parked(reference=str(arrival.id), message=_PARKED))
        self._accept(arrival, answer)
        return answer

    def _apply(
        self, decision: Decision, context: Context, produced: list[Produced | BulkOrder]
    ) -> None:
        self.produced += produced
        for save in decision.saves:
            self.view.put(save.table, save.key, save.value)
            self.changed.setdefault(save.table, {})[save.key] = save.value
        for key in decision.cancel_timers:
            self.timers[key] = None
        for timer in decision.set_timers:
            timer_id = context.derive(f"timer:{timer.key}:{timer.due_at.isoformat()}")
            self.timers[timer.key] = (timer, timer_id, context.correlation_id)


_PARKED = (
    "We could not process this because of a fault on our side. Nothing is lost: our operators "
    "have the message and will process it. Please do not send it again."
)
