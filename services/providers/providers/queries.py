"""Read side of the providers service. A provider sees its own Tax IDs only."""

from datetime import date, datetime
from typing import Any

from portal_contracts.base import Reply
from portal_contracts.providers import queries as q
from portal_contracts.providers import replies as r
from portal_contracts.providers.problems import PROVIDER_NOT_FOUND, REQUEST_NOT_FOUND
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE
from portal_runtime.routes import QueryContext
from providers.domain.profile import Profile
from providers.domain.request import MaintenanceRequest


async def get_provider(query: q.GetProvider, ctx: QueryContext) -> Reply:
    """The profile, if the asker may act for its Tax ID."""
    rows = await ctx.conn.fetch(_PROFILES, query.npi, *ctx.scope.sql())
    profiles = dict(rows)
    if query.tin not in profiles:
        return refusal(PROVIDER_NOT_FOUND())
    profile = Profile.model_validate_json(profiles[query.tin])
    shown = profile.model_dump(exclude={"deceased_on"})
    return r.ProviderDetails(
        **shown,
        active=profile.active_on(query.on or ctx.settings.calendar.day_of(ctx.now)),
        other_tins=tuple(t for t in profiles if t != query.tin),
        as_of=ctx.now,
    )


async def get_request(query: q.GetMaintenanceRequest, ctx: QueryContext) -> Reply:
    """One request with everything said about it."""
    body = await ctx.conn.fetchval(_REQUEST, query.number, *ctx.scope.sql())
    if body is None:
        return refusal(REQUEST_NOT_FOUND())
    request = MaintenanceRequest.model_validate_json(body)
    return r.MaintenanceRequestDetails(
        summary=request.summary(),
        change=request.change,
        contact=request.contact.on_file(),
        documents=request.documents,
        notes=request.notes,
        exchanges=request.exchanges,
        decision_note=request.decision_note,
        as_of=ctx.now,
    )


async def search_requests(query: q.SearchMaintenanceRequests, ctx: QueryContext) -> Reply:
    """A page of requests, due first, of one day the oldest; one row more tells of another page."""
    start = _page_start(query.after)
    if start is None:
        return BAD_PAGE
    rows = await ctx.conn.fetch(
        _SEARCH,
        *ctx.scope.sql(),
        list(query.tins) or None,
        query.npi,
        list(query.kinds) or None,
        list(query.statuses) or None,
        query.received_before,
        query.due_by,
        query.breached,
        *start,
        query.limit + 1,
    )
    shown, more = rows[: query.limit], len(rows) > query.limit
    found = [MaintenanceRequest.model_validate_json(row["body"]) for row in shown]
    return r.MaintenanceRequestList(
        requests=tuple(request.summary() for request in found),
        next=_page_key(shown[-1]) if more else None,
        as_of=ctx.now,
    )


async def sla_board(_: q.GetSlaBoard, ctx: QueryContext) -> Reply:
    """PR-08: open requests by kind with age and deadline, and the percentage decided in time."""
    rows = await ctx.conn.fetch(_BOARD, ctx.settings.calendar.day_of(ctx.now))
    board = tuple(r.SlaRow(**dict(row)) for row in rows)
    closed, in_time = sum(row.closed for row in board), sum(row.closed_in_time for row in board)
    percent = f"{100 * in_time / closed:.1f}" if closed else None
    return r.SlaBoard(rows=board, percent_in_time=percent, as_of=ctx.now)


def _page_start(after: str | None) -> tuple[str, str, str] | None:
    """(due, received, number) of the last row shown; before everything when there is none."""
    if after is None:
        return "-infinity", "-infinity", ""
    due, received, number = (*after.split("~", 2), "", "")[:3]
    try:
        day = due if due == "infinity" else date.fromisoformat(due).isoformat()
        moment = datetime.fromisoformat(received)
    except ValueError:
        return None
    return (day, moment.isoformat(), number) if number and moment.tzinfo else None


def _page_key(row: Any) -> str:
    due = row["due_date"]
    day = due.isoformat() if due is not None else "infinity"
    return f"{day}~{row['received_at'].isoformat()}~{row['number']}"


_PROFILES = """
select tin, body from profiles
where npi = $1 and ($2 or tin = any($3)) order by tin
"""

_REQUEST = "select body from requests where number = $1 and ($2 or tin = any($3))"

_SEARCH = """
select number, received_at, due_date, body from requests
where ($1 or tin = any($2))
  and ($3::text[] is null or tin = any($3))
  and ($4::text is null or npi = $4)
  and ($5::text[] is null or kind = any($5))
  and ($6::text[] is null or status = any($6))
  and ($7::timestamptz is null or received_at < $7)
  and ($8::date is null or due_date <= $8)
  and ($9::boolean is null or breached = $9)
  and (coalesce(due_date, 'infinity'), received_at, number)
      > ($10::text::date, $11::text::timestamptz, $12)
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
