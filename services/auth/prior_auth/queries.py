"""Reading authorizations (AU-05): within the asker's Tax IDs, and every look is recorded."""

from datetime import datetime

from portal_contracts.auth.problems import AUTHORIZATION_NOT_FOUND
from portal_contracts.auth.queries import GetAuthorization, SearchAuthorizations
from portal_contracts.auth.replies import (
    AuthorizationDetails,
    AuthorizationList,
    AuthorizationSummary,
)
from portal_contracts.base import Reply
from portal_runtime.domain.copying import like
from portal_runtime.queries.reading import one, page
from portal_runtime.routes import QueryContext
from prior_auth.store import AUTHORIZATIONS

ORDER = {"received_at": datetime, "authorization_number": str}


async def search_authorizations(query: SearchAuthorizations, ctx: QueryContext) -> Reply:
    """A page, newest first."""
    statuses = list(query.statuses) or None
    found = await page(ctx, query, _SEARCH, query.member_id, statuses, order=ORDER)
    states = (AUTHORIZATIONS.read(row["body"]) for row in found.rows)
    return AuthorizationList(
        member_id=query.member_id,
        authorizations=tuple(like(AuthorizationSummary, state) for state in states),
        next=found.next,
        as_of=ctx.now,
    )


async def get_authorization(query: GetAuthorization, ctx: QueryContext) -> Reply:
    """One authorization with its lines, their reasons and the next step."""
    number = query.authorization_number
    row = await one(ctx, _ONE, number, otherwise=AUTHORIZATION_NOT_FOUND)
    state = AUTHORIZATIONS.read(row["body"])
    summary = like(AuthorizationSummary, state)
    return like(AuthorizationDetails, state, summary=summary, as_of=ctx.now)


_SEARCH = """
select authorization_number, received_at, body from authorizations
where ($1 or tin = any($2)) and member_id = $3
  and ($4::text[] is null or status = any($4))
  and ($5::timestamptz is null or (received_at, authorization_number) < ($5, $6))
order by received_at desc, authorization_number desc limit $7
"""
_ONE = """
select body from authorizations
where ($1 or tin = any($2)) and authorization_number = $3
"""
