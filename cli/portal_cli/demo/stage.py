"""Where the chapters play: send with an expected answer, wait for what follows, print it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import uuid5

from rich.console import Console
from rich.markup import escape

from portal_cli.demo.cast import Cast
from portal_cli.demo.clockwork import Clockwork, in_words
from portal_cli.demo.describe import describe
from portal_cli.demo.desks import Desks
from portal_cli.demo.settled import settled
from portal_cli.demo.watch import Watcher
from portal_client import Happened, NoReply, PortalClient
from portal_contracts import envelope
from portal_contracts.base import Command, Event, Query, Reply
from portal_contracts.common import Problem, Refused
from portal_runtime.settings import RuntimeSettings

E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Reply)
PATIENCE = 30.0


class NotAsTold(Exception):
    """The system did something else than the story says; the text says what."""


@dataclass(frozen=True, slots=True)
class Chapter:
    """One journey. `docs/flows/<name>.md` has its picture."""

    name: str
    title: str
    play: Callable[["Stage"], Awaitable[str]]
    """Plays it and says in one sentence how it ended; raises NotAsTold otherwise."""


class Stage:
    """One run of the story; `correlation` is what the messages of the present chapter carry."""

    def __init__(
        self, settings: RuntimeSettings, desks: Desks, cast: Cast, clock: Clockwork, out: Console
    ) -> None:
        self.settings = settings
        self.cast = cast
        self.clock = clock
        self.provider = desks.provider([cast.group.tin])
        self.staff = desks.staff
        self.feed = desks.feed
        self.out = out
        self.watcher = Watcher(desks.client, self.tell)
        self.correlation = ""

    def begin(self, name: str) -> None:
        self.correlation = str(uuid5(self.cast.run, name))
        self.watcher.add(self.correlation)

    def days_ago(self, days: int) -> date:
        return self.clock.today() - timedelta(days=days)

    async def answer(self, who: PortalClient, message: Command | Query) -> Reply:
        """Ask, show both, and return whatever the answer is."""
        self.out.print(f"  [cyan]→ {message.TYPE}[/] {message.subject()}")
        headers = {envelope.CORRELATION: self.correlation}
        try:
            reply = await who.ask(message, timeout=PATIENCE, headers=headers)
        except NoReply as error:
            raise NotAsTold(f"{error} `portal doctor --ready` says who is not up.") from None
        self.out.print(f"  [green]← {reply.TYPE}[/] {_words(reply)}")
        return reply

    async def ask(self, who: PortalClient, message: Command | Query, expected: type[R]) -> R:
        """The same, where the story knows the answer's type."""
        reply = await self.answer(who, message)
        if not isinstance(reply, expected):
            raise NotAsTold(f"{message.TYPE} was answered with {reply.TYPE}: {_words(reply)}")
        return reply

    async def refused(self, who: PortalClient, message: Command, code: str) -> Problem:
        """Ask for what is to be refused for this reason."""
        reply = await self.ask(who, message, Refused)
        for problem in reply.problems:
            if problem.code == code:
                return problem
        raise NotAsTold(f"{message.TYPE} was not refused for {code}: {_words(reply)}")

    async def see(self, kind: type[E], where: Callable[[E], bool] = lambda _: True) -> E:
        """Wait for an event that follows from this chapter's commands."""
        event = await self.watcher.wait_for(self.correlation, kind, where, PATIENCE)
        if event is None:
            raise NotAsTold(f"no such {kind.TYPE} within {PATIENCE:.0f} s{_hint(self.clock)}")
        return event

    async def settle(self, *services: str) -> None:
        """Wait until these services have taken what the others announced."""
        if not await settled(self.settings, *services, seconds=PATIENCE):
            raise NotAsTold(f"{', '.join(services)} did not take the events in {PATIENCE:.0f} s")

    def expect(self, holds: bool, words: str) -> None:
        if not holds:
            raise NotAsTold(f"expected {words}")

    def say(self, words: str) -> None:
        self.out.print(f"  [dim]{escape(words)}[/]")

    async def forward_to(self, moment: datetime) -> None:
        """Move the demo clock."""
        await self.clock.forward_to(moment)
        ahead = in_words(self.clock.moved)
        now = f"{self.clock.now():%Y-%m-%d %H:%M} UTC"
        self.out.print(f"  [yellow]◷ the demo clock now says {now}, {ahead} ahead[/]")

    def tell(self, happened: Happened) -> None:
        """An event, as it is seen on the bus."""
        first, *more = describe(happened.message) or ("",)
        head = f"  [magenta]● {happened.envelope.type}[/] {happened.envelope.subject}"
        self.out.print(f"{head} [bold]{escape(first)}[/]".rstrip())
        for line in more:
            self.out.print(f"      {escape(line)}")


def _words(reply: Reply) -> str:
    """What an answer says, in a line."""
    if isinstance(reply, Refused):
        return escape("; ".join(f"{p.code}: {p.message}" for p in reply.problems))
    names = ("claim_number", "policy_id", "document_id", "case_number", "authorization_number")
    parts = [getattr(reply, name, "") for name in (*names, "number", "npi")]
    parts += [getattr(reply, name, "") for name in ("status", "state", "verdict")]
    if paid := getattr(reply, "paid", ""):
        parts.append(f"{paid} paid")
    return escape(" ".join(str(part) for part in parts if part))


def _hint(clock: Clockwork) -> str:
    if not clock.moved:
        return ""
    return "; the clock was moved: do the services run with PORTAL_MOVABLE_CLOCK=1?"
