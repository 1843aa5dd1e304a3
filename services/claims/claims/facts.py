"""What other services announced, as the claims service keeps it."""

from collections.abc import Sequence

from claims.domain.facts import ReleasedRecord
from portal_contracts.documents.events import DocumentReleased
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.providers.events import ProviderChanged
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.tables import IO, Facts, Table

MEMBERS = Facts("member", MemberChanged)
"""By member ID."""
PROVIDERS = Facts("provider", ProviderChanged)
"""By `provider_key(npi, tin)`."""
COB_CHANGES = Facts("cob_change", CobChanged)
"""By change id: what a review of the member's claims looks at."""


RECORD_TYPES = frozenset({"medical_record", "clinical_document"})
"""Kinds of documents that can serve as medical records (DO-01)."""


def provider_key(npi: str, tin: str) -> str:
    """Profiles are per NPI and Tax ID (PR-05)."""
    return f"{npi}|{tin}"


def record_of(event: DocumentReleased, calendar: PlanCalendar) -> ReleasedRecord:
    """The medical record that a released document is."""
    owner = event.owner
    number = owner.reference if owner.kind == "claim" else None
    received_on = calendar.day_of(event.received_at)
    return ReleasedRecord(event.document_id, event.tin, received_on, number, owner.service_date)


class Records(Table[str, tuple[ReleasedRecord, ...]]):
    """Released records by claim number, or by member ID for those sent without one."""

    def __init__(self, name: str, column: str) -> None:
        super().__init__(name)
        self._select = (
            f"select {column}, document_id, tin, received_on, claim_number, service_date "
            f"from records where {column} = any($1) order by received_on, document_id"
        )
        self._insert = (
            f"insert into records ({column}, document_id, tin, received_on, service_date) "
            "select * from unnest($1::text[], $2::text[], $3::text[], $4::date[], $5::date[]) "
            "on conflict (document_id) do nothing"
        )

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, tuple[ReleasedRecord, ...]]:
        found: dict[str, tuple[ReleasedRecord, ...]] = {}
        for owner, *record in await io.conn.fetch(self._select, list(keys)):
            found[owner] = (*found.get(owner, ()), ReleasedRecord(*record))
        return found

    async def save(self, io: IO, items: Sequence[tuple[str, tuple[ReleasedRecord, ...]]]) -> None:
        rows = [
            (owner, r.document_id, r.tin, r.received_on, r.service_date)
            for owner, records in items
            for r in records
        ]
        await io.conn.execute(self._insert, *map(list, zip(*rows, strict=True)))


CLAIM_RECORDS = Records("records:claim", "claim_number")
MEMBER_RECORDS = Records("records:member", "member_id")


def records_table(event: DocumentReleased) -> Records | None:
    """Where a released document is kept: medical documents of claims and members are records."""
    if event.document_type not in RECORD_TYPES:
        return None
    return {"claim": CLAIM_RECORDS, "member": MEMBER_RECORDS}.get(event.owner.kind)
