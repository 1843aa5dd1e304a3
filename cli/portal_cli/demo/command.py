"""`portal demo`: the story, told as the messages happen."""

import asyncio

import typer
from rich.table import Table

from portal_cli.demo.clockwork import Clockwork
from portal_cli.demo.desks import NotRunning
from portal_cli.demo.story import Told, tell
from portal_cli.show import console
from portal_runtime.settings import RuntimeSettings

app = typer.Typer()


@app.command()
def demo(
    reset_clock: bool = typer.Option(
        False, help="Tell nothing; only set the clock of the local stack to real time."
    ),
) -> None:
    """A story on synthetic data: claims, COB, records, deadlines, a dispute, an authorization.

    Needs a stack that `make run` started. It moves that stack's clock and puts it back. Ends with
    1 when anything went otherwise than told.
    """
    settings = RuntimeSettings()
    if reset_clock:
        asyncio.run(_reset(settings))
        console.print("The clock of the local stack says real time again.")
        return
    try:
        told = asyncio.run(tell(settings, console))
    except NotRunning as problem:
        console.print(f"[red]✗[/] {problem}")
        raise typer.Exit(1) from None
    console.print(_table(told))
    different = [one.chapter.title for one in told if not one.as_told]
    if different:
        console.print(f"[red]✗[/] not as told: {'; '.join(different)}")
        raise typer.Exit(1)


async def _reset(settings: RuntimeSettings) -> None:
    await (await Clockwork.of(settings)).reset()


def _table(told: tuple[Told, ...]) -> Table:
    table = Table("", "chapter", "what happened", "events", title="The story")
    for one in told:
        mark = "[green]✓[/]" if one.as_told else "[red]✗[/]"
        table.add_row(mark, one.chapter.title, one.words, str(len(one.happened)))
    return table
