"""Own tables of the providers service."""

from collections.abc import Sequence

from portal_runtime.tables import IO, States, Table
from providers.domain.profile import Profile
from providers.domain.request import MaintenanceRequest

PROFILES = States(
    "profiles",
    key="profile_key",
    model=Profile,
    columns={"npi": "text", "tin": "text"},
)

REQUESTS = States(
    "requests",
    key="number",
    model=MaintenanceRequest,
    columns={
        "tin": "text",
        "npi": "text",
        "kind": "text",
        "status": "text",
        "received_at": "timestamptz",
        "due_date": ("date", "clock.due_date"),
        "closed_at": "timestamptz",
        "breached": ("boolean", "clock.breached"),
    },
)


class TinsOfNpi(Table[str, tuple[str, ...]]):
    """Tax IDs at which an NPI has a profile (PR-05). The rows are those of `profiles`."""

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, tuple[str, ...]]:
        rows = await io.conn.fetch(_TINS, list(keys))
        return {npi: tuple(tins) for npi, tins in rows}


_TINS = """
select npi, array_agg(tin order by tin) from profiles where npi = any($1) group by npi
"""

TINS_OF_NPI = TinsOfNpi("tins_of_npi")
