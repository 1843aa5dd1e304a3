"""The answer to a command about somebody who is not on file."""

from eligibility.domain.ids import has_suffix
from portal_contracts.common import Problem


def unknown_member(member_id: str) -> Problem:
    """Says what to do; the ID itself is not repeated."""
    advice = (
        "Check it against the card, or search by name and date of birth."
        if has_suffix(member_id)
        else "Give it with its two-digit suffix as on the card: -00 for the subscriber."
    )
    return Problem(
        code="unknown_member",
        message=f"Member ID (box 1a / FL 60): nobody with this ID is on file. {advice}",
        field="member_id",
        box="1a / FL 60",
    )
