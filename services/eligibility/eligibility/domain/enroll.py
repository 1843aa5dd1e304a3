"""A member is made known by the plan's feed, or brought up to date (EL-05)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from eligibility.domain import spans
from eligibility.domain.member import Details, Member, evolve
from eligibility.domain.plan import Plan
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.replies import MemberEnrolled
from portal_contracts.problems.common import DATE_IN_FUTURE
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context, Decision
from portal_runtime.domain.form_checks import part, problems_of
from portal_runtime.domain.outcome import Outcome, refused


def enroll(command: EnrollMember, known: Member | None, ctx: Context) -> Outcome[Member]:
    """Insert or replace; the same content again changes nothing and tells nobody."""
    plan: Plan = ctx.settings
    if problems := check(command, plan.calendar.day_of(ctx.now)):
        return refused(*problems)
    event = like(
        MemberChanged,
        command,
        version=known.version + 1 if known else 1,
        spans=spans.in_order(map(spans.span_of, command.spans)),
        cob=known.cob if known else (),
    )
    details = like(Details, command)
    member = evolve(known, event, ctx.now).model_copy(update={"details": details})
    if known is not None and member == known.model_copy(update={"version": member.version}):
        return Outcome(Decision(reply=like(MemberEnrolled, known, changed=False)))
    reply = like(MemberEnrolled, member, changed=True)
    return Outcome(Decision(reply=reply, events=(event,)), member)


def check(form: Any, today: date, _: object = None) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read."""
    return problems_of(form, (_birth, _spans), today)


def _birth(form: Any, today: date) -> Iterator[Problem]:
    born = part(form, "date_of_birth")
    if born is not None and born > today:
        yield DATE_IN_FUTURE(
            what="Date of birth", today=today, field="date_of_birth", box="3 / FL 10"
        )


def _spans(form: Any, _: date) -> Iterator[Problem]:
    return spans.problems_of(form.spans, "spans")
