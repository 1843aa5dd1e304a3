"""Claims on a real bus; what other services announce is played by the test."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import asyncpg

from claims.domain.cob_review import ReviewedClaim
from claims.store.claim_row import LOAD, ClaimRow, stored_claim
from claims.store.members_claims import NUMBERS, REVIEWED
from portal_contracts.claims.commands import (
    ReadjudicateClaim,
    SubmitProfessionalClaim,
)
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.claims.replies import ClaimAccepted, ClaimDetails, ClaimList, ClaimRejected
from portal_contracts.common import Refused
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.money import cents
from portal_runtime.tables import IO
from tests.support.world import World
from tests.unit.claims.builders import MEMBER, NPI, TIN, claim, line, member, policy, provider, span

RECENT = datetime.now(UTC).date() - timedelta(days=10)
FOREIGN_TIN = "999999999"


def visit(**changes: Any) -> dict[str, Any]:
    return line(**{"from_date": RECENT, **changes})


def sound(account: str = "A1", *lines: dict[str, Any], **changes: Any) -> SubmitProfessionalClaim:
    return claim(*(lines or (visit(),)), patient_account=account, **changes)


async def enroll(world: World, *, cob: tuple[Any, ...] = ()) -> MemberChanged:
    """One member on Medicaid (no cost share) and one provider."""
    known = member(span(date(2020, 1, 1), business="medicaid"), cob=cob)
    await world.announce(known, "member", MEMBER)
    await world.announce(provider(), "provider", f"{NPI}|{TIN}")
    return known


async def submit(world: World, cmd: SubmitProfessionalClaim) -> ClaimAccepted:
    reply = await world.provider.ask(cmd)
    assert isinstance(reply, ClaimAccepted), reply
    return reply


async def details(world: World, number: str) -> ClaimDetails:
    reply = await world.provider.ask(GetClaim(claim_number=number))
    assert isinstance(reply, ClaimDetails), reply
    return reply


async def until(world: World, number: str, wanted: Callable[[ClaimDetails], bool]) -> ClaimDetails:
    for _ in range(200):
        found = await details(world, number)
        if wanted(found):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{number} stays {found.summary.status}")


def balanced(found: ClaimDetails) -> bool:
    return sum(cents(p.amount) for p in found.postings) == cents(found.summary.paid)


async def test_a_claim_is_found_by_its_own_tax_id_and_nobody_elses(world: World) -> None:
    await enroll(world)
    number = (await submit(world, sound())).claim_number
    assert (await details(world, number)).summary.paid == "93.00"
    stranger = world.as_("provider", "demo-provider", (FOREIGN_TIN,))
    assert isinstance(await stranger.ask(GetClaim(claim_number=number)), Refused)
    for search in (SearchClaims(), SearchClaims(claim_numbers=(number,))):
        page = await stranger.ask(search)
        assert isinstance(page, ClaimList)
        assert page.claims == ()
    refused = await stranger.ask(sound("A2"))
    assert isinstance(refused, Refused)
    assert refused.problems[0].code == "not_your_tax_id"
    operator = world.as_("operator", "demo-operator")
    assert isinstance(await operator.ask(GetClaim(claim_number=number)), Refused)
    reads = await world.rows("select subject, member_id from access_log")
    assert ("desk", MEMBER) in {(r["subject"], r["member_id"]) for r in reads}


async def test_claims_are_searched_filtered_and_paged(world: World) -> None:
    await enroll(world)
    numbers = [
        (await submit(world, sound(f"A{n}", visit(units=str(n))))).claim_number for n in range(1, 6)
    ]
    rejected = await world.provider.ask(sound("GHOST", member_id="M999999-00"))
    assert isinstance(rejected, ClaimRejected)

    async def search(**filters: Any) -> list[str]:
        page = await world.provider.ask(SearchClaims(**filters))
        assert isinstance(page, ClaimList)
        return [c.claim_number for c in page.claims]

    assert await search(member_id=MEMBER) == numbers[::-1]
    assert await search(statuses=("rejected",)) == [rejected.claim_number]
    assert await search(claim_numbers=tuple(numbers[1:3])) == numbers[1:3][::-1]
    assert await search(patient_account="A4") == [numbers[3]]
    assert await search(service_from=RECENT + timedelta(days=1)) == []
    found, after = [], None
    for _ in range(3):
        page = await world.provider.ask(SearchClaims(member_id=MEMBER, limit=2, after=after))
        assert isinstance(page, ClaimList)
        found += [c.claim_number for c in page.claims]
        after = page.next
    assert (found, after) == (numbers[::-1], None)


async def test_a_duplicate_is_denied_a_correction_replaces_and_a_void_takes_back(
    world: World,
) -> None:
    await enroll(world)
    first = await submit(world, sound())
    again = await submit(world, sound("B1"))
    (outcome,) = (await details(world, again.claim_number)).adjudications
    assert [a.carc for a in outcome.lines[0].adjustments] == ["18"]
    corrected = await submit(
        world,
        sound(
            "A1",
            visit(units="2", charge="240.00"),
            frequency="7",
            original_claim=first.claim_number,
        ),
    )
    original = await details(world, first.claim_number)
    assert (original.summary.status, original.replaced_by) == ("replaced", corrected.claim_number)
    assert sum(cents(p.amount) for p in original.postings) == 0
    assert corrected.paid == "186.00"
    void = await submit(
        world,
        sound(
            "A1",
            visit(units="2", charge="240.00"),
            frequency="8",
            original_claim=corrected.claim_number,
        ),
    )
    closed = await details(world, corrected.claim_number)
    assert (closed.summary.status, closed.replaced_by) == ("voided", void.claim_number)
    assert sum(cents(p.amount) for p in closed.postings) == 0
    twice = await world.provider.ask(
        sound("A1", frequency="8", original_claim=corrected.claim_number)
    )
    assert isinstance(twice, ClaimRejected)
    assert twice.problems[0].code == "original_voided"


async def test_a_cob_change_adjudicates_the_touched_claims_again_once(world: World) -> None:
    known = await enroll(world, cob=(policy(start=date(2020, 1, 1)),))
    numbers = [
        (await submit(world, sound(f"A{n}", visit(units=str(n))))).claim_number for n in range(1, 9)
    ]
    first = await details(world, numbers[0])
    assert first.summary.status == "denied"
    ended = policy(start=date(2020, 1, 1), end=date(2020, 12, 31))
    await world.announce(known.model_copy(update={"cob": (ended,)}), "member", MEMBER)
    change = CobChanged(
        change_id="CHG-1",
        member_id=MEMBER,
        version=10**6,
        before=policy(start=date(2020, 1, 1)),
        after=ended,
        adjust_claims=False,
    )
    mid = await world.provider.publish(change)
    await world.provider.publish(change, message_id=mid)
    for number in numbers:
        found = await until(world, number, lambda d: d.summary.status == "paid")
        assert balanced(found)
    await world.provider.publish(change, message_id=mid)
    stale = known.model_copy(update={"version": 0})
    await world.provider.publish(stale)
    await submit(world, sound("LAST", visit(units="9")))
    for number in numbers:
        found = await details(world, number)
        assert [a.cause for a in found.adjudications] == ["submitted", "cob_changed"]


async def test_a_member_with_many_claims_is_looked_up_by_index(world: World) -> None:
    await world.rows(
        """
        insert into claims (claim_number, version, status, changed_at, paid, form, member_id,
            billing_tin, billing_npi, patient_account, service_from, service_to, received_at,
            total_charge, duplicate_key, submission, names_payers, carcs)
        select 'CLM-' || n, 1, 'denied', now(), 0, 'professional', 'M' || n % 500, '1', '1', 'A',
            now() - n * interval '1 hour', now() - n * interval '1 hour', now(), 1, n::text, '',
            false, ''
        from generate_series(1, 40000) n
        """
    )
    await world.rows("analyze claims")
    since = datetime.now(UTC).date() - timedelta(days=730)
    keys = NUMBERS.replace("$1", "array['M7']").replace("$2", f"array['{since}']")
    plan = await world.rows("explain " + keys)
    text = "\n".join(r[0] for r in plan)
    assert "claims_member" in text and "Seq Scan" not in text, text
    rows = await world.rows(NUMBERS, ["M7"], [since])
    assert 0 < len(rows[0][2]) < 80, "older than two years are left out"


async def test_plan_staff_order_an_adjudication_and_get_its_answer(world: World) -> None:
    await enroll(world)
    number = (await submit(world, sound())).claim_number
    before = (await details(world, number)).summary
    order = ReadjudicateClaim(claim_number=number, cause="staff_request", reference="R1")
    assert isinstance(await world.provider.ask(order), Refused)
    assert (await details(world, number)).summary == before, "a refusal changes nothing"
    reply = await world.staff.ask(order)
    assert isinstance(reply, ClaimAccepted)
    after = await details(world, number)
    assert len(after.adjudications) == 2
    assert before.received_at == after.summary.received_at
    assert before.changed_at < after.summary.changed_at, "it says when it last changed"
    (listed,) = (await searched(world, claim_numbers=(number,))).claims
    assert listed == after.summary


async def searched(world: World, **filters: Any) -> ClaimList:
    page = await world.provider.ask(SearchClaims(**filters))
    assert isinstance(page, ClaimList), page
    return page


async def test_a_review_reads_columns_that_say_what_the_claims_say(world: World) -> None:
    """CB-04"""
    await enroll(world)
    number = (await submit(world, sound())).claim_number
    ((*columns, adjudication),) = await world.rows(LOAD, [number])
    stored = stored_claim(ClaimRow(*columns), adjudication).claim
    wanted = (ReviewedClaim.of(stored),)
    assert wanted[0].carcs, "a claim without adjustments would prove nothing"
    assert await reviewed(world, stored.submission.member_id) == wanted
    await world.rows("update claims set carcs = '', names_payers = true")
    assert await reviewed(world, stored.submission.member_id) != wanted


async def reviewed(world: World, member: str) -> tuple[ReviewedClaim, ...]:
    conn = await asyncpg.connect(world.isolation.dsn("claims"))
    try:
        return (await REVIEWED.load(IO(conn), [(member, date.min)]))[member, date.min]
    finally:
        await conn.close()
