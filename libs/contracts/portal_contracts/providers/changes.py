"""What a maintenance request may ask for (PR-01): one payload per kind, told apart by `type`."""

from typing import Annotated, Any, Literal

from pydantic import Field, GetJsonSchemaHandler, StringConstraints
from pydantic_core import CoreSchema

from portal_contracts.base import Strict
from portal_contracts.common import Address
from portal_contracts.fields import NPI_HINT, Day, Filled, Npi, YesNo, form
from portal_contracts.written import CONTROLS, SPACES, Whole

ProviderType = Literal[
    "physician", "extender", "behavioral_health", "ancillary", "facility", "group"
]
ExtenderKind = Literal[
    "nurse_practitioner",
    "physician_assistant",
    "clinical_nurse_specialist",
    "nurse_midwife",
    "nurse_anesthetist",
    "other",
]
Taxonomy = Annotated[str, StringConstraints(pattern=r"^[0-9A-Z]{9}X$")]
"""NUCC taxonomy code: ten letters or digits, the last one X, e.g. '207Q00000X'."""
Phone = Annotated[str, StringConstraints(pattern=r"^[2-9][0-9]{2}[2-9][0-9]{6}$")]
"""Phone or fax number in North America: ten digits without punctuation."""

Age = Annotated[int, Whole(0, 120)]

RequestNumber = Annotated[str, StringConstraints(pattern=r"^PMR-[0-9A-Z]{1,36}$")]
"""Number of a maintenance request. The check character is a rule, not a shape."""

PHONE_HINT = "10 digits with area code, no punctuation"
NUMBER_HINT = "PMR- and 15 letters or digits, as in the reply to the request"
TAXONOMY_HINT = "a 10-character taxonomy code ending in X, e.g. 207Q00000X"
_BLANK = CONTROLS + SPACES


def _npi(description: str) -> Npi:
    return form(description, hint=NPI_HINT)  # type: ignore[no-any-return]


