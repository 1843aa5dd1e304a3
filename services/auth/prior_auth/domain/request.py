"""Requesting an authorization (AU-01, AU-02)."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal_contracts.auth.commands import RequestAuthorization
from portal_contracts.auth.events import AuthorizationRequested, ServiceOnFile
from portal_contracts.auth.parts import PartyOnFile
from portal_contracts.auth.problems import CALL_UM, COB_ON_FILE
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.common import Problem
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CobPolicy
from portal_contracts.ids import bucket, make_reference
from portal_contracts.problems.common import MEMBER_NOT_FOUND, NOT_YOUR_TAX_ID
from portal_runtime.domain.copying import like
from portal_runtime.domain.decision import Context
from portal_runtime.domain.form_checks import npi_problems, order_problems, part
from portal_runtime.domain.outcome import Outcome, refused
from prior_auth.domain.authorization import Authorization, happened

NPIS = {"servicing.npi": "Servicing provider's NPI", "ordering.npi": "Ordering provider's NPI"}
NEVER_FIRST = frozenset({"medicaid", "auto", "workers_comp"})
"""Medicaid always pays last; auto and workers' compensation pay for accidents only."""


def request(
    command: RequestAuthorization, member: MemberChanged | None, ctx: Context
) -> Outcome[Authorization]:
    """Take a request on file, or say everything that stands in its way."""
    if not ctx.scope.includes(command.tin):
        return refused(NOT_YOUR_TAX_ID())
    if by_phone := _by_phone(command, ctx.settings):
        return refused(*by_phone)
    about_member = tuple(_member_problems(command, member, ctx.settings.um_phone))
    if problems := (*about_member, *_form_problems(command)):
        # A refusal that tells what insurance is on file is a look at the member.
        shown = any(p.code == COB_ON_FILE.code for p in about_member)
        return refused(*problems, looked_at=(command.member_id,) if shown else ())
    return happened(None, _requested(command, ctx), AuthorizationReceived)


def check(form: Any, _: date, settings: Any) -> list[Problem]:
    """What is wrong with the form, or with the parts of it that can be read."""
    return _by_phone(form, settings) or _form_problems(form)


def _by_phone(form: Any, settings: Any) -> list[Problem]:
    """The form ends at this answer, so nothing else of it is worth naming."""
    other_insurance = part(form, "other_insurance")
    return [CALL_UM(phone=settings.um_phone)] if other_insurance else []


def _form_problems(form: Any) -> list[Problem]:
    problems = list(npi_problems(form, NPIS))
    for index, line in enumerate(part(form, "lines") or ()):
        what, field = f"Line {index + 1}, dates of service", f"lines.{index}.end"
        problems += order_problems(part(line, "start"), part(line, "end"), what, field)
    return problems


def _member_problems(
    command: RequestAuthorization, member: MemberChanged | None, um_phone: str
) -> Iterator[Problem]:
    if member is None:
        yield MEMBER_NOT_FOUND()
        return
    days = sorted({line.start for line in command.lines})
    covered = next((day for day in days if _pays_first(member.cob, day)), None)
    if covered is not None:
        yield COB_ON_FILE(day=covered, phone=um_phone)


def _pays_first(policies: tuple[CobPolicy, ...], day: date) -> bool:
    return any(
        policy.primary
        and policy.insurance_type not in NEVER_FIRST
        and policy.period().includes(day)
        for policy in policies
    )


def _requested(command: RequestAuthorization, ctx: Context) -> AuthorizationRequested:
    return like(
        AuthorizationRequested,
        command,
        authorization_number=make_reference("AUTH", bucket(command.member_id), ctx.message_id),
        version=1,
        received_at=ctx.now,
        servicing=like(PartyOnFile, command.servicing),
        ordering=like(PartyOnFile, command.ordering),
        contact=command.contact.on_file(),
        lines=tuple(
            like(ServiceOnFile, line, number=number) for number, line in enumerate(command.lines, 1)
        ),
    )
