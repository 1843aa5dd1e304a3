"""The process of a service: from its settings to its end, by a signal or because a part ended."""

import asyncio
import gc
import os
import signal
from threading import Timer

import uvloop

from portal_runtime.observing import failpoints, logs, tracing
from portal_runtime.observing.causes import cause
from portal_runtime.process.running import Running
from portal_runtime.security.principals import NO_KID_ROLES
from portal_runtime.service import Service
from portal_runtime.settings import RuntimeSettings

GRACE = 28.0
"""Seconds in all from being asked to end; less than the 30 after which orchestrators kill."""
START_WITHIN = 120.0
"""Seconds in all for starting; a process that hangs longer ends and is restarted."""
BROKEN_GRACE = 5.0
"""Seconds in all when a part has ended: there is nothing to finish, redelivery is the recovery."""


def main(service: Service) -> None:
    """Run until SIGTERM or SIGINT, then finish what is in flight."""
    settings = service.settings()
    if not settings.kid_roles:
        raise SystemExit(NO_KID_ROLES)
    logs.set_up(service.name, as_json=settings.log_json, level=settings.log_level)
    failpoints.switch_on(settings.failpoints, settings.failpoint_seed)
    tracing.set_up(service.name)
    _tame_garbage_collection()
    try:
        uvloop.run(_serve(service, settings))
    except Exception as error:  # no traceback: its last line would be what the error says itself
        raise SystemExit(f"{service.name}: {cause(error)}, at {logs.where(error)}") from None


def _tame_garbage_collection() -> None:
    """Modules and routes live forever, and a batch is ten thousand objects that die together.

    Looking through all of them after every 700 new ones took a third of a service's time.
    """
    gc.freeze()
    gc.set_threshold(100_000, 50, 1_000)


async def _serve(service: Service, settings: RuntimeSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    starting = _end_anyway(START_WITHIN)
    async with Running(service, settings, lambda: _end_anyway(BROKEN_GRACE)) as running:
        starting.cancel()
        logs.logger().info("ready", port=running.health.port)
        while not stop.is_set() and not running.broken():
            try:
                async with asyncio.timeout(1):
                    await stop.wait()
            except TimeoutError:
                for pipeline in running.pipelines:
                    await pipeline.measure_lag()
        broken = running.broken()
        if broken:  # said now: closing may hang, and then nothing more is said
            logs.logger().error("ending because a part ended", part=broken)
        _end_anyway(BROKEN_GRACE if broken else GRACE)
        if broken:
            raise SystemExit(f"stopped because a part ended: {broken}")


def _end_anyway(seconds: float) -> Timer:
    """End the process after that, however far closing has come.

    Closing waits for batches, for Kafka and for the database, each bounded, but not their sum; and
    a loop that hangs bounds nothing. A process that lost its name must not stay beside its
    successor.
    """
    timer = Timer(seconds, os._exit, (1,))
    timer.daemon = True
    timer.start()
    return timer
