"""The plan's feed makes providers known; the same content again tells nobody anything."""

from datetime import date
from typing import Any

from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.replies import ProviderRegistered
from portal_runtime.domain.outcome import Outcome
from providers.domain.profile import Profile
from providers.domain.register import register
from tests.support.deciding import TIN, codes
from tests.unit.providers.desk import DOCTOR, context

OPEN = ({"start": "2020-01-01"},)


def send(known: Profile | None = None, **values: Any) -> Outcome[Profile]:
    message = {
        "npi": DOCTOR,
        "tin": TIN,
        "name": "Example",
        "provider_type": "physician",
        "participation": OPEN,
        **values,
    }
    return register(RegisterProvider.model_validate(message), known, context(role="plan_feed"))


def on_file(known: Profile | None = None, **values: Any) -> Profile:
    profile = send(known, **values).state
    assert profile is not None
    return profile


def test_a_new_provider_is_announced() -> None:
    outcome = send(specialty="207Q00000X", fee_schedule="gold")
    (changed,) = outcome.decision.events
    assert isinstance(changed, ProviderChanged)
    assert (changed.version, changed.fee_schedule, changed.subject()) == (
        1,
        "gold",
        f"{DOCTOR}|{TIN}",
    )
    assert outcome.decision.reply == ProviderRegistered(
        npi=DOCTOR, tin=TIN, version=1, changed=True
    )


def test_the_same_content_again_changes_nothing() -> None:
    again = send(Profile.model_validate_json(on_file().model_dump_json()))
    assert not again.decision.events and again.state is None
    assert again.decision.reply == ProviderRegistered(npi=DOCTOR, tin=TIN, version=1, changed=False)


def test_other_content_is_the_next_version() -> None:
    changed = on_file(on_file(), participation=({"start": "2020-01-01", "end": "2025-12-31"},))
    assert changed.version == 2 and not changed.active_on(date(2026, 1, 1))


def test_what_the_feed_leaves_out_stays() -> None:
    changed = on_file(on_file(phone="5135550100"), name="Other")
    assert (changed.name, changed.phone) == ("Other", "5135550100")


def test_a_wrong_npi_and_crossed_spans_are_named_together() -> None:
    crossed = ({"start": "2024-01-01"}, {"start": "2025-01-01"})
    outcome = send(npi="1234567898", participation=crossed)
    assert codes(outcome.decision) == {
        "npi_check_digit": "npi",
        "participation_disorder": "participation.1",
    }
    assert outcome.state is None


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    backwards = ({"start": "2024-01-01", "end": "2023-12-31"},)
    assert codes(send(participation=backwards).decision) == {
        "participation_disorder": "participation.0"
    }
