"""A row of `claim_history`: what happened to a claim, when, and through whom. Only ever added."""

from datetime import datetime
from typing import NamedTuple

from claims.domain.history import Entry
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStep
from portal_contracts.common import Role
from portal_contracts.principal import Principal
from portal_runtime.tables import IO


class HistoryRow(NamedTuple):
    """The columns of `claim_history`, in the order of the table."""

    claim_number: str
    version: int
    at: datetime
    what: ClaimStep
    subject: str
    role: Role
    cause: str
    reference: str
    adjudication: int | None
    body: bytes | None


HISTORY = f"""
select {", ".join(HistoryRow._fields)} from claim_history
where claim_number = $1 order by version
"""


Happened = tuple[Entry, Principal]
"""An entry with who asked for it."""


def history_row(io: IO, happened: Happened, at: datetime) -> HistoryRow:
    (number, version, what, cause, reference, event), who = happened
    return HistoryRow(
        number,
        version,
        at,
        what,
        who.subject,
        who.role,
        cause,
        reference,
        event.adjudication if isinstance(event, ClaimAdjudicated) else None,
        io.body(event) if event is not None else None,
    )
