"""The service's own tables: claims, the payment ledger, accumulators, and look-ups of claims."""

from collections.abc import Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, NamedTuple

import asyncpg

from claims.domain.cob_review import ReviewedClaim
from claims.domain.facts import Accumulators, SiblingClaim
from claims.domain.state import Claim, Submission
from portal_contracts.base import Model
from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import Edit, Posting
from portal_contracts.common import Problem
from portal_contracts.money import cents
from portal_runtime.errors import Conflict
from portal_runtime.storage.database import insert_rows
from portal_runtime.tables import IO, Table

FORMS: dict[str, type[Submission]] = {
    "professional": SubmitProfessionalClaim,
    "institutional": SubmitInstitutionalClaim,
}


class Rest(Model):
    """The parts of a claim's state that most claims do not have."""

    documents: tuple[str, ...] = ()
    released: tuple[str, ...] = ()
    waived: tuple[Edit, ...] = ()
    replaces: str | None = None
    replaced_by: str | None = None
    problems: tuple[Problem, ...] = ()


NO_REST = Rest()


class StoredClaim(NamedTuple):
    """A claim with what is needed to store it."""

    claim: Claim
    raw: bytes
    """The submission as it came: kept as it is, and never encoded again."""
    changed_at: datetime
    postings: tuple[Posting, ...] = ()
    """Ledger entries made since it was loaded."""
    loaded_version: int = 0
    """Version in the database; 0 for a new claim."""


class ClaimsTable(Table[str, StoredClaim]):
    """Claims by number."""

    async def load(self, io: IO, keys: Sequence[str]) -> dict[str, StoredClaim]:
        rows = await io.conn.fetch(_LOAD, list(keys))
        return {row["claim_number"]: stored_claim(row) for row in rows}

    async def save(self, io: IO, items: Sequence[tuple[str, StoredClaim]]) -> None:
        new = [s for _, s in items if not s.loaded_version]
        old = [s for _, s in items if s.loaded_version]
        if new:
            await self._insert(io, "claims", _NEW, [_new_row(io, s) for s in new])
        if old:
            await self._update(io, [_changed_row(io, s) for s in old])
        postings = [
            (s.claim.number, p.adjudication, p.kind, cents(p.amount), s.changed_at)
            for _, s in items
            for p in s.postings
        ]
        if postings:
            await self._insert(io, "ledger", _POSTING, postings)

    async def _insert(
        self, io: IO, table: str, columns: Sequence[str], rows: list[tuple[Any, ...]]
    ) -> None:
        try:
            await insert_rows(io.conn, table, columns, rows)
        except asyncpg.UniqueViolationError:
            # Another owner of the partition has decided the same commands meanwhile.
            raise Conflict(table) from None

    async def _update(self, io: IO, rows: list[tuple[Any, ...]]) -> None:
        status = await io.conn.execute(_UPDATE, *map(list, zip(*rows, strict=True)))
        if int(status.rsplit(" ", 1)[1]) != len(rows):
            raise Conflict(self.name)


CLAIMS = ClaimsTable("claims")


class AccumulatorsTable(Table[tuple[str, int], Accumulators]):
    """Sums by member ID and calendar year."""

    async def load(
        self, io: IO, keys: Sequence[tuple[str, int]]
    ) -> dict[tuple[str, int], Accumulators]:
        members, years = [m for m, _ in keys], [y for _, y in keys]
        rows = await io.conn.fetch(_LOAD_ACCUMULATORS, members, years)
        return {(r[0], r[1]): Accumulators(*r) for r in rows}

    async def save(self, io: IO, items: Sequence[tuple[tuple[str, int], Accumulators]]) -> None:
        rows = [(a.member_id, a.year, a.deductible, a.out_of_pocket) for _, a in items]
        await io.conn.execute(_SAVE_ACCUMULATORS, *map(list, zip(*rows, strict=True)))


ACCUMULATORS = AccumulatorsTable("accumulators")


