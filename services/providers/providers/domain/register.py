"""A provider is made known by the plan's feed, or brought up to date."""

from collections.abc import Iterator
from typing import Any

from portal_contracts.common import Problem
from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.problems import PARTICIPATION_DISORDER
from portal_contracts.providers.replies import ProviderRegistered
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.form_checks import npi_problems, problems_of
from portal_runtime.domain.outcome import Outcome, refused
from providers.domain import spans
from providers.domain.profile import Profile

_ALWAYS = ("name", "provider_type", "fee_schedule", "participation")
_OPTIONAL = ("specialty", "billing_address", "service_address", "phone", "fax", "email")


def register(command: RegisterProvider, known: Profile | None, _: Context) -> Outcome[Profile]:
    """Insert or update the profile; the same content again changes nothing and tells nobody."""
    if problems := check(command):
        return refused(*problems)
    profile = _profile(command, known)
    if profile is known:
        return Outcome(Decision(reply=like(ProviderRegistered, profile, changed=False)))
    reply = like(ProviderRegistered, profile, changed=True)
    return Outcome(Decision(reply=reply, events=(profile.announced(),)), profile)


def check(form: Any, *_: object) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read."""
    return problems_of(form, (_npi, _participation))


def _npi(form: Any) -> Iterator[Problem]:
    return npi_problems(form, {"npi": "NPI"})


def _participation(form: Any) -> Iterator[Problem]:
    for position in spans.disorders(form.participation):
        yield PARTICIPATION_DISORDER(position=position + 1, field=f"participation.{position}")


def _profile(command: RegisterProvider, known: Profile | None) -> Profile:
    if known is None:
        return like(Profile, command, version=1)
    values = {name: getattr(command, name) for name in _ALWAYS}
    # What the feed leaves out it does not know; an approved request may have filled it in.
    given = {name: getattr(command, name) for name in _OPTIONAL}
    return known.with_(**values, **{n: value for n, value in given.items() if value is not None})
