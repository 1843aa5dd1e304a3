"""A service as data: its name, its routes, its own tables. `process.run` makes a process of it."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from portal_contracts import topics
from portal_runtime.routes import Routes
from portal_runtime.settings import RuntimeSettings

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
