"""Starts the eligibility service: `python -m eligibility.main`."""

from pathlib import Path

from eligibility.routes import ROUTES
from eligibility.settings import EligibilitySettings
from portal_runtime.process.run import run
from portal_runtime.service import Service

SERVICE = Service(
    name="eligibility",
    routes=ROUTES,
    migrations=Path(__file__).parent / "migrations",
    settings=EligibilitySettings,
)

if __name__ == "__main__":
    run(SERVICE)
