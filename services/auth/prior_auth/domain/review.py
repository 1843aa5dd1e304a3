"""Deciding an authorization line by line (AU-06, AU-08)."""

from collections.abc import Iterator

from portal_contracts.auth.commands import DecideLines, LineReview
from portal_contracts.auth.events import DecidedLine, LinesDecided
from portal_contracts.auth.replies import AuthorizationLine, LinesReviewed
from portal_contracts.common import Problem
from portal_runtime.domain.decision import Context
from prior_auth.domain.authorization import FINAL, Authorization, evolve
from prior_auth.domain.outcome import Outcome, accepted, refused


def decide_lines(command: DecideLines, known: Authorization | None, ctx: Context) -> Outcome:
    """Note the decisions, all of them or none."""
    if known is None:
        return refused(_not_found())
    problems = list(_problems(command, known))
    if problems:
        return refused(*problems)
    event = LinesDecided(
        authorization_number=known.number,
        version=known.version + 1,
        member_id=known.member_id,
        at=ctx.now,
        by=ctx.principal.subject,
        lines=tuple(_decided(review, known) for review in command.reviews),
    )
    after = evolve(known, event)
    reply = LinesReviewed(
        authorization_number=after.number,
        version=after.version,
        status=after.status,
        lines=after.lines,
    )
    return accepted(after, event, reply)


def _decided(review: LineReview, known: Authorization) -> DecidedLine:
    line = known.line(review.line)
    assert line is not None  # _problems has seen to it
    return DecidedLine(
        number=review.line,
        decision=review.decision,
        approved_units=_approved_units(review, line),
        denial_reason=review.denial_reason,
        reason=review.reason,
    )


def _approved_units(review: LineReview, line: AuthorizationLine) -> int:
    match review.decision:
        case "approved":
            return line.requested_units
        case "partly_approved":
            return review.approved_units or 0
        case "denied" | "pended_for_information":
            return 0


def _problems(command: DecideLines, known: Authorization) -> Iterator[Problem]:
    named: set[int] = set()
    for index, review in enumerate(command.reviews):
        at = f"reviews.{index}"
        line = known.line(review.line)
        if line is None:
            text = f"Line {review.line}: the authorization has lines 1 to {len(known.lines)} only."
            yield Problem(code="no_such_line", message=text, field=f"{at}.line")
        elif review.line in named:
            text = f"Line {review.line}: is named twice. Give one decision per line."
            yield Problem(code="line_twice", message=text, field=f"{at}.line")
        elif line.decision in FINAL:
            text = f"Line {review.line}: was decided already ({line.decision}), which is final."
            yield Problem(code="already_decided", message=text, field=f"{at}.line")
        else:
            yield from _review_problems(review, line, at)
        named.add(review.line)


def _review_problems(review: LineReview, line: AuthorizationLine, at: str) -> Iterator[Problem]:
    yield from _unit_problems(review, line, at)
    if review.decision != "approved" and not review.reason.strip():
        # CMS-0057-F: a denial, also a partial one, tells its specific reason.
        text = f"Line {review.line}, reason: say in words for the provider why, or what is needed."
        yield Problem(code="missing", message=text, field=f"{at}.reason")
    if (review.decision == "denied") != (review.denial_reason is not None):
        text = f"Line {review.line}, kind of reason: give it for a denial, and only for a denial."
        yield Problem(code="denial_reason", message=text, field=f"{at}.denial_reason")


def _unit_problems(review: LineReview, line: AuthorizationLine, at: str) -> Iterator[Problem]:
    units, asked = review.approved_units, line.requested_units
    match review.decision:
        case "approved":
            fits, rule = units in (None, asked), f"leave them out or give all {asked}"
        case "partly_approved":
            fits = units is not None and 0 < units < asked
            rule = f"give more than 0 and fewer than the {asked} asked for"
        case "denied" | "pended_for_information":
            fits, rule = units in (None, 0), "leave them out"
    if not fits:
        text = f"Line {review.line}, approved units: for '{review.decision}' {rule}."
        yield Problem(code="approved_units", message=text, field=f"{at}.approved_units")


def _not_found() -> Problem:
    text = "No authorization has this number. Check it against the member's list."
    return Problem(code="authorization_not_found", message=text, field="authorization_number")
