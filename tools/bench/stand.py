"""The stand of the benchmark: servers of its own, topics, databases and service processes."""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from portal_cli import provision
from portal_cli.infra import reaper
from portal_cli.infra.base import Addresses, Ports, silent
from portal_cli.infra.child import Child
from portal_cli.infra.native import NativeInfra
from portal_cli.infra.ports import take_port
from portal_cli.services import ServiceProcess, stop_all
from portal_client import PortalClient, Signer
from portal_contracts.topics import TopicSpec
from portal_runtime.security.keys import DEMO_ROLES, make_demo_keys
from tools.bench.load import PRINCIPAL

CHECKOUT = Path(__file__).resolve().parents[2]
"""Where `python -m tools.…` finds the modules: `tools` is in no wheel."""


@dataclass
class Stand:
    """Where the benchmark runs. Each part takes a topic prefix and databases of its own."""

    addresses: Addresses
    folder: Path
    prepared: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)

    def env(self, part: str) -> dict[str, str]:
        keys = self.folder / "keys"
        return {
            **os.environ,
            **self.addresses.env(),
            "PORTAL_TOPIC_PREFIX": f"{part}.",
            "PORTAL_DATABASE_PREFIX": f"{part}_",
            "PORTAL_GROUP_SUFFIX": f".{part}",
            "PORTAL_PRINCIPAL_KEYS": str(keys),
            "PORTAL_SERVICE_KEY": str(keys / "services.private.pem"),
            "PORTAL_KID_ROLES": json.dumps(DEMO_ROLES),
            "PORTAL_LOG_LEVEL": "WARNING",
        }

    def signer(self) -> Signer:
        return Signer.from_file(self.folder / "keys" / "demo-provider.private.pem", "demo-provider")

    def client(self, part: str) -> PortalClient:
        """Whoever asks the services of a part; enter it before asking."""
        return PortalClient(
            self.addresses.kafka,
            caller="bench",
            principal=PRINCIPAL,
            signer=self.signer(),
            topic_prefix=f"{part}.",
        )

    async def prepare(self, part: str, services: tuple[str, ...]) -> None:
        self.prepared.append((part, services))
        await provision.topics(self.addresses.kafka, prefix=f"{part}.")
        await provision.databases(self.addresses.postgres, f"{part}_", services)
        store = self.addresses
        await provision.bucket(
            store.s3_endpoint, store.s3_access_key, store.s3_secret_key, "portal-documents"
        )

    async def clear(self) -> None:
        """Drop what is over: its tables would be vacuumed while something else is measured."""
        for part, services in self.prepared:
            await provision.drop_databases(self.addresses.postgres, f"{part}_", services)
        self.prepared.clear()

    async def make_topic(self, name: str, partitions: int = 8) -> None:
        await provision.topics(self.addresses.kafka, prefix="", specs=[TopicSpec(name, partitions)])

    def process(
        self, part: str, service: str, instance: str = "0", port: int = 0, **more: str
    ) -> ServiceProcess:
        env: Mapping[str, str] = {**self.env(part), "PORTAL_INSTANCE": instance, **more}
        return ServiceProcess(
            service, env, port or take_port(0, service), self.folder / f"{part}-{instance}"
        )

    @contextmanager
    def started(self, *processes: ServiceProcess) -> Iterator[None]:
        """The processes, without waiting until they are ready."""
        try:
            for process in processes:
                process.start()
            yield
        finally:
            stop_all(processes)

    @contextmanager
    def services(self, *processes: ServiceProcess) -> Iterator[None]:
        with self.started(*processes):
            for process in processes:
                process.wait_ready(60)
            yield

    @contextmanager
    def helper(self, name: str, module: str, *args: str, part: str = "") -> Iterator[Child]:
        """A process of the benchmark's own, with the settings of a part; gone when it is over."""
        argv = [sys.executable, "-m", module, *args]
        env = self.env(part) if part else {}
        child = Child(name, argv, self.folder / f"{name}.log", env=env, cwd=CHECKOUT)
        try:
            child.start()
            yield child
        finally:
            child.stop()

    @asynccontextmanager
    async def producer(self) -> AsyncIterator[AIOKafkaProducer]:
        producer = AIOKafkaProducer(
            bootstrap_servers=self.addresses.kafka, linger_ms=5, max_batch_size=131_072
        )
        await producer.start()
        try:
            yield producer
        finally:
            await producer.stop()

    @asynccontextmanager
    async def database(self, part: str, service: str) -> AsyncIterator[asyncpg.Connection]:
        conn = await asyncpg.connect(f"{self.addresses.postgres}/{part}_{service}")
        try:
            yield conn
        finally:
            await conn.close()

    async def records_of_type(self, topic: str, type_: str) -> int:
        """How many records of a type a topic holds."""
        consumer = AIOKafkaConsumer(bootstrap_servers=self.addresses.kafka)
        await consumer.start()
        places = [TopicPartition(topic, p) for p in range(8)]
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        ends, count = await consumer.end_offsets(places), 0
        while any([await consumer.position(p) < ends[p] for p in places]):
            for records in (await consumer.getmany(timeout_ms=500)).values():
                count += sum(dict(r.headers).get("ce_type") == type_.encode() for r in records)
        await consumer.stop()
        return count

    async def rate(
        self, topic: str, expected: int, alive: Callable[[], bool] = lambda: True
    ) -> float:
        """Records a second arriving in a topic from now until all have, give or take 50 ms."""
        async with AsyncExitStack() as stack:
            consumer = AIOKafkaConsumer(bootstrap_servers=self.addresses.kafka)
            await consumer.start()
            stack.push_async_callback(consumer.stop)
            places = [TopicPartition(topic, p) for p in range(8)]
            began: tuple[float, int] | None = None
            while True:
                count = sum((await consumer.end_offsets(places)).values())
                now = time.perf_counter()
                began = began or (now, count)
                if count >= expected:
                    rate: float = (count - began[1]) / (now - began[0])
                    return rate
                if not alive():
                    raise RuntimeError("a service ended during the measurement; see its log")
                await asyncio.sleep(0.05)


@contextmanager
def stand() -> Iterator[Stand]:
    """Native servers with a durable PostgreSQL, gone when the benchmark ends."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        reaper.discard(folder)
        servers = NativeInfra(folder, Ports(), durable=True)
        try:
            addresses = servers.start(silent)
            make_demo_keys(folder / "keys")
            yield Stand(addresses, folder)
        finally:
            servers.stop()
