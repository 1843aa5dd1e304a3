"""The three pages of a service, asked as a probe asks them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from portal_runtime.process.health import Health


@asynccontextmanager
async def _pages(trouble: str = "") -> AsyncIterator[Health]:
    async def database() -> str:
        return trouble

    health = Health("claims", "127.0.0.1", 0, {"database": database})
    await health.start()
    try:
        yield health
    finally:
        await health.stop()


async def _asked(health: Health, path: bytes) -> bytes:
    return await _sent(health, b"GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" % path)


async def _sent(health: Health, question: bytes) -> bytes:
    reader, writer = await asyncio.open_connection("127.0.0.1", health.port)
    writer.write(question)
    answer = await reader.read()
    writer.close()
    return answer


async def test_ready_says_yes_while_nothing_is_wrong() -> None:
    async with _pages() as health:
        answer = await _asked(health, b"/ready")
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert answer.endswith(b'{"service": "claims", "ready": true, "problems": {}}')


async def test_ready_says_what_is_wrong() -> None:
    async with _pages("no contact") as health:
        answer = await _asked(health, b"/ready")
    assert answer.startswith(b"HTTP/1.1 503 Service Unavailable\r\n")
    assert b'"database": "no contact"' in answer


async def test_ready_names_the_cause_when_a_check_fails() -> None:
    async def database() -> str:
        raise asyncpg.UndefinedTableError('relation "M1000001" does not exist')

    health = Health("claims", "127.0.0.1", 0, {"database": database})
    try:
        assert await health.problems() == {"database": "a table is missing (SQLSTATE 42P01)"}
    finally:
        health._socket.close()


async def test_the_length_of_a_page_is_said() -> None:
    async with _pages() as health:
        head, _, body = (await _asked(health, b"/metrics")).partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head
    assert b"python_info" in body


async def test_an_unknown_page_names_those_there_are() -> None:
    async with _pages() as health:
        answer = await _asked(health, b"/?a=b")
    assert answer.startswith(b"HTTP/1.1 404 ") and b"/metrics" in answer


async def test_garbage_ends_its_own_connection_only() -> None:
    async with _pages() as health:
        assert (await _sent(health, b"\x00" * 100)).startswith(b"HTTP/1.1 400 ")
        assert (await _sent(health, b"x" * 100_000)).startswith(b"HTTP/1.1 400 ")
        assert b" 200 " in await _asked(health, b"/live")
