"""Starts the prior authorization service: `python -m prior_auth.main`."""

from pathlib import Path

from portal_runtime.process.run import run
from portal_runtime.service import Service
from prior_auth.routes import ROUTES
from prior_auth.settings import AuthSettings

SERVICE = Service(
    name="auth",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=AuthSettings,
)

if __name__ == "__main__":
    run(SERVICE)
