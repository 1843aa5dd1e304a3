"""Which servers: PORTAL_INFRA=auto|docker|native|external."""

from __future__ import annotations

import os
from pathlib import Path

from portal_cli.infra import docker
from portal_cli.infra.base import Addresses, Infra, InfraError, Ports, Say
from portal_cli.infra.native import NativeInfra


class ExternalInfra:
    """Servers that others run; where they are is in the settings."""

    mode = "external"

    def start(self, say: Say) -> Addresses:
        from portal_runtime.settings import RuntimeSettings

        settings = RuntimeSettings()
        say("external", settings.kafka)
        return Addresses(
            kafka=settings.kafka,
            postgres=settings.postgres,
            s3_endpoint=settings.s3_endpoint,
            s3_access_key=settings.s3_access_key,
            s3_secret_key=settings.s3_secret_key,
            s3_kind="endpoint",
        )

    def dead(self) -> tuple[str, ...]:
        return ()

    def stop(self) -> None:
        """They are not ours."""


def infrastructure(data: Path) -> Infra:
    """As the setting says; auto takes Docker only if nothing would have to be downloaded."""
    mode = os.environ.get("PORTAL_INFRA", "auto")
    if mode == "auto":
        mode = "docker" if docker.usable() else "native"
    if mode == "docker":
        return docker.DockerInfra(Ports.from_env())
    if mode == "native":
        return NativeInfra(data, Ports.from_env())
    if mode == "external":
        return ExternalInfra()
    raise InfraError(f"PORTAL_INFRA={mode}: it is auto, docker, native or external")
