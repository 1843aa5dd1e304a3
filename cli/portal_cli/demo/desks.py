"""Who speaks in the demo: a practice, the plan's staff and the plan's feed, each with its key."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

from portal_cli.stack import kafka_there, no_kafka
from portal_client import PortalClient, PortalClientError, Signer
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_runtime.settings import RuntimeSettings

KIDS: dict[Role, str] = {
    "provider": "demo-provider",
    "plan_staff": "demo-staff",
    "plan_feed": "demo-feed",
}


class NotRunning(Exception):
    """What the demo needs is not there; the text says how to get it."""


class Desks:
    """One connection to the bus, and the people who use it."""

    def __init__(self, client: PortalClient, keys: Path) -> None:
        self.client = client
        self._keys = keys

    def provider(self, tins: Iterable[str]) -> PortalClient:
        return self._as("provider", tins)

    @property
    def staff(self) -> PortalClient:
        return self._as("plan_staff")

    @property
    def feed(self) -> PortalClient:
        return self._as("plan_feed")

    def _as(self, role: Role, tins: Iterable[str] = ()) -> PortalClient:
        principal = Principal(subject=KIDS[role], role=role, tins=frozenset(tins))
        return self.client.acting_as(principal, _signer(self._keys, role))


@asynccontextmanager
async def open_desks(settings: RuntimeSettings) -> AsyncIterator[Desks]:
    """Connected, or `NotRunning` with the way out."""
    if not kafka_there(settings.kafka):
        raise NotRunning(no_kafka(settings.kafka))
    keys = Path(settings.principal_keys)
    client = PortalClient(
        settings.kafka,
        principal=Principal(subject=KIDS["plan_feed"], role="plan_feed"),
        signer=_signer(keys, "plan_feed"),
        caller="cli",
        topic_prefix=settings.topic_prefix,
    )
    try:
        await client.__aenter__()
    except PortalClientError as error:
        raise NotRunning(f"{error} `make run` starts everything.") from None
    try:
        yield Desks(client, keys)
    finally:
        await client.__aexit__(None, None, None)


def _signer(keys: Path, role: Role) -> Signer:
    path = keys / f"{KIDS[role]}.private.pem"
    if not path.exists():
        raise NotRunning(f"There is no key {path}; `make run` makes it, or `portal init`.")
    return Signer.from_file(path)
