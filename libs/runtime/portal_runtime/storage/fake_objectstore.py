"""An object store in memory that keeps the same promises as a real one; also its sending side."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, quote, urlencode, urlsplit

from portal_runtime.storage.objectstore import (
    Inspection,
    Inspector,
    SignedLink,
    StoreUnavailable,
    UploadForm,
)

ADDRESS = "http://fake-store.invalid/bucket"
OK, NO_CONTENT, TOO_LARGE, FORBIDDEN, MISSING = 200, 204, 400, 403, 404


def _system_time() -> datetime:
    return datetime.now(UTC)


@dataclass
class FakeObjectStore:
    """See `objectstore.ObjectStore`. `forms=False` behaves as a store without POST policies."""

    forms: bool = True
    now: Callable[[], datetime] = _system_time
    objects: dict[str, bytes] = field(default_factory=dict)
    away: bool = False
    """Set it, and every call but signing fails as it does when a real store is down."""

    # -- the port -----------------------------------------------------------------------------

    async def presign_upload(
        self, key: str, *, content_type: str, max_size: int, lifetime: timedelta
    ) -> UploadForm:
        expires_at = self.now() + lifetime
        if not self.forms:
            url = self._sign("PUT", key, expires_at)
            return UploadForm("PUT", url, expires_at, headers={"Content-Type": content_type})
        policy = f"{key}|{content_type}|{max_size}|{expires_at.timestamp()}"
        fields = {
            "key": key,
            "Content-Type": content_type,
            "policy": policy,
            "x-amz-signature": _signature(policy),
        }
        return UploadForm("POST", ADDRESS, expires_at, fields=fields)

    def presign_get(
        self, key: str, *, file_name: str, content_type: str, lifetime: timedelta
    ) -> SignedLink:
        expires_at = self.now() + lifetime
        disposition = f'attachment; filename="{file_name}"'
        return SignedLink(self._sign("GET", key, expires_at, disposition, content_type), expires_at)

    async def inspect(
        self, key: str, *, limit: int, markers: Sequence[bytes] = ()
    ) -> Inspection | None:
        self._answer("inspect")
        content = self.objects.get(key)
        if content is None:
            return None
        if len(content) > limit:
            return Inspection(len(content), "")
        inspector = Inspector(markers)
        inspector.feed(content)
        return inspector.result()

    async def copy(self, source: str, target: str) -> bool:
        self._answer("copy")
        if source not in self.objects:
            return False
        self.objects[target] = self.objects[source]
        return True

    async def delete(self, *keys: str) -> None:
        self._answer("delete")
        for key in keys:
            self.objects.pop(key, None)

    async def exists(self, key: str) -> bool:
        self._answer("stat")
        return key in self.objects

    async def keys(self, prefix: str) -> list[str]:
        self._answer("list")
        return sorted(key for key in self.objects if key.startswith(prefix))

    async def ensure_bucket(self) -> None:
        self._answer("make the bucket")

    async def trouble(self) -> str:
        return "object store: away" if self.away else ""

    def _answer(self, what: str) -> None:
        if self.away:
            raise StoreUnavailable(f"{what}: away")

    # -- what a browser does with a permission ------------------------------------------------

    def send(self, form: UploadForm, content: bytes) -> int:
        """Upload as the form says; the HTTP status a real store would answer."""
        return (
            self._post(form.fields, content) if form.method == "POST" else self._put(form, content)
        )

    def _post(self, fields: dict[str, str], content: bytes) -> int:
        policy = fields.get("policy", "")
        if not hmac.compare_digest(fields.get("x-amz-signature", ""), _signature(policy)):
            return FORBIDDEN
        key, content_type, max_size, expires = policy.rsplit("|", 3)
        said = (fields.get("key"), fields.get("Content-Type"))
        if said != (key, content_type) or self._expired(expires):
            return FORBIDDEN
        if not 1 <= len(content) <= int(max_size):
            return TOO_LARGE
        self.objects[key] = content
        return NO_CONTENT

    def _put(self, form: UploadForm, content: bytes) -> int:
        key = self._allowed("PUT", form.url)
        if key is None:
            return FORBIDDEN
        self.objects[key] = content
        return OK

    def fetch(self, url: str) -> tuple[int, bytes, dict[str, str]]:
        """GET a signed link: status, content, headers."""
        key = self._allowed("GET", url)
        if key is None:
            return FORBIDDEN, b"", {}
        if key not in self.objects:
            return MISSING, b"", {}
        query = parse_qs(urlsplit(url).query)
        headers = {
            "content-disposition": query["disposition"][0],
            "content-type": query["type"][0],
        }
        return OK, self.objects[key], headers

    # -- signatures ---------------------------------------------------------------------------

    def _sign(self, method: str, key: str, expires_at: datetime, *more: str) -> str:
        query = {"expires": str(expires_at.timestamp())}
        query.update(zip(("disposition", "type"), more, strict=False))
        signed = f"{ADDRESS}/{quote(key)}?{urlencode(query)}"
        return f"{signed}&signature={_signature(f'{method} {signed}')}"

    def _allowed(self, method: str, url: str) -> str | None:
        signed, _, signature = url.partition("&signature=")
        if not hmac.compare_digest(signature, _signature(f"{method} {signed}")):
            return None
        parts = urlsplit(signed)
        if self._expired(parse_qs(parts.query)["expires"][0]):
            return None
        return parts.path.removeprefix(urlsplit(ADDRESS).path + "/")

    def _expired(self, timestamp: str) -> bool:
        return self.now().timestamp() >= float(timestamp)


def _signature(text: str) -> str:
    return hmac.digest(b"fake-store", text.encode(), "sha256").hex()
