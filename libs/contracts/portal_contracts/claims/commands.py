"""Commands of the claims service."""

from typing import Literal

from portal_contracts.base import Command
from portal_contracts.claims.outcome import Edit, ReadjudicationCause
from portal_contracts.claims.parts import (
    ClaimHeader,
    CodedAmount,
    Frequency,
    InstitutionalDiagnosis,
    Occurrence,
    PrincipalOrOtherProcedure,
    Provider,
    RevenueLine,
    ServiceLine,
)
from portal_contracts.claims.replies import ClaimAccepted, ClaimRejected, RecordsReceived
from portal_contracts.common import Contact
from portal_contracts.fields import (
    DIAGNOSIS_HINT,
    NPI_HINT,
    Day,
    DiagnosisCode,
    Filled,
    MemberId,
    Npi,
    Reference,
    form,
)
from portal_contracts.ids import bucket, bucket_of_reference


class _SubmitClaim(ClaimHeader, Command):
    def key(self) -> str:
        return bucket(self.member_id)

    def subject(self) -> str:
        return ""  # the claim has no number yet


class SubmitProfessionalClaim(
    _SubmitClaim,
    type="claims.submit_professional_claim.v1",
    answers=(ClaimAccepted, ClaimRejected),
):
    """Submit a professional claim, CMS-1500 02/12 (CL-01); correct or void one (CL-06)."""

    frequency: Literal["1", "7", "8"] = form(
        "1 original, 7 replacement, 8 void", box="22", status="A7:535", default="1"
    )
    code_set: Literal["icd9", "icd10"] = form("ICD indicator", box="21", default="icd10")
    diagnoses: tuple[DiagnosisCode, ...] = form(
        "Diagnoses A to L, principal first, without the point",
        box="21",
        status="A6:254",
        min_length=1,
        max_length=12,
        hint=DIAGNOSIS_HINT,
    )
    lines: tuple[ServiceLine, ...] = form(
        "Service lines", box="24", status="A7:121", min_length=1, max_length=50
    )
    rendering: Provider | None = form(
        "Rendering provider, where all lines have the same", box="24J", default=None
    )
    referring: Provider | None = form("Referring or ordering provider", box="17b", default=None)
    facility_npi: Npi | None = form(
        "Service facility's NPI", box="32a", status="A7:562:77", hint=NPI_HINT, default=None
    )
    onset: Day | None = form("Date of illness, injury or last period", box="14", default=None)
    hospitalized_from: Day | None = form("Hospitalized from", box="18", default=None)
    hospitalized_to: Day | None = form("Hospitalized to", box="18", default=None)
    related_to: tuple[Literal["employment", "auto", "other_accident"], ...] = form(
        "What the condition is related to", box="10", default=()
    )
    accident_state: str | None = form(
        "State of an auto accident",
        box="10b",
        default=None,
        pattern=r"^[A-Z]{2}$",
        hint="two capital letters",
    )


