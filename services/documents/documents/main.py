"""`python -m documents.main` starts the documents service."""

from contextlib import AbstractAsyncContextManager
from pathlib import Path

from documents.routes import ROUTES
from documents.settings import DocumentsSettings
from portal_runtime.process.run import run
from portal_runtime.service import Service
from portal_runtime.storage.s3 import S3Store, open_store


def _object_store(settings: DocumentsSettings) -> AbstractAsyncContextManager[S3Store]:
    return open_store(settings.object_store())


SERVICE = Service(
    name="documents",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=DocumentsSettings,
    resources=_object_store,
)

if __name__ == "__main__":
    run(SERVICE)
