"""The compose file as text; what it does with an engine is looked at in tests/containers."""

from __future__ import annotations

from pathlib import Path

import yaml

from portal_cli.infra.docker import SERVERS

COMPOSE = Path(__file__).parents[2] / "docker-compose.yml"


def test_nothing_is_set_up_before_every_server_says_that_it_is_well() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    assert [name for name in SERVERS if not services[name].get("healthcheck")] == []
    waits = services["init"]["depends_on"]
    assert waits == {name: {"condition": "service_healthy"} for name in SERVERS}