class SubmitInstitutionalClaim(
    _SubmitClaim,
    type="claims.submit_institutional_claim.v1",
    answers=(ClaimAccepted, ClaimRejected),
):
    """Submit an institutional claim, UB-04 (CL-02); correct (xx7) or void (xx8) one (CL-06)."""

    type_of_bill: str = form(
        "Type of bill: facility, class and frequency",
        box="FL 4",
        status="A7:228",
        pattern=r"^0?[0-9][0-9A-Z][0-9]$",
        hint="3 digits, or 4 with a leading 0",
    )
    statement_from: Day = form("Statement covers from", box="FL 6", status="A7:188")
    statement_to: Day = form("Statement covers through", box="FL 6", status="A7:188")
    admission_date: Day | None = form("Admission date", box="FL 12", status="A7:189", default=None)
    admission_type: str | None = form(
        "Priority of admission", box="FL 14", default=None, max_length=1
    )
    admission_source: str | None = form("Point of origin", box="FL 15", default=None, max_length=1)
    patient_status: str | None = form(
        "Discharge status",
        box="FL 17",
        status="A7:234",
        default=None,
        pattern=r"^[0-9][0-9]$",
        hint="2 digits",
    )
    code_set: Literal["icd9", "icd10"] = form("ICD indicator", box="FL 66", default="icd10")
    diagnoses: tuple[InstitutionalDiagnosis, ...] = form(
        "Diagnoses, principal first", box="FL 67", status="A6:254", min_length=1, max_length=25
    )
    admitting_diagnosis: DiagnosisCode | None = form(
        "Admitting diagnosis", box="FL 69", default=None
    )
    procedures: tuple[PrincipalOrOtherProcedure, ...] = form(
        "Procedures, principal first", box="FL 74", default=(), max_length=25
    )
    condition_codes: tuple[str, ...] = form("Condition codes", box="FL 18-28", default=())
    occurrences: tuple[Occurrence, ...] = form("Occurrence codes", box="FL 31-34", default=())
    values: tuple[CodedAmount, ...] = form("Value codes", box="FL 39-41", default=())
    lines: tuple[RevenueLine, ...] = form(
        "Revenue lines without the 0001 total line", box="FL 42", min_length=1, max_length=999
    )
    attending: Provider | None = form("Attending provider", box="FL 76", default=None)
    operating: Provider | None = form("Operating provider", box="FL 77", default=None)

    @property
    def frequency(self) -> Frequency:
        """Last digit of the type of bill."""
        return self.type_of_bill[-1]  # type: ignore[return-value]


class AboutClaim(Command):
    """What every command about a claim on file carries."""

    claim_number: Reference = form("Claim number")

    def key(self) -> str:
        return bucket_of_reference(self.claim_number)

    def subject(self) -> str:
        return self.claim_number


class AboutMember(Command):
    """What a review of a member's claims carries."""

    member_id: MemberId = form("Member ID")

    def key(self) -> str:
        return bucket(self.member_id)


class SubmitRecords(AboutClaim, type="claims.submit_records.v1", answers=(RecordsReceived,)):
    """Send medical records for a claim denied for missing records (CL-12).

    The claim is re-adjudicated when a document is released, as long as it lacks records. On any
    other claim: wrong door.
    """

    documents: tuple[str, ...] = form("Ids of uploaded documents", min_length=1, max_length=50)
    record_type: Filled = form("Kind of record, e.g. 'operative report'", max_length=60)
    contact: Contact = form("Who to ask")
    notes: str = form("Notes", default="", max_length=2000)


class ReadjudicateClaim(AboutClaim, type="claims.readjudicate_claim.v1", answers=(ClaimAccepted,)):
    """Adjudicate a claim again with the facts of now (CL-16). From services and plan staff."""

    cause: ReadjudicationCause = form("Why")
    reference: str = form("What caused it: COB change, document, dispute or appeal", max_length=80)
    waive: tuple[Edit, ...] = form("Edits that an overturned decision sets aside", default=())


class ReviewCobChange(AboutMember, type="claims.review_cob_change.v1", answers=()):
    """Find the claims of a member that a COB change touches, and re-adjudicate each (CB-04, CB-05).

    From this service to itself, so that it takes its turn among the member's claims.
    """

    change_id: str = form("Id of the COB change", max_length=80)

    def subject(self) -> str:
        return self.change_id


class ReviewMemberRecord(AboutMember, type="claims.review_member_record.v1", answers=()):
    """A document of a member has been released: find the claims that name it (CL-05, CL-20).

    From this service to itself, so that it takes its turn among the member's claims.
    """

    document_id: Reference = form("Document id")

    def subject(self) -> str:
        return self.document_id


class ApplyReleasedDocument(AboutClaim, type="claims.apply_released_document.v1", answers=()):
    """A document for a claim has been released: re-adjudicate it if it waited (CL-12, CL-20).

    From this service to itself.
    """

    document_id: Reference = form("Document id")
