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


MODES = ("docker", "native", "external")


def mode() -> str:
    """As the setting says; auto uses Docker only if nothing would have to be downloaded."""
    wanted = os.environ.get("PORTAL_INFRA", "auto")
    if wanted == "auto":
        return "docker" if docker.usable() else "native"
    if wanted not in MODES:
        raise InfraError(f"PORTAL_INFRA={wanted}: it is auto, docker, native or external")
    return wanted


def infrastructure(data: Path) -> Infra:
    chosen = mode()
    if chosen == "docker":
        return docker.DockerInfra(data, Ports.from_env())
    if chosen == "native":
        return NativeInfra(data, Ports.from_env())
    return ExternalInfra()
