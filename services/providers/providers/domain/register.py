"""A provider is made known by the plan's feed, or brought up to date."""

from portal_contracts.common import Problem
from portal_contracts.ids import npi_is_valid
from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.problems import PARTICIPATION_DISORDER
from portal_contracts.providers.replies import ProviderRegistered
from portal_runtime.domain.decision import Context, Decision
from providers.domain import spans
from providers.domain.outcome import Outcome, refused
from providers.domain.profile import Profile
from providers.domain.rules import npi_problem

_OPTIONAL = ("specialty", "billing_address", "service_address", "phone", "fax", "email")


def register(command: RegisterProvider, known: Profile | None, _: Context) -> Outcome:
    """Insert or update the profile; the same content again changes nothing and tells nobody."""
    problems = _problems(command)
    if problems:
        return refused(*problems)
    profile = _profile(command, known)
    changed = profile is not known
    reply = ProviderRegistered(
        npi=profile.npi, tin=profile.tin, version=profile.version, changed=changed
    )
    if not changed:
        return Outcome(Decision(reply=reply))
    return Outcome(Decision(reply=reply, events=(profile.announced(),)), profiles=(profile,))


def _profile(command: RegisterProvider, known: Profile | None) -> Profile:
    values = {name: getattr(command, name) for name in ("name", "provider_type", "fee_schedule")}
    values["participation"] = command.participation
    # What the feed leaves out it does not know; an approved request may have filled it in.
    given = {name: getattr(command, name) for name in _OPTIONAL}
    values |= {name: value for name, value in given.items() if value is not None}
    if known is not None:
        return known.with_(**values)
    return Profile(npi=command.npi, tin=command.tin, **values)


def _problems(command: RegisterProvider) -> list[Problem]:
    problems = [] if npi_is_valid(command.npi) else [npi_problem("npi")]
    position = spans.first_disorder(command.participation)
    if position is not None:
        problems.append(
            PARTICIPATION_DISORDER(position=position + 1, field=f"participation.{position}")
        )
    return problems
