"""The object store port on any S3 store, by the `minio` SDK (synchronous: it runs in threads)."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from urllib.parse import urlsplit
from uuid import uuid4

import stamina
import urllib3
from minio import Minio
from minio.commonconfig import CopySource
from minio.datatypes import PostPolicy
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from portal_runtime.observing.causes import cause
from portal_runtime.observing.logs import logger
from portal_runtime.storage.objectstore import (
    Inspection,
    Inspector,
    SignedLink,
    StoreUnavailable,
    UploadForm,
)

T = TypeVar("T")
CHUNK = 1024 * 1024
AT_ONCE = 4
"""Calls in threads at the same time: bounds memory, and leaves threads for others."""
QUICK = urllib3.Timeout(connect=1, read=1)
PATIENT = urllib3.Timeout(connect=3, read=20)


@dataclass(frozen=True, slots=True)
class S3Config:
    """Where the store is."""

    endpoint: str
    access_key: str
    secret_key: str
    bucket: str
    public_endpoint: str = ""
    """What browsers call it, where that differs; signed links name this one."""
    region: str = "us-east-1"


def _system_time() -> datetime:
    return datetime.now(UTC)


class S3Store:
    """See `objectstore.ObjectStore`."""

    def __init__(self, config: S3Config, now: Callable[[], datetime] = _system_time) -> None:
        # Signatures follow the store's clock, never the movable one of a demo: hence `now`.
        self._now = now
        self._bucket = config.bucket
        self._address = f"{config.endpoint.rstrip('/')}/{config.bucket}"
        self._public = (config.public_endpoint or config.endpoint).rstrip("/")
        self._http = _pool(PATIENT)
        self._client = _client(config, config.endpoint, self._http)
        self._quick = _client(config, config.endpoint, _pool(QUICK))
        self._signer = _client(config, self._public, self._http)
        self._slots = asyncio.Semaphore(AT_ONCE)
        self._forms: bool | None = None

    # -- permissions: pure computation --------------------------------------------------------

    async def presign_upload(
        self, key: str, *, content_type: str, max_size: int, lifetime: timedelta
    ) -> UploadForm:
        if self._forms is None:
            await self.ensure_bucket()
        expires_at = self._now() + lifetime
        if self._forms:
            fields = self._form(key, content_type, max_size, expires_at)
            return UploadForm("POST", f"{self._public}/{self._bucket}", expires_at, fields=fields)
        url = self._signer.get_presigned_url(
            "PUT", self._bucket, key, expires=lifetime, request_date=self._now()
        )
        return UploadForm("PUT", url, expires_at, headers={"Content-Type": content_type})

    def _form(
        self, key: str, content_type: str, max_size: int, expires_at: datetime
    ) -> dict[str, str]:
        policy = PostPolicy(self._bucket, expires_at)
        policy.add_equals_condition("key", key)
        policy.add_equals_condition("Content-Type", content_type)
        policy.add_content_length_range_condition(1, max_size)
        signed = self._signer.presigned_post_policy(policy)
        return {"key": key, "Content-Type": content_type, **signed}

    def presign_get(
        self, key: str, *, file_name: str, content_type: str, lifetime: timedelta
    ) -> SignedLink:
        as_attachment: dict[str, str | list[str] | tuple[str]] = {
            "response-content-disposition": f'attachment; filename="{file_name}"',
            "response-content-type": content_type,
        }
        now = self._now()
        url = self._signer.get_presigned_url(
            "GET",
            self._bucket,
            key,
            expires=lifetime,
            response_headers=as_attachment,
            request_date=now,
        )
        return SignedLink(url, now + lifetime)

    # -- objects ------------------------------------------------------------------------------

    async def inspect(
        self, key: str, *, limit: int, markers: Sequence[bytes] = ()
    ) -> Inspection | None:
        return await self._call("inspect", lambda: self._inspect(key, limit, markers))

    def _inspect(self, key: str, limit: int, markers: Sequence[bytes]) -> Inspection | None:
        if (size := self._size(key)) is None:
            return None
        if size > limit:
            return Inspection(size, "")
        response = self._client.get_object(self._bucket, key)
        try:
            inspector = Inspector(markers)
            for chunk in response.stream(CHUNK):
                inspector.feed(chunk)
            return inspector.result()
        finally:
            response.close()
            response.release_conn()

    def _size(self, key: str) -> int | None:
        try:
            return self._client.stat_object(self._bucket, key).size
        except S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise

    async def copy(self, source: str, target: str) -> bool:
        def work() -> bool:
            if self._size(source) is None:
                return False
            self._client.copy_object(self._bucket, target, CopySource(self._bucket, source))
            return True

        return await self._call("copy", work)

    async def delete(self, *keys: str) -> None:
        def work() -> None:
            for key in keys:
                self._client.remove_object(self._bucket, key)

        await self._call("delete", work)

    async def exists(self, key: str) -> bool:
        return await self._call("stat", lambda: self._size(key)) is not None

    async def keys(self, prefix: str) -> list[str]:
        def work() -> list[str]:
            found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
            return sorted(o.object_name for o in found if o.object_name)

        return await self._call("list", work)

    # -- the store itself ---------------------------------------------------------------------

    async def ensure_bucket(self) -> None:
        await self._call("make the bucket", self._make_bucket)
        self._forms = await self._call("try an upload form", self._takes_forms)

    def _make_bucket(self) -> None:
        if self._client.bucket_exists(self._bucket):
            return
        try:
            self._client.make_bucket(self._bucket)
        except (S3Error, InvalidResponseError):
            # Another instance may have made it at the same moment.
            if not self._client.bucket_exists(self._bucket):
                raise

    def _takes_forms(self) -> bool:
        """Tried out, because no store says so: `rclone serve s3` answers 400."""
        key = f"probe/{uuid4()}"
        fields = self._form(key, "text/plain", 1, _system_time() + timedelta(minutes=5))
        form: dict[str, str | tuple[str, bytes, str]] = {**fields}
        form["file"] = ("probe", b".", "text/plain")  # last: stores ignore what comes after it
        response = self._http.request("POST", self._address, fields=form)
        if response.status >= 500:
            raise ServerError("upload form", response.status)
        if response.status >= 300:
            return False
        self._client.remove_object(self._bucket, key)
        return True

    async def trouble(self) -> str:
        try:
            there = await asyncio.to_thread(self._quick.bucket_exists, self._bucket)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            return f"object store: {cause(error)}"
        return "" if there else "object store: the bucket is missing"

    async def _call(self, what: str, work: Callable[[], T]) -> T:
        """In a thread, a few at a time, tried again when the cause may pass."""
        try:
            async for attempt in stamina.retry_context(
                on=_may_pass, attempts=4, timeout=15, wait_max=2
            ):
                with attempt:
                    async with self._slots:
                        return await asyncio.to_thread(work)
        except (MinioException, urllib3.exceptions.HTTPError, OSError) as error:
            # Not chained: the SDK's texts carry addresses and bodies.
            raise StoreUnavailable(f"{what}: {cause(error)}") from None
        raise StoreUnavailable(what)


def _may_pass(error: Exception) -> bool:
    if isinstance(error, S3Error):
        return error.response.status >= 500 or error.code in ("SlowDown", "RequestTimeout")
    if isinstance(error, ServerError):
        return True
    return isinstance(error, urllib3.exceptions.HTTPError | OSError)


def _pool(timeout: urllib3.Timeout) -> urllib3.PoolManager:
    # Retrying is done in one place, `_call`.
    return urllib3.PoolManager(timeout=timeout, retries=False, maxsize=AT_ONCE)


def _client(config: S3Config, endpoint: str, http: urllib3.PoolManager) -> Minio:
    parts = urlsplit(endpoint)
    # With the region given, the SDK never asks for it: signing stays pure computation.
    return Minio(
        parts.netloc,
        access_key=config.access_key,
        secret_key=config.secret_key,
        secure=parts.scheme == "https",
        region=config.region,
        http_client=http,
    )


@asynccontextmanager
async def open_store(config: S3Config) -> AsyncIterator[S3Store]:
    """The store, with its bucket. A store that is away does not keep a service from starting:
    it says so in its readiness, and its batches wait."""
    store = S3Store(config)
    try:
        await store.ensure_bucket()
    except StoreUnavailable as error:
        logger().warning("object store is not there yet", cause=cause(error))
    yield store
