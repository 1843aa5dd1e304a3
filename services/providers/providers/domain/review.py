"""Working on a request: question, answer, approval, rejection, application (PR-03, PR-07)."""

from datetime import datetime

from portal_contracts.base import Event
from portal_contracts.common import Problem
from portal_contracts.problems.common import NOT_YOUR_TAX_ID
from portal_contracts.providers import commands as m
from portal_contracts.providers import events as e
from portal_contracts.providers import problems as p
from portal_runtime.domain.decision import NOTHING, Context, Decision, SetTimer
from providers.domain import clock, rules
from providers.domain.outcome import Outcome, policy_of, refused
from providers.domain.profile import Known, Profile, applied, carries_dates, effective_date
from providers.domain.request import MaintenanceRequest, evolve


def ask(command: m.AskForInformation, request: MaintenanceRequest | None, ctx: Context) -> Outcome:
    """Ask the provider for something: the clock stops."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    story = Story(request).settle(ctx.now)
    stopped = clock.pause(story.request.clock, policy_of(ctx), ctx.now)
    story.add(e.InformationRequested, ctx.now, question=command.question, clock=stopped)
    return story.outcome(cancel_timers=clock.timer_keys(request.number))


def answer(command: m.AnswerQuestion, request: MaintenanceRequest | None, ctx: Context) -> Outcome:
    """The provider answers: the clock goes on with what was left."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    if request.status != "information_needed":
        return refused(p.NOTHING_ASKED(number=request.number))
    story = Story(request)
    goes_on = clock.resume(request.clock, policy_of(ctx), ctx.now)
    story.add(
        e.QuestionAnswered,
        ctx.now,
        answer=command.answer,
        documents=command.documents,
        clock=goes_on,
    )
    return story.outcome(set_timers=clock.timers(goes_on, request.tin, request.number))


def reject(command: m.RejectRequest, request: MaintenanceRequest | None, ctx: Context) -> Outcome:
    """Close the request without a change."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    story = Story(request).settle(ctx.now)
    in_time = not story.request.clock.breached
    story.add(e.RequestRejected, ctx.now, reason=command.reason, in_time=in_time)
    return story.outcome(cancel_timers=clock.timer_keys(request.number))


def approve(
    command: m.ApproveRequest, request: MaintenanceRequest | None, known: Known, ctx: Context
) -> Outcome:
    """Close the request and make the change, now or when its day comes."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    profile = known.profiles.get(request.npi)
    if profile is None:
        return refused(p.REQUEST_NOT_FOUND())
    misfits = tuple(rules.fit_problems(request.change, profile, known))
    if misfits:
        return refused(*misfits)
    first_day = effective_date(request.change)
    story = Story(request).settle(ctx.now)
    story.add(
        e.RequestApproved,
        ctx.now,
        note=command.note,
        effective_date=first_day,
        in_time=not story.request.clock.breached,
    )
    stop = clock.timer_keys(request.number)
    begins = policy_of(ctx).calendar.start_of(first_day)
    if begins > ctx.now and not carries_dates(request.change):
        wait = m.ApplyRequest(tin=request.tin, number=request.number)
        later = SetTimer(f"{request.number}:apply", begins, wait)
        return story.outcome(cancel_timers=stop, set_timers=(later,))
    return _apply(story, profile, known, ctx.now).outcome(cancel_timers=stop)


def apply(
    _: m.ApplyRequest, request: MaintenanceRequest | None, known: Known, ctx: Context
) -> Outcome:
    """The day of an approved change has come."""
    profile = known.profiles.get(request.npi) if request is not None else None
    if request is None or profile is None or request.status != "approved" or request.applied:
        return Outcome(NOTHING)
    return _apply(Story(request), profile, known, ctx.now).outcome(answer=False)


class Story:
    """The events a decision adds to a request, and the request as they leave it."""

    def __init__(self, request: MaintenanceRequest) -> None:
        self.request = request
        self.events: tuple[Event, ...] = ()
        self.profiles: tuple[Profile, ...] = ()

    def add(self, kind: type[e.RequestEvent], at: datetime, **more: object) -> None:
        event = self.request.event(kind, at, **more)
        self.events += (event,)
        self.request = evolve(self.request, event)

    def settle(self, now: datetime) -> "Story":
        """Note a deadline that has passed while its timer is still on the way."""
        if clock.is_over(self.request.clock, now):
            over = self.request.clock.model_copy(update={"breached": True})
            self.add(e.SlaBreached, now, clock=over)
        return self

    def outcome(
        self,
        *,
        set_timers: tuple[SetTimer, ...] = (),
        cancel_timers: tuple[str, ...] = (),
        answer: bool = True,
    ) -> Outcome:
        decision = Decision(
            reply=self.request.state() if answer else None,
            events=self.events,
            set_timers=set_timers,
            cancel_timers=cancel_timers,
        )
        return Outcome(decision, self.request, self.profiles)


def _apply(story: Story, profile: Profile, known: Known, now: datetime) -> Story:
    story.add(e.RequestApplied, now)
    story.profiles = applied(story.request.change, profile, known)
    story.events += tuple(p.announced() for p in story.profiles)
    return story


def _closed_or_unknown(
    command: m.AboutRequest, request: MaintenanceRequest | None, ctx: Context
) -> tuple[Problem, ...]:
    if not ctx.scope.includes(command.tin):
        return (NOT_YOUR_TAX_ID(),)
    if request is None or request.tin != command.tin:
        return (p.REQUEST_NOT_FOUND(),)
    if request.open:
        return ()
    return (p.REQUEST_CLOSED(number=request.number, state=request.status),)
