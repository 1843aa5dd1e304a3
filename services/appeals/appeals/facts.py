"""What other services announced, as the disputes and appeals service keeps it."""

from appeals.domain.claim import KnownClaim, MemberCoverage
from portal_runtime.tables import Facts

CLAIMS = Facts("claim", KnownClaim)
"""By claim number: whose it is, how it stands, why it was denied."""
COVERAGE = Facts("coverage", MemberCoverage)
"""By member ID: the line of business selects the time limit."""
