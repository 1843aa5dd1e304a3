"""Look-ups among a member's claims. Their rows are written with the claims."""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

from claims.domain.cob_review import ReviewedClaim
from claims.domain.facts import SiblingClaim
from claims.domain.state import Claim
from portal_runtime.tables import IO, Table


class Siblings(Table[tuple[str, date], tuple[SiblingClaim, ...]]):
    """Claims of a member with the same first date of service: where duplicates are looked for.

    A decision puts its own claim in, so that a duplicate in the same batch is seen.
    """

    async def load(
        self, io: IO, keys: Sequence[tuple[str, date]]
    ) -> dict[tuple[str, date], tuple[SiblingClaim, ...]]:
        members, days = [m for m, _ in keys], [d for _, d in keys]
        found: dict[tuple[str, date], tuple[SiblingClaim, ...]] = {}
        for member, day, *sibling in await io.conn.fetch(SAME_DAY, members, days):
            found[member, day] = (*found.get((member, day), ()), SiblingClaim(*sibling))
        return found


SIBLINGS = Siblings("siblings")


def sibling_of(claim: Claim) -> SiblingClaim:
    billing = claim.submission.billing
    return SiblingClaim(claim.number, claim.duplicate_key, claim.status, billing.tin, billing.npi)


Since = tuple[str, date]
"""A member, and the first day that counts: claims whose last date of service is not earlier."""


class MemberClaims(Table[Since, tuple[str, ...]]):
    """Numbers of a member's claims since a day, oldest first. Which matter, the rules say."""

    async def load(self, io: IO, keys: Sequence[Since]) -> dict[Since, tuple[str, ...]]:
        rows = await io.conn.fetch(NUMBERS, *map(list, zip(*keys, strict=True)))
        return {(row[0], row[1]): tuple(row[2]) for row in rows}


MEMBER_CLAIMS = MemberClaims("member_claims")


class Reviewed(Table[Since, tuple[ReviewedClaim, ...]]):
    """The same claims, with as much of each as a review of other insurance looks at."""

    async def load(self, io: IO, keys: Sequence[Since]) -> dict[Since, tuple[ReviewedClaim, ...]]:
        found: dict[Since, list[ReviewedClaim]] = {}
        rows = await io.conn.fetch(REVIEW, *map(list, zip(*keys, strict=True)))
        for member, since, number, status, first, last, received_at, tin, carcs, named in rows:
            found.setdefault((member, since), []).append(
                ReviewedClaim(number, status, first, last, received_at, tin, _carcs(carcs), named)
            )
        return {key: tuple(claims) for key, claims in found.items()}


REVIEWED = Reviewed("reviewed_claims")


@lru_cache(maxsize=1024)
def _carcs(column: str) -> frozenset[str]:
    """The few sets that there are, each once."""
    return frozenset(column.split())


SAME_DAY = """
select c.member_id, c.service_from, c.claim_number, c.duplicate_key, c.status, c.billing_tin,
       c.billing_npi
from claims c join unnest($1::text[], $2::date[]) k(m, d) on c.member_id = m and c.service_from = d
order by c.received_at, c.claim_number
"""
NUMBERS = """
select k.m, k.d, array_agg(claim_number order by service_from, received_at, claim_number)
from claims c join unnest($1::text[], $2::date[]) k(m, d)
     on c.member_id = k.m and c.service_to >= k.d
group by k.m, k.d
"""
REVIEW = """
select k.m, k.d, claim_number, status, service_from, service_to, received_at, billing_tin, carcs,
       names_payers
from claims c join unnest($1::text[], $2::date[]) k(m, d)
     on c.member_id = k.m and c.service_to >= k.d
order by k.m, k.d, service_from, received_at, claim_number
"""
