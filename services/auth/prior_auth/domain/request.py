"""Requesting an authorization (AU-01, AU-02)."""

from collections.abc import Iterator
from datetime import date

from portal_contracts.auth.commands import CareProvider, RequestAuthorization, RequestedService
from portal_contracts.auth.events import AuthorizationRequested, ServiceOnFile
from portal_contracts.auth.parts import PartyOnFile
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.common import Problem
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.ids import bucket, make_reference, npi_is_valid
from portal_runtime.domain.days import long_date
from portal_runtime.domain.decision import Context, refuse
from prior_auth.domain.authorization import evolve
from prior_auth.domain.outcome import Outcome, accepted, refused

COB_ON_FILE = "cob_on_file"
NEVER_FIRST = frozenset({"medicaid", "auto", "workers_comp"})
"""Medicaid always pays last; auto and workers' compensation pay for accidents only."""


def request(command: RequestAuthorization, member: MemberChanged | None, ctx: Context) -> Outcome:
    """Take a request on file, or say everything that stands in its way."""
    if not ctx.scope.includes(command.tin):
        return refused(_not_your_tin())
    if command.other_insurance:
        # The form ends at this answer, so nothing else of it is worth naming.
        return refused(_call_um(ctx.settings.um_phone))
    problems = [
        *_member_problems(command, member, ctx.settings.um_phone),
        *_npi_problems("servicing", "Servicing provider", command.servicing),
        *_npi_problems("ordering", "Ordering provider", command.ordering),
        *_line_problems(command.lines),
    ]
    if problems:
        return Outcome(refuse(*problems)._replace(looked_at=_shown(command, problems)))
    event = _requested(command, ctx)
    state = evolve(None, event)
    reply = AuthorizationReceived(
        authorization_number=state.number, status=state.status, received_at=state.received_at
    )
    return accepted(state, event, reply)


def _shown(command: RequestAuthorization, problems: list[Problem]) -> tuple[str, ...]:
    """The member, when the refusal tells what insurance is on file."""
    return (command.member_id,) if any(p.code == COB_ON_FILE for p in problems) else ()


def check(command: RequestAuthorization, _: date) -> list[Problem]:
    """The rules that need nothing but the form, for a form of which only parts could be read."""
    servicing, ordering = getattr(command, "servicing", None), getattr(command, "ordering", None)
    return [
        *_npi_problems("servicing", "Servicing provider", servicing),
        *_npi_problems("ordering", "Ordering provider", ordering),
        *_line_problems(getattr(command, "lines", ())),
    ]


def _member_problems(
    command: RequestAuthorization, member: MemberChanged | None, um_phone: str
) -> Iterator[Problem]:
    if member is None:
        text = (
            "Member ID: no member has it. Check it against the card, with the two-digit suffix "
            "of the family member."
        )
        yield Problem(code="member_not_found", message=text, field="member_id")
        return
    days = sorted({line.start for line in command.lines})
    covered = next((day for day in days if _pays_first(member.cob, day)), None)
    if covered is not None:
        text = (
            "Other insurance: you answered no, but the COB information on file shows insurance "
            f"that pays first on {long_date(covered)}. If that is out of date, update the member's "
            "COB information and send the request again; otherwise call Utilization Management at "
            f"{um_phone}."
        )
        yield Problem(
            code=COB_ON_FILE,
            message=text,
            field="other_insurance",
            door="eligibility.edit_cob.v1",
        )


def _pays_first(policies: tuple[CobPolicy, ...], day: date) -> bool:
    return any(
        policy.primary
        and policy.insurance_type not in NEVER_FIRST
        and policy.period().includes(day)
        for policy in policies
    )


def _npi_problems(field: str, label: str, provider: CareProvider | None) -> Iterator[Problem]:
    npi = getattr(provider, "npi", None)
    if npi is not None and not npi_is_valid(npi):
        text = (
            f"{label}'s NPI: the last digit does not go with the others. Check for a typing slip."
        )
        yield Problem(code="npi_check_digit", message=text, field=f"{field}.npi")


def _line_problems(lines: tuple[RequestedService, ...]) -> Iterator[Problem]:
    for index, line in enumerate(lines):
        start, end = getattr(line, "start", None), getattr(line, "end", None)
        if start is not None and end is not None and end < start:
            text = (
                f"Line {index + 1}, last date of service: lies before the first. Correct one of "
                "the two dates."
            )
            yield Problem(code="dates_order", message=text, field=f"lines.{index}.end")


def _requested(command: RequestAuthorization, ctx: Context) -> AuthorizationRequested:
    return AuthorizationRequested(
        authorization_number=make_reference("AUTH", bucket(command.member_id), ctx.message_id),
        version=1,
        member_id=command.member_id,
        tin=command.tin,
        setting=command.setting,
        urgency=command.urgency,
        received_at=ctx.now,
        servicing=PartyOnFile(npi=command.servicing.npi, name=command.servicing.name),
        ordering=PartyOnFile(npi=command.ordering.npi, name=command.ordering.name),
        contact=command.contact.on_file(),
        diagnoses=command.diagnoses,
        lines=tuple(
            ServiceOnFile(
                number=number,
                procedure=line.procedure,
                modifiers=line.modifiers,
                units=line.units,
                start=line.start,
                end=line.end,
            )
            for number, line in enumerate(command.lines, 1)
        ),
        documents=command.documents,
        notes=command.notes,
    )


def _call_um(um_phone: str) -> Problem:
    text = (
        "The member has other insurance, so this cannot be requested here. Call Utilization "
        f"Management at {um_phone}."
    )
    return Problem(code="call_um", message=text, field="other_insurance")


def _not_your_tin() -> Problem:
    text = "Tax ID: you are not set up to act for it. Use one of your own Tax IDs."
    return Problem(code="not_your_tin", message=text, field="tin")
