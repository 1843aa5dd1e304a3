"""What other services announced, as the prior authorization service keeps it."""

from portal_contracts.eligibility.events import MemberChanged
from portal_runtime.tables import Facts

MEMBERS = Facts("member", MemberChanged)
"""By member ID: who exists, and the other insurance on file (AU-02)."""
