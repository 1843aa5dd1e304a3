"""The servers as containers. Image names are settings, since images come and go."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from testcontainers.community.minio import MinioContainer
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer, Reaper
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

from portal_cli.infra.base import Addresses
from portal_cli.infra.kafka import version
from portal_cli.infra.ports import take_port
from portal_cli.infra.postgres import SUPERUSER

KAFKA_PORT = 9092


class ApacheKafkaContainer(DockerContainer):
    """`apache/kafka`, which testcontainers' own class refuses (it knows Confluent's images only).

    The host's port is chosen before the start: a broker must tell clients the address they use.
    """

    def __init__(self, image: str) -> None:
        super().__init__(image, _wait_strategy=LogMessageWaitStrategy("Kafka Server started"))
        self.host_port = take_port(0, "kafka")
        self.with_bind_ports(KAFKA_PORT, self.host_port)
        for name, value in self._settings().items():
            self.with_env(name, value)

    @property
    def bootstrap(self) -> str:
        return f"{self.get_docker_client().host()}:{self.host_port}"

    def _settings(self) -> dict[str, str]:
        listeners = f"PLAINTEXT://0.0.0.0:{KAFKA_PORT},BROKER://localhost:9094"
        return {
            "KAFKA_NODE_ID": "1",
            "KAFKA_PROCESS_ROLES": "broker,controller",
            "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@localhost:9093",
            "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
            "KAFKA_LISTENERS": f"{listeners},CONTROLLER://localhost:9093",
            "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{self.bootstrap},BROKER://localhost:9094",
            "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": (
                "PLAINTEXT:PLAINTEXT,BROKER:PLAINTEXT,CONTROLLER:PLAINTEXT"
            ),
            "KAFKA_INTER_BROKER_LISTENER_NAME": "BROKER",
            "KAFKA_AUTO_CREATE_TOPICS_ENABLE": "false",
            "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
            "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
            "KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS": "0",
            "KAFKA_GROUP_MIN_SESSION_TIMEOUT_MS": "1000",
            "KAFKA_HEAP_OPTS": "-Xms256m -Xmx512m",
        }


@contextmanager
def containers() -> Iterator[Addresses]:
    """All three at once; testcontainers' reaper removes them if we are killed."""
    kafka = ApacheKafkaContainer(_image("KAFKA", f"apache/kafka:{version()}"))
    postgres = PostgresContainer(
        _image("POSTGRES", "postgres:16"),
        username=SUPERUSER,
        password="portal",
        dbname="postgres",
        driver=None,
    ).with_command("postgres -c max_connections=300 -c fsync=off")
    minio = MinioContainer(
        _image("MINIO", "pgsty/minio:latest"),
        access_key=Addresses.s3_access_key,
        secret_key=Addresses.s3_secret_key,
    )
    # Made once before the threads: two of them at the same time would make two.
    if not testcontainers_config.ryuk_disabled:
        Reaper.get_instance()
    with ExitStack() as running, ThreadPoolExecutor(3) as pool:
        started = [pool.submit(running.enter_context, c) for c in (kafka, postgres, minio)]
        for container in started:
            container.result()
        yield Addresses(
            kafka=kafka.bootstrap,
            postgres=postgres.get_connection_url().removesuffix("/postgres"),
            s3_endpoint=f"http://{minio.get_container_host_ip()}:{minio.get_exposed_port(9000)}",
        )


def _image(server: str, default: str) -> str:
    return os.environ.get(f"PORTAL_{server}_IMAGE", default)
