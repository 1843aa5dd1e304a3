"""The plan's feed makes providers known; the same content again tells nobody anything."""

from datetime import date
from typing import Any

from portal_contracts.providers.commands import RegisterProvider
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.replies import ProviderRegistered
from providers.domain.outcome import Outcome
from providers.domain.profile import Profile
from providers.domain.register import register
from tests.unit.providers.desk import DOCTOR, TIN, codes, context

OPEN = ({"start": "2020-01-01"},)


def send(known: Profile | None = None, **values: Any) -> Outcome:
    message = {
        "npi": DOCTOR,
        "tin": TIN,
        "name": "Example",
        "provider_type": "physician",
        "participation": OPEN,
        **values,
    }
    return register(RegisterProvider.model_validate(message), known, context(role="plan_feed"))


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
    (known,) = send().profiles
    again = send(Profile.model_validate_json(known.model_dump_json()))
    assert not again.decision.events and not again.profiles
    assert again.decision.reply == ProviderRegistered(npi=DOCTOR, tin=TIN, version=1, changed=False)


def test_other_content_is_the_next_version() -> None:
    (known,) = send().profiles
    (changed,) = send(known, participation=({"start": "2020-01-01", "end": "2025-12-31"},)).profiles
    assert changed.version == 2 and not changed.active_on(date(2026, 1, 1))


def test_what_the_feed_leaves_out_stays() -> None:
    (known,) = send(phone="5135550100").profiles
    (changed,) = send(known, name="Other").profiles
    assert (changed.name, changed.phone) == ("Other", "5135550100")


def test_a_wrong_npi_and_crossed_spans_are_named_together() -> None:
    crossed = ({"start": "2024-01-01"}, {"start": "2025-01-01"})
    outcome = send(npi="1234567898", participation=crossed)
    assert codes(outcome.decision) == {
        "npi_check_digit": "npi",
        "participation_disorder": "participation.1",
    }
    assert not outcome.profiles


def test_a_span_that_ends_before_it_starts_is_refused() -> None:
    backwards = ({"start": "2024-01-01", "end": "2023-12-31"},)
    assert codes(send(participation=backwards).decision) == {
        "participation_disorder": "participation.0"
    }
