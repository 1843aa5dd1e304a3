"""One of everything that belongs to a practice, on a running stack, and the people who may ask."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from portal_cli.demo.chapters.upload import upload
from portal_cli.demo.forms import BILLER, Service, professional
from portal_cli.demo.household import Household
from portal_client import PortalClient, Signer
from portal_contracts.appeals.commands import SubmitDispute
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.auth.commands import CareProvider, RequestAuthorization, RequestedService
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.base import Command, Query, Reply
from portal_contracts.claims.replies import ClaimAccepted
from portal_contracts.common import Refused, Role
from portal_contracts.documents.commands import ConfirmUpload, OpenDocument, RequestUpload
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.documents.replies import DownloadLink, UploadReceived, UploadTicket
from portal_contracts.ids import bucket, make_reference
from portal_contracts.principal import Principal
from portal_contracts.providers.changes import ChangePhoneFax
from portal_contracts.providers.commands import SubmitMaintenanceRequest
from portal_contracts.providers.replies import MaintenanceRequestAccepted
from portal_runtime.clock import move_clock
from tests.conftest import System

R = TypeVar("R", bound=Reply)
KIDS: dict[Role, str] = {
    "provider": "demo-provider",
    "plan_staff": "demo-staff",
    "plan_feed": "demo-feed",
    "operator": "demo-operator",
    "service": "services",
}
MARK = "LAKESIDE-ONLY"
"""Stands in everything that belongs to the practice and that nobody else may be shown."""
PDF = b"%PDF-1.4\n" + MARK.encode() + b"\n%%EOF\n"


@dataclass(frozen=True)
class Things:
    """References and Tax IDs that a message can be about."""

    household: Household
    tin: str
    npi: str
    member: str
    claim: str
    case: str
    authorization: str
    document: str
    request: str
    day: date

    def nowhere(self) -> Things:
        """The same with references that nobody has, each well formed."""
        made = {
            name: make_reference(prefix, bucket(self.member), _NOWHERE)
            for name, prefix in _PREFIXES.items()
        }
        return Things(**{**self.__dict__, **made})


_NOWHERE = UUID(int=404)
_PREFIXES = {
    "claim": "CLM",
    "case": "DSP",
    "authorization": "AUTH",
    "document": "DOC",
    "request": "PMR",
}


class People:
    """Whoever asks, each over the same connection with the key that may vouch for the role."""

    def __init__(self, system: System, client: PortalClient) -> None:
        self._keys: Path = system.keys
        self._client = client
        self._signers: dict[str, Signer] = {}

    def as_(self, role: Role, *tins: str) -> PortalClient:
        """Tax IDs are taken as they are: also those that no principal may have."""
        who = Principal.model_construct(
            subject=f"{role}:{'+'.join(tins) or 'none'}", role=role, tins=frozenset(tins)
        )
        return self._client.acting_as(who, self._signer(KIDS[role]))

    def _signer(self, kid: str) -> Signer:
        if kid not in self._signers:
            self._signers[kid] = Signer.from_file(self._keys / f"{kid}.private.pem", kid)
        return self._signers[kid]


async def until(ask: Callable[[], Awaitable[Reply]], expected: type[R]) -> R:
    """What another service announced is known a moment later."""
    reply: Reply | None = None
    for _ in range(100):
        reply = await ask()
        if isinstance(reply, expected):
            return reply
        assert isinstance(reply, Refused), reply
        await asyncio.sleep(0.1)
    raise AssertionError(f"still refused: {reply}")


def _dispute(claim_number: str) -> SubmitDispute:
    return SubmitDispute(
        claim_number=claim_number, category="underpayment", statement=MARK, contact=BILLER
    )


def _authorization(tin: str, npi: str, member_id: str, day: date) -> RequestAuthorization:
    return RequestAuthorization(
        tin=tin,
        setting="outpatient",
        member_id=member_id,
        other_insurance=False,
        servicing=CareProvider(npi=npi, name=MARK),
        ordering=CareProvider(npi=npi, name=MARK),
        contact=BILLER,
        diagnoses=("M5450",),
        lines=(RequestedService(procedure="72148", units=1, start=day, end=day),),
        notes=MARK,
    )


def _upload(claim_number: str, tin: str) -> RequestUpload:
    return RequestUpload(
        owner=DocumentOwner(kind="claim", reference=claim_number),
        document_type="medical_record",
        file_name=f"{MARK}.pdf",
        content_type="application/pdf",
        size=len(PDF),
        tin=tin,
    )


async def everything_of_lakeside(system: System, people: People, household: Household) -> Things:
    """A claim that waits for records, a dispute, an authorization, a request and a document."""
    clinic, patient = household.lakeside, household.member("M1000001-00")
    office, day = people.as_("provider", clinic.tin), household.today - timedelta(days=20)

    async def ask(message: Command | Query, expected: type[R]) -> R:
        return await until(lambda: office.ask(message), expected)

    waiting = professional(patient, clinic, day, MARK, Service("29881", "1150.00"))
    claim = await ask(waiting, ClaimAccepted)
    other = professional(patient, clinic, day, f"{MARK}-2", Service("99499", "90.00"))
    disputed = await ask(other, ClaimAccepted)
    case = await ask(_dispute(disputed.claim_number), CaseReceived)
    start = household.today + timedelta(days=5)
    authorization = await ask(
        _authorization(clinic.tin, clinic.npi, patient.member_id, start), AuthorizationReceived
    )
    change = SubmitMaintenanceRequest(
        tin=clinic.tin,
        npi=clinic.npi,
        change=ChangePhoneFax(effective_date=start, phone="6145550177"),
        contact=BILLER,
        notes=MARK,
    )
    maintenance = await ask(change, MaintenanceRequestAccepted)
    announced = _upload(claim.claim_number, clinic.tin)
    ticket = await ask(announced, UploadTicket)
    assert await upload(ticket, announced.file_name, "application/pdf", PDF) < 300
    await ask(ConfirmUpload(document_id=ticket.document_id), UploadReceived)
    isolation = system.isolation
    await move_clock(isolation.infra.kafka, isolation.topic_prefix, timedelta(minutes=31))
    await ask(OpenDocument(document_id=ticket.document_id), DownloadLink)
    return Things(
        household=household,
        tin=clinic.tin,
        npi=clinic.npi,
        member=patient.member_id,
        claim=claim.claim_number,
        case=case.case_number,
        authorization=authorization.authorization_number,
        document=ticket.document_id,
        request=maintenance.number,
        day=day,
    )
