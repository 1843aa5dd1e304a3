"""TCP proxies between services and servers, in a process of their own: cut, slow, one-way, resets.

Started as `python -m tests.chaos.proxy`; told what to do by lines of JSON on its standard input,
asked there what it has done, and gone when that closes.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import re
import socket
import struct
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

CHUNK = 65_536
_ETAG = re.compile(rb'(\r\netag: "?)([0-9a-f]{32})', re.IGNORECASE)


@dataclass(frozen=True)
class Weather:
    """How a route behaves. The default is a clear day."""

    cut: bool = False
    """Connections are refused, and those that stand are reset."""
    deaf: str = ""
    """'up' or 'down': what goes that way is not forwarded any more (kept, as TCP would)."""
    delay: float = 0.0
    """Seconds added to each piece."""
    resets: float = 0.0
    """Chance, for each piece, that its connection is reset."""
    truncate: float = 0.0
    """Chance, for each piece from the server, that half of it is sent and then the line is cut."""
    wrong_etags: bool = False
    """Checksums in the headers of answers are others than those of the content."""


CLEAR = Weather()


class _Route:
    """One listening port and where it leads."""

    def __init__(self, name: str, listen: int, target: int, seed: int) -> None:
        self.name = name
        self.listen = listen
        self._target = target
        self._random = Random(seed)
        self._weather = CLEAR
        self._changed = asyncio.Event()
        self.done: Counter[str] = Counter()
        """What it did to whom since it was told: the weather alone has harmed nobody."""
        self._open: set[asyncio.StreamWriter] = set()

    async def start(self) -> None:
        await asyncio.start_server(self._serve, "127.0.0.1", self.listen)

    def set(self, weather: Weather) -> None:
        self._weather = weather
        self._changed.set()
        self._changed = asyncio.Event()
        self.done.clear()
        if weather.cut:
            self.done["cut off"] = len(self._open) // 2
            for writer in list(self._open):
                _reset(writer)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # Cancelled is what each one is when all is over; asyncio would complain of it for each.
        with contextlib.suppress(asyncio.CancelledError):
            await self._forward(reader, writer)

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._weather.cut:
            self.done["refused"] += 1
            _reset(writer)
            return
        try:
            up_reader, up_writer = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            _reset(writer)
            return
        pair = (writer, up_writer)
        self._open.update(pair)
        ways = (
            asyncio.create_task(self._pump("up", reader, up_writer)),
            asyncio.create_task(self._pump("down", up_reader, writer)),
        )
        try:
            await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for way in ways:
                way.cancel()
            await asyncio.gather(*ways, return_exceptions=True)
            for end in pair:
                self._open.discard(end)
                end.close()

    async def _pump(
        self, way: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        with contextlib.suppress(OSError):
            while piece := await reader.read(CHUNK):
                if self._weather is not CLEAR:
                    if not await self._weathered(way, piece, writer):
                        return
                    piece = self._lied(way, piece)
                writer.write(piece)
                await writer.drain()

    def _lied(self, way: str, piece: bytes) -> bytes:
        if way == "up" or not self._weather.wrong_etags:
            return piece
        altered, count = _ETAG.subn(lambda found: found[1] + found[2][::-1], piece)
        self.done["altered"] += count
        return altered

    async def _weathered(self, way: str, piece: bytes, writer: asyncio.StreamWriter) -> bool:
        """Whether the piece may go on now."""
        while self._weather.deaf == way:
            self.done["kept back"] += 1
            await self._changed.wait()
        weather = self._weather
        if weather.delay:
            self.done["delayed"] += 1
            await asyncio.sleep(weather.delay)
        if weather.resets and self._random.random() < weather.resets:
            self.done["reset"] += 1
            _reset(writer)
            return False
        if weather.truncate and way == "down" and self._random.random() < weather.truncate:
            self.done["truncated"] += 1
            writer.write(piece[: len(piece) // 2])
            await writer.drain()
            return False
        return True


def _reset(writer: asyncio.StreamWriter) -> None:
    """As a firewall does: no farewell, what is on its way is lost."""
    connection = writer.get_extra_info("socket")
    with contextlib.suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def _main() -> None:
    routes: dict[str, _Route] = {}
    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), sys.stdin)
    for number, (name, (listen, target)) in enumerate(json.loads(sys.argv[1]).items()):
        routes[name] = _Route(name, listen, target, number)
        await routes[name].start()
    _say("ready")
    while line := await orders.readline():
        order: dict[str, Any] = json.loads(line)
        route = routes[order.pop("route")]
        if order.pop("ask", False):
            _say(json.dumps(route.done))
        else:
            route.set(Weather(**order) if order else CLEAR)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


class Proxies:
    """The other end: the process and what it is told."""

    def __init__(self, routes: Mapping[str, tuple[int, int]]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.chaos.proxy", json.dumps(dict(routes))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
        )
        self._asking = threading.Lock()
        if self._heard() != b"ready\n":
            raise RuntimeError("the proxies did not start")

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    def tell(self, route: str, **weather: Any) -> None:
        """Without weather: a clear day again."""
        with self._asking:
            self._write({"route": route, **weather})

    def done(self, route: str) -> dict[str, int]:
        """What its weather has really done since it was told: connections, pieces, headers."""
        with self._asking:
            self._write({"route": route, "ask": True})
            found: dict[str, int] = json.loads(self._heard())
        return found

    def _write(self, order: Mapping[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order).encode() + b"\n")
        self._process.stdin.flush()

    def _heard(self) -> bytes:
        assert self._process.stdout is not None
        return self._process.stdout.readline()

    def stop(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait(10)


if __name__ == "__main__":
    asyncio.run(_main())
