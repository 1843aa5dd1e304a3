"""CL-17.8 Medical records required, none released: CO-252 with the rule's remark (CL-12)."""

from datetime import date

from claims.domain.facts import Facts, ReleasedRecord
from claims.domain.rules.case import Case, Finding, Line
from claims.domain.rules.rule_set import CodeRule


def records(case: Case, _line: Line, rule: CodeRule, facts: Facts) -> Finding | None:
    """The procedure needs records, and no released document serves."""
    if not rule.records or case.claim.released:
        return None
    if any(_serves(record, case) for record in facts.records_for(case.submission.billing.tin)):
        return None
    return Finding("CO", "252", rule.records)


def _serves(record: ReleasedRecord, case: Case) -> bool:
    """Attached to the claim, or sent for member and date before the claim was received (CL-15)."""
    claim = case.claim
    if record.document_id in claim.documents or record.claim_number == claim.number:
        return True
    return serves_later(record, case.first, case.last, case.received_on)


def serves_later(record: ReleasedRecord, first: date, last: date, received_on: date) -> bool:
    """Whether a record sent without a claim number serves a claim with these dates of service that
    was received on this day of the plan: the day of the record's receipt, or a later one.
    """
    return (
        record.claim_number is None
        and record.service_date is not None
        and first <= record.service_date <= last
        and record.received_on <= received_on
    )
