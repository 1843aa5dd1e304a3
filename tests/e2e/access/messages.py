"""For each command and query: one that is sound, about the things it is given."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from portal_cli.demo.forms import BILLER, Service, outpatient, professional
from portal_contracts.appeals import commands as appeals
from portal_contracts.appeals import queries as appeals_queries
from portal_contracts.auth import commands as auth
from portal_contracts.auth import queries as auth_queries
from portal_contracts.base import Command, Query
from portal_contracts.claims import commands as claims
from portal_contracts.claims import queries as claims_queries
from portal_contracts.documents import commands as documents
from portal_contracts.documents import queries as documents_queries
from portal_contracts.documents.parts import DocumentOwner
from portal_contracts.eligibility import commands as eligibility
from portal_contracts.eligibility import queries as eligibility_queries
from portal_contracts.providers import commands as providers
from portal_contracts.providers import queries as providers_queries
from portal_contracts.providers.changes import ChangePhoneFax
from tests.e2e.access.things import Things

Make = Callable[[Things], Command | Query]


def _claim(t: Things) -> Command:
    patient, visit = t.household.member(t.member), Service("99213", "135.00")
    return professional(patient, t.household.lakeside, t.day, "ACCESS", visit)


def _hospital_claim(t: Things) -> Command:
    clinic = t.household.lakeside
    service = ("0320", Service("71046", "210.00"))
    patient = t.household.member(t.member)
    return outpatient(patient, clinic, t.household.doctor, t.day, "ACCESS", service)


def _request(t: Things) -> Command:
    soon = t.household.today + timedelta(days=9)
    return auth.RequestAuthorization(
        tin=t.tin,
        setting="outpatient",
        member_id=t.member,
        other_insurance=False,
        servicing=auth.CareProvider(npi=t.npi),
        ordering=auth.CareProvider(npi=t.npi),
        contact=BILLER,
        diagnoses=("M5450",),
        lines=(auth.RequestedService(procedure="97110", units=2, start=soon, end=soon),),
    )


def _insurance(t: Things) -> dict[str, object]:
    return {
        "member_id": t.member,
        "carrier": "Harbor Mutual",
        "policy_number": "HM-1",
        "holder_name": "Luis Rivera",
        "relationship": "self",
        "start": t.day - timedelta(days=90),
        "end": t.day - timedelta(days=60),
        "insurance_type": "commercial",
    }


def _maintenance(t: Things) -> Command:
    change = ChangePhoneFax(effective_date=t.household.today, phone="6145550178")
    return providers.SubmitMaintenanceRequest(tin=t.tin, npi=t.npi, change=change, contact=BILLER)


def _upload(t: Things) -> Command:
    return documents.RequestUpload(
        owner=DocumentOwner(kind="claim", reference=t.claim),
        document_type="medical_record",
        file_name="page.pdf",
        content_type="application/pdf",
        size=100,
        tin=t.tin,
    )


def _numbered(make: type[providers.AboutRequest], **more: str) -> Make:
    return lambda t: make(tin=t.tin, number=t.request, **more)


def _document(make: type[Command] | type[Query]) -> Make:
    return lambda t: make.model_validate({"document_id": t.document})


_MAKE: dict[type[Command] | type[Query], Make] = {
    claims.SubmitProfessionalClaim: _claim,
    claims.SubmitInstitutionalClaim: _hospital_claim,
    claims.SubmitRecords: lambda t: claims.SubmitRecords(
        claim_number=t.claim, documents=(t.document,), record_type="chart", contact=BILLER
    ),
    claims.ReadjudicateClaim: lambda t: claims.ReadjudicateClaim(
        claim_number=t.claim, cause="staff_request", reference="access"
    ),
    claims.ReviewCobChange: lambda t: claims.ReviewCobChange(
        member_id=t.member, change_id="CBC-NONE"
    ),
    claims.ReviewMemberRecord: lambda t: claims.ReviewMemberRecord(
        member_id=t.member, document_id=t.document
    ),
    claims.ApplyReleasedDocument: lambda t: claims.ApplyReleasedDocument(
        claim_number=t.claim, document_id=t.document
    ),
    claims_queries.SearchClaims: lambda t: claims_queries.SearchClaims(member_id=t.member),
    claims_queries.GetClaim: lambda t: claims_queries.GetClaim(claim_number=t.claim),
    auth.RequestAuthorization: _request,
    auth.DecideLines: lambda t: auth.DecideLines(
        authorization_number=t.authorization,
        reviews=(auth.LineReview(line=1, decision="approved"),),
    ),
    auth_queries.SearchAuthorizations: lambda t: auth_queries.SearchAuthorizations(
        member_id=t.member
    ),
    auth_queries.GetAuthorization: lambda t: auth_queries.GetAuthorization(
        authorization_number=t.authorization
    ),
    appeals.SubmitDispute: lambda t: appeals.SubmitDispute(
        claim_number=t.claim, category="underpayment", statement="Low.", contact=BILLER
    ),
    appeals.SubmitAppeal: lambda t: appeals.SubmitAppeal(
        claim_number=t.claim, category="payment_amount", statement="Low.", contact=BILLER
    ),
    appeals.DecideCase: lambda t: appeals.DecideCase(
        case_number=t.case, verdict="upheld", reason="Looked at."
    ),
    appeals.LinkOutcome: lambda t: appeals.LinkOutcome(
        case_number=t.case,
        claim_number=t.claim,
        adjudication=9,
        status="paid",
        paid="1.00",
        at=datetime.now(UTC),
    ),
    appeals_queries.GetCase: lambda t: appeals_queries.GetCase(case_number=t.case),
    appeals_queries.SearchCases: lambda _: appeals_queries.SearchCases(),
    eligibility.EnrollMember: lambda t: t.household.member(t.member).enrollment(),
    eligibility.ChangeCoverage: lambda t: eligibility.ChangeCoverage(member_id=t.member),
    eligibility.AddCob: lambda t: eligibility.AddCob.model_validate(_insurance(t)),
    eligibility.EditCob: lambda t: eligibility.EditCob.model_validate(
        {**_insurance(t), "policy_id": "COB-NONE", "expected_version": 1}
    ),
    eligibility_queries.CheckEligibility: lambda t: eligibility_queries.CheckEligibility(
        date_of_service=t.day, member_ids=(t.member,)
    ),
    eligibility_queries.FindMembers: lambda t: eligibility_queries.FindMembers(
        member_ids=(t.member,)
    ),
    eligibility_queries.GetMember: lambda t: eligibility_queries.GetMember(member_id=t.member),
    providers.RegisterProvider: lambda t: t.household.lakeside.registration(),
    providers.SubmitMaintenanceRequest: _maintenance,
    providers.AskForInformation: _numbered(providers.AskForInformation, question="Which?"),
    providers.AnswerQuestion: _numbered(providers.AnswerQuestion, answer="That one."),
    providers.ApproveRequest: _numbered(providers.ApproveRequest),
    providers.RejectRequest: _numbered(providers.RejectRequest, reason="No."),
    providers.ApplyRequest: _numbered(providers.ApplyRequest),
    providers.WarnSla: _numbered(providers.WarnSla),
    providers.BreachSla: _numbered(providers.BreachSla),
    providers_queries.GetProvider: lambda t: providers_queries.GetProvider(npi=t.npi, tin=t.tin),
    providers_queries.GetMaintenanceRequest: lambda t: providers_queries.GetMaintenanceRequest(
        number=t.request
    ),
    providers_queries.SearchMaintenanceRequests: lambda t: (
        providers_queries.SearchMaintenanceRequests(npi=t.npi)
    ),
    providers_queries.GetSlaBoard: lambda _: providers_queries.GetSlaBoard(),
    documents.RequestUpload: _upload,
    documents.ConfirmUpload: _document(documents.ConfirmUpload),
    documents.OpenDocument: _document(documents.OpenDocument),
    documents.ReleaseDocument: _document(documents.ReleaseDocument),
    documents.ExpireUpload: _document(documents.ExpireUpload),
    documents.UploadSealed: _document(documents.UploadSealed),
    documents_queries.GetDocument: _document(documents_queries.GetDocument),
    documents_queries.ListDocuments: lambda _: documents_queries.ListDocuments(),
    documents_queries.CountDocuments: lambda _: documents_queries.CountDocuments(),
}
MESSAGES: dict[str, Make] = {asked.TYPE: make for asked, make in _MAKE.items()}
