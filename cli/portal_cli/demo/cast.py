"""The people of one run of the story. Each run has its own, so that it can be told again."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from uuid import UUID

from portal_cli.demo.people import Person, Practice, synthetic_npi, synthetic_tin
from portal_contracts.common import LineOfBusiness
from portal_contracts.eligibility.commands import Span

FAMILY_MEDICINE = "207Q00000X"
YEARS = timedelta(days=800)


@dataclass(frozen=True, slots=True)
class Cast:
    """A group practice, a doctor who wants to join it, and patients."""

    run: UUID
    group: Practice
    newcomer_npi: str
    shopper: Person
    """Marketplace plan."""
    insured_twice: Person
    """Medicaid, and an employer's insurance that pays first."""
    patient: Person
    """Medicaid."""

    @classmethod
    def of(cls, run: UUID, today: date) -> "Cast":
        """The same run has the same people."""
        digits = Random(run.int)
        since = today - YEARS
        base = f"D{digits.randrange(10**8):08d}"

        def member(suffix: str, first: str, born: date, plan: str, lob: LineOfBusiness) -> Person:
            span = Span(start=since, plan=plan, line_of_business=lob)
            return Person(f"{base}-{suffix}", first, "Ferrante", born, "F", (span,))

        return cls(
            run=run,
            group=Practice(
                npi=synthetic_npi(digits.randrange(10**8)),
                tin=synthetic_tin(digits.randrange(10**7)),
                name="Story Street Family Practice",
                kind="group",
                specialty=FAMILY_MEDICINE,
                since=since,
            ),
            newcomer_npi=synthetic_npi(digits.randrange(10**8)),
            shopper=member("00", "Ida", date(1984, 5, 2), "MARKETPLACE-GOLD", "marketplace"),
            insured_twice=member("01", "Rosa", date(1990, 9, 17), "MEDICAID-ADULT", "medicaid"),
            patient=member("02", "Livia", date(1979, 1, 30), "MEDICAID-ADULT", "medicaid"),
        )

    @property
    def members(self) -> tuple[Person, ...]:
        return self.shopper, self.insured_twice, self.patient

    def account(self, name: str) -> str:
        """Patient account number of a claim of this run."""
        return f"DEMO-{self.run.hex[:8]}-{name}".upper()
