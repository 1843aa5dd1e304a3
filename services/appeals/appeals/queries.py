"""Reading disputes and appeals (DI-03, AP-03): within the asker's Tax IDs, every look recorded."""

from datetime import datetime

from appeals.store import CASES
from portal_contracts.appeals.problems import CASE_NOT_FOUND
from portal_contracts.appeals.queries import GetCase, SearchCases
from portal_contracts.appeals.replies import CaseDetails, CaseList, CaseSummary
from portal_contracts.base import Reply
from portal_runtime.domain.copying import like
from portal_runtime.queries.reading import one, page
from portal_runtime.routes import QueryContext

ORDER = {"received_at": datetime, "case_number": str}


async def get_case(query: GetCase, ctx: QueryContext) -> Reply:
    """One dispute or appeal with its decision and the outcome it led to."""
    row = await one(ctx, _ONE, query.case_number, otherwise=CASE_NOT_FOUND)
    case = CASES.read(row["body"])
    return like(CaseDetails, case, summary=like(CaseSummary, case), as_of=ctx.now)


async def search_cases(query: SearchCases, ctx: QueryContext) -> Reply:
    """A page, newest first."""
    wanted = (query.claim_number, query.kind, list(query.statuses) or None)
    found = await page(ctx, query, _SEARCH, *wanted, order=ORDER)
    cases = tuple(like(CaseSummary, CASES.read(row["body"])) for row in found.rows)
    return CaseList(cases=cases, next=found.next, as_of=ctx.now)


_ONE = """
select body from cases where ($1 or tin = any($2)) and case_number = $3
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
