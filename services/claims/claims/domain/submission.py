"""What is read off a claim as it was submitted, of either form."""

from datetime import date
from functools import lru_cache
from hashlib import blake2b

from portal_contracts.claims.commands import SubmitInstitutionalClaim, SubmitProfessionalClaim

Submission = SubmitProfessionalClaim | SubmitInstitutionalClaim


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
