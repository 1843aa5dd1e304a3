"""Reading authorizations (AU-05): within the asker's Tax IDs, and every look is recorded."""

import asyncpg

from portal_contracts.auth.problems import AUTHORIZATION_NOT_FOUND
from portal_contracts.auth.queries import GetAuthorization, SearchAuthorizations
from portal_contracts.auth.replies import AuthorizationDetails, AuthorizationList
from portal_contracts.base import Reply
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE, page_key, read_page_key
from portal_runtime.routes import QueryContext
from prior_auth.domain.authorization import Authorization


async def search_authorizations(query: SearchAuthorizations, ctx: QueryContext) -> Reply:
    """A page, newest first; one row more than asked tells whether another page follows."""
    try:
        received, number = read_page_key(query.after)
    except ValueError:
        return BAD_PAGE
    rows = await ctx.conn.fetch(
        _SEARCH,
        query.member_id,
        *ctx.scope.sql(),
        list(query.statuses) or None,
        received,
        number,
        query.limit + 1,
    )
    page = rows[: query.limit]
    return AuthorizationList(
        member_id=query.member_id,
        authorizations=tuple(_state(row).summary() for row in page),
        next=_following(page[-1]) if len(rows) > query.limit else None,
        as_of=ctx.now,
    )


async def get_authorization(query: GetAuthorization, ctx: QueryContext) -> Reply:
    """One authorization with its lines, their reasons and the next step."""
    row = await ctx.conn.fetchrow(_ONE, query.authorization_number, *ctx.scope.sql())
    if row is None:
        # The same answer for unknown and not theirs: whose it is, is nobody else's business.
        return refusal(AUTHORIZATION_NOT_FOUND())
    state = _state(row)
    return AuthorizationDetails(
        summary=state.summary(),
        servicing=state.servicing,
        ordering=state.ordering,
        contact=state.contact,
        diagnoses=state.diagnoses,
        lines=state.lines,
        documents=state.documents,
        notes=state.notes,
        as_of=ctx.now,
    )


def _state(row: asyncpg.Record) -> Authorization:
    return Authorization.model_validate_json(row["body"])


def _following(row: asyncpg.Record) -> str:
    return page_key(row["received_at"], row["authorization_number"])


_SEARCH = """
select authorization_number, received_at, body from authorizations
where member_id = $1 and ($2 or tin = any($3))
  and ($4::text[] is null or status = any($4))
  and ($5::timestamptz is null or (received_at, authorization_number) < ($5, $6))
order by received_at desc, authorization_number desc limit $7
"""
_ONE = """
select body from authorizations
where authorization_number = $1 and ($2 or tin = any($3))
"""
