"""Fixtures of all tests: `infra` (real servers, once a session), `isolation` (a corner of them)."""

from __future__ import annotations

import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from typing import Any

import pytest

from tests.support.infra import Infra, running
from tests.support.isolation import Isolation

WITHOUT_SERVERS = ("tests/unit", "tests/contracts")


@pytest.fixture(scope="session")
def infra(request: pytest.FixtureRequest) -> Iterator[Infra]:
    """Kafka, PostgreSQL and S3, started when the first test asks for them."""
    given = getattr(request.config, "workerinput", {}).get("infra")
    if given:
        yield Infra(**given)
        return
    with running() as addresses:
        yield addresses


@pytest.fixture
async def isolation(infra: Infra) -> AsyncIterator[Isolation]:
    """Topics, databases, groups and a bucket of this test's own; removed after it."""
    corner = Isolation(infra)
    yield corner
    await corner.remove()


@pytest.fixture(scope="module")
async def module_isolation(infra: Infra) -> AsyncIterator[Isolation]:
    """The same, shared by the tests of one module."""
    corner = Isolation(infra)
    yield corner
    await corner.remove()


class _OneForAllWorkers:
    """With pytest-xdist the controller starts the servers and tells each worker where they are."""

    def __init__(self) -> None:
        self._open = ExitStack()
        self._infra: Infra | None = None

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        if self._infra is None:
            self._infra = self._open.enter_context(running())
        node.workerinput["infra"] = dataclasses.asdict(self._infra)

    def pytest_unconfigure(self) -> None:
        self._open.close()


def pytest_configure(config: pytest.Config) -> None:
    is_controller = bool(config.getoption("numprocesses", None)) and not hasattr(
        config, "workerinput"
    )
    paths = config.args or ["tests"]
    if is_controller and not all(path.startswith(WITHOUT_SERVERS) for path in paths):
        config.pluginmanager.register(_OneForAllWorkers(), "portal-infra")
