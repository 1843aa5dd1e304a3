"""Fixtures of all tests.

`infra` (real servers, once a session), `isolation` and `module_isolation` (a corner of them),
`keys` (demo keys), `system` (six services running in a corner).
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import settings

from portal_cli.infra import reaper
from portal_cli.services import ServiceProcess
from portal_runtime.security.keys import make_demo_keys
from tests.support.infra import Infra, running
from tests.support.isolation import Isolation
from tests.support.services import running_services
from tests.support.turns import FOLDER, order, turn

# Another process may have the machine for a moment: how long one example takes proves nothing.
settings.register_profile("patient", parent=settings(), deadline=None)
settings.load_profile("patient")

WITHOUT_SERVERS = ("tests/unit", "tests/contracts", "tests/model", "tests/deploy")


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


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo keys: `<kid>.pem` and `<kid>.private.pem`."""
    folder = tmp_path_factory.mktemp("keys")
    make_demo_keys(folder)
    return folder


@dataclasses.dataclass(frozen=True)
class System:
    """The whole portal, running: six services in a corner of their own."""

    isolation: Isolation
    services: dict[str, ServiceProcess]
    keys: Path


@pytest.fixture(scope="module")
async def system(
    module_isolation: Isolation, keys: Path, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[System]:
    """Six service processes, ready, shared by the tests of one module."""
    await module_isolation.make_all()
    logs = tmp_path_factory.mktemp("services")
    # Starting waits for the processes: in a thread, so that the loop stays free.
    with ExitStack() as stack:
        running = running_services(module_isolation, keys, logs)
        services = await asyncio.to_thread(stack.enter_context, running)
        yield System(module_isolation, services, keys)


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


class _Turns:
    """Of the controller: the folder in which its workers hold their turns."""

    def __init__(self) -> None:
        self._folder = TemporaryDirectory(prefix="portal-turns-")
        reaper.discard(Path(self._folder.name))

    @pytest.hookimpl(optionalhook=True)
    def pytest_configure_node(self, node: Any) -> None:
        node.workerinput[FOLDER] = self._folder.name

    def pytest_unconfigure(self) -> None:
        self._folder.cleanup()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    order(items)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    with turn(item):
        return (yield)


def pytest_configure(config: pytest.Config) -> None:
    reaper.guard()  # whatever a test starts ends with this session, also when that is killed
    is_controller = bool(config.getoption("numprocesses", None)) and not hasattr(
        config, "workerinput"
    )
    paths = config.args or ["tests"]
    if is_controller:
        config.pluginmanager.register(_Turns(), "portal-turns")
    if is_controller and not all(path.startswith(WITHOUT_SERVERS) for path in paths):
        config.pluginmanager.register(_OneForAllWorkers(), "portal-infra")
