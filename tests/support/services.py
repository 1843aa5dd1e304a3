"""Services as processes, in a test's own corner of the servers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from portal_cli.infra.ports import take_port
from portal_cli.services import ServiceProcess, stop_all
from portal_contracts.topics import SERVICES
from tests.support.isolation import Isolation


def service_env(isolation: Isolation, keys: Path) -> dict[str, str]:
    """What a service needs to live in this corner."""
    return {
        **isolation.env(),
        "PORTAL_PRINCIPAL_KEYS": str(keys),
        "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
        "PORTAL_MOVABLE_CLOCK": "1",
    }


def service_process(
    name: str,
    isolation: Isolation,
    keys: Path,
    logs: Path,
    env: Mapping[str, str] | None = None,
) -> ServiceProcess:
    """Not started yet; `env` adds to or replaces settings (a failpoint, an instance number)."""
    settings = {**service_env(isolation, keys), **(env or {})}
    return ServiceProcess(name, settings, take_port(0, name), logs)


@contextmanager
def running_services(
    isolation: Isolation,
    keys: Path,
    logs: Path,
    names: Iterable[str] = SERVICES,
    env: Mapping[str, str] | None = None,
) -> Iterator[dict[str, ServiceProcess]]:
    """All ready on entry, all stopped on exit."""
    services = {name: service_process(name, isolation, keys, logs, env) for name in names}
    try:
        for service in services.values():
            service.start()
        for service in services.values():
            service.wait_ready()
        yield services
    finally:
        stop_all(services.values())
