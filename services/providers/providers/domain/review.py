"""Working on a request: question, answer, approval, rejection, application (PR-03, PR-07)."""

from portal_contracts.common import Problem
from portal_contracts.problems.common import NOT_YOUR_TAX_ID
from portal_contracts.providers import commands as m
from portal_contracts.providers import events as e
from portal_contracts.providers import problems as p
from portal_runtime.domain import clocks
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, SetTimer
from portal_runtime.domain.outcome import NO_CHANGE, refused
from providers.domain import rules
from providers.domain.policy import Policy, allowance
from providers.domain.profile import Known, carries_dates, effective_date
from providers.domain.request import MaintenanceRequest, RequestOutcome
from providers.domain.story import Story, timers

Request = MaintenanceRequest | None


def ask(command: m.AskForInformation, request: Request, ctx: Context) -> RequestOutcome:
    """Ask the provider for something: the clock stops."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    story = Story(request).settle(ctx.now)
    stopped = clocks.pause(story.request.clock, ctx.settings.calendar, ctx.now)
    story.add(e.InformationRequested, ctx.now, question=command.question, clock=stopped)
    return story.outcome(cancel_timers=clocks.timer_keys(request.number))


def answer(command: m.AnswerQuestion, request: Request, ctx: Context) -> RequestOutcome:
    """The provider answers: the clock goes on with what was left."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    if request.status != "information_needed":
        return refused(p.NOTHING_ASKED(number=request.number))
    policy: Policy = ctx.settings
    limit = allowance(policy, onboarding=request.onboarding)
    goes_on = clocks.resume(request.clock, limit, policy.calendar, ctx.now)
    story = Story(request)
    said = {"answer": command.answer, "documents": command.documents}
    story.add(e.QuestionAnswered, ctx.now, **said, clock=goes_on)
    return story.outcome(set_timers=timers(story.request))


def reject(command: m.RejectRequest, request: Request, ctx: Context) -> RequestOutcome:
    """Close the request without a change."""
    problem = _closed_or_unknown(command, request, ctx)
    if problem or request is None:
        return refused(*problem)
    story = Story(request).settle(ctx.now)
    story.add(e.RequestRejected, ctx.now, reason=command.reason)
    return story.outcome(cancel_timers=clocks.timer_keys(request.number))


def approve(
    command: m.ApproveRequest, request: Request, known: Known, ctx: Context
) -> RequestOutcome:
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
    story.add(e.RequestApproved, ctx.now, note=command.note, effective_date=first_day)
    stop = clocks.timer_keys(request.number)
    begins = ctx.settings.calendar.start_of(first_day)
    if begins > ctx.now and not carries_dates(request.change):
        later = SetTimer(f"{request.number}:apply", begins, like(m.ApplyRequest, request))
        return story.outcome(cancel_timers=stop, set_timers=(later,))
    return story.apply(profile, known, ctx.now).outcome(cancel_timers=stop)


def apply(_: m.ApplyRequest, request: Request, known: Known, ctx: Context) -> RequestOutcome:
    """The day of an approved change has come."""
    profile = known.profiles.get(request.npi) if request is not None else None
    if request is None or profile is None or request.status != "approved" or request.applied:
        return NO_CHANGE
    return Story(request).apply(profile, known, ctx.now).outcome(answer=False)


def _closed_or_unknown(
    command: m.AboutRequest, request: Request, ctx: Context
) -> tuple[Problem, ...]:
    if not ctx.scope.includes(command.tin):
        return (NOT_YOUR_TAX_ID(),)
    if request is None or request.tin != command.tin:
        return (p.REQUEST_NOT_FOUND(),)
    if request.open:
        return ()
    return (p.REQUEST_CLOSED(number=request.number, state=request.status),)
