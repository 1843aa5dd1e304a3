"""What a claim is made of: people, providers, other payers, lines (CMS-1500 02/12 and UB-04)."""

from typing import Annotated, Literal

from pydantic import StringConstraints

from portal_contracts.base import Strict
from portal_contracts.common import Address, Relationship, Sex
from portal_contracts.fields import (
    DAY_HINT,
    MONEY_HINT,
    NPI_HINT,
    TIN_HINT,
    Carc,
    Count,
    Day,
    DiagnosisCode,
    DocumentIds,
    Filled,
    MemberId,
    Modifier,
    Money,
    Npi,
    ProcedureCode,
    Rarc,
    RecentDay,
    Reference,
    Tin,
    YesNo,
    form,
)

Units = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,7}(\.[0-9]{1,3})?$")]
AdjustmentGroup = Literal["CO", "PR", "OA", "PI"]
Frequency = Literal["1", "2", "3", "4", "5", "7", "8", "9"]


class Patient(Strict):
    """The person who was treated (boxes 2, 3, 5; FL 8-11)."""

    last_name: Filled = form("Last name", box="2 / FL 8", max_length=60)
    first_name: str = form("First name", box="2 / FL 8", default="", max_length=35)
    date_of_birth: RecentDay = form(
        "Date of birth", box="3 / FL 10", status="A7:158:QC", hint=DAY_HINT
    )
    sex: Sex = form("Sex: F, M or U", box="3 / FL 11", status="A7:157:QC", hint="F, M or U")
    address: Address | None = form("Patient's address", box="5 / FL 9", default=None)
    date_of_death: RecentDay | None = form("Date of death, if known", default=None)


class Insured(Strict):
    """The subscriber, where the patient is a dependent (boxes 4, 6, 7; FL 58-59)."""

    last_name: Filled = form("Insured's last name", box="4 / FL 58", max_length=60)
    first_name: str = form("Insured's first name", box="4 / FL 58", default="", max_length=35)
    relationship: Relationship = form("Patient's relationship to the insured", box="6 / FL 59")
    address: Address | None = form("Insured's address", box="7", default=None)


class BillingProvider(Strict):
    """Who is to be paid (boxes 25, 33; FL 1, 5, 56)."""

    npi: Npi = form("Billing provider's NPI", box="33a / FL 56", status="A7:562:85", hint=NPI_HINT)
    tin: Tin = form(
        "Billing provider's Tax ID",
        box="25 / FL 5",
        status="A7:128:85",
        hint=TIN_HINT,
    )
    name: Filled = form("Billing provider's name", box="33 / FL 1", max_length=60)
    taxonomy: str | None = form("Taxonomy code", box="33b / FL 81", default=None, max_length=10)
    address: Address | None = form(
        "Billing provider's street address", box="33 / FL 1", default=None
    )


class Provider(Strict):
    """A rendering, referring, attending or operating provider."""

    npi: Npi = form("NPI", box="24J, 17b / FL 76-79", status="A7:562:82", hint=NPI_HINT)
    last_name: str = form("Last or organization name", default="", max_length=60)
    first_name: str = form("First name", default="", max_length=35)


class PriorAdjustment(Strict):
    """One adjustment that another payer made."""

    group: Literal["CO", "PR", "OA", "PI", "CR"] = form("Claim adjustment group code")
    carc: Carc = form("Claim adjustment reason code")
    amount: Money = form("Amount", hint=MONEY_HINT)
    rarcs: tuple[Rarc, ...] = form("Remittance advice remark codes", default=())


class OtherPayer(Strict):
    """What another payer has paid on the claim (CL-04; boxes 9, 9a, 9d, 29; FL 50, 54)."""

    name: Filled = form("Other payer's name", box="9d / FL 50", max_length=60)
    payer_id: str | None = form("Other payer's identifier", default=None, max_length=80)
    policy_number: str | None = form(
        "Policy or group number", box="9a / FL 62", default=None, max_length=50
    )
    sequence: Literal["primary", "secondary", "tertiary"] = form("Order in which it pays")
    paid: Money | None = form(
        "What it paid on the claim; none if it has not decided yet",
        box="FL 54",
        default=None,
        hint=MONEY_HINT,
    )
    allowed: Money | None = form("What it allowed on the claim", default=None, hint=MONEY_HINT)
    adjudicated_on: Day | None = form("Date of its decision", default=None)
    adjustments: tuple[PriorAdjustment, ...] = form("Claim-level adjustments", default=())


class LinePriorPayment(Strict):
    """What another payer paid on one line."""

    payer_id: str = form("Other payer's identifier", max_length=80)
    paid: Money = form("What it paid on the line", hint=MONEY_HINT)
    adjudicated_on: Day | None = form("Date of its decision", default=None)
    adjustments: tuple[PriorAdjustment, ...] = form("Line adjustments", default=())


