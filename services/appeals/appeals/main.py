"""Starts the disputes and appeals service: `python -m appeals.main`."""

from pathlib import Path

from appeals.routes import ROUTES
from appeals.settings import AppealsSettings
from portal_runtime.process.run import run
from portal_runtime.service import Service

SERVICE = Service(
    name="appeals",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=AppealsSettings,
)

if __name__ == "__main__":
    run(SERVICE)