class Siblings(Table[tuple[str, date], tuple[SiblingClaim, ...]]):
    """Claims of a member with the same first date of service: where duplicates are looked for.

    A decision puts its own claim in, so that a duplicate in the same batch is seen; the rows
    themselves are written with the claims.
    """

    async def load(
        self, io: IO, keys: Sequence[tuple[str, date]]
    ) -> dict[tuple[str, date], tuple[SiblingClaim, ...]]:
        members, days = [m for m, _ in keys], [d for _, d in keys]
        found: dict[tuple[str, date], tuple[SiblingClaim, ...]] = {}
        for member, day, *sibling in await io.conn.fetch(_SIBLINGS, members, days):
            found[member, day] = (*found.get((member, day), ()), SiblingClaim(*sibling))
        return found

    async def save(self, io: IO, items: Sequence[Any]) -> None:
        return None


SIBLINGS = Siblings("siblings")


Since = tuple[str, date]
"""A member, and the first day that counts: claims whose last date of service is not earlier."""


class MemberClaims(Table[Since, tuple[str, ...]]):
    """Numbers of a member's claims since a day, oldest first. Which matter, the rules say."""

    async def load(self, io: IO, keys: Sequence[Since]) -> dict[Since, tuple[str, ...]]:
        rows = await io.conn.fetch(_MEMBER_CLAIMS, *map(list, zip(*keys, strict=True)))
        return {(row[0], row[1]): tuple(row[2]) for row in rows}


MEMBER_CLAIMS = MemberClaims("member_claims")


class Reviewed(Table[Since, tuple[ReviewedClaim, ...]]):
    """The same claims, with as much of each as a review of other insurance looks at."""

    async def load(self, io: IO, keys: Sequence[Since]) -> dict[Since, tuple[ReviewedClaim, ...]]:
        found: dict[Since, list[ReviewedClaim]] = {}
        rows = await io.conn.fetch(_REVIEWED, *map(list, zip(*keys, strict=True)))
        for member, since, number, status, first, last, received_at, tin, carcs, named in rows:
            found.setdefault((member, since), []).append(
                ReviewedClaim(number, status, first, last, received_at, tin, _carcs(carcs), named)
            )
        return {key: tuple(claims) for key, claims in found.items()}


REVIEWED = Reviewed("reviewed_claims")


def stored_claim(row: asyncpg.Record) -> StoredClaim:
    """A row of `claims` as state."""
    rest = Rest.model_validate_json(row["rest"]) if row["rest"] else NO_REST
    outcome = row["adjudication"]
    claim = Claim(
        number=row["claim_number"],
        status=row["status"],
        submission=FORMS[row["form"]].model_validate_json(row["submission"]),
        received_at=row["received_at"],
        service_from=row["service_from"],
        service_to=row["service_to"],
        version=row["version"],
        adjudication=ClaimAdjudicated.model_validate_json(outcome) if outcome else None,
        duplicate_key=row["duplicate_key"],
        documents=rest.documents,
        released=rest.released,
        waived=rest.waived,
        replaces=rest.replaces,
        replaced_by=rest.replaced_by,
        problems=rest.problems,
    )
    return StoredClaim(claim, row["submission"], row["changed_at"], (), row["version"])


@lru_cache(maxsize=1024)
def _carcs(column: str | None) -> frozenset[str] | None:
    """The few sets that there are, each once."""
    return frozenset(column.split()) if column is not None else None


def sibling_of(claim: Claim) -> SiblingClaim:
    billing = claim.submission.billing
    return SiblingClaim(claim.number, claim.duplicate_key, claim.status, billing.tin, billing.npi)


def _new_row(io: IO, stored: StoredClaim) -> tuple[Any, ...]:
    claim, submission = stored.claim, stored.claim.submission
    return (
        *_common(io, stored),
        claim.form,
        submission.member_id,
        submission.billing.tin,
        submission.billing.npi,
        submission.patient_account,
        claim.service_from,
        claim.service_to,
        claim.received_at,
        cents(submission.total_charge),
        claim.duplicate_key,
        stored.raw,
        bool(submission.other_payers),
        claim.version,
    )


