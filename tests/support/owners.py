"""What other services announce of the things that documents belong to: one of each kind."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from portal_contracts.appeals.events import CaseSubmitted
from portal_contracts.auth.events import AuthorizationChanged
from portal_contracts.base import Event
from portal_contracts.claims.events import ClaimAdjudicated, ClaimClosed, ClaimRejectedEvent
from portal_contracts.clock import SlaClock
from portal_contracts.common import ContactOnFile
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.ids import make_reference
from portal_contracts.providers.events import MaintenanceRequestSubmitted

DAY, NOW = date(2026, 2, 10), datetime(2026, 3, 1, 12, tzinfo=UTC)
MEMBER = "M100-01"


def number(prefix: str, serial: int = 1) -> str:
    return make_reference(prefix, "7K", UUID(int=serial))


def claim(reference: str, tin: str, version: int = 1) -> ClaimAdjudicated:
    return ClaimAdjudicated(
        claim_number=reference,
        version=version,
        adjudication=version,
        status="denied",
        form="professional",
        member_id=MEMBER,
        patient_account="A1",
        billing_tin=tin,
        billing_npi="1234567893",
        service_from=DAY,
        service_to=DAY,
        received_at=NOW,
        total_charge="0.00",
        paid="0.00",
        patient_responsibility="0.00",
        lines=(),
        rule_set="2026-1",
        cause="submitted",
    )


def rejected(reference: str, tin: str) -> ClaimRejectedEvent:
    return ClaimRejectedEvent(
        claim_number=reference, version=1, billing_tin=tin, patient_account="A1", problems=()
    )


def voided(reference: str, by: str, tin: str) -> ClaimClosed:
    return ClaimClosed(
        claim_number=reference,
        version=2,
        status="voided",
        member_id=MEMBER,
        billing_tin=tin,
        closed_by=by,
    )


def authorization(reference: str, tin: str) -> AuthorizationChanged:
    return AuthorizationChanged(
        authorization_number=reference,
        version=1,
        member_id=MEMBER,
        tin=tin,
        servicing_npi="1234567893",
        lines=(),
    )


def case(kind: Any, reference: str, tin: str) -> CaseSubmitted:
    return CaseSubmitted(
        case_number=reference,
        version=1,
        kind=kind,
        claim_number=number("CLM"),
        tin=tin,
        at=NOW,
        member_id=MEMBER,
        category="full_denial" if kind == "dispute" else "coding",
        statement="Please look again.",
        contact=ContactOnFile(name="Front Desk", phone="5135550100"),
        adjudication=1,
        last_day=DAY,
    )


def member(reference: str, _tin: str = "") -> MemberChanged:
    return MemberChanged(
        member_id=reference,
        version=1,
        last_name="Rivera",
        first_name="Ana",
        date_of_birth=date(1980, 2, 3),
        sex="F",
        spans=(),
    )


def maintenance(reference: str, tin: str) -> MaintenanceRequestSubmitted:
    return MaintenanceRequestSubmitted(
        number=reference,
        version=1,
        tin=tin,
        npi="1234567893",
        kind="phone_fax",
        at=NOW,
        effective_date=DAY,
        onboarding=False,
        clock=SlaClock(
            basis="calendar_days", allowance=30, due_date=DAY, late_from=NOW, warn_at=NOW
        ),
    )


OWNERS: dict[DocumentOwner, Callable[[str, str], Event]] = {
    DocumentOwner(kind="claim", reference=number("CLM")): claim,
    DocumentOwner(kind="authorization", reference=number("AUTH")): authorization,
    DocumentOwner(kind="dispute", reference=number("DSP")): lambda r, t: case("dispute", r, t),
    DocumentOwner(kind="appeal", reference=number("APL")): lambda r, t: case("appeal", r, t),
    DocumentOwner(kind="member", reference=MEMBER): member,
    DocumentOwner(kind="maintenance_request", reference=number("PMR")): maintenance,
}
"""One of each kind, and how it is announced as something of a Tax ID."""


def announcement(owner: DocumentOwner, tin: str) -> Event:
    """The event by which others learn of it."""
    return OWNERS[owner](owner.reference, tin)
