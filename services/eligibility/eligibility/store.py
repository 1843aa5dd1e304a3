"""Own table of the eligibility service."""

from eligibility.domain.member import Member
from portal_runtime.tables import States

MEMBERS = States(
    "members",
    key="member_id",
    model=Member,
    columns={
        "medicaid_id": "text",
        "case_number": "text",
        "last_name": ("text", "searchable_last_name"),
        "first_name": ("text", "searchable_first_name"),
        "date_of_birth": "date",
        "subscriber": "text",
    },
)
