"""PR-02: the warning before the deadline and the breach at it, each once, as events."""

from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_contracts.providers.events import SlaWarning
from portal_runtime.domain import clocks
from portal_runtime.domain.decision import Context
from portal_runtime.domain.outcome import NO_CHANGE
from providers.domain.request import MaintenanceRequest, RequestOutcome
from providers.domain.story import Story

Request = MaintenanceRequest | None


def warn(_: WarnSla, request: Request, ctx: Context) -> RequestOutcome:
    """The timer only asks, the state decides: a canceled timer may still have fired."""
    if request is None or not request.open or not clocks.is_near(request.clock, ctx.now):
        return NO_CHANGE
    story = Story(request)
    story.add(SlaWarning, ctx.now, clock=clocks.warned(request.clock))
    return story.outcome(answer=False)


def breach(_: BreachSla, request: Request, ctx: Context) -> RequestOutcome:
    """The deadline has come: nothing happens when the request is closed, waiting or breached."""
    if request is None or not request.open or not clocks.is_over(request.clock, ctx.now):
        return NO_CHANGE
    return Story(request).settle(ctx.now).outcome(answer=False)
