"""Commands of the providers service. Everything about one Tax ID is decided in order: key = TIN."""

from portal_contracts.base import Command
from portal_contracts.common import Address, Contact
from portal_contracts.fields import Filled, Npi, Tin, form
from portal_contracts.providers.changes import (
    NPI_HINT,
    NUMBER_HINT,
    PHONE_HINT,
    TAXONOMY_HINT,
    OfferedChange,
    Phone,
    ProviderType,
    RequestNumber,
    Taxonomy,
)
from portal_contracts.providers.events import Participation


class RegisterProvider(Command, type="providers.register_provider.v1"):
    """Make a provider known at a Tax ID, or bring its profile up to date (plan feed).

    Sending the same content again changes nothing. Answered by ProviderRegistered or Refused.
    """

    npi: Npi = form("NPI", hint=NPI_HINT)
    tin: Tin = form("Tax ID of the profile", hint="9 digits without dashes")
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


class SubmitMaintenanceRequest(Command, type="providers.submit_maintenance_request.v1"):
    """Ask the plan to change a provider's profile at one Tax ID (PR-01, PR-04, PR-05).

    Answered by MaintenanceRequestAccepted with number and due date, or Refused with every problem.
    """

    tin: Tin = form("Tax ID of the profile", hint="9 digits without dashes")
    npi: Npi = form(
        "NPI of the profile that changes; for add and delete: the group's NPI", hint=NPI_HINT
    )
    change: OfferedChange = form("What is to change")
    contact: Contact = form("Who to ask")
    documents: tuple[str, ...] = form("Ids of uploaded documents", default=(), max_length=50)
    notes: str = form("Notes", default="", max_length=2000)

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return f"{self.npi}|{self.tin}"


class AboutRequest(Command):
    """What every command about a request carries: the number, and the Tax ID that routes it."""

    tin: Tin = form("Tax ID of the request", hint="9 digits without dashes")
    number: RequestNumber = form("Request number, PMR-…", hint=NUMBER_HINT)

    def key(self) -> str:
        return self.tin

    def subject(self) -> str:
        return self.number


class AskForInformation(AboutRequest, type="providers.ask_for_information.v1"):
    """Plan staff need something from the provider; the clock stops until the answer (PR-03)."""

    question: Filled = form("What is needed", max_length=2000)


class AnswerQuestion(AboutRequest, type="providers.answer_question.v1"):
    """The provider answers what was asked; the clock goes on with the time left (PR-03)."""

    answer: Filled = form("Answer", max_length=2000)
    documents: tuple[str, ...] = form("Ids of uploaded documents", default=(), max_length=50)


class ApproveRequest(AboutRequest, type="providers.approve_request.v1"):
    """Plan staff approve; the change is made on the profile from its effective date (PR-07)."""

    note: str = form("Note to the provider", default="", max_length=2000)


class RejectRequest(AboutRequest, type="providers.reject_request.v1"):
    """Plan staff reject, with a reason the provider can act on."""

    reason: Filled = form("Why, in words for the provider", max_length=2000)


class ApplyRequest(AboutRequest, type="providers.apply_request.v1"):
    """The effective date of an approved change has come. From this service to itself (a timer)."""


class WarnSla(AboutRequest, type="providers.warn_sla.v1"):
    """The deadline of a request is near. From this service to itself (a timer) (PR-02)."""


class BreachSla(AboutRequest, type="providers.breach_sla.v1"):
    """The deadline of a request has come. From this service to itself (a timer) (PR-02)."""
