"""`portal demo`: the story, told as the messages happen."""

import asyncio

import typer
from aiokafka.errors import KafkaConnectionError
from rich.markup import escape
from rich.table import Table

from portal_cli.demo.clockwork import Clockwork
from portal_cli.demo.desks import NotRunning
from portal_cli.demo.story import Told, mark, tell
from portal_cli.show import console
from portal_runtime.settings import RuntimeSettings

app = typer.Typer()


@app.command()
def demo(
    reset_clock: bool = typer.Option(
        False, help="Only set the clock of the local stack back to real time."
    ),
) -> None:
    """A story on synthetic data: claims, COB, records, a dispute, an authorization, deadlines.

    Needs a stack that `make run` started. It moves that stack's clock and puts it back. Exit code 1
    if anything went differently than told.
    """
    settings = RuntimeSettings()
    try:
        told = asyncio.run(_reset(settings) if reset_clock else tell(settings, console))
    except (NotRunning, KafkaConnectionError) as problem:
        console.print(f"[red]✗[/] {problem}")
        raise typer.Exit(1) from None
    if reset_clock:
        console.print("The clock of the local stack says real time again.")
        return
    console.print(_table(told))
    different = [one.chapter.title for one in told if not one.as_told]
    if different:
        console.print(f"[red]✗[/] not as told: {'; '.join(different)}")
        raise typer.Exit(1)


async def _reset(settings: RuntimeSettings) -> tuple[Told, ...]:
    await (await Clockwork.of(settings)).reset()
    return ()


def _table(told: tuple[Told, ...]) -> Table:
    table = Table("", "chapter", "what happened", "events", title="The story")
    for one in told:
        events = str(len(one.happened))
        table.add_row(mark(one.as_told), one.chapter.title, escape(one.words), events)
    return table
