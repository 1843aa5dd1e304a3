"""Contracts and services agree: every command and query has its route, and only its owner's."""

import importlib

import pytest

from portal_contracts import topics
from portal_runtime.routes import Routes
from tools.contracts import files

MESSAGES = files.messages()
PACKAGES = {service: service for service in topics.SERVICES} | {"auth": "prior_auth"}


def routes_of(service: str) -> Routes:
    routes = importlib.import_module(f"{PACKAGES[service]}.routes").ROUTES
    assert isinstance(routes, Routes)
    return routes


def owned(service: str, kind: str) -> set[str]:
    return {n for n, m in MESSAGES.items() if kind == m.KIND and m.service() == service}


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_service_decides_all_of_its_commands_and_nobody_elses(service: str) -> None:
    deciding = routes_of(service).deciding.values()
    assert {r.type.TYPE for r in deciding if r.type.KIND == "command"} == owned(service, "command")


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_service_answers_all_of_its_queries_and_nobody_elses(service: str) -> None:
    assert set(routes_of(service).asking) == owned(service, "query")


@pytest.mark.parametrize("service", topics.SERVICES)
def test_a_service_listens_to_events_that_others_publish(service: str) -> None:
    events = {r.type for r in routes_of(service).deciding.values() if r.type.KIND == "event"}
    assert all(MESSAGES[event.TYPE] is event for event in events)
