"""Own table of the eligibility service, and the access log, which the runtime made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from eligibility.domain.ids import base_of
from eligibility.domain.member import Member
from eligibility.domain.names import searchable
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


@dataclass(frozen=True, slots=True)
class Look:
    """Somebody was shown something about a member in answer to a command."""

    at: datetime
    subject: str
    role: str
    member_id: str
    purpose: str
    message_id: UUID


class Looks(Table[UUID, Look]):
    """Queries record their looks by themselves; a command does it with its own transaction."""

    async def save(self, io: IO, items: Sequence[tuple[UUID, Look]]) -> None:
        rows = [
            (look.at, look.subject, look.role, look.member_id, look.purpose, look.message_id)
            for _, look in items
        ]
        await io.conn.execute(_LOOKS, *map(list, zip(*rows, strict=True)))


_LOOKS = """
insert into access_log (at, subject, role, member_id, purpose, message_id)
select * from unnest($1::timestamptz[], $2::text[], $3::text[], $4::text[], $5::text[], $6::uuid[])
"""

LOOKS = Looks("looks")
