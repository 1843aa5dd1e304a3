"""What members have paid in a calendar year toward deductible and out-of-pocket maximum."""

from collections.abc import Sequence

from claims.domain.facts import Accumulators
from portal_runtime.tables import IO, Table


class AccumulatorsTable(Table[tuple[str, int], Accumulators]):
    """Sums by member ID and calendar year."""

    async def load(
        self, io: IO, keys: Sequence[tuple[str, int]]
    ) -> dict[tuple[str, int], Accumulators]:
        members, years = [m for m, _ in keys], [y for _, y in keys]
        rows = await io.conn.fetch(LOAD, members, years)
        return {(r[0], r[1]): Accumulators(*r) for r in rows}

    async def save(self, io: IO, items: Sequence[tuple[tuple[str, int], Accumulators]]) -> None:
        rows = [(a.member_id, a.year, a.deductible, a.out_of_pocket) for _, a in items]
        await io.conn.execute(SAVE, *map(list, zip(*rows, strict=True)))


ACCUMULATORS = AccumulatorsTable("accumulators")

LOAD = """
select a.member_id, a.year, a.deductible, a.out_of_pocket
from accumulators a join unnest($1::text[], $2::int[]) k(m, y) on a.member_id = m and a.year = y
order by a.member_id, a.year for update of a
"""
SAVE = """
insert into accumulators (member_id, year, deductible, out_of_pocket)
select * from unnest($1::text[], $2::int[], $3::bigint[], $4::bigint[])
on conflict (member_id, year) do update
set deductible = excluded.deductible, out_of_pocket = excluded.out_of_pocket
"""
