"""Answers that tell how fresh they are, and lists that come page by page: the same everywhere."""

from pydantic import Field

from portal_contracts.base import Query, Reply
from portal_contracts.fields import Instant, PageSize, form


class Page(Query):
    """A query that is answered page by page. Ask again with `after` until `next` is none."""

    after: str | None = form("Page key: `next` of the page before", default=None, max_length=200)
    limit: PageSize = form("Rows on the page", default=50)


class Answer(Reply):
    """What a query is answered with."""

    as_of: Instant = Field(description="How fresh the answer is")


class PageAnswer(Answer):
    """One page of a list."""

    next: str | None = Field(None, description="Key of the next page; none on the last")
