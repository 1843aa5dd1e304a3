"""Own tables of the prior authorization service."""

from portal_runtime.tables import States
from prior_auth.domain.authorization import Authorization

AUTHORIZATIONS = States(
    "authorizations",
    key="authorization_number",
    model=Authorization,
    columns={
        "member_id": "text",
        "tin": "text",
        "status": "text",
        "urgency": "text",
        "received_at": "timestamptz",
    },
)
