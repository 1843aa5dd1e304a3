"""Read side of the providers service. A provider sees its own Tax IDs only."""

from datetime import date, datetime

from portal_contracts.base import Reply
from portal_contracts.providers import queries as q
from portal_contracts.providers import replies as r
from portal_contracts.providers.problems import PROVIDER_NOT_FOUND, REQUEST_NOT_FOUND
from portal_runtime.domain.copying import like
from portal_runtime.queries.reading import one, page
from portal_runtime.routes import QueryContext
from providers.store import PROFILES, REQUESTS

DUE_FIRST = {"due": date, "received_at": datetime, "number": str}


async def get_provider(query: q.GetProvider, ctx: QueryContext) -> Reply:
    """The profile, if the asker may act for its Tax ID."""
    row = await one(ctx, _PROFILE, query.npi, query.tin, otherwise=PROVIDER_NOT_FOUND)
    profile = PROFILES.read(row["body"])
    day = query.on or ctx.settings.calendar.day_of(ctx.now)
    active, other_tins = profile.active_on(day), tuple(row["other_tins"])
    return like(r.ProviderDetails, profile, active=active, other_tins=other_tins, as_of=ctx.now)


async def get_request(query: q.GetMaintenanceRequest, ctx: QueryContext) -> Reply:
    """One request with everything said about it."""
    row = await one(ctx, _REQUEST, query.number, otherwise=REQUEST_NOT_FOUND)
    request = REQUESTS.read(row["body"])
    summary = like(r.RequestSummary, request)
    return like(r.MaintenanceRequestDetails, request, summary=summary, as_of=ctx.now)


async def search_requests(query: q.SearchMaintenanceRequests, ctx: QueryContext) -> Reply:
    """A page of requests, due first, of one day the oldest."""
    wanted = (
        list(query.tins) or None,
        query.npi,
        list(query.kinds) or None,
        list(query.statuses) or None,
        query.received_before,
        query.due_by,
        query.breached,
    )
    found = await page(ctx, query, _SEARCH, *wanted, order=DUE_FIRST)
    requests = (REQUESTS.read(row["body"]) for row in found.rows)
    return r.MaintenanceRequestList(
        requests=tuple(like(r.RequestSummary, request) for request in requests),
        next=found.next,
        as_of=ctx.now,
    )


async def sla_board(_: q.GetSlaBoard, ctx: QueryContext) -> Reply:
    """PR-08: open requests by kind with age and deadline, and the percentage decided in time."""
    rows = await ctx.conn.fetch(_BOARD, ctx.settings.calendar.day_of(ctx.now))
    board = tuple(r.SlaRow(**dict(row)) for row in rows)
    closed, in_time = sum(row.closed for row in board), sum(row.closed_in_time for row in board)
    percent = f"{100 * in_time / closed:.1f}" if closed else None
    return r.SlaBoard(rows=board, percent_in_time=percent, as_of=ctx.now)


_PROFILE = """
select body, array(select o.tin from profiles o
                   where ($1 or o.tin = any($2)) and o.npi = $3 and o.tin <> $4
                   order by o.tin) as other_tins
from profiles
where ($1 or tin = any($2)) and npi = $3 and tin = $4
"""

_REQUEST = "select body from requests where ($1 or tin = any($2)) and number = $3"

_SEARCH = """
select number, received_at, coalesce(due_date, 'infinity') as due, body from requests
where ($1 or tin = any($2))
  and ($3::text[] is null or tin = any($3))
  and ($4::text is null or npi = $4)
  and ($5::text[] is null or kind = any($5))
  and ($6::text[] is null or status = any($6))
  and ($7::timestamptz is null or received_at < $7)
  and ($8::date is null or due_date <= $8)
  and ($9::boolean is null or breached = $9)
  and (coalesce(due_date, 'infinity'), received_at, number)
      > (coalesce($10::date, '-infinity'), coalesce($11::timestamptz, '-infinity'),
         coalesce($12, ''))
order by coalesce(due_date, 'infinity'), received_at, number
limit $13
"""

_BOARD = """
select kind,
       count(*) filter (where closed_at is null) as open,
       count(*) filter (where status = 'information_needed') as waiting,
       count(*) filter (where closed_at is null and (breached or due_date < $1)) as overdue,
       min(received_at) filter (where closed_at is null) as oldest_received_at,
       min(due_date) filter (where closed_at is null) as next_due_date,
       count(*) filter (where closed_at is not null) as closed,
       count(*) filter (where closed_at is not null and not breached) as closed_in_time
from requests group by kind order by kind
"""
