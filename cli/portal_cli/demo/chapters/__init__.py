"""The chapters of the story, in the order in which they are told."""

from portal_cli.demo.chapters.claim_paid import CLAIM_PAID
from portal_cli.demo.chapters.cob_termed import COB_TERMED
from portal_cli.demo.chapters.dispute_overturned import DISPUTE_OVERTURNED
from portal_cli.demo.chapters.maintenance_sla import MAINTENANCE_SLA
from portal_cli.demo.chapters.prior_authorization import PRIOR_AUTHORIZATION
from portal_cli.demo.chapters.records_released import RECORDS_RELEASED

# The one that moves the clock by a month is the last: nothing after it happens in the future.
CHAPTERS = (
    CLAIM_PAID,
    COB_TERMED,
    RECORDS_RELEASED,
    DISPUTE_OVERTURNED,
    PRIOR_AUTHORIZATION,
    MAINTENANCE_SLA,
)
