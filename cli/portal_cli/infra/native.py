"""All three servers as processes of our own."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from portal_cli.infra import program
from portal_cli.infra.base import Addresses, InfraError, Ports, Say
from portal_cli.infra.kafka import KafkaServer
from portal_cli.infra.objectstore import ObjectStore
from portal_cli.infra.postgres import PostgresServer


class NativeInfra:
    """Data and logs live under `data`; `stop` is always safe to call."""

    mode = "native"
    """See `base.Infra`."""

    def __init__(self, data: Path, ports: Ports, *, durable: bool = True) -> None:
        logs = data / "logs"
        self.kafka = KafkaServer(data / "kafka", ports.kafka, logs)
        self.postgres = PostgresServer(data / "postgres", ports.postgres, logs, durable=durable)
        self.s3 = ObjectStore(data / "s3", ports.s3, logs)
        self._stopping = threading.Event()
        data.mkdir(parents=True, exist_ok=True)
        # PostgreSQL's account must be able to walk to its files (a temporary directory is closed).
        data.chmod(data.stat().st_mode | 0o111)

    def start(self, say: Say) -> Addresses:
        """All at once: together they are ready when the slowest is."""

        def say_or_end(part: str, state: str) -> None:
            # Said before each step: a start that is interrupted takes no further one.
            if self._stopping.is_set():
                raise InfraError(f"{part}: interrupted while starting")
            say(part, state)

        servers = (self.kafka, self.postgres, self.s3)
        with ThreadPoolExecutor(len(servers), thread_name_prefix="infra") as pool:
            try:
                for started in [pool.submit(server.start, say_or_end) for server in servers]:
                    started.result()
            except BaseException:
                self.stop()
                raise
        return self.addresses()

    def addresses(self) -> Addresses:
        return Addresses(
            kafka=f"127.0.0.1:{self.kafka.port}",
            postgres=self.postgres.dsn,
            s3_endpoint=self.s3.endpoint,
            s3_access_key=self.s3.access_key,
            s3_secret_key=self.s3.secret_key,
            s3_kind=self.s3.kind,
        )

    def dead(self) -> tuple[str, ...]:
        """The names of those that ended by themselves."""
        return tuple(s.name for s in (self.kafka, self.postgres, self.s3) if not s.alive)

    def stop(self) -> None:
        """Kafka last: what others still want to say is kept."""
        self._stopping.set()
        program.interrupt()
        for server in (self.s3, self.postgres, self.kafka):
            server.stop()
