"""Runs checks over a claim and its lines."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from claims.domain.validation.found import Found
from portal_contracts.common import Problem
from portal_contracts.shape_errors import LIMIT, shortened

ClaimCheck = Callable[[Any, date], Found]
"""(claim, today): what is wrong with the claim as a whole."""
LineCheck = Callable[[Any, Any, int, date], Found]
"""(claim, line, index from 0, today): what is wrong with one line."""
UNREADABLE = (AttributeError, TypeError, ValueError)


@dataclass(frozen=True, slots=True)
class Checks:
    """The checks of one form, in the order of its boxes."""

    claim: tuple[ClaimCheck, ...]
    line: tuple[LineCheck, ...]
    seldom: tuple[LineCheck, ...]
    """Of fields that few lines have: run where `has_seldom` says that the line has one."""
    has_seldom: Callable[[Any], bool]


def run(cmd: Any, checks: Checks, today: date) -> list[Problem]:
    """All problems of a whole claim."""
    problems: list[Problem] = []
    for check in checks.claim:
        if found := check(cmd, today):
            problems += found
    for index, line in enumerate(cmd.lines):
        for check_line in checks.line:
            if found := check_line(cmd, line, index, today):
                problems += found
        if checks.has_seldom(line):
            for check_line in checks.seldom:
                problems += check_line(cmd, line, index, today)
        if len(problems) > LIMIT:
            return shortened(problems)
    return problems


def run_on_parts(parts: Any, checks: Checks, today: date) -> list[Problem]:
    """All problems that can be seen in the readable parts of a claim; never raises."""
    problems: list[Problem] = []
    for check in checks.claim:
        try:
            problems += check(parts, today)
        except UNREADABLE:
            continue
    for index, line in enumerate(_lines(parts)):
        for check_line in (*checks.line, *checks.seldom):
            try:
                problems += check_line(parts, line, index, today)
            except UNREADABLE:
                continue
    return shortened(problems)


def _lines(parts: Any) -> tuple[Any, ...]:
    try:
        return tuple(parts.lines)
    except UNREADABLE:
        return ()
