"""Each service's page names the messages that its routes take and its contracts announce."""

import importlib
import re
from pathlib import Path

import pytest

from portal_contracts import topics
from portal_runtime.routes import Routes
from tools.contracts import files

ROOT = Path(__file__).resolve().parents[3]
PACKAGES = {service: service for service in topics.SERVICES} | {"auth": "prior_auth"}
MESSAGES = files.messages()


def _short(message_type: str) -> str:
    """`claims.get_claim.v1` may be called `get_claim` on a page."""
    return message_type.split(".")[1]


def _named(service: str) -> set[str]:
    """Whatever stands in backticks on the page of the service, without prefix and version."""
    page = (ROOT / "services" / service / "README.md").read_text()
    words = re.findall(r"`([a-z_.0-9]+)`", page)
    return {_short(w) if re.fullmatch(r"[a-z]+\.[a-z_]+\.v\d+", w) else w for w in words}


def _taken(service: str) -> set[str]:
    routes = importlib.import_module(f"{PACKAGES[service]}.routes").ROUTES
    assert isinstance(routes, Routes)
    return {_short(t) for t in (*routes.deciding, *routes.asking)}


def _events(by: set[str]) -> set[str]:
    return {_short(t) for t, m in MESSAGES.items() if m.KIND == "event" and m.service() in by}


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_page_names_every_message_that_its_service_takes(service: str) -> None:
    assert _taken(service) - _named(service) == set()


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_page_names_every_event_that_its_service_publishes(service: str) -> None:
    assert _events({service}) - _named(service) == set()


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_page_names_no_event_of_others_that_its_service_does_not_take(service: str) -> None:
    others = _events(set(topics.SERVICES) - {service}) - _events({service})
    assert (_named(service) & others) - _taken(service) == set()