def _changed_row(io: IO, stored: StoredClaim) -> tuple[Any, ...]:
    return (*_common(io, stored), stored.loaded_version)


def _common(io: IO, stored: StoredClaim) -> tuple[Any, ...]:
    claim = stored.claim
    outcome = claim.adjudication
    return (
        claim.number,
        claim.version,
        claim.status,
        stored.changed_at,
        claim.paid,
        io.body(outcome) if outcome is not None else None,
        _rest(claim),
        " ".join(sorted(claim.carcs())),
    )


def _rest(claim: Claim) -> bytes | None:
    given = (claim.documents, claim.released, claim.waived, claim.problems)
    if not any(given) and claim.replaces is None and claim.replaced_by is None:
        return None
    rest = Rest(
        documents=claim.documents,
        released=claim.released,
        waived=claim.waived,
        replaces=claim.replaces,
        replaced_by=claim.replaced_by,
        problems=claim.problems,
    )
    return rest.model_dump_json().encode()


_LOAD = """
select claim_number, version, status, form, received_at, service_from, service_to, changed_at,
       duplicate_key, submission, adjudication, rest
from claims where claim_number = any($1) order by claim_number for update
"""
_NEW = (
    *("claim_number", "version", "status", "changed_at", "paid", "adjudication", "rest", "carcs"),
    *("form", "member_id", "billing_tin", "billing_npi", "patient_account", "service_from"),
    *("service_to", "received_at", "total_charge", "duplicate_key", "submission"),
    *("names_payers", "carcs_of"),
)
_UPDATE = """
update claims c set version = n.version, status = n.status, changed_at = n.changed_at,
    paid = n.paid, adjudication = n.adjudication, rest = n.rest, carcs = n.carcs,
    carcs_of = n.version
from unnest($1::text[], $2::int[], $3::text[], $4::timestamptz[], $5::bigint[], $6::bytea[],
            $7::bytea[], $8::text[], $9::int[])
     as n(claim_number, version, status, changed_at, paid, adjudication, rest, carcs, loaded)
where c.claim_number = n.claim_number and c.version = n.loaded
"""
_POSTING = ("claim_number", "adjudication", "kind", "amount", "posted_at")
_LOAD_ACCUMULATORS = """
select a.member_id, a.year, a.deductible, a.out_of_pocket
from accumulators a join unnest($1::text[], $2::int[]) k(m, y) on a.member_id = m and a.year = y
order by a.member_id, a.year for update of a
"""
_SAVE_ACCUMULATORS = """
insert into accumulators (member_id, year, deductible, out_of_pocket)
select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[])
on conflict (member_id, year) do update
set deductible = excluded.deductible, out_of_pocket = excluded.out_of_pocket
"""
_SIBLINGS = """
select c.member_id, c.service_from, c.claim_number, c.duplicate_key, c.status, c.billing_tin,
       c.billing_npi
from claims c join unnest($1::text[], $2::date[]) k(m, d) on c.member_id = m and c.service_from = d
order by c.received_at, c.claim_number
"""
_MEMBER_CLAIMS = """
select k.m, k.d, array_agg(claim_number order by service_from, received_at, claim_number)
from claims c join unnest($1::text[], $2::date[]) k(m, d)
     on c.member_id = k.m and c.service_to >= k.d
group by k.m, k.d
"""
_REVIEWED = """
select k.m, k.d, claim_number, status, service_from, service_to, received_at, billing_tin,
       case when carcs_of = version then carcs end, names_payers
from claims c join unnest($1::text[], $2::date[]) k(m, d)
     on c.member_id = k.m and c.service_to >= k.d
order by k.m, k.d, service_from, received_at, claim_number"""
