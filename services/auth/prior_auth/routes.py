"""Table of contents of prior authorization: what it takes, what each needs, who decides."""

from portal_contracts.auth import commands as m
from portal_contracts.auth import queries as q
from portal_contracts.eligibility.events import MemberChanged
from portal_runtime.routes import Routes, about, ask, keep
from prior_auth import queries
from prior_auth.domain import request, review
from prior_auth.facts import MEMBERS
from prior_auth.store import AUTHORIZATIONS

ROUTES = Routes(
    about(
        m.RequestAuthorization,
        request.request,
        look=MEMBERS,
        by="member_id",
        saves=AUTHORIZATIONS,
        check=request.check,
    ),
    about(
        m.DecideLines,
        review.decide_lines,
        look=AUTHORIZATIONS,
        by="authorization_number",
        check=review.check,
    ),
    keep(MemberChanged, MEMBERS, by="member_id"),
    ask(q.SearchAuthorizations, answer=queries.search_authorizations),
    ask(q.GetAuthorization, answer=queries.get_authorization),
)
