"""The connection of an import: settings, demo key, and what the claims service has heard so far."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from portal_cli.lag import measure
from portal_cli.stack import kafka_there, no_kafka
from portal_client import PortalClient, PortalClientError, Signer
from portal_contracts.all import load_all
from portal_contracts.principal import Principal
from portal_runtime.settings import RuntimeSettings

KID = "demo-feed"
FACTS = ("eligibility.events", "providers.events")
SETTLE, PAUSE, LONGEST = 0.3, 0.2, 60.0


class NotReady(Exception):
    """Something the import needs is missing; the text says what and how to fix it."""


def signer(settings: RuntimeSettings) -> Signer:
    """The demo key of the plan's feed: it may enroll members, and send claims for every Tax ID."""
    path = Path(settings.principal_keys) / f"{KID}.private.pem"
    if not path.exists():
        raise NotReady(f"there is no key {path}; `make run` makes it, or `portal init`")
    return Signer.from_file(path)


@asynccontextmanager
async def connected(settings: RuntimeSettings) -> AsyncIterator[PortalClient]:
    load_all()  # a reply can be read when its class is known
    feed = signer(settings)
    if not kafka_there(settings.kafka):
        raise NotReady(no_kafka(settings.kafka))
    client = PortalClient(
        settings.kafka,
        principal=Principal(subject="portal-import", role="plan_feed"),
        signer=feed,
        caller="cli",
        topic_prefix=settings.topic_prefix,
    )
    try:
        await client.__aenter__()
    except PortalClientError as error:
        raise NotReady(f"{error} `make run` starts everything.") from None
    try:
        yield client
    finally:
        await client.__aexit__(None, None, None)


async def claims_have_heard(settings: RuntimeSettings) -> bool:
    """Wait until the claims service has taken all that eligibility and providers have announced.

    A member's enrollment is answered by another service than the one that decides the claim.
    """
    await asyncio.sleep(SETTLE)
    deadline = time.monotonic() + LONGEST
    while time.monotonic() < deadline:
        behind = sum(
            row.behind
            for row in await measure(settings)
            if row.service == "claims" and row.topic.removeprefix(settings.topic_prefix) in FACTS
        )
        if not behind:
            return True
        await asyncio.sleep(PAUSE)
    return False
