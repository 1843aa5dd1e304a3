"""The edits in the order of CL-17. The claim's stop at the first finding, a line's are collected.

To add one: a module with one function, and a line in one of these tables. The premium grace period
(OA-257) belongs between `coverage` and `billing_provider`, authorization before `records`.
"""

from collections.abc import Callable, Sequence

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding, Line
from claims.domain.rules.edits.billing_provider import billing_provider
from claims.domain.rules.edits.code_fit import age_fits, place_fits, sex_fits
from claims.domain.rules.edits.coverage import coverage
from claims.domain.rules.edits.duplicate import duplicate
from claims.domain.rules.edits.non_covered import non_covered
from claims.domain.rules.edits.other_coverage import other_coverage
from claims.domain.rules.edits.records import records
from claims.domain.rules.edits.timely_filing import timely_filing
from claims.domain.rules.rule_set import CodeRule
from portal_contracts.claims.outcome import Edit

ClaimEdit = Callable[[Case, Facts], Finding | None]
LineEdit = Callable[[Case, Line, CodeRule, Facts], Finding | None]

CLAIM_EDITS: tuple[tuple[Edit, ClaimEdit], ...] = (
    ("duplicate", duplicate),
    ("timely_filing", timely_filing),
    ("coverage", coverage),
    ("provider", billing_provider),
    ("cob", other_coverage),
)
LINE_EDITS: tuple[tuple[Edit | None, LineEdit], ...] = (
    ("records", records),
    (None, age_fits),
    (None, sex_fits),
    (None, place_fits),
    (None, non_covered),
)
"""None: no dispute sets this edit aside; the claim must be corrected."""
NOTHING_FOUND: tuple[Finding, ...] = ()


def claim_finding(case: Case, facts: Facts) -> Finding | None:
    """The first reason why the whole claim is not paid."""
    waived = case.waived
    for name, edit in CLAIM_EDITS:
        if name not in waived:
            finding = edit(case, facts)
            if finding is not None:
                return finding
    return None


def line_findings(case: Case, line: Line, facts: Facts) -> Sequence[Finding]:
    """Every reason why the line is not paid, so that all can be corrected at once."""
    rule = line.rules.edits.codes.get(line.code or "")
    if rule is None:
        return NOTHING_FOUND
    waived = case.waived
    found = (edit(case, line, rule, facts) for name, edit in LINE_EDITS if name not in waived)
    return [finding for finding in found if finding is not None]
