"""The compose file as it stands: hardened, scaled under load, killed, stopped and started again."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal_cli.infra.ports import take_port
from portal_client import PortalClient, Signer
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.principal import Principal
from tests.unit.claims.builders import TIN, claim, line, member, provider, span

ROOT = Path(__file__).parents[2]
PROJECT = "portal-test"
SERVICES = ("claims", "eligibility", "auth", "appeals", "providers", "documents")


def run(*argv: str, env: dict[str, str] | None = None, check: bool = True) -> str:
    done = subprocess.run(
        argv, cwd=ROOT, env={**os.environ, **(env or {})}, capture_output=True, text=True
    )
    assert not check or done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}{done.stderr}"
    return done.stdout


class Stack:
    """The compose project of this test, on ports of its own."""

    def __init__(self) -> None:
        self.ports = {name: take_port(0, name) for name in ("KAFKA", "POSTGRES", "S3")}

    def compose(self, *argv: str, check: bool = True) -> str:
        env = {f"PORTAL_{name}_PORT": str(port) for name, port in self.ports.items()}
        return run("docker", "compose", "-p", PROJECT, *argv, env=env, check=check)

    def containers(self, service: str) -> list[str]:
        return self.compose("ps", "-q", service).split()

    def inspect(self, container: str) -> dict[str, Any]:
        found: list[dict[str, Any]] = json.loads(run("docker", "inspect", container))
        return found[0]

    def scale(self, count: int) -> None:
        self.compose("up", "--detach", "--wait", "--no-recreate", "--scale", f"claims={count}")
        assert len(self.containers("claims")) == count

    async def rows(self, service: str, sql: str) -> list[asyncpg.Record]:
        dsn = f"postgresql://portal:portal@127.0.0.1:{self.ports['POSTGRES']}/portal_{service}"
        conn = await asyncpg.connect(dsn)
        try:
            return await conn.fetch(sql)
        finally:
            await conn.close()


def fails(*argv: str) -> bool:
    return subprocess.run(argv, capture_output=True).returncode != 0


def missing() -> str:
    """Why this cannot run here; empty when it can."""
    if (
        not shutil.which("docker")
        or subprocess.run(["docker", "info"], capture_output=True).returncode
    ):
        return "no Docker engine answers"
    if fails("docker", "compose", "version"):
        return "the Docker CLI has no compose plugin"
    images = [i for i in run("docker", "compose", "config", "--images").split() if i]
    for image in images:
        if fails("docker", "image", "inspect", image):
            return f"the image {image} is not here: pull it, or deploy/base-images/make"
    return ""


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    if why := missing():
        pytest.skip(why)
    made = Stack()
    try:
        made.compose("up", "--detach", "--wait")
        yield made
    finally:
        made.compose("down", "--volumes", "--timeout", "30", check=False)


@pytest.fixture(scope="module")
def keys(stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    run("docker", "cp", f"{stack.containers('claims')[0]}:/keys/.", str(folder))
    return folder


def caller(stack: Stack, keys: Path) -> PortalClient:
    return PortalClient(
        f"127.0.0.1:{stack.ports['KAFKA']}",
        principal=Principal(subject="desk", role="provider", tins=frozenset({TIN})),
        signer=Signer.from_file(keys / "demo-provider.private.pem", "demo-provider"),
    )


def worker(container: str) -> str:
    """The process that the first one of this container has forked; empty while there is none."""
    children = "print(open('/proc/1/task/1/children').read())"
    return run("docker", "exec", container, "python", "-c", children).strip()


def ready(container: str) -> bool:
    ask = "import urllib.request as u; u.urlopen('http://127.0.0.1:8100/ready', timeout=2)"
    return not fails("docker", "exec", container, "python", "-c", ask)


async def settled(stack: Stack) -> int:
    """Batches that are not marked published; the mark comes a moment after the answer."""
    for _ in range(50):
        rows = await stack.rows("claims", "select count(*) from batches where not published")
        if not rows[0][0]:
            break
        await asyncio.sleep(0.1)
    return int(rows[0][0])


def bill(number: int) -> SubmitProfessionalClaim:
    """Different every time, so that none is a duplicate."""
    day = datetime.now(UTC).date() - timedelta(days=1 + number % 200)
    visit = line(from_date=day, charge=f"{100 + number // 200}.00")
    return claim(visit, patient_account=f"C{number}")


def test_containers_are_hardened_and_the_image_is_small(stack: Stack) -> None:
    for service in SERVICES:
        (container,) = stack.containers(service)
        found = stack.inspect(container)
        assert found["State"]["Health"]["Status"] == "healthy"
        assert found["Config"]["User"] == "10001"
        host = found["HostConfig"]
        assert host["ReadonlyRootfs"] is True
        assert host["CapDrop"] == ["ALL"]
        assert "no-new-privileges:true" in host["SecurityOpt"]
        refused = subprocess.run(
            ["docker", "exec", container, "python", "-c", "open('/opt/portal/x', 'w')"],
            capture_output=True,
            text=True,
        )
        assert "Read-only file system" in refused.stderr
    image = stack.inspect(stack.containers("claims")[0])["Image"]
    size = json.loads(run("docker", "image", "inspect", image))[0]["Size"]
    assert size < 250_000_000, f"{size / 1e6:.0f} MB"
    (init,) = stack.compose("ps", "-aq", "init").split()
    assert stack.inspect(init)["State"]["ExitCode"] == 0


def test_a_worker_killed_inside_its_container_is_forked_anew(stack: Stack) -> None:
    """The first process stands by (ADR 11): the container neither ends nor is started again."""
    (container,) = stack.containers("eligibility")
    before = worker(container)
    run("docker", "exec", container, "python", "-c", f"import os; os.kill({before}, 9)")
    for _ in range(100):
        if worker(container) not in {"", before} and ready(container):
            break
        time.sleep(0.1)
    assert worker(container) not in {"", before} and ready(container)
    assert stack.inspect(container)["RestartCount"] == 0


async def test_scaled_up_killed_and_down_under_load_nothing_is_lost(
    stack: Stack, keys: Path
) -> None:
    async with caller(stack, keys) as client:
        await client.publish(member(span(date(2020, 1, 1), market="medicaid")))
        await client.publish(provider())
        for _ in range(200):
            kinds = await stack.rows("claims", "select distinct kind from facts")
            if {row["kind"] for row in kinds} >= {"member", "provider"}:
                break
            await asyncio.sleep(0.1)
        asks: list[asyncio.Task[Any]] = []
        stop = asyncio.Event()

        async def load() -> None:
            while not stop.is_set():
                asks.append(asyncio.create_task(client.ask(bill(len(asks)), timeout=120)))
                await asyncio.sleep(0.01)

        loading = asyncio.create_task(load())
        await asyncio.sleep(2)
        await asyncio.to_thread(stack.scale, 3)
        await asyncio.sleep(5)
        victim = stack.containers("claims")[0]
        await asyncio.to_thread(run, "docker", "kill", victim)
        await asyncio.sleep(12)
        await asyncio.to_thread(stack.scale, 1)
        await asyncio.sleep(3)
        stop.set()
        await loading
        replies = await asyncio.gather(*asks)
    assert len(replies) > 500
    assert Counter(type(r).__name__ for r in replies) == {ClaimAccepted.__name__: len(replies)}
    assert len({r.claim_number for r in replies}) == len(replies)
    stored = await stack.rows("claims", "select patient_account, sum(paid) from claims group by 1")
    assert len(stored) == len(replies), "a claim is missing, or is there twice"
    assert await settled(stack) == 0


async def test_down_keeps_the_data_and_up_goes_on(stack: Stack, keys: Path) -> None:
    before = (await stack.rows("claims", "select count(*) from claims"))[0][0]
    await asyncio.to_thread(stack.compose, "down", "--timeout", "30")
    assert not run("docker", "ps", "-q", "--filter", f"label=com.docker.compose.project={PROJECT}")
    await asyncio.to_thread(stack.compose, "up", "--detach", "--wait")
    async with caller(stack, keys) as client:
        reply = await client.ask(bill(1_000_000), timeout=60)
        assert isinstance(reply, ClaimAccepted)
    after = (await stack.rows("claims", "select count(*) from claims"))[0][0]
    assert (before > 500, after) == (True, before + 1)
