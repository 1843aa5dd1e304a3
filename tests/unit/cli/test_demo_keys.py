"""The demo keys vouch for one role each, in both local stacks."""

import json
from pathlib import Path

import pytest
import yaml

from portal_cli.demo.desks import KIDS
from portal_cli.importing.session import KID
from portal_cli.infra.base import Addresses
from portal_cli.up import _environment
from portal_runtime.security.keys import DEMO_ROLES
from portal_runtime.settings import RuntimeSettings

COMPOSE = Path(__file__).parents[3] / "docker-compose.yml"


def test_make_up_limits_the_demo_keys() -> None:
    services = yaml.safe_load(COMPOSE.read_text())["services"]
    for name in ("claims", "documents"):
        given = json.loads(services[name]["environment"]["PORTAL_KID_ROLES"])
        assert {kid: tuple(roles) for kid, roles in given.items()} == DEMO_ROLES


def test_make_run_limits_the_demo_keys(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    made = _environment(Addresses("", "", ""), tmp_path)
    monkeypatch.setenv("PORTAL_KID_ROLES", made["PORTAL_KID_ROLES"])
    assert RuntimeSettings().kid_roles == DEMO_ROLES


def test_the_demo_and_the_import_sign_as_their_keys_may() -> None:
    assert all(role in DEMO_ROLES[kid] for role, kid in KIDS.items())
    assert "plan_feed" in DEMO_ROLES[KID]
