"""`portal topics`: those of the contracts, and whether the broker has them."""

from __future__ import annotations

import typer
from rich.table import Table

from portal_cli import provision
from portal_cli.show import console
from portal_cli.stack import run_with_kafka
from portal_contracts.topics import all_topics
from portal_runtime.settings import RuntimeSettings

app = typer.Typer(no_args_is_help=True)


@app.callback()
def topics() -> None:
    """List or create the topics of the contracts."""


@app.command("list")
def list_topics() -> None:
    """Every topic, what it should be like, and how many partitions it has."""
    settings = RuntimeSettings()
    there = run_with_kafka(settings.kafka, provision.partitions(settings.kafka, patience=0))
    table = Table("topic", "partitions", "settings", "on the broker")
    missing = 0
    for spec in all_topics():
        count = there.get(settings.topic_prefix + spec.name)
        missing += count is None
        config = " ".join(f"{key}={value}" for key, value in spec.config.items())
        table.add_row(spec.name, str(spec.partitions), config, _state(count, spec.partitions))
    console.print(table)
    raise typer.Exit(1 if missing else 0)


def _state(count: int | None, wanted: int) -> str:
    if count is None:
        return "[red]missing: portal topics create[/]"
    return "[green]✓[/]" if count == wanted else f"[yellow]has {count} partitions[/]"


@app.command()
def create() -> None:
    """Create those that are missing."""
    settings = RuntimeSettings()
    made = run_with_kafka(
        settings.kafka,
        provision.topics(settings.kafka, prefix=settings.topic_prefix, patience=0),
    )
    console.print("\n".join(made) or "all topics are there")
