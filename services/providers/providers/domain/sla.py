"""PR-02: the warning before the deadline and the breach at it, each once, as events."""

from portal_contracts.providers.commands import BreachSla, WarnSla
from portal_contracts.providers.events import SlaWarning
from portal_runtime.domain.decision import NOTHING, Context
from providers.domain import clock
from providers.domain.outcome import Outcome
from providers.domain.request import MaintenanceRequest
from providers.domain.review import Story


def warn(_: WarnSla, request: MaintenanceRequest | None, ctx: Context) -> Outcome:
    """The timer only asks, the state decides: a canceled timer may still have fired."""
    if request is None or not request.open or not clock.is_near(request.clock, ctx.now):
        return Outcome(NOTHING)
    story = Story(request)
    story.add(SlaWarning, ctx.now, clock=request.clock.model_copy(update={"warned": True}))
    return story.outcome(answer=False)


def breach(_: BreachSla, request: MaintenanceRequest | None, ctx: Context) -> Outcome:
    """The deadline has come: nothing happens when the request is closed, waiting or breached."""
    if request is None or not request.open or not clock.is_over(request.clock, ctx.now):
        return Outcome(NOTHING)
    return Story(request).settle(ctx.now).outcome(answer=False)
