"""One refusal lists every problem that can be known, for every command of every service.

What does not even have the right shape is refused before a service looks at it, so rules that need
the form only are asked too (`check=` on the route). Rules that need what is on file cannot be: the
form may not say rightly what it is about.
"""

from __future__ import annotations

import copy
import json
from datetime import UTC, date, datetime
from functools import cache
from random import Random
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal_contracts import envelope as e
from portal_contracts.access import GRANTS
from portal_contracts.all import load_all
from portal_contracts.base import Command
from portal_contracts.partial import partial
from portal_contracts.principal import Principal
from portal_contracts.problems import CATALOGUE
from portal_runtime.intake.incoming import Reader
from portal_runtime.settings import RuntimeSettings
from tests.contracts.mutations import mutated
from tests.model.process import SERVICES
from tests.unit.repo.faults import ALONE, MISSING, ON_FILE_ONLY, TOGETHER, Changes, Faults
from tools.contracts import files

NOW = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
GOLDEN = files.golden()


COMMANDS = {name: m for name, m in files.messages().items() if issubclass(m, Command)}
SENT = {name for name in COMMANDS if set(GRANTS[name]) != {"service"}}
"""Those that somebody waits for. What a service orders from itself is parked when it is wrong."""
CHECKED = sorted(
    name for s in SERVICES.values() for name, r in s.routes.deciding.items() if r.check is not None
)


@cache
def settings(service: str) -> RuntimeSettings:
    return SERVICES[service].settings()


def problems(name: str, body: Any) -> set[tuple[str | None, str]]:
    """(field, code) of each problem in the refusal, as the service reads the message."""
    service, role = name.split(".")[0], next(iter(GRANTS[name]))
    asker = Principal(subject="ana", role=role, tins=frozenset({"123456789"}))
    verifier: Any = SimpleNamespace(verify=lambda *_: asker)
    reader = Reader(SERVICES[service].routes.deciding, verifier, settings=settings(service))
    names = (e.ID, str(UUID(int=7))), (e.TYPE, name), (e.SOURCE, "test"), (e.TIME, NOW.isoformat())
    record: Any = SimpleNamespace(
        topic=f"{service}.commands",
        partition=0,
        offset=0,
        key=b"",
        value=json.dumps(body).encode(),
        headers=[(header, value.encode()) for header, value in names],
        timestamp=0,
    )
    refusal = reader.read(record).refusal
    assert refusal is not None
    return {(problem.field, problem.code) for problem in refusal.problems}


def changed(name: str, *changes: Changes) -> Any:
    """The golden example, with other values."""
    body = copy.deepcopy(GOLDEN[name]["full"])
    for path, value in (item for some in changes for item in some.items()):
        *way, last = path.split(".")
        place = body
        for step in way:
            place = place[step]
        if value is MISSING:
            del place[last]
        else:
            place[last] = value
    return body


def test_what_is_told_alone_is_in_the_catalogue() -> None:
    load_all()
    assert ALONE.keys() <= CATALOGUE.keys()


def test_every_command_that_is_sent_is_in_one_of_the_tables() -> None:
    together = {name for name, _ in TOGETHER}
    assert together | ON_FILE_ONLY.keys() == SENT
    assert not together & ON_FILE_ONLY.keys()
    assert together == set(CHECKED)


@pytest.mark.parametrize(
    ("name", "faults"), TOGETHER, ids=[f"{name}-{f.code}" for name, f in TOGETHER]
)
def test_a_fault_of_shape_and_one_of_a_rule_are_refused_together(name: str, faults: Faults) -> None:
    found = problems(name, changed(name, faults.rule, faults.shape))
    assert (faults.field, faults.code) in found
    others = [field or "" for field, code in found if code != faults.code]
    for path in faults.shape:
        assert any(field.startswith(path) for field in others), found


@pytest.mark.parametrize("name", CHECKED)
@given(seed=st.integers(0, 2**32))
def test_no_broken_form_makes_the_rules_raise(name: str, seed: int) -> None:
    """An exception here would park the message, and its sender would hear nothing of use."""
    body = mutated(Random(seed), GOLDEN[name]["full"], [])
    service = SERVICES[name.split(".")[0]]
    check = service.routes.deciding[name].check
    assert check is not None
    found = check(partial(COMMANDS[name], body), date(2026, 3, 2), settings(service.name))
    assert all(problem.message and problem.field for problem in found)
