"""/live, /ready and /metrics. Ready means: the service can decide messages now, or says why not.

Three short pages for probes on an inner network, one question a connection: what a web server would
add here is a tenth of a second at every start.
"""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

Check = Callable[[], Awaitable[str]]
"""Returns what is wrong, or an empty string."""
PATIENCE = 2.0
LONGEST = 16_384
"""Bytes of a question's headers."""
NO_QUESTION = (OSError, TimeoutError, asyncio.IncompleteReadError, asyncio.LimitOverrunError)


class Health:
    """Serves the three pages; each check is capped at two seconds."""

    def __init__(self, service: str, host: str, port: int, checks: dict[str, Check]) -> None:
        self._service = service
        self._checks = checks
        self._socket = socket.create_server((host, port), reuse_port=False)
        self.port: int = self._socket.getsockname()[1]
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        self._server = await asyncio.start_server(self._answer, sock=self._socket, limit=LONGEST)

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()
        self._socket.close()

    async def problems(self) -> dict[str, str]:
        """What keeps the service from deciding, by name of the check."""
        results = await asyncio.gather(*(self._capped(check) for check in self._checks.values()))
        return {name: why for name, why in zip(self._checks, results, strict=True) if why}

    async def _capped(self, check: Check) -> str:
        try:
            async with asyncio.timeout(PATIENCE):
                return await check()
        except TimeoutError:
            return f"no answer within {PATIENCE:.0f} s"
        except Exception as error:
            return type(error).__name__

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            async with asyncio.timeout(2 * PATIENCE):
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(_response(*await self._page(_path(head))))
                await writer.drain()
        except NO_QUESTION:
            pass  # nobody waits for an answer
        finally:
            writer.close()

    async def _page(self, path: str) -> tuple[int, str, bytes]:
        if path == "/metrics":
            return 200, CONTENT_TYPE_LATEST, generate_latest()
        if path == "/live":
            return 200, "application/json", b'{"live": true}'
        if path == "/ready":
            problems = await self.problems()
            answer = {"service": self._service, "ready": not problems, "problems": problems}
            return (503 if problems else 200), "application/json", json.dumps(answer).encode()
        return 404, "application/json", b'{"pages": ["/live", "/ready", "/metrics"]}'


def _path(head: bytes) -> str:
    """Of `GET /ready?x HTTP/1.1`: /ready."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    return words[1].split(b"?", 1)[0].decode("latin-1") if len(words) == 3 else ""


def _response(status: int, kind: str, body: bytes) -> bytes:
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\ncontent-type: {kind}\r\n"
        f"content-length: {len(body)}\r\nconnection: close\r\n\r\n"
    )
    return head.encode() + body