class Kind(Strict):
    """One kind of change. Its field `type` has a default in Python; in JSON it must be there."""

    @classmethod
    def __get_pydantic_json_schema__(
        cls, core_schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        reference = handler(core_schema)
        made = handler.resolve_ref_schema(reference)
        if "type" in made["properties"]:
            made["required"] = ["type", *made.get("required", ())]
        return reference


class Dated(Kind):
    """A change that holds from a day on."""

    effective_date: Day = form("First day on which the change holds")


class NewProvider(Dated):
    """What the plan needs to know of a person who joins a group."""

    npi: Npi = _npi("NPI of the provider who joins")
    name: Filled = form("Name of the provider who joins", max_length=80)
    specialty: Taxonomy = form("Specialty, as taxonomy code", hint=TAXONOMY_HINT)
    license_number: Filled = form("State license number", max_length=20)
    license_state: str = form(
        "State that issued the license", pattern=r"^[A-Z]{2}$", hint="two capital letters"
    )
    caqh_id: str | None = form(
        "CAQH ID, where there is one", default=None, pattern=r"^[0-9]{8}$", hint="8 digits"
    )
    service_address: Address = form("Where the provider will see patients")


class AddProvider(NewProvider):
    """Add a provider to the participating group."""

    type: Literal["add_provider"] = form("Kind of request", default="add_provider")
    provider_type: Literal["physician", "behavioral_health", "ancillary"] = form(
        "Kind of provider; for NP, PA and the like use add_extender"
    )


class AddExtender(NewProvider):
    """Add a physician extender (NP, PA …) to the participating group."""

    type: Literal["add_extender"] = form("Kind of request", default="add_extender")
    extender_kind: ExtenderKind = form("Kind of extender")
    supervising_npi: Npi = _npi("NPI of the supervising physician, active at the same Tax ID")


class DeleteProvider(Kind):
    """Take a provider out of the group."""

    type: Literal["delete_provider"] = form("Kind of request", default="delete_provider")
    npi: Npi = _npi("NPI of the provider who leaves")
    last_day: Day = form("Last day on which the provider sees patients for this Tax ID")
    reason: Literal["left_group", "retired", "moved", "other"] = form("Why")


class ChangeBillingAddress(Dated):
    """A new address for payments and remittance advice."""

    type: Literal["billing_address"] = form("Kind of request", default="billing_address")
    address: Address = form("New billing address; a PO box is allowed")


class ChangeServiceAddress(Dated):
    """A new address where patients are seen."""

    type: Literal["service_address"] = form("Kind of request", default="service_address")
    address: Address = form("New service address: a street, no PO box")


class ChangePhoneFax(Dated):
    """A new phone number, fax number, or both."""

    type: Literal["phone_fax"] = form("Kind of request", default="phone_fax")
    phone: Phone | None = form("New phone number", default=None, hint=PHONE_HINT)
    fax: Phone | None = form("New fax number", default=None, hint=PHONE_HINT)


class ChangeName(Dated):
    """A new name of the practitioner or the organization, at the same Tax ID."""

    type: Literal["name"] = form("Kind of request", default="name")
    name: Filled = form("New name", max_length=80)
    reason: Literal["marriage_or_divorce", "legal_change", "business_name", "correction"] = form(
        "Why the name changes"
    )


class ChangeNpi(Dated):
    """Another NPI for the same practitioner or group."""

    type: Literal["npi"] = form("Kind of request", default="npi")
    holder: Literal["practitioner", "group"] = form("Whose NPI changes")
    new_npi: Npi = _npi("New NPI")


class ChangeSpecialty(Dated):
    """Another specialty."""

    type: Literal["specialty"] = form("Kind of request", default="specialty")
    specialty: Taxonomy = form("New specialty, as taxonomy code", hint=TAXONOMY_HINT)
    board_certified: YesNo = form("Whether the provider is board certified in it", default=False)


class ChangeEmail(Dated):
    """Another e-mail address."""

    type: Literal["email"] = form("Kind of request", default="email")
    email: str = form(
        "New e-mail address",
        max_length=254,
        pattern=rf"^[^@{_BLANK}]+@[^@{_BLANK}]+\.[^@.{_BLANK}]+$",
        hint="like office@example.org",
    )


class Restrictions(Strict):
    """Whom the provider takes as a patient."""

    accepts_new_patients: YesNo = form("Whether new patients are taken", default=True)
    min_age: Age | None = form("Youngest age in years", default=None)
    max_age: Age | None = form("Oldest age in years", default=None)
    sex: Literal["any", "female", "male"] = form("Patients of which sex", default="any")
    note: str = form("Other restrictions, in words", default="", max_length=500)


class ChangeRestrictions(Dated):
    """Other restrictions on the patients who are taken."""

    type: Literal["restrictions"] = form("Kind of request", default="restrictions")
    restrictions: Restrictions = form("All restrictions that hold from then on")


class ReportDeceased(Kind):
    """The provider has died: participation ends on that day."""

    type: Literal["deceased"] = form("Kind of request", default="deceased")
    date_of_death: Day = form("Date of death")


class ChangeTaxId(Kind):
    """Wrong door: a Tax ID or IRS change needs a new contract (PR-04)."""

    type: Literal["tax_id_change"] = form("Kind of request", default="tax_id_change")


class ClosePractice(Kind):
    """Wrong door: closing a practice or facility goes to Market Contracting (PR-04)."""

    type: Literal["close_practice"] = form("Kind of request", default="close_practice")


Maintainable = (
    AddProvider
    | DeleteProvider
    | ChangeBillingAddress
    | ChangeServiceAddress
    | ChangePhoneFax
    | AddExtender
    | ChangeName
    | ChangeNpi
    | ChangeSpecialty
    | ChangeEmail
    | ChangeRestrictions
    | ReportDeceased
)
"""What a request can ask for."""

WrongDoor = ChangeTaxId | ClosePractice
"""What is offered only to be shown the right door."""

Change = Annotated[Maintainable, Field(discriminator="type")]
OfferedChange = Annotated[Maintainable | WrongDoor, Field(discriminator="type")]

RequestKind = Literal[
    "add_provider",
    "delete_provider",
    "billing_address",
    "service_address",
    "phone_fax",
    "add_extender",
    "name",
    "npi",
    "specialty",
    "email",
    "restrictions",
    "deceased",
]
RequestStatus = Literal["in_review", "information_needed", "approved", "rejected"]
