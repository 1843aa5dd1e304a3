"""A corner of the shared servers that belongs to one test or one module."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from portal_cli import provision
from portal_contracts.topics import SERVICES, TopicSpec
from portal_runtime.security.keys import DEMO_ROLES
from tests.support.infra import Infra


def _token() -> str:
    return f"t{secrets.token_hex(4)}"


@dataclass(frozen=True)
class Isolation:
    """Names nobody else uses. Nothing exists until one of the `make_` methods made it."""

    infra: Infra
    token: str = field(default_factory=_token)

    @property
    def topic_prefix(self) -> str:
        return f"{self.token}."

    @property
    def database_prefix(self) -> str:
        return f"{self.token}_"

    @property
    def group_suffix(self) -> str:
        return f".{self.token}"

    @property
    def bucket(self) -> str:
        return f"{self.token}-documents"

    def topic(self, name: str) -> str:
        """The real name of a topic of the contracts."""
        return self.topic_prefix + name

    def dsn(self, service: str) -> str:
        return f"{self.infra.postgres}/{self.database_prefix}{service}"

    def env(self) -> dict[str, str]:
        """For a service started as a process: everything of this corner, HTTP on any port."""
        return {
            **self.infra.env(),
            "PORTAL_TOPIC_PREFIX": self.topic_prefix,
            "PORTAL_DATABASE_PREFIX": self.database_prefix,
            "PORTAL_GROUP_SUFFIX": self.group_suffix,
            "PORTAL_BUCKET": self.bucket,
            "PORTAL_HTTP_PORT": "0",
            "PORTAL_KID_ROLES": json.dumps(DEMO_ROLES),
        }

    def settings(self) -> dict[str, object]:
        """The same for a service run inside the test: `ClaimsSettings(**isolation.settings())`."""
        return {
            "kafka": self.infra.kafka,
            "postgres": self.infra.postgres,
            "s3_endpoint": self.infra.s3_endpoint,
            "s3_access_key": self.infra.s3_access_key,
            "s3_secret_key": self.infra.s3_secret_key,
            "topic_prefix": self.topic_prefix,
            "database_prefix": self.database_prefix,
            "group_suffix": self.group_suffix,
            "bucket": self.bucket,
            "http_port": 0,
            "kid_roles": DEMO_ROLES,
        }

    async def make_topics(self, specs: Sequence[TopicSpec] | None = None) -> None:
        """All of the contracts, or these only (names without the prefix)."""
        await provision.topics(self.infra.kafka, prefix=self.topic_prefix, specs=specs)

    async def make_databases(self, services: Iterable[str] = SERVICES) -> None:
        """Empty ones; migrations are the services' own business."""
        await provision.databases(self.infra.postgres, self.database_prefix, services)

    async def make_bucket(self) -> None:
        await provision.bucket(*self._s3(), self.bucket)

    async def make_all(self) -> None:
        """Everything a whole system needs."""
        await self.make_topics()
        await self.make_databases()
        await self.make_bucket()

    async def remove(self) -> None:
        """Thousands of left-over partitions would slow the broker for the tests that follow."""
        await provision.delete_topics(self.infra.kafka, self.topic_prefix)
        await provision.drop_databases(self.infra.postgres, self.database_prefix)
        await provision.drop_bucket(*self._s3(), self.bucket)

    def _s3(self) -> tuple[str, str, str]:
        return self.infra.s3_endpoint, self.infra.s3_access_key, self.infra.s3_secret_key
