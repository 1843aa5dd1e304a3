"""Own tables of the disputes and appeals service."""

from collections.abc import Sequence

from appeals.domain.case import Case
from appeals.domain.submit import OpenCases
from portal_runtime.tables import IO, States, Table

CASES = States(
    "cases",
    key="case_number",
    model=Case,
    columns={
        "claim_number": "text",
        "kind": "text",
        "tin": "text",
        "status": "text",
        "received_at": "timestamptz",
    },
)


class OpenCasesOfClaim(Table[str, OpenCases]):
    """Open cases by claim number. The rows are those of `cases`, so nothing is saved here."""

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, OpenCases]:
        found: dict[str, OpenCases] = {}
        for claim_number, kind, case_number in await io.conn.fetch(_OPEN, list(keys)):
            found[claim_number] = {**found.get(claim_number, {}), kind: case_number}
        return found


_OPEN = """
select claim_number, kind, case_number from cases
where claim_number = any($1) and status = 'open'
"""

OPEN_CASES = OpenCasesOfClaim("open_cases")
