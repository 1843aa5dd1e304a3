"""The story from its first to its last chapter, and what became of each."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

from rich.console import Console
from rich.markup import escape

from portal_cli.demo.cast import Cast
from portal_cli.demo.chapters import CHAPTERS
from portal_cli.demo.clockwork import Clockwork, in_words
from portal_cli.demo.desks import open_desks
from portal_cli.demo.stage import Chapter, NotAsTold, Stage
from portal_client import Happened
from portal_client.wire import new_id
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.replies import MemberEnrolled
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.replies import ProviderRegistered
from portal_runtime.settings import RuntimeSettings


@dataclass(frozen=True, slots=True)
class Told:
    """How a chapter ended, and everything that happened in it."""

    chapter: Chapter
    as_told: bool
    words: str
    happened: tuple[Happened, ...]


async def tell(
    settings: RuntimeSettings, out: Console, run: UUID | None = None
) -> tuple[Told, ...]:
    """Every chapter; the clock is put back at the end, however it ends.

    When the cast cannot be enrolled, that is the only chapter there is.
    """
    async with open_stage(settings, out, run or new_id()) as stage:
        told = [await play(stage, ENROLLMENT)]
        if told[0].as_told:
            told += [await play(stage, chapter) for chapter in CHAPTERS]
        return tuple(told)


@asynccontextmanager
async def open_stage(settings: RuntimeSettings, out: Console, run: UUID) -> AsyncIterator[Stage]:
    """Connected, following the bus, with the people of this run; nobody is enrolled yet."""
    async with open_desks(settings) as desks:
        clock = await Clockwork.of(settings)
        stage = Stage(settings, desks, Cast.of(run, clock.today()), clock, out)
        try:
            async with stage.watcher:
                yield stage
        finally:
            await _put_back(clock, out)


async def _put_back(clock: Clockwork, out: Console) -> None:
    if not clock.moved:
        return
    moved = in_words(clock.moved)
    await clock.put_back()
    out.print(
        f"\n[yellow]◷[/] portal demo had moved the clock of this local stack by {moved} and has "
        "put it back. Timers of others that were due by then have fired; what was decided "
        "meanwhile keeps its later dates."
    )


async def play(stage: Stage, chapter: Chapter) -> Told:
    """One chapter; that it goes differently than told is a result, not an error."""
    stage.out.print(f"\n[bold]{chapter.title}[/] [dim]docs/flows/{chapter.name}.md[/]")
    stage.begin(chapter.name)
    try:
        words, as_told = await chapter.play(stage), True
    except NotAsTold as difference:
        words, as_told = str(difference), False
    stage.out.print(f"  {mark(as_told)} {escape(words)}")
    return Told(chapter, as_told, words, stage.watcher.of(stage.correlation))


async def _enroll(stage: Stage) -> str:
    cast = stage.cast
    await stage.ask(stage.feed, cast.group.registration(), ProviderRegistered)
    await stage.see(ProviderChanged)
    for person in cast.members:
        await stage.ask(stage.feed, person.enrollment(), MemberEnrolled)
        await stage.see(MemberChanged, about(person.member_id))
    await stage.settle("claims")
    return f"a practice at Tax ID {cast.group.tin} and {len(cast.members)} members, known to claims"


def mark(as_told: bool) -> str:
    return "[green]✓[/]" if as_told else "[red]✗[/]"


def about(member_id: str) -> Callable[[MemberChanged], bool]:
    return lambda event: event.member_id == member_id


ENROLLMENT = Chapter("README", "The plan makes a practice and its patients known", _enroll)
