"""Reading disputes and appeals (DI-03, AP-03): within the asker's Tax IDs, every look recorded."""

import asyncpg

from appeals.domain.case import Case
from portal_contracts.appeals.problems import CASE_NOT_FOUND
from portal_contracts.appeals.queries import GetCase, SearchCases
from portal_contracts.appeals.replies import CaseDetails, CaseList
from portal_contracts.base import Reply
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE, page_key, read_page_key
from portal_runtime.routes import QueryContext


async def get_case(query: GetCase, ctx: QueryContext) -> Reply:
    """One dispute or appeal with its decision and the outcome it led to."""
    row = await ctx.conn.fetchrow(_ONE, query.case_number, *ctx.scope.sql())
    if row is None:
        # The same answer for unknown and not theirs: whose it is, is nobody else's business.
        return refusal(CASE_NOT_FOUND())
    case = _case(row)
    return CaseDetails(
        summary=case.summary(),
        statement=case.statement,
        notes=case.notes,
        documents=case.documents,
        contact=case.contact,
        adjudication=case.adjudication,
        last_day=case.last_day,
        reason=case.reason,
        waived=case.waived,
        as_of=ctx.now,
    )


async def search_cases(query: SearchCases, ctx: QueryContext) -> Reply:
    """A page, newest first; one row more than asked tells whether another page follows."""
    try:
        received, number = read_page_key(query.after)
    except ValueError:
        return BAD_PAGE
    rows = await ctx.conn.fetch(
        _SEARCH,
        *ctx.scope.sql(),
        query.claim_number,
        query.kind,
        list(query.statuses) or None,
        received,
        number,
        query.limit + 1,
    )
    page = rows[: query.limit]
    cases = [_case(row) for row in page]
    return CaseList(
        cases=tuple(case.summary() for case in cases),
        next=_following(page[-1]) if len(rows) > query.limit else None,
        as_of=ctx.now,
    )


def _case(row: asyncpg.Record) -> Case:
    return Case.model_validate_json(row["body"])


def _following(row: asyncpg.Record) -> str:
    return page_key(row["received_at"], row["case_number"])


_ONE = """
select body from cases where case_number = $1 and ($2 or tin = any($3))
"""
_SEARCH = """
select case_number, received_at, body from cases
where ($1 or tin = any($2))
  and ($3::text is null or claim_number = $3)
  and ($4::text is null or kind = $4)
  and ($5::text[] is null or status = any($5))
  and ($6::timestamptz is null or (received_at, case_number) < ($6, $7))
order by received_at desc, case_number desc limit $8
"""
