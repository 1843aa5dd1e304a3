"""CL-17.10 Not a covered service: CO-96 N130."""

from claims.domain.facts import Facts
from claims.domain.rules.case import Case, Finding, Line
from claims.domain.rules.rule_set import CodeRule

NON_COVERED = Finding("CO", "96", ("N130",))


def non_covered(_case: Case, _line: Line, rule: CodeRule, _: Facts) -> Finding | None:
    """The rule set excludes the procedure. A code without any price is handled by `pricing`."""
    return None if rule.covered else NON_COVERED
