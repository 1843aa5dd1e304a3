"""The clock of the local stack, as the demo moves it: always forward from where it stands."""

from datetime import UTC, date, datetime, timedelta

from portal_runtime.clock import Clock, ClockFollower, move_clock
from portal_runtime.settings import RuntimeSettings


class Clockwork:
    """Knows how far ahead the services' clock is, moves it, and puts it back."""

    def __init__(self, settings: RuntimeSettings, offset: timedelta) -> None:
        self._settings = settings
        self._found = offset
        self.offset = offset

    @classmethod
    async def of(cls, settings: RuntimeSettings) -> "Clockwork":
        """With the offset that was published last."""
        clock = Clock()
        follower = ClockFollower(settings.kafka, settings.topic_prefix, clock, lambda: None)
        try:
            await follower.start()
        finally:
            await follower.stop()
        return cls(settings, clock.offset)

    def now(self) -> datetime:
        """What the services take for now."""
        return datetime.now(UTC) + self.offset

    def today(self) -> date:
        """The plan's day by that clock."""
        return self._settings.calendar.day_of(self.now())

    @property
    def moved(self) -> timedelta:
        """How far this demo has moved it."""
        return self.offset - self._found

    async def forward_to(self, moment: datetime) -> None:
        """Never backward: timers that have fired stay fired."""
        await self._set(max(self.offset, moment - datetime.now(UTC)))

    async def put_back(self) -> None:
        """To where the demo found it."""
        if self.moved:
            await self._set(self._found)

    async def reset(self) -> None:
        """To real time, whoever has moved it."""
        await self._set(timedelta(0))

    async def _set(self, offset: timedelta) -> None:
        await move_clock(self._settings.kafka, self._settings.topic_prefix, offset)
        self.offset = offset


def in_words(span: timedelta) -> str:
    """'30 days 00:32'."""
    minutes = round(span.total_seconds() / 60)
    days, rest = divmod(minutes, 24 * 60)
    clock = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{days} days {clock}" if days else clock
