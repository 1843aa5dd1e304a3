"""Other insurance, authorizations, disputes, maintenance requests: asked, then decided by staff."""

from __future__ import annotations

from datetime import timedelta

from pydantic_core import from_json

from portal_contracts.appeals.commands import DecideCase, SubmitDispute
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.auth.commands import (
    CareProvider,
    DecideLines,
    LineReview,
    RequestAuthorization,
    RequestedService,
)
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.eligibility.commands import AddCob, EditCob
from portal_contracts.eligibility.replies import CobAdded
from portal_contracts.providers.changes import ChangePhoneFax
from portal_contracts.providers.commands import (
    AnswerQuestion,
    ApproveRequest,
    AskForInformation,
    RejectRequest,
    SubmitMaintenanceRequest,
)
from portal_contracts.providers.replies import MaintenanceRequestAccepted
from tests.chaos.orders import Order
from tests.chaos.work.office import CONTACT, Office

HOT_FAN_OUTS = 0.004
WAIVED = ("timely_filing", "records", "duplicate")


def other_insurance(office: Office) -> Order:
    """Put a policy on file; then term it, now and then by two people at once."""
    # Each change looks at all claims of the member, and a hot one has thousands: a fan-out, rarely.
    person = office.people.member(office.random, HOT_FAN_OUTS)
    who = office.treating(person)
    cob = AddCob(
        member_id=person.member_id,
        carrier="Harbor Mutual",
        policy_number=f"HM-{office.next()}",
        holder_name=f"{person.first_name} {person.last_name}",
        relationship="self",
        start=office.today - timedelta(days=300 + office.random.randrange(300)),
        end=None,
        insurance_type="commercial",
        adjust_claims=office.chance(0.2),
    )

    def then(type_: str, body: bytes) -> list[Order]:
        if type_ != CobAdded.TYPE:
            return []
        told = from_json(body)
        ends = [office.ago(200) for _ in range(2 if office.chance(0.2) else 1)]
        return [
            Order(
                EditCob(
                    **{**cob.model_dump(), "end": end},
                    policy_id=told["policy_id"],
                    expected_version=told["version"],
                ),
                who,
            )
            for end in ends
        ]

    return Order(cob, who, then)


def enroll_again(office: Office) -> Order:
    """The feed repeats itself, or has another name."""
    enrollment = office.people.member(office.random).enrollment()
    if office.chance(0.5):
        enrollment = enrollment.model_copy(
            update={"first_name": f"Name{office.random.randrange(50)}"}
        )
    return Order(enrollment, office.people.feed)


def authorization(office: Office) -> Order:
    clinic, who = office.people.clinic(office.random)
    person, start = office.people.member(office.random), office.today + timedelta(days=1)
    request = RequestAuthorization(
        tin=clinic.tin,
        setting="outpatient",
        member_id=person.member_id,
        other_insurance=False,
        servicing=CareProvider(npi=clinic.npi, name=clinic.name),
        ordering=CareProvider(npi=clinic.npi, name=clinic.name),
        contact=CONTACT,
        diagnoses=("M5450",),
        lines=(
            RequestedService(
                procedure="72148", units=1, start=start, end=start + timedelta(days=30)
            ),
            RequestedService(
                procedure="97110", units=12, start=start, end=start + timedelta(days=60)
            ),
        ),
    )

    def then(type_: str, body: bytes) -> list[Order]:
        if type_ != AuthorizationReceived.TYPE:
            return []
        review = LineReview(line=office.random.randint(1, 2), decision="approved")
        number = from_json(body)["authorization_number"]
        office.has("authorization", number, clinic, who)
        decision = DecideLines(authorization_number=number, reviews=(review,))
        # A second decision about the same line is refused: decided is final.
        return [Order(decision, office.people.staff) for _ in range(office.random.randint(1, 2))]

    return Order(request, who, then)


def dispute(office: Office) -> Order | None:
    """About a denied claim; overturned, the claim is adjudicated again."""
    if not office.denied:
        return None
    known = office.random.choice(office.denied)
    form = SubmitDispute(
        claim_number=known.number,
        category="full_denial",
        statement="The denial is not right.",
        contact=CONTACT,
    )

    def then(type_: str, body: bytes) -> list[Order]:
        if type_ != CaseReceived.TYPE:
            return []
        overturn, number = office.chance(0.7), from_json(body)["case_number"]
        office.has("dispute", number, known.clinic, known.who)
        decision = DecideCase(
            case_number=number,
            verdict="overturned" if overturn else "upheld",
            reason="Looked at again.",
            waive=(office.random.choice(WAIVED),) if overturn else (),
        )
        return [Order(decision, office.people.staff)]

    return Order(form, known.who, then)


def maintenance(office: Office) -> Order:
    """A new phone number: decided, asked about, or left until its deadline."""
    clinic, who = office.people.clinic(office.random)
    phone = f"614555{office.random.randrange(10_000):04d}"
    change = ChangePhoneFax(effective_date=office.today + timedelta(days=2), phone=phone)
    asking = SubmitMaintenanceRequest(
        tin=clinic.tin, npi=clinic.npi, change=change, contact=CONTACT
    )
    staff, tin = office.people.staff, clinic.tin

    def then(type_: str, body: bytes) -> list[Order]:
        if type_ != MaintenanceRequestAccepted.TYPE:
            return []
        number, draw = from_json(body)["number"], office.random.random()
        office.has("maintenance_request", number, clinic, who)
        approve = ApproveRequest(tin=tin, number=number)
        if draw < 0.4:
            return [Order(approve, staff)]
        if draw < 0.5:
            return [Order(RejectRequest(tin=tin, number=number, reason="Not legible."), staff)]
        if draw < 0.7:
            question = AskForInformation(tin=tin, number=number, question="Which office?")
            answer = AnswerQuestion(tin=tin, number=number, answer="The one in Columbus.")
            return [Order(question, staff), Order(answer, who)]
        return []

    return Order(asking, who, then)
