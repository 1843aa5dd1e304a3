"""An idle service: how soon it is ready, and how much memory it holds."""

import time

import psutil

from portal_contracts.topics import SERVICES
from tools.bench.stand import Stand


async def measure(stand: Stand) -> dict[str, tuple[float, float]]:
    """Service -> (seconds from start to ready, resident megabytes when idle), each by itself.

    The first start of each makes its tables and is not counted: operators wait for restarts.
    """
    await stand.prepare("idle", SERVICES)
    return {service: _one(stand, service) for service in SERVICES}


def _one(stand: Stand, service: str) -> tuple[float, float]:
    with stand.services(stand.process("idle", service)):
        pass
    process = stand.process("idle", service)
    began = time.perf_counter()
    with stand.started(process):
        while not process.ready():
            if time.perf_counter() - began > 60:
                raise RuntimeError(f"{service} is not ready after a minute; see its log")
            time.sleep(0.02)
        seconds = time.perf_counter() - began
        time.sleep(3)
        assert process.pid is not None
        return seconds, psutil.Process(process.pid).memory_info().rss / 1e6
