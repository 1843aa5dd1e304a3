"""A service as data: its name, its routes, its own tables. `run` makes a process of it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from portal_contracts import topics
from portal_runtime.lean import without
from portal_runtime.routes import Routes
from portal_runtime.settings import RuntimeSettings
from portal_runtime.standby import stand_by

Resources = Callable[[Any], AbstractAsyncContextManager[Any]]


@dataclass(frozen=True)
class Service:
    """What distinguishes one service from the other five."""

    name: str
    routes: Routes
    migrations: Path
    settings: type[RuntimeSettings] = RuntimeSettings
    resources: Resources | None = None
    """Opens what else the service needs (the object store); given the settings."""

    def topics(self) -> tuple[str, ...]:
        """Topics it takes messages from: its commands, and the events it listens to."""
        return tuple(sorted({topics.commands(self.name), *self.routes.topics()}))


def run(service: Service) -> None:
    """Run the service until SIGTERM or SIGINT."""
    # Imported late: Kafka, PostgreSQL and HTTP are of no concern to who only wants the routes.
    with without("rich", "uvicorn", "click"):
        from portal_runtime.process import main

    if service.settings().standby:
        stand_by(partial(main, service))
    main(service)
