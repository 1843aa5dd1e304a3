"""Reading rows for an answer: one, or a page of them, always within the asker's scope.

The first two parameters of every statement are the scope (`Scope.sql()`): `where ($1 or tin =
any($2))`. A statement of pages ends with those of the page: the last row that was shown, a value
for each column of the order (all of them null on the first page), and how many rows to fetch.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import asyncpg

from portal_contracts.common import Problem, Refused
from portal_contracts.paging import Page
from portal_runtime.domain.decision import refusal
from portal_runtime.queries.paging import BAD_PAGE, page_key, read_page_key
from portal_runtime.routes import QueryContext


class NoAnswer(Exception):
    """There is nothing to answer with but a refusal."""

    def __init__(self, reply: Refused) -> None:
        super().__init__("refused")
        self.reply = reply


@dataclass(frozen=True, slots=True)
class Rows:
    """One page."""

    rows: list[asyncpg.Record]
    next: str | None
    """Key of the page that follows; none on the last one."""


async def one(
    ctx: QueryContext, sql: str, *args: Any, otherwise: Callable[[], Problem]
) -> asyncpg.Record:
    """The row, where there is one that the asker may see. NoAnswer (`otherwise`), where not.

    The same answer for unknown and not theirs: whose it is, is nobody else's business.
    """
    row: asyncpg.Record | None = await ctx.conn.fetchrow(sql, *ctx.scope.sql(), *args)
    if row is None:
        raise NoAnswer(refusal(otherwise()))
    return row


async def page(
    ctx: QueryContext, query: Page, sql: str, *args: Any, order: Mapping[str, type[date | str]]
) -> Rows:
    """A page in the order of these columns of the rows; the last one is unique.

    `order`: what each column holds: `datetime`, `date` or `str` (a number such as CLM-…), never
    null: `coalesce(due_date, 'infinity') as due` comes last. One row more than asked for tells
    whether another page follows. NoAnswer for a key that is none.
    """
    try:
        last = read_page_key(query.after, tuple(order.values()))
    except ValueError:
        raise NoAnswer(BAD_PAGE) from None
    found = await ctx.conn.fetch(sql, *ctx.scope.sql(), *args, *last, query.limit + 1)
    rows = found[: query.limit]
    more = len(found) > query.limit
    return Rows(rows, page_key(*(rows[-1][column] for column in order)) if more else None)
