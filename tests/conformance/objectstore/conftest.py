"""The same questions for every store: the fake (both kinds), MinIO, and the server of a wheel."""

import os
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
import urllib3

from portal_cli.infra.base import Addresses, silent
from portal_cli.infra.objectstore import ObjectStore as Server
from portal_cli.infra.objectstore import minio_program
from portal_runtime.storage.fake_objectstore import FakeObjectStore
from portal_runtime.storage.objectstore import ObjectStore, UploadForm
from portal_runtime.storage.s3 import S3Config, S3Store

Fetched = tuple[int, bytes, dict[str, str]]


@dataclass
class Bench:
    """A store under test, and a browser that uses its permissions."""

    store: ObjectStore
    late: ObjectStore
    """The same store, signing as if it were an hour ago: what it signs for a minute is over."""
    gone: ObjectStore
    """One of the same kind that does not answer."""
    forms: bool
    send: Callable[[UploadForm, bytes], int]
    fetch: Callable[[str], Fetched]

    async def put(self, key: str, content: bytes) -> int:
        form = await self.store.presign_upload(
            key, content_type="text/plain", max_size=1 << 30, lifetime=timedelta(minutes=5)
        )
        return self.send(form, content)


def _hour_ago() -> datetime:
    return datetime.now(UTC) - timedelta(hours=1)


def _fake(forms: bool) -> Bench:
    store = FakeObjectStore(forms=forms)
    late = FakeObjectStore(forms=forms, now=_hour_ago, objects=store.objects)
    gone = FakeObjectStore(forms=forms, away=True)
    return Bench(store, late, gone, forms, store.send, store.fetch)


async def _real(addresses: Addresses, forms: bool) -> Bench:
    config = _config(addresses.s3_endpoint, addresses)
    http = urllib3.PoolManager(retries=False, timeout=30)
    store = S3Store(config)
    await store.ensure_bucket()
    nowhere = S3Store(_config("http://127.0.0.1:9", addresses))
    return Bench(
        store,
        S3Store(config, now=_hour_ago),
        nowhere,
        forms,
        lambda form, content: _send(http, form, content),
        lambda url: _fetch(http, url),
    )


def _config(endpoint: str, addresses: Addresses) -> S3Config:
    bucket = f"test-{uuid4().hex[:8]}"
    return S3Config(endpoint, addresses.s3_access_key, addresses.s3_secret_key, bucket)


def _send(http: urllib3.PoolManager, form: UploadForm, content: bytes) -> int:
    if form.method == "PUT":
        return http.request("PUT", form.url, body=content, headers=form.headers).status
    parts: dict[str, object] = {**form.fields, "file": ("upload", content)}
    return http.request("POST", form.url, fields=parts).status  # type: ignore[arg-type]


def _fetch(http: urllib3.PoolManager, url: str) -> Fetched:
    response = http.request("GET", url)
    return response.status, response.data, {k.lower(): v for k, v in response.headers.items()}


@pytest.fixture(scope="module")
def servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Addresses]]:
    """Starts a store of the wanted kind once; about a second each."""
    running: dict[str, tuple[Server, Addresses]] = {}

    def start(kind: str) -> Addresses:
        if kind not in running:
            folder = tmp_path_factory.mktemp(kind)
            server = _server(kind, folder)
            server.start(silent)
            found = Addresses("", "", server.endpoint, server.access_key, server.secret_key)
            running[kind] = (server, found)
        return running[kind][1]

    yield start
    for server, _ in running.values():
        server.stop()


def _server(kind: str, folder: Path) -> Server:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PORTAL_S3", kind)
        (folder / "logs").mkdir()
        return Server(folder, 0, folder / "logs")


async def _bench(kind: str, request: pytest.FixtureRequest) -> Bench:
    if kind.startswith("fake"):
        return _fake(forms=kind == "fake")
    native = os.environ.get("PORTAL_TEST_INFRA", "native") == "native"
    if kind == "minio" and not native:
        return await _real(request.getfixturevalue("infra"), forms=True)
    if kind == "minio" and minio_program() is None:
        pytest.skip("no MinIO program on this machine: make minio")
    return await _real(request.getfixturevalue("servers")(kind), forms=kind == "minio")


@pytest.fixture(params=["fake", "fake-without-forms", "minio", "rclone"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Each kind of store in turn."""
    yield await _bench(request.param, request)


@pytest.fixture(params=["fake", "minio"])
async def forms_bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Stores that enforce POST policies."""
    yield await _bench(request.param, request)


@pytest.fixture(params=["fake-without-forms", "rclone"])
async def put_bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """Stores that only know a presigned PUT."""
    yield await _bench(request.param, request)
