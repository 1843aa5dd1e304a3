"""What the service remembers of a claim."""

from datetime import date, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import NamedTuple

from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim
from portal_contracts.claims.events import ClaimAdjudicated
from portal_contracts.claims.outcome import ClaimStatus, Edit, FormType
from portal_contracts.common import Problem
from portal_contracts.money import cents

Submission = SubmitProfessionalClaim | SubmitInstitutionalClaim


class Claim(NamedTuple):
    """A claim and where it stands. Changed only by making a new one with `version` one higher."""

    number: str
    status: ClaimStatus
    submission: Submission
    received_at: datetime
    service_from: date
    service_to: date
    """First and last date of service: see `service_dates`."""
    version: int = 1
    adjudication: ClaimAdjudicated | None = None
    """The latest one; none for a rejected claim and for a void."""
    duplicate_key: str = ""
    documents: tuple[str, ...] = ()
    """Attached at submission or sent as records since (CL-05, CL-12)."""
    released: tuple[str, ...] = ()
    """Those of the documents that have been released."""
    waived: tuple[Edit, ...] = ()
    """Edits that an overturned decision has set aside for good."""
    replaces: str | None = None
    replaced_by: str | None = None
    problems: tuple[Problem, ...] = ()
    """Why it was rejected."""

    @property
    def form(self) -> FormType:
        professional = isinstance(self.submission, SubmitProfessionalClaim)
        return "professional" if professional else "institutional"

    @property
    def paid(self) -> int:
        """What stands as paid, in cents: nothing once the claim is replaced or voided."""
        if self.adjudication is None or self.status in ("replaced", "voided"):
            return 0
        return cents(self.adjudication.paid)

    def carcs(self) -> frozenset[str]:
        """Adjustment reasons of the latest adjudication."""
        if self.adjudication is None:
            return frozenset()
        return frozenset([a.carc for line in self.adjudication.lines for a in line.adjustments])


def service_dates(submission: Submission) -> tuple[date, date]:
    """First and last date of service: of the lines, or of the statement."""
    if isinstance(submission, SubmitInstitutionalClaim):
        return submission.statement_from, submission.statement_to
    lines = submission.lines
    first, last = lines[0].from_date, lines[0].to_date
    for line in lines:
        if line.from_date < first:
            first = line.from_date
        if line.to_date > last:
            last = line.to_date
    return first, last


def duplicate_key(submission: Submission) -> str:
    """Equal for two claims that bill the same thing (2.5): member, billing provider, and of every
    line the dates, code, modifiers, units, charge, place and rendering provider. Not the account
    number, not the order of the lines, and not whether who rendered stands above them or on each.
    """
    billing = submission.billing
    if isinstance(submission, SubmitInstitutionalClaim):
        head = (
            f"{submission.type_of_bill[-3:]} {submission.statement_from} {submission.statement_to}"
        )
        lines = [
            f"{x.revenue_code} {x.procedure} {'.'.join(x.modifiers)} {x.service_date} "
            f"{thousandths(x.units)} {x.charge}"
            for x in submission.lines
        ]
    else:
        head = ""
        common = submission.rendering.npi if submission.rendering else ""
        lines = [
            f"{x.procedure}{'.'.join(x.modifiers)} {x.from_date.toordinal()} "
            f"{x.to_date.toordinal()} {x.place} {thousandths(x.units)} {x.charge} "
            f"{x.rendering.npi if x.rendering else common}"
            for x in submission.lines
        ]
    lines.sort()
    text = f"{submission.member_id}|{billing.tin}|{billing.npi}|{head}|{'|'.join(lines)}"
    return blake2b(text.encode(), digest_size=16).hexdigest()


@lru_cache(maxsize=4096)
def thousandths(units: str) -> int:
    """Units as whole thousandths: '1' and '1.00' are 1000."""
    whole, _, part = units.partition(".")
    return int(whole) * 1000 + int(part.ljust(3, "0"))
