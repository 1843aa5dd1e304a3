"""How many batches of a topic are on their way through the stages, and how many are undecided."""

import asyncio


class InFlight:
    """Counted from the moment a batch is taken until it is settled or given up."""

    def __init__(self) -> None:
        self.count = 0
        self._undecided = 0
        self.none = asyncio.Event()
        """Set while nothing is in flight."""
        self.decided = asyncio.Event()
        """Set while everything that was taken is decided."""
        self.none.set()
        self.decided.set()

    def begin(self) -> None:
        self.count += 1
        self._undecided += 1
        self.decided.clear()
        self.none.clear()

    def one_decided(self) -> None:
        self._undecided -= 1
        if not self._undecided:
            self.decided.set()

    def end(self) -> None:
        self.count -= 1
        if not self.count:
            self.none.set()

    async def drained(self, patience: float) -> bool:
        """Wait until nothing is in flight; False when that takes more seconds than `patience`."""
        try:
            async with asyncio.timeout(patience):
                await self.none.wait()
        except TimeoutError:
            return False
        return True
