"""`portal init`: topics, databases, bucket and demo keys, wherever the settings point to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

import typer

from portal_cli import provision
from portal_runtime.keys import make_demo_keys
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
    """All three at once. Migrations are run by each service at its start."""
    topics, databases, bucket = await asyncio.gather(
        provision.topics(settings.kafka, prefix=settings.topic_prefix),
        provision.databases(settings.postgres, settings.database_prefix),
        provision.bucket(
            settings.s3_endpoint, settings.s3_access_key, settings.s3_secret_key, settings.bucket
        ),
    )
    return Made(topics, databases, bucket)


@app.command()
def init(
    keys: bool = typer.Option(True, help="Make demo keys too. Never for a real deployment."),
) -> None:
    """Make topics, databases, the bucket and the demo keys. Safe to do again."""
    settings = RuntimeSettings()
    if keys:
        make_demo_keys(Path(settings.principal_keys))
        typer.echo(f"demo keys in {settings.principal_keys}")
    typer.echo(str(asyncio.run(make(settings))))
