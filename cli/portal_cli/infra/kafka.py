"""One Kafka broker of our own (KRaft, no ZooKeeper), its jars fetched by Maven once."""

from __future__ import annotations

import os
import re
import shutil
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path

from portal_cli.infra import program
from portal_cli.infra.base import ROOT, InfraError, Say, cache_dir
from portal_cli.infra.child import Child
from portal_cli.infra.ports import take_port

POM = ROOT / "deploy" / "kafka" / "pom.xml"

CONFIG = """\
# Written at each start by portal_cli/infra/kafka.py.
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller}
controller.listener.names=CONTROLLER
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}{listeners}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}{advertised}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT{protocols}
inter.broker.listener.name=PLAINTEXT
log.dirs={data}
# Topics come from the contract registry; one that is made by accident hides a mistake.
auto.create.topics.enable=false
default.replication.factor=1
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
# A first consumer need not wait for others.
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
message.max.bytes=1048588
log.retention.hours=168
log.segment.bytes=67108864
# As much as such a segment needs. An index file is mapped into memory, and its first use reads in
# as much of it as the disk reads ahead: by default up to 10 MB for each of two files a partition.
log.index.size.max.bytes=262144
log.cleaner.dedupe.buffer.size=16777216
"""


class KafkaServer:
    """Stores in `data`; the same directory again goes on with the same messages."""

    name = "kafka"

    def __init__(
        self, data: Path, port: int, logs: Path, behind: Sequence[tuple[int, int]] = ()
    ) -> None:
        """`behind`: more listeners, each with the port that its clients are told (a proxy's)."""
        self._data = data
        self._wanted = port
        self._behind = list(enumerate(behind))
        self.port = 0
        self._log = logs / "kafka.log"
        self._child: Child | None = None

    def start(self, say: Say) -> None:
        java = _java()
        libs = jars(say)
        self.port = take_port(self._wanted, "kafka")
        self._data.mkdir(parents=True, exist_ok=True)
        config = self._data.parent / "kafka.properties"
        config.write_text(
            CONFIG.format(
                port=self.port,
                controller=take_port(0, "kafka"),
                data=self._data,
                listeners="".join(f",PROXY{n}://127.0.0.1:{own}" for n, (own, _) in self._behind),
                advertised="".join(
                    f",PROXY{n}://127.0.0.1:{told}" for n, (_, told) in self._behind
                ),
                protocols="".join(f",PROXY{n}:PLAINTEXT" for n, _ in self._behind),
            )
        )
        if not (self._data / "meta.properties").exists():
            say(self.name, "formatting its data directory")
            _format(java, libs, config)
        say(self.name, "starting")
        self._child = Child(self.name, _command(java, libs, config), self._log)
        self._child.start()
        self._child.wait_until(lambda: self._said("Kafka Server started"), 90)
        say(self.name, "ready")

    def _said(self, words: str) -> bool:
        return self._child is not None and self._child.said(words)

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.alive

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def stop(self) -> None:
        if self._child:
            self._child.stop()

    def kill(self) -> None:
        """As a crash would."""
        if self._child:
            self._child.stop_now()


def version() -> str:
    """The one in the pom."""
    found = re.search(r"<kafka\.version>([^<]+)<", POM.read_text())
    if not found:
        raise InfraError(f"{POM} names no kafka.version")
    return found[1]


def jars(say: Say) -> Path:
    """The directory of the jars; fetched at the first call (54 MB, about ten seconds)."""
    libs = cache_dir() / f"kafka-{version()}"
    if libs.exists():
        return libs
    if not shutil.which("mvn"):
        raise InfraError(
            "Kafka is not here yet and Maven is missing to fetch it: apt-get install maven"
        )
    say("kafka", f"fetching Kafka {version()} (once)")
    partial = libs.with_name(f"{libs.name}.{os.getpid()}.partial")
    done = program.run(
        [
            *("mvn", "-q", "-B", "-f", str(POM), "dependency:copy-dependencies"),
            *(f"-DoutputDirectory={partial}", "-DincludeScope=runtime"),
        ]
    )
    if done.returncode:
        shutil.rmtree(partial, ignore_errors=True)
        raise InfraError(f"Maven could not fetch Kafka:\n{done.stdout[-2000:]}")
    if not libs.exists():
        # Moved when complete: a broken download never looks like a good one.
        partial.rename(libs)
    shutil.rmtree(partial, ignore_errors=True)
    return libs


def _java() -> str:
    java = shutil.which("java")
    if not java:
        raise InfraError("Kafka needs Java 17 or newer: apt-get install openjdk-17-jre-headless")
    return java


def _format(java: str, libs: Path, config: Path) -> None:
    # May begin with a hyphen: so it is given with `=`, lest it be taken for an option.
    cluster = urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")
    done = program.run(
        [
            *(java, "-Xshare:auto", "-cp", f"{libs}/*", "kafka.tools.StorageTool"),
            *("format", f"--cluster-id={cluster}", "-c", str(config)),
        ]
    )
    if done.returncode:
        raise InfraError(f"Kafka could not format its data directory:\n{done.stdout}{done.stderr}")


def _command(java: str, libs: Path, config: Path) -> list[str]:
    return [
        java,
        *("-Xms256m", "-Xmx512m", "-XX:+UseG1GC", "-Xshare:auto"),
        # The thorough compiler takes more of a small machine than its code gives back: without it
        # Kafka starts in three quarters of the time and needs half of the processor.
        "-XX:TieredStopAtLevel=1",
        "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
        # Its one line at INFO is how we know that the broker takes work.
        "-Dorg.slf4j.simpleLogger.log.kafka.server.KafkaRaftServer=info",
        *("-cp", f"{libs}/*", "kafka.Kafka", str(config)),
    ]
