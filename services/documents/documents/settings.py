"""Settings of the documents service (environment, prefix PORTAL_)."""

from datetime import timedelta

from pydantic import Field

from portal_runtime.settings import RuntimeSettings
from portal_runtime.storage.s3 import S3Config


class DocumentsSettings(RuntimeSettings):
    """How long things take, and how the object store is called from outside."""

    batch_size: int = Field(
        50, description="Most messages per transaction; small, as files are read before it"
    )
    release_delay_seconds: float = Field(1800, ge=0, description="Receipt to release (DO-05)")
    upload_lifetime_seconds: float = Field(
        24 * 3600, gt=0, description="Request to expiry of an unfinished upload (DO-04)"
    )
    upload_link_seconds: float = Field(
        12 * 3600,
        gt=0,
        le=7 * 24 * 3600,
        description="How long an upload may begin; well below the expiry, which sweeps what came",
    )
    download_link_seconds: float = Field(
        300, gt=0, le=7 * 24 * 3600, description="How long a download link works (DO-06)"
    )
    s3_public_endpoint: str = Field(
        "", description="S3 endpoint as browsers see it, where that is another one"
    )
    s3_region: str = Field("us-east-1", description="S3 region")

    @property
    def release_delay(self) -> timedelta:
        return timedelta(seconds=self.release_delay_seconds)

    @property
    def upload_lifetime(self) -> timedelta:
        return timedelta(seconds=self.upload_lifetime_seconds)

    @property
    def upload_link_lifetime(self) -> timedelta:
        return timedelta(seconds=self.upload_link_seconds)

    @property
    def download_link_lifetime(self) -> timedelta:
        return timedelta(seconds=self.download_link_seconds)

    def object_store(self) -> S3Config:
        """Where the object store is."""
        return S3Config(
            endpoint=self.s3_endpoint,
            access_key=self.s3_access_key,
            secret_key=self.s3_secret_key,
            bucket=self.bucket,
            public_endpoint=self.s3_public_endpoint,
            region=self.s3_region,
        )
