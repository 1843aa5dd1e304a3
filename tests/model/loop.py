"""Time that nobody waits for."""

import asyncio


class NoWaiting(asyncio.SelectorEventLoop):
    """A loop on which sleeping takes no time: the engine waits between its attempts."""

    skipped = 0.0

    def time(self) -> float:
        return super().time() + self.skipped

    def _run_once(self) -> None:
        if self._scheduled and not self._ready:  # type: ignore[attr-defined]
            first = self._scheduled[0].when()  # type: ignore[attr-defined]
            self.skipped += max(0.0, first - self.time())
        super()._run_once()  # type: ignore[misc]
