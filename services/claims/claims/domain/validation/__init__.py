"""CL-03 Checks of a claim before anything is accepted: every problem at once, in form order.

Shapes and required fields are the contract's; here is what one field says about another. A check is
a function of the claim (or of one line) that returns the problems it finds.

`check` is for a whole claim: an error in a check is a fault of ours and must be seen. `check_parts`
is for the readable parts of a broken one: a check that touches a missing part is skipped.
"""

from datetime import date
from typing import Any

from claims.domain.submission import Submission
from claims.domain.validation.institutional import INSTITUTIONAL
from claims.domain.validation.professional import PROFESSIONAL
from claims.domain.validation.run import Checks, run, run_on_parts
from portal_contracts.claims.commands import SubmitInstitutionalClaim
from portal_contracts.common import Problem

__all__ = [
    "INSTITUTIONAL",
    "PROFESSIONAL",
    "Checks",
    "check",
    "check_institutional",
    "check_parts",
    "check_professional",
]


def check(cmd: Submission, today: date) -> list[Problem]:
    """Everything wrong with a whole claim; empty for a sound one."""
    institutional = isinstance(cmd, SubmitInstitutionalClaim)
    return run(cmd, INSTITUTIONAL if institutional else PROFESSIONAL, today)


def check_professional(parts: Any, today: date, _: Any = None) -> list[Problem]:
    """What can be said of the readable parts of a CMS-1500."""
    return run_on_parts(parts, PROFESSIONAL, today)


def check_institutional(parts: Any, today: date, _: Any = None) -> list[Problem]:
    """What can be said of the readable parts of a UB-04."""
    return run_on_parts(parts, INSTITUTIONAL, today)
