"""/live, /ready and /metrics. Ready means: the service can decide messages now, or says why not."""

import asyncio
import json
import socket
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from portal_runtime.observing.causes import cause

Check = Callable[[], Awaitable[str]]
"""Returns what is wrong, or an empty string."""
PATIENCE = 2.0


class Health:
    """Serves the three pages; each check is capped at two seconds."""

    def __init__(self, service: str, host: str, port: int, checks: dict[str, Check]) -> None:
        self._service = service
        self._checks = checks
        self._socket = socket.create_server((host, port), reuse_port=False)
        self.port: int = self._socket.getsockname()[1]
        self._server: Any = None
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        # Imported only now and beside the loop: it takes a tenth of a second, and a service that
        # was killed should be at work again before anybody asks how it is.
        uvicorn: Any = await asyncio.to_thread(import_module, "uvicorn")
        config = uvicorn.Config(
            self._app, interface="asgi3", log_config=None, access_log=False, lifespan="off"
        )
        self._server = uvicorn.Server(config)
        self._server.install_signal_handlers = lambda: None
        self._task = asyncio.create_task(self._server._serve([self._socket]), name="health")

    async def stop(self) -> None:
        if self._task is not None:
            self._server.should_exit = True
            await asyncio.gather(self._task, return_exceptions=True)

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
            return cause(error)

    async def _app(self, scope: dict[str, Any], _receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            return
        status, kind, body = await self._page(scope["path"])
        headers = [(b"content-type", kind.encode()), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

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
