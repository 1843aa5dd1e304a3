"""A member is made known by the plan's feed, or brought up to date (EL-05)."""

from eligibility.domain import spans
from eligibility.domain.member import Details, Member, Outcome, evolve, refused
from eligibility.domain.plan import plan_of
from portal_contracts.common import Problem
from portal_contracts.eligibility.commands import EnrollMember, Span
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CoverageSpan
from portal_contracts.eligibility.replies import MemberEnrolled
from portal_contracts.problems.common import DATE_IN_FUTURE
from portal_runtime.domain.decision import Context, Decision


def enroll(command: EnrollMember, known: Member | None, ctx: Context) -> Outcome:
    """Insert or replace; the same content again changes nothing and tells nobody."""
    problems = _problems(command, ctx)
    if problems:
        return refused(*problems)
    event = _event(command, known)
    member = evolve(known, event, ctx.now).model_copy(update={"details": _details(command)})
    if known is not None and member == known.model_copy(update={"version": member.version}):
        same = MemberEnrolled(member_id=known.member_id, version=known.version, changed=False)
        return Outcome(Decision(reply=same))
    reply = MemberEnrolled(member_id=member.member_id, version=member.version, changed=True)
    return Outcome(Decision(reply=reply, events=(event,)), member)


def span_of(span: Span) -> CoverageSpan:
    """As it is kept and published."""
    return CoverageSpan(
        start=span.start,
        end=span.end,
        plan=span.plan,
        line_of_business=span.line_of_business,
        paid_through=span.paid_through,
    )


def _event(command: EnrollMember, known: Member | None) -> MemberChanged:
    """What the feed says, with the other insurance that is on file."""
    return MemberChanged(
        member_id=command.member_id,
        version=known.version + 1 if known else 1,
        last_name=command.last_name,
        first_name=command.first_name,
        date_of_birth=command.date_of_birth,
        sex=command.sex,
        spans=spans.in_order(map(span_of, command.spans)),
        cob=known.cob() if known else (),
    )


def _details(command: EnrollMember) -> Details:
    return Details(
        address=command.address,
        phone=command.phone,
        medicaid_id=command.medicaid_id,
        case_number=command.case_number,
        pcp=command.pcp,
    )


def _problems(command: EnrollMember, ctx: Context) -> list[Problem]:
    problems = spans.problems_of(command.spans, "spans")
    today = plan_of(ctx).calendar.day_of(ctx.now)
    if command.date_of_birth > today:
        problems.insert(
            0,
            DATE_IN_FUTURE(
                what="Date of birth", today=today, field="date_of_birth", box="3 / FL 10"
            ),
        )
    return problems
