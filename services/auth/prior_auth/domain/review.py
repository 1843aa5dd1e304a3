"""Deciding an authorization line by line (AU-06, AU-08)."""

from collections.abc import Iterator
from typing import Any

from portal_contracts.auth import problems as p
from portal_contracts.auth.commands import DecideLines, LineReview
from portal_contracts.auth.events import DecidedLine, LinesDecided
from portal_contracts.auth.replies import AuthorizationLine, LinesReviewed
from portal_contracts.common import Problem
from portal_contracts.problems.common import ALREADY_DECIDED
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context
from portal_runtime.domain.form_checks import part, problems_of
from portal_runtime.domain.outcome import Outcome, refused
from prior_auth.domain.authorization import FINAL, Authorization, happened


def decide_lines(
    command: DecideLines, known: Authorization | None, ctx: Context
) -> Outcome[Authorization]:
    """Note the decisions, all of them or none."""
    problems = check(command)
    if known is None:
        return refused(p.AUTHORIZATION_NOT_FOUND(), *problems)
    problems += _fit_problems(command, known)
    if problems:
        return refused(*problems)
    event = like(
        LinesDecided,
        known,
        version=known.version + 1,
        at=ctx.now,
        by=ctx.principal.subject,
        lines=tuple(_decided(review, known) for review in command.reviews),
    )
    return happened(known, event, LinesReviewed)


def _decided(review: LineReview, known: Authorization) -> DecidedLine:
    line = known.line(review.line)
    assert line is not None  # _problems has seen to it
    units = _approved_units(review, line)
    return like(DecidedLine, review, number=review.line, approved_units=units)


def _approved_units(review: LineReview, line: AuthorizationLine) -> int:
    match review.decision:
        case "approved":
            return line.requested_units
        case "partly_approved":
            return review.approved_units or 0
        case "denied" | "pended_for_information":
            return 0


def check(form: Any, *_: object) -> list[Problem]:
    """The rules that need nothing but the form, also a form of which only parts could be read."""
    return problems_of(form, (_twice, _each))


def _twice(form: Any) -> Iterator[Problem]:
    named: set[int] = set()
    for index, review in enumerate(form.reviews):
        line = part(review, "line")
        if line in named:
            yield p.LINE_TWICE(line=line, field=f"reviews.{index}.line")
        if line is not None:
            named.add(line)


def _each(form: Any) -> Iterator[Problem]:
    for index, review in enumerate(form.reviews):
        rules = (_units_of_nothing, _reason, _denial_reason)
        yield from problems_of(review, rules, f"reviews.{index}")


def _units_of_nothing(review: Any, at: str) -> Iterator[Problem]:
    nothing = review.decision in ("denied", "pended_for_information")
    if nothing and review.approved_units not in (None, 0):
        yield p.UNITS_WHEN_NOT_APPROVED(line=review.line, field=f"{at}.approved_units")


def _reason(review: Any, at: str) -> Iterator[Problem]:
    if review.decision != "approved" and not review.reason.strip():
        # CMS-0057-F: a denial, also a partial one, tells its specific reason.
        yield p.REASON_MISSING(line=review.line, field=f"{at}.reason")


def _denial_reason(review: Any, at: str) -> Iterator[Problem]:
    if (review.decision == "denied") != (review.denial_reason is not None):
        yield p.DENIAL_REASON(line=review.line, field=f"{at}.denial_reason")


def _fit_problems(command: DecideLines, known: Authorization) -> Iterator[Problem]:
    """Problems with what is on file."""
    for index, review in enumerate(command.reviews):
        at, line = f"reviews.{index}", known.line(review.line)
        if line is None:
            yield p.NO_SUCH_LINE(line=review.line, last=len(known.lines), field=f"{at}.line")
        elif line.decision in FINAL:
            decision, what = line.decision.replace("_", " "), f"Line {review.line}"
            yield ALREADY_DECIDED(what=what, decision=decision, field=f"{at}.line")
        else:
            yield from _units(review, line.requested_units, f"{at}.approved_units")


def _units(review: LineReview, asked: int, field: str) -> Iterator[Problem]:
    units = review.approved_units
    if review.decision == "approved" and units not in (None, asked):
        yield p.UNITS_WHEN_APPROVED(line=review.line, asked=asked, field=field)
    if review.decision == "partly_approved" and (units is None or not 0 < units < asked):
        yield p.UNITS_WHEN_PARTLY_APPROVED(line=review.line, asked=asked, field=field)
