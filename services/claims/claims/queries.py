"""Reading claims: always within the asker's Tax IDs, and every look at a member is recorded."""

from typing import Any

import asyncpg

from claims.domain.state import Claim, Rejected, Replaced, Voided
from claims.store.claim_row import COLUMNS, ClaimRow, stored_claim
from claims.store.history import HISTORY, HistoryRow
from portal_contracts.base import Reply
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import Posting
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.claims.replies import ClaimDetails, ClaimList, ClaimSummary, HistoryEntry
from portal_contracts.common import Role
from portal_contracts.money import dollars
from portal_contracts.problems.common import CLAIM_NOT_FOUND
from portal_runtime.domain.days import PlanCalendar
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE, page_key, read_page_key
from portal_runtime.routes import QueryContext


async def search_claims(query: SearchClaims, q: QueryContext) -> Reply:
    """CL-07, CL-09. Keyset pages: the key is where the page before ended."""
    conditions, values = _filters(query, q.settings.calendar)
    everything, tins = q.scope.sql()
    if not everything:
        values.append(tins)
        conditions.append(f"billing_tin = any(${len(values)})")
    if query.after is not None:
        try:
            received, number = read_page_key(query.after)
        except ValueError:
            return BAD_PAGE
        values += [received, number]
        conditions.append(f"(received_at, claim_number) < (${len(values) - 1}, ${len(values)})")
    where = " and ".join(conditions) or "true"
    rows = await q.conn.fetch(
        f"{_SUMMARY} where {where} order by received_at desc, claim_number desc "
        f"limit {query.limit + 1}",
        *values,
    )
    page = rows[: query.limit]
    last = page[-1] if len(rows) > query.limit else None
    following = page_key(last["received_at"], last["claim_number"]) if last else None
    return ClaimList(claims=tuple(map(_summary, page)), next=following, as_of=q.now)


async def get_claim(query: GetClaim, q: QueryContext) -> Reply:
    """CL-10: header, every line and the whole history."""
    row = await q.conn.fetchrow(_CLAIM, query.claim_number)
    if row is None or not q.scope.includes(row["billing_tin"]):
        # The same answer for both: whose a number is, is nobody else's business.
        return refusal(CLAIM_NOT_FOUND())
    history = [HistoryRow(*h) for h in await q.conn.fetch(HISTORY, query.claim_number)]
    bodies = {h.version: h.body for h in history if h.what == "adjudicated" and h.body}
    claim = stored_claim(ClaimRow(*row), bodies.get(row["adjudicated"])).claim
    ledger = await q.conn.fetch(_LEDGER, query.claim_number)
    return ClaimDetails(
        summary=_summary(row),
        original_claim=claim.submission.original_claim,
        replaced_by=_closed_by(claim),
        problems=claim.state.problems if isinstance(claim.state, Rejected) else (),
        adjudications=tuple(map(ClaimAdjudicated.model_validate_json, bodies.values())),
        history=tuple(_entry(h, q.principal.role) for h in history),
        postings=tuple(
            Posting(kind=e["kind"], adjudication=e["adjudication"], amount=dollars(e["amount"]))
            for e in ledger
        ),
        as_of=q.now,
    )


def _entry(row: HistoryRow, asker: Role) -> HistoryEntry:
    told = asker != "provider" or row.role == "provider"
    return HistoryEntry(
        version=row.version,
        at=row.at,
        what=row.what,
        role=row.role,
        subject=row.subject if told else None,
        cause=row.cause,
        reference=row.reference,
        adjudication=row.adjudication,
    )


def _closed_by(claim: Claim) -> str | None:
    match claim.state:
        case Replaced(by) | Voided(by):
            return by
    return None


def _filters(query: SearchClaims, days: PlanCalendar) -> tuple[list[str], list[Any]]:
    """SQL conditions and their values for the filters that were given. Days are the plan's."""
    since, until = query.received_from, query.received_to
    given: list[tuple[str, Any]] = [
        ("claim_number = any(${})", list(query.claim_numbers) or None),
        ("member_id = ${}", query.member_id),
        ("patient_account = ${}", query.patient_account),
        ("status = any(${})", list(query.statuses) or None),
        ("service_to >= ${}", query.service_from),
        ("service_from <= ${}", query.service_to),
        ("received_at >= ${}", days.start_of(since) if since else None),
        ("received_at < ${}", days.end_of(until) if until else None),
        ("billing_npi = ${}", query.billing_npi),
    ]
    used = [(condition, value) for condition, value in given if value is not None]
    conditions = [condition.format(i) for i, (condition, _) in enumerate(used, 1)]
    return conditions, [value for _, value in used]


def _summary(row: asyncpg.Record) -> ClaimSummary:
    return ClaimSummary(
        claim_number=row["claim_number"],
        status=row["status"],
        form=row["form"],
        member_id=row["member_id"],
        patient_account=row["patient_account"],
        billing_npi=row["billing_npi"],
        service_from=row["service_from"],
        service_to=row["service_to"],
        received_at=row["received_at"],
        changed_at=row["changed_at"],
        total_charge=dollars(row["total_charge"]),
        paid=dollars(row["paid"]),
    )


_SUMMARY = """
select claim_number, status, form, member_id, patient_account, billing_npi, service_from,
       service_to, received_at, changed_at, total_charge, paid
from claims"""
_CLAIM = f"select {COLUMNS} from claims where claim_number = $1"
_LEDGER = """
select kind, adjudication, amount from ledger where claim_number = $1
order by posted_at, adjudication, kind desc"""
