"""What one decision adds to a request: its events, one after the other."""

from dataclasses import dataclass
from datetime import datetime

from portal_contracts.base import Event
from portal_contracts.providers import events as e
from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_contracts.providers.replies import RequestState
from portal_runtime.domain import clocks
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Decision, SetTimer
from portal_runtime.domain.outcome import Outcome
from providers.domain.profile import Known, Profile, applied
from providers.domain.request import MaintenanceRequest, evolve


@dataclass(frozen=True, slots=True)
class Applied(Outcome[MaintenanceRequest]):
    """A decision about a request, and the profiles that it changes."""

    profiles: tuple[Profile, ...] = ()


class Story:
    """The events that are added to a request, and the request as they leave it."""

    def __init__(self, request: MaintenanceRequest) -> None:
        self.request = request
        self._events: tuple[Event, ...] = ()
        self._profiles: tuple[Profile, ...] = ()

    def add(self, kind: type[e.RequestEvent], at: datetime, **more: object) -> None:
        event = like(kind, self.request, version=self.request.version + 1, at=at, **more)
        self._events += (event,)
        self.request = evolve(self.request, event)

    def settle(self, now: datetime) -> "Story":
        """Note a deadline that has passed while its timer is still on the way."""
        if clocks.is_over(self.request.clock, now):
            self.add(e.SlaBreached, now, clock=clocks.breached(self.request.clock))
        return self

    def apply(self, profile: Profile, known: Known, now: datetime) -> "Story":
        """Make the change that was approved."""
        self.add(e.RequestApplied, now)
        self._profiles = applied(self.request.change, profile, known)
        self._events += tuple(p.announced() for p in self._profiles)
        return self

    def outcome(
        self,
        *,
        set_timers: tuple[SetTimer, ...] = (),
        cancel_timers: tuple[str, ...] = (),
        answer: bool = True,
    ) -> Applied:
        decision = Decision(
            reply=like(RequestState, self.request) if answer else None,
            events=self._events,
            set_timers=set_timers,
            cancel_timers=cancel_timers,
        )
        return Applied(decision, self.request, self._profiles)


def timers(request: MaintenanceRequest) -> tuple[SetTimer, ...]:
    """The timers that its clock needs."""
    warn, breach = (like(command, request) for command in (WarnSla, BreachSla))
    return clocks.timers(request.clock, request.number, warn, breach)
