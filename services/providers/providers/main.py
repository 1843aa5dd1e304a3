"""Starts the providers service: `python -m providers.main`."""

from pathlib import Path

from portal_runtime.process.run import run
from portal_runtime.service import Service
from providers.routes import ROUTES
from providers.settings import ProvidersSettings

SERVICE = Service(
    name="providers",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=ProvidersSettings,
)

if __name__ == "__main__":
    run(SERVICE)
