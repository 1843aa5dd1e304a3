"""`python -m claims.main` runs the claims service."""

from pathlib import Path

from claims.routes import ROUTES
from claims.settings import ClaimsSettings
from portal_runtime.process.run import run
from portal_runtime.service import Service

SERVICE = Service(
    name="claims",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=ClaimsSettings,
)

if __name__ == "__main__":
    run(SERVICE)
