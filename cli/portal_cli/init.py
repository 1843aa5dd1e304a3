"""`portal init`: topics, databases, bucket and demo keys, wherever the settings point to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import asyncpg
import typer
from aiokafka.errors import KafkaConnectionError, KafkaError
from urllib3.exceptions import HTTPError

from portal_cli import provision
from portal_cli.infra.base import InfraError
from portal_cli.stack import give_up, no_kafka
from portal_runtime.observing.causes import cause
from portal_runtime.security.keys import make_demo_keys
from portal_runtime.settings import RuntimeSettings

app = typer.Typer()


@dataclass(frozen=True)
class Made:
    """What was missing before."""

    topics: tuple[str, ...]
    databases: tuple[str, ...]
    bucket: bool

    def __str__(self) -> str:
        bucket = "bucket made" if self.bucket else "bucket there"
        return f"{len(self.topics)} topics and {len(self.databases)} databases made, {bucket}"


async def make(settings: RuntimeSettings) -> Made:
    """`InfraError` says which server does not answer. Each service runs its migrations itself."""
    databases, topics = await asyncio.gather(_databases(settings), _topics(settings))
    # Not beside the others: a store that does not answer is asked for ten seconds in a thread.
    return Made(topics, databases, await _bucket(settings))


async def _topics(settings: RuntimeSettings) -> tuple[str, ...]:
    try:
        return await provision.topics(settings.kafka, prefix=settings.topic_prefix)
    except KafkaConnectionError:
        raise InfraError(no_kafka(settings.kafka)) from None
    except KafkaError as error:
        raise InfraError(
            f"Kafka at {settings.kafka} cannot be used ({cause(error)}); is it a broker, "
            "and may topics be made there?"
        ) from None


async def _databases(settings: RuntimeSettings) -> tuple[str, ...]:
    try:
        return await provision.databases(settings.postgres, settings.database_prefix)
    except (OSError, asyncpg.PostgresError) as error:
        # The place only: an address may hold a password.
        place = urlsplit(settings.postgres).netloc.rpartition("@")[2]
        raise InfraError(
            f"PostgreSQL at {place} cannot be used ({cause(error)}); is it running? "
            "`make run` starts everything."
        ) from None


async def _bucket(settings: RuntimeSettings) -> bool:
    try:
        return await provision.bucket(
            settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.bucket
        )
    except (OSError, HTTPError) as error:
        raise InfraError(
            f"the S3 store at {settings.s3_endpoint} does not answer ({cause(error)}); is "
            "it running? `make run` starts everything."
        ) from None


@app.command()
def init(
    keys: bool = typer.Option(True, help="Make demo keys too. Never for a real deployment."),
) -> None:
    """Make topics, databases, the bucket and the demo keys. Safe to do again."""
    settings = RuntimeSettings()
    if keys:
        make_demo_keys(Path(settings.principal_keys))
        typer.echo(f"demo keys in {settings.principal_keys}")
    try:
        typer.echo(str(asyncio.run(make(settings))))
    except InfraError as problem:
        give_up(str(problem))
