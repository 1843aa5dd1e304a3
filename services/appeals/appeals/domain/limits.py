"""Until when a dispute or an appeal may be filed (DI-04). The limits are data of the plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from pydantic import Field, model_validator

from portal_contracts.appeals.parts import CaseKind
from portal_contracts.base import Strict
from portal_contracts.common import LineOfBusiness
from portal_contracts.fields import Carc
from portal_runtime.domain.days import PlanCalendar


class TimeLimit(Strict):
    """A limit and when it holds; what is left out holds for all."""

    why: str = Field(description="What it is for")
    kind: CaseKind = Field(description="Dispute or appeal")
    categories: frozenset[str] = Field(
        frozenset(), description="Dispute categories or appeal types"
    )
    lines_of_business: frozenset[LineOfBusiness] = Field(
        frozenset(), description="Line of business of the member on the first date of service"
    )
    carcs: frozenset[Carc] = Field(frozenset(), description="A denied line carries one of these")
    days: int = Field(ge=1, description="Calendar days after the adjudication")

    def holds(
        self, kind: CaseKind, category: str, business: str | None, carcs: Iterable[str]
    ) -> bool:
        return (
            self.kind == kind
            and (not self.categories or category in self.categories)
            and (not self.lines_of_business or business in self.lines_of_business)
            and (not self.carcs or not self.carcs.isdisjoint(carcs))
        )

    @property
    def is_last_resort(self) -> bool:
        return not (self.categories or self.lines_of_business or self.carcs)


class TimeLimits(Strict):
    """A plan's limits. The first one that holds is the one that counts."""

    version: str = Field(description="Version of the data")
    limits: tuple[TimeLimit, ...] = Field(description="From the special to the general")

    @model_validator(mode="after")
    def _always_answers(self) -> Self:
        general = {limit.kind for limit in self.limits if limit.is_last_resort}
        if general != {"dispute", "appeal"}:
            raise ValueError(
                "a limit for all other disputes and one for all other appeals is needed"
            )
        return self

    def days(
        self, kind: CaseKind, category: str, business: str | None, carcs: Iterable[str]
    ) -> int:
        """Calendar days after the adjudication."""
        known = tuple(carcs)
        return next(x.days for x in self.limits if x.holds(kind, category, business, known))


@dataclass(frozen=True, slots=True)
class Terms:
    """The plan's choices, as the rules take them."""

    limits: TimeLimits
    mail_address: str
    fax: str
    calendar: PlanCalendar
