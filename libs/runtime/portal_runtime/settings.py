"""Settings every service has, from the environment (PORTAL_…). A service may add its own."""

import socket
from datetime import date
from functools import cached_property
from pathlib import Path
from zoneinfo import ZoneInfo

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.plan_holidays import ClosedDays

HTTP_PORTS = {
    "claims": 8101,
    "eligibility": 8102,
    "auth": 8103,
    "appeals": 8104,
    "providers": 8105,
    "documents": 8106,
}


class RuntimeSettings(BaseSettings):
    """Where things are and how the runtime behaves."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", extra="ignore")

    kafka: str = Field("127.0.0.1:29092", description="Bootstrap servers")
    postgres: str = Field(
        "postgresql://portal@127.0.0.1:55432", description="Server DSN without database"
    )
    database_prefix: str = Field("portal_", description="Database = prefix + service")
    topic_prefix: str = Field("", description="Put before every topic name (isolation of tests)")
    group_suffix: str = Field(
        "", description="Put behind every consumer group (isolation of tests)"
    )
    instance: str = Field(
        "0",
        description="Static group membership: a restart keeps its partitions. 'host': the name of "
        "the host, for containers that are scaled",
    )
    http_host: str = Field("127.0.0.1", description="Address of /live, /ready and /metrics")
    http_port: int | None = Field(None, description="Port of /live, /ready, /metrics; 0 = any")
    principal_keys: str = Field(
        ".data/keys", description="Folder with <kid>.pem public keys, or a JWKS address"
    )
    service_key: Path = Field(
        Path(".data/keys/services.private.pem"), description="Key the services sign with"
    )
    service_kids: tuple[str, ...] = Field(
        ("services",), description="Key ids that may act as a service"
    )
    kid_roles: dict[str, tuple[str, ...]] = Field(
        {},
        description='Roles that keys vouch for: {"plan-feed": ["plan_feed"]}. A key that is not '
        "named vouches for none, and without the table a service does not start",
    )
    movable_clock: bool = Field(False, description="Follow the demo clock; never in production")
    plan_time_zone: str = Field("America/New_York", description="Where the plan's days begin")
    holiday_country: str = Field("US", description="Country whose public holidays the plan keeps")
    holiday_subdivision: str | None = Field(None, description="State, for its own holidays")
    plan_closed_on: tuple[date, ...] = Field((), description="More days without work")
    plan_open_on: tuple[date, ...] = Field((), description="Public holidays the plan works on")
    batch_size: int = Field(500, description="Most messages decided in one transaction")
    poll_ms: int = Field(1, description="Pause after an empty poll of a topic, milliseconds")
    standby: bool = Field(
        False, description="A second process waits to fork the working one anew when it is killed"
    )
    max_poll_interval_ms: int = Field(
        600_000, description="Longest time between polls before Kafka expels the instance"
    )
    pool_size: int = Field(8, description="PostgreSQL connections for deciding, at most")
    query_pool_size: int = Field(5, ge=2, description="PostgreSQL connections for queries, at most")
    effect_lease_seconds: float = Field(
        30, gt=0, description="After which an effect of a process that died is taken by another"
    )
    remember_days: int = Field(
        45, description="Days an answer is remembered; longer than any topic keeps commands"
    )
    reply_topics: tuple[str, ...] = Field(
        ("gateway.replies", "cli.replies", "bench.replies", "test.replies"),
        description="Topics replies may go to; a message asking for another one gets no reply",
    )
    log_json: bool = Field(False, description="Log lines as JSON instead of for people")
    log_level: str = Field("INFO", description="Lowest level logged")
    s3_endpoint: str = Field("http://127.0.0.1:29000", description="S3 endpoint")
    s3_access_key: str = Field("portal", description="S3 access key")
    s3_secret_key: str = Field("portal-secret", description="S3 secret key")
    bucket: str = Field("portal-documents", description="Bucket of the documents")
    failpoints: str = Field("", description="Failpoints to arm (tests); see failpoints.py")
    failpoint_seed: int = Field(0, description="Seed of failpoints that fail by chance")

    @field_validator("instance")
    @classmethod
    def _name_of_host(cls, value: str) -> str:
        return socket.gethostname() if value == "host" else value

    @cached_property
    def calendar(self) -> PlanCalendar:
        """The plan's days: a deadline ends with its day where the plan is, not in UTC."""
        closed = ClosedDays(
            self.holiday_country, self.holiday_subdivision, self.plan_closed_on, self.plan_open_on
        )
        return PlanCalendar(ZoneInfo(self.plan_time_zone), closed)

    def dsn(self, service: str) -> str:
        """DSN of a service's own database."""
        return f"{self.postgres.rstrip('/')}/{self.database_prefix}{service}"

    def group(self, service: str, topic: str) -> str:
        """Consumer group in which the instances of a service share a topic."""
        return f"{service}{self.group_suffix}.{topic}"

    def port(self, service: str) -> int:
        return HTTP_PORTS.get(service, 0) if self.http_port is None else self.http_port
