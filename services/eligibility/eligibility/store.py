"""Own table of the eligibility service, and the access log, which the runtime made."""

from collections.abc import Sequence
from uuid import UUID

from eligibility.domain.ids import base_of
from eligibility.domain.member import Member
from eligibility.domain.names import searchable
from portal_runtime.accesslog import Chain, Look
from portal_runtime.tables import IO, States, Table

MEMBERS = States(
    "members",
    key="member_id",
    model=Member,
    columns={
        "medicaid_id": "text",
        "case_number": "text",
        "last_name": "text",
        "first_name": "text",
        "date_of_birth": "date",
        "subscriber": "text",
    },
    row=lambda m: (
        m.details.medicaid_id,
        m.details.case_number,
        searchable(m.last_name),
        searchable(m.first_name),
        m.date_of_birth,
        base_of(m.member_id),
    ),
)


class Looks(Table[UUID, Look]):
    """Queries record their looks by themselves; a command does it with its own transaction."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._chain = Chain()

    async def save(self, io: IO, items: Sequence[tuple[UUID, Look]]) -> None:
        await self._chain.append(io.conn, [look for _, look in items])


LOOKS = Looks("looks")