class ServiceLine(Strict):
    """One line of the CMS-1500 (box 24)."""

    procedure: ProcedureCode = form(
        "CPT or HCPCS code", box="24D", status="A7:454", hint="5 letters or digits"
    )
    modifiers: tuple[Modifier, ...] = form(
        "Modifiers, at most four", box="24D", status="A7:453", default=(), max_length=4
    )
    from_date: Day = form("First date of service", box="24A", status="A7:187", hint=DAY_HINT)
    to_date: Day = form("Last date of service", box="24A", status="A7:187", hint=DAY_HINT)
    place: str = form(
        "Place of service code",
        box="24B",
        status="A7:249",
        pattern=r"^[0-9][0-9]$",
        hint="2 digits",
    )
    charge: Money = form(
        "Charge for the line in dollars", box="24F", status="A7:178", hint=MONEY_HINT
    )
    units: Units = form("Units of service", box="24G", status="A7:476", hint="a number up to 999")
    pointers: tuple[Count, ...] = form(
        "Diagnosis pointers: 1 is A, 2 is B …",
        box="24E",
        status="A8:477",
        min_length=1,
        max_length=4,
    )
    epsdt: str | None = form("EPSDT / family planning code", box="24H", default=None, max_length=2)
    rendering: Provider | None = form("Rendering provider", box="24J", default=None)
    prior_payments: tuple[LinePriorPayment, ...] = form(
        "What other payers paid on the line", default=()
    )


class RevenueLine(Strict):
    """One line of the UB-04 (FL 42-48)."""

    revenue_code: str = form(
        "Revenue code", box="FL 42", status="A7:455", pattern=r"^[0-9]{4}$", hint="4 digits"
    )
    procedure: ProcedureCode | None = form(
        "CPT or HCPCS code", box="FL 44", status="A7:454", default=None, hint="5 letters or digits"
    )
    modifiers: tuple[Modifier, ...] = form(
        "Modifiers, at most four", box="FL 44", status="A7:453", default=(), max_length=4
    )
    service_date: Day | None = form("Service date", box="FL 45", status="A7:188", default=None)
    units: Units = form("Units of service", box="FL 46", status="A7:476", hint="a number")
    charge: Money = form("Total charges of the line", box="FL 47", status="A7:178", hint=MONEY_HINT)
    non_covered: Money = form("Non-covered charges", box="FL 48", default="0.00", hint=MONEY_HINT)
    prior_payments: tuple[LinePriorPayment, ...] = form(
        "What other payers paid on the line", default=()
    )


class InstitutionalDiagnosis(Strict):
    """A diagnosis on the UB-04 with its present-on-admission indicator (FL 67)."""

    code: DiagnosisCode = form("ICD-10-CM code", box="FL 67", status="A7:255")
    present_on_admission: Literal["Y", "N", "U", "W", "1"] | None = form(
        "Present on admission: Y, N, U, W or 1", box="FL 67", default=None
    )


class CodedAmount(Strict):
    """A value code with its amount (FL 39-41)."""

    code: str = form("Value code", box="FL 39-41", pattern=r"^[A-Z0-9]{2}$")
    amount: Money = form("Amount", box="FL 39-41", hint=MONEY_HINT)


class Occurrence(Strict):
    """An occurrence code with its date (FL 31-34)."""

    code: str = form("Occurrence code", box="FL 31-34", pattern=r"^[A-Z0-9]{2}$")
    on: Day = form("Date of the occurrence", box="FL 31-34")


class PrincipalOrOtherProcedure(Strict):
    """An inpatient procedure with its date (FL 74)."""

    code: str = form("ICD-10-PCS code", box="FL 74", pattern=r"^[A-Z0-9]{3,7}$")
    on: Day = form("Date of the procedure", box="FL 74")


class ClaimHeader(Strict):
    """What both claim forms carry."""

    member_id: MemberId = form(
        "Member ID with suffix, as on the card", box="1a / FL 60", status="A7:164:IL"
    )
    patient: Patient = form("Patient", box="2 / FL 8")
    insured: Insured | None = form(
        "Insured, where the patient is not the subscriber", box="4 / FL 58", default=None
    )
    billing: BillingProvider = form("Billing provider", box="33 / FL 1")
    patient_account: Filled = form(
        "Patient account number; echoed back",
        box="26 / FL 3a",
        status="A6:478",
        max_length=38,
    )
    original_claim: Reference | None = form(
        "Original claim number (Document Control) of a corrected or voided claim",
        box="22 / FL 64",
        default=None,
    )
    resubmission_of: Reference | None = form(
        "Number of the rejected claim that this one takes up again (CL-08)", default=None
    )
    total_charge: Money = form(
        "Total of the charges", box="28 / FL 47", status="A8:400", hint=MONEY_HINT
    )
    amount_paid: Money = form(
        "Amount paid by the patient", box="29", default="0.00", hint=MONEY_HINT
    )
    accept_assignment: YesNo = form("Provider accepts assignment", box="27 / FL 53", default=True)
    signature_on_file: YesNo = form("Patient's signature on file", box="12, 13", default=True)
    authorization: Reference | None = form(
        "Prior authorization number", box="23 / FL 63", default=None
    )
    other_payers: tuple[OtherPayer, ...] = form(
        "Other payers and what they paid", box="9 / FL 50", default=(), max_length=10
    )
    documents: DocumentIds = form("Ids of attached documents (CL-05)", default=())
