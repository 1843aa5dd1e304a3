"""No silent loss (DO-10): store away or service killed, every upload still has its end."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal_cli.infra.base import silent
from portal_cli.infra.objectstore import ObjectStore as Server
from portal_contracts.documents.replies import UploadReceived
from tests.integration.documents.conftest import World, eventually
from tests.support.services import service_process


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Server]:
    """A store of this test's own, to be stopped and started."""
    server = Server(tmp_path / "s3", 0, tmp_path)
    if server.kind == "endpoint":
        pytest.skip("needs a store that it may stop")
    server.start(silent)
    yield server
    server.stop()


async def test_while_the_store_is_away_nothing_is_refused_or_lost(
    world: World, own_store: Server, tmp_path: Path
) -> None:
    async with world.running(s3_endpoint=own_store.endpoint, release_delay_seconds=1) as service:
        document_id = await world.upload()
        await asyncio.to_thread(own_store.stop)
        asked = asyncio.create_task(world.confirm(document_id, timeout=60))
        problems = await eventually(service.health.problems)
        assert "object store" in problems["resources"]
        done, _ = await asyncio.wait({asked}, timeout=1)
        assert not done, "neither refused nor parked: it waits"

        port = int(own_store.endpoint.rsplit(":", 1)[1])
        again = Server(tmp_path / "s3", port, tmp_path)
        await asyncio.to_thread(again.start, silent)
        try:
            reply = await asked
            assert isinstance(reply, UploadReceived)
            assert reply.state == "processing"
            await eventually(lambda: released(world, document_id))
            assert await service.health.problems() == {}
        finally:
            await asyncio.to_thread(again.stop)


@pytest.mark.parametrize(
    "failpoint", ["effect_carried_out:1", "in_transaction:5", "after_db_commit:5"]
)
async def test_killed_on_its_way_a_document_is_still_released_once(
    world: World, tmp_path: Path, failpoint: str
) -> None:
    """Copied and not yet told; or in the fifth batch, the release: the member's event, the request,
    the confirmation and the sealing come before it."""
    env = {"PORTAL_RELEASE_DELAY_SECONDS": "1", "PORTAL_EFFECT_LEASE_SECONDS": "1"}
    doomed = service_process(
        "documents", world.isolation, world.keys, tmp_path, {**env, "PORTAL_FAILPOINTS": failpoint}
    )
    doomed.start()
    try:
        doomed.wait_ready()
        document_id = await world.upload()
        assert (await world.confirm(document_id)).state == "processing"

        async def dead() -> bool:
            return not doomed.alive

        await eventually(dead)
    finally:
        doomed.stop()
    async with world.running(release_delay_seconds=1):
        await eventually(lambda: released(world, document_id))
    made = await world.rows(
        "select count(*) from journal where type = 'documents.document_released.v1'"
    )
    assert made[0][0] == 1


async def released(world: World, document_id: str) -> bool:
    # Not by a query: one that is asked before the service has its partitions again is lost.
    rows = await world.rows("select state from documents where document_id = $1", document_id)
    return [tuple(row) for row in rows] == [("released",)]
