"""Moves the clock of the stand, so that half an hour and ninety days pass within a run."""

from __future__ import annotations

import asyncio
import time
from datetime import timedelta

from aiokafka.errors import KafkaError

from portal_runtime.clock import move_clock
from tests.chaos.intent import IntentLog

EVERY = 5.0
STEP = timedelta(minutes=4)
LEAP = timedelta(days=2, hours=7)
LEAP_EVERY = 12
"""Steps."""


class Clockwork:
    """Only forward. Each move is in the log before it is made."""

    def __init__(self, bootstrap: str, log: IntentLog) -> None:
        self._bootstrap = bootstrap
        self._log = log
        self.offset = timedelta(0)

    async def run(self) -> None:
        for step in range(1, 1_000_000):
            await asyncio.sleep(EVERY)
            await self.forward(LEAP if step % LEAP_EVERY == 0 else STEP)

    async def forward(self, by: timedelta) -> None:
        self.offset += by
        self._log.fact(clock=self.offset.total_seconds(), moved=time.time())
        while True:
            try:
                await move_clock(self._bootstrap, "", self.offset)
                return
            except KafkaError:
                await asyncio.sleep(1)
