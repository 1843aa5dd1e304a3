"""Values and replies that several services share."""

from datetime import date
from typing import Literal

from pydantic import Field

from portal_contracts.base import Model, Reply, Strict
from portal_contracts.fields import Day, Filled, form

Role = Literal["provider", "plan_staff", "plan_feed", "operator", "service"]
LineOfBusiness = Literal["medicaid", "marketplace", "medicare_advantage", "commercial"]
Sex = Literal["F", "M", "U"]
Relationship = Literal["self", "spouse", "child", "other"]
"""Of the patient or member to whoever holds an insurance."""


class Address(Strict):
    """Postal address in the United States."""

    line1: Filled = form("Street address, line 1", max_length=55)
    line2: str | None = form("Street address, line 2", default=None, max_length=55)
    city: Filled = form("City", max_length=30)
    state: str = form(
        "State or territory, two letters", pattern=r"^[A-Z]{2}$", hint="two capital letters"
    )
    zip: str = form(
        "ZIP code: 5 or 9 digits without dash",
        pattern=r"^[0-9]{5}([0-9]{4})?$",
        hint="5 or 9 digits without dash",
    )


class Contact(Strict):
    """Who to ask about a request."""

    name: Filled = form("Contact's name", max_length=60)
    phone: str = form(
        "Contact's phone, 10 digits", pattern=r"^[0-9]{10}$", hint="10 digits, no punctuation"
    )
    email: str | None = form("Contact's e-mail address", default=None, max_length=254)

    def on_file(self) -> "ContactOnFile":
        return ContactOnFile(name=self.name, phone=self.phone, email=self.email)


class ContactOnFile(Model):
    """Who to ask, as it was sent."""

    name: str = Field(description="Contact's name")
    phone: str = Field(description="Contact's phone, 10 digits")
    email: str | None = Field(None, description="Contact's e-mail address")


class Period(Model):
    """Days from `start` to `end`, both included; `end` None means open."""

    start: Day = Field(description="First day")
    end: Day | None = Field(None, description="Last day included; none while open")

    def includes(self, day: date) -> bool:
        """Whether the day lies inside; the first and the last day do."""
        return self.start <= day and (self.end is None or day <= self.end)


class Problem(Model):
    """One thing that is wrong with what was asked, in words a biller understands."""

    code: str = Field(description="Stable code of the problem, e.g. 'missing', 'npi_check_digit'")
    message: str = Field(description="What is wrong and how to mend it, one or two sentences")
    field: str | None = Field(None, description="Path of the field, e.g. 'lines.2.charge'")
    box: str | None = Field(None, description="CMS-1500 box or UB-04 form locator")
    door: str | None = Field(
        None, description="Type of the command or query to use instead (wrong door)"
    )
    status: str | None = Field(None, description="277CA codes, category:status[:entity]")


class Refused(Reply, type="portal.refused.v1"):
    """The command or query was not accepted; nothing has changed. Lists every problem found."""

    problems: tuple[Problem, ...] = Field(description="Everything found wrong, in form order")


class Parked(Reply, type="portal.parked.v1"):
    """The message could not be decided because of a fault on our side; an operator has it."""

    reference: str = Field(description="Reference to give to the plan's help desk")
    message: str = Field(description="What the caller can do")


class Done(Reply, type="portal.done.v1"):
    """The command was accepted and needs no other answer than the reference."""

    reference: str = Field(description="Business reference the command was about")
