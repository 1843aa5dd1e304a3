"""Commands of the providers service. Everything about one Tax ID is decided in order: key = TIN."""

from portal_contracts.base import Command
from portal_contracts.common import Address, Contact
from portal_contracts.fields import NPI_HINT, TIN_HINT, DocumentIds, Filled, Npi, Tin, form
from portal_contracts.providers.changes import (
    NUMBER_HINT,
    PHONE_HINT,
    TAXONOMY_HINT,
    OfferedChange,
    Phone,
    ProviderType,
    RequestNumber,
    Taxonomy,
)
from portal_contracts.providers.parts import Participation
from portal_contracts.providers.replies import (
    MaintenanceRequestAccepted,
    ProviderRegistered,
    RequestState,
)


class RegisterProvider(
    Command, type="providers.register_provider.v1", answers=(ProviderRegistered,)
):
    """Make a provider known at a Tax ID, or bring its profile up to date (plan feed).

    Sending the same content again changes nothing.
    """

    npi: Npi = form("NPI", hint=NPI_HINT)
    tin: Tin = form("Tax ID of the profile", hint=TIN_HINT)
    name: Filled = form("Name of the provider or organization", max_length=80)
    provider_type: ProviderType = form("Kind of provider")
    specialty: Taxonomy | None = form("Taxonomy code", default=None, hint=TAXONOMY_HINT)
    participation: tuple[Participation, ...] = form("Active spans, oldest first", min_length=1)
    fee_schedule: Filled = form(
        "Fee schedule that prices its claims", default="standard", max_length=40
    )
    billing_address: Address | None = form("Where payments go", default=None)
    service_address: Address | None = form("Where patients are seen", default=None)
    phone: Phone | None = form("Phone", default=None, hint=PHONE_HINT)
    fax: Phone | None = form("Fax", default=None, hint=PHONE_HINT)
    email: str | None = form("E-mail address", default=None, max_length=254)

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return f"{self.npi}|{self.tin}"


class SubmitMaintenanceRequest(
    Command,
    type="providers.submit_maintenance_request.v1",
    answers=(MaintenanceRequestAccepted,),
):
    """Ask the plan to change a provider's profile at one Tax ID (PR-01, PR-04, PR-05)."""

    tin: Tin = form("Tax ID of the profile", hint=TIN_HINT)
    npi: Npi = form(
        "NPI of the profile that changes; for add and delete: the group's NPI", hint=NPI_HINT
    )
    change: OfferedChange = form("What is to change")
    contact: Contact = form("Who to ask")
    documents: DocumentIds = form("Ids of uploaded documents", default=())
    notes: str = form("Notes", default="", max_length=2000)

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return f"{self.npi}|{self.tin}"


class AboutRequest(Command):
    """What every command about a request carries: the number, and the Tax ID that routes it."""

    tin: Tin = form("Tax ID of the request", hint=TIN_HINT)
    number: RequestNumber = form("Request number, PMR-…", hint=NUMBER_HINT)

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return self.number


class AskForInformation(
    AboutRequest, type="providers.ask_for_information.v1", answers=(RequestState,)
):
    """Plan staff need something from the provider; the clock stops until the answer (PR-03)."""

    question: Filled = form("What is needed", max_length=2000)


class AnswerQuestion(AboutRequest, type="providers.answer_question.v1", answers=(RequestState,)):
    """The provider answers what was asked; the clock goes on with the time left (PR-03)."""

    answer: Filled = form("Answer", max_length=2000)
    documents: DocumentIds = form("Ids of uploaded documents", default=())


class ApproveRequest(AboutRequest, type="providers.approve_request.v1", answers=(RequestState,)):
    """Plan staff approve; the change is made on the profile from its effective date (PR-07)."""

    note: str = form("Note to the provider", default="", max_length=2000)


class RejectRequest(AboutRequest, type="providers.reject_request.v1", answers=(RequestState,)):
    """Plan staff reject, with a reason the provider can act on."""

    reason: Filled = form("Why, in words for the provider", max_length=2000)


class ApplyRequest(AboutRequest, type="providers.apply_request.v1", answers=()):
    """The effective date of an approved change has come. From this service to itself (a timer)."""


class WarnSla(AboutRequest, type="providers.warn_sla.v1", answers=()):
    """The deadline of a request is near. From this service to itself (a timer) (PR-02)."""


class BreachSla(AboutRequest, type="providers.breach_sla.v1", answers=()):
    """The deadline of a request has come. From this service to itself (a timer) (PR-02)."""
