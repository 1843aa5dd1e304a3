"""How a check reports what it finds."""

from collections.abc import Sequence

from portal_contracts.common import Problem

Found = Sequence[Problem]
FINE: Found = ()


def problem(code: str, message: str, field: str, box: str, status: str | None) -> Found:
    """One problem: a stable code, a sentence for a biller, where it is, and its 277CA codes."""
    return (Problem(code=code, message=message, field=field, box=box, status=status),)
