"""The largest file allowed: its bytes never pass through the service's memory (DO-01)."""

from __future__ import annotations

import re
from pathlib import Path
from time import perf_counter

from tests.integration.documents.conftest import World
from tests.support.services import running_services

MB = 1024 * 1024


async def test_100_mb_are_checked_in_constant_memory(world: World, tmp_path: Path) -> None:
    content = b"%PDF-1.7\n".ljust(100 * MB, b".")
    with running_services(world.isolation, world.keys, tmp_path, ["documents"]) as services:
        small = await world.upload()
        assert (await world.confirm(small)).state == "processing"
        before = peak_mb(services["documents"].pid)
        document_id = await world.upload(content)

        began = perf_counter()
        reply = await world.confirm(document_id, timeout=30)

        assert reply.state == "processing"
        assert perf_counter() - began < 10
        assert peak_mb(services["documents"].pid) - before < 30


def peak_mb(pid: int | None) -> int:
    """Most memory the process ever held."""
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) // 1024
