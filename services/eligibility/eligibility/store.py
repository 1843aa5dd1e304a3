"""Own table of the eligibility service."""

from eligibility.domain.ids import base_of
from eligibility.domain.member import Member
from eligibility.domain.names import searchable
from portal_runtime.tables import States

MEMBERS = States(
    "members",
    key="member_id",
    model=Member,
    columns={
        "medicaid_id": "text",
        "case_number": "text",
        "last_name": "text",
        "first_name": "text",
        "date_of_birth": "date",
        "subscriber": "text",
    },
    row=lambda m: (
        m.details.medicaid_id,
        m.details.case_number,
        searchable(m.last_name),
        searchable(m.first_name),
        m.date_of_birth,
        base_of(m.member_id),
    ),
)
