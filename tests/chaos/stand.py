"""Where a run takes place: servers of its own, proxies in front of them, the fleet of services.

Each instance of a service belongs to side 0 or 1 and reaches the servers through the proxies of its
side. The driver goes past the proxies.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ed25519

from portal_cli import provision
from portal_cli.infra import account
from portal_cli.infra.base import Addresses, Ports, silent
from portal_cli.infra.kafka import KafkaServer
from portal_cli.infra.native import NativeInfra
from portal_cli.infra.ports import take_port
from portal_client import Signer
from portal_runtime.security.keys import DEMO_ROLES, make_demo_keys
from tests.chaos.instances import Fleet, Instance, Say
from tests.chaos.proxy import Proxies

SIDES = (0, 1)
SHAPE = {
    "claims": (0, 1),
    "documents": (0, 1),
    "eligibility": (0,),
    "auth": (1,),
    "appeals": (0,),
    "providers": (1,),
}
"""Sides on which a service has an instance."""
BUCKET = "chaos-documents"


@dataclass
class Stand:
    """Everything a run has at its hands."""

    folder: Path
    infra: NativeInfra
    direct: Addresses
    proxies: Proxies
    fleet: Fleet
    keys: Path
    notes: list[str] = field(default_factory=list)

    def signer(self, kid: str) -> Signer:
        return Signer.from_file(self.keys / f"{kid}.private.pem", kid)

    def dsn(self, service: str) -> str:
        return f"{self.direct.postgres}/portal_{service}"

    @asynccontextmanager
    async def server(self) -> AsyncIterator[asyncpg.Connection]:
        """A session of the operator's, in no service's database."""
        conn = await asyncpg.connect(f"{self.direct.postgres}/postgres")
        try:
            yield conn
        finally:
            await conn.close()

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        conn = await asyncpg.connect(self.dsn(service))
        try:
            yield conn
        finally:
            await conn.close()


@asynccontextmanager
async def stand(folder: Path, say: Say) -> AsyncIterator[Stand]:
    """Started on entry; on exit all of its processes are gone."""
    async with AsyncExitStack() as stack:
        infra, routes = _servers(folder)
        say("starting Kafka, PostgreSQL and the object store")
        stack.callback(infra.stop)
        direct = await asyncio.to_thread(infra.start, silent)
        routes |= {
            f"{kind}-{side}": (take_port(0, kind), port)
            for side in SIDES
            for kind, port in (
                ("postgres", infra.postgres.port),
                ("s3", int(infra.s3.endpoint.rsplit(":", 1)[1])),
            )
        }
        proxies = Proxies(routes)
        stack.callback(proxies.stop)
        keys = folder / "keys"
        make_keys(keys)
        await _provision(direct)
        instances = [
            Instance(service, side, _env(folder, direct, routes, side, keys), folder / "services")
            for service, sides in SHAPE.items()
            for side in sides
        ]
        fleet = Fleet(instances, say)
        stack.push_async_callback(fleet.stop)
        say(f"starting {len(instances)} instances of six services")
        await fleet.start()
        yield Stand(folder, infra, direct, proxies, fleet, keys)


def _servers(folder: Path) -> tuple[NativeInfra, dict[str, tuple[int, int]]]:
    """Kafka has a listener for each side, whose clients are told the port of that side's proxy."""
    routes = {f"kafka-{side}": (take_port(0, "kafka"), take_port(0, "kafka")) for side in SIDES}
    # Fixed ports: a server that is started again must be found where it was.
    ports = Ports(take_port(0, "kafka"), take_port(0, "postgres"), take_port(0, "s3"))
    infra = NativeInfra(folder / "servers", ports, durable=True)
    behind = [(own, told) for told, own in routes.values()]
    infra.kafka = KafkaServer(
        folder / "servers" / "kafka", ports.kafka, folder / "servers" / "logs", behind
    )
    return infra, routes


def _env(
    folder: Path, direct: Addresses, routes: dict[str, tuple[int, int]], side: int, keys: Path
) -> dict[str, str]:
    through = {kind: routes[f"{kind}-{side}"][0] for kind in ("kafka", "postgres", "s3")}
    return {
        **os.environ,
        **direct.env(),
        "PORTAL_KAFKA": f"127.0.0.1:{through['kafka']}",
        "PORTAL_POSTGRES": f"postgresql://portal@127.0.0.1:{through['postgres']}",
        "PORTAL_S3_ENDPOINT": f"http://127.0.0.1:{through['s3']}",
        "PORTAL_S3_PUBLIC_ENDPOINT": direct.s3_endpoint,
        "PORTAL_BUCKET": BUCKET,
        "PORTAL_PRINCIPAL_KEYS": str(keys),
        "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
        "PORTAL_KID_ROLES": json.dumps(DEMO_ROLES),
        "PORTAL_MOVABLE_CLOCK": "1",
        "PORTAL_LOG_LEVEL": "INFO",
    }


async def _provision(addresses: Addresses) -> None:
    await asyncio.gather(
        provision.topics(addresses.kafka),
        provision.databases(addresses.postgres),
        provision.bucket(
            addresses.s3_endpoint, addresses.s3_access_key, addresses.s3_secret_key, BUCKET
        ),
    )


def make_keys(folder: Path) -> None:
    """Ed25519 for the callers: signing RSA would take the driver a quarter of a core."""
    folder.mkdir(parents=True, exist_ok=True)
    for kid in DEMO_ROLES:
        key = ed25519.Ed25519PrivateKey.generate()
        private = folder / f"{kid}.private.pem"
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / f"{kid}.pem").write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
            )
        )
    make_demo_keys(folder)


def remove(folder: Path) -> None:
    """Also what PostgreSQL keeps elsewhere because this folder is closed to its account."""
    for place in (folder, account.stand_in(folder / "servers" / "postgres")):
        shutil.rmtree(place, ignore_errors=True)


__all__ = ["SHAPE", "SIDES", "Stand", "stand"]
