"""The scope that most messages give: a provider's own Tax IDs, and everything to the plan."""

from portal_contracts.access import Scope, scope_of
from portal_contracts.principal import Principal


def usual_scope(who: Principal) -> Scope:
    return scope_of(
        who,
        {"provider": "own", "plan_staff": "all", "plan_feed": "all", "service": "all"},
    )
