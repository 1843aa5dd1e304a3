"""The demo data: twelve members of eight families, six providers. All of it is made up."""

from dataclasses import dataclass
from datetime import date, timedelta

from portal_cli.demo.people import Person, Practice, Sex, synthetic_npi, synthetic_tin
from portal_contracts.common import LineOfBusiness
from portal_contracts.eligibility.commands import AddCob, Span

# The practice and the patient of docs/for-gateways.md.
LAKESIDE_NPI, LAKESIDE_TIN = "1234567893", "123456789"
RIVERBEND_TIN, HOSPITAL_TIN, FORMER_TIN = (synthetic_tin(number) for number in (1, 2, 3))
Family = tuple[tuple[str, date, Sex], ...]
RIVERA: Family = (
    ("Luis", date(1978, 11, 14), "M"),
    ("Ana", date(1980, 2, 3), "F"),
    ("Mia", date(2012, 8, 25), "F"),
)
OKAFOR: Family = (("Grace", date(1985, 4, 19), "F"), ("Samuel", date(2023, 5, 6), "M"))
WALSH: Family = (("Henry", date(1972, 10, 9), "M"), ("Nora", date(1974, 1, 22), "F"))
NATARAJAN: Family = (("Priya", date(1991, 3, 8), "F"),)
KIM: Family = (("Dolores", date(1968, 7, 21), "F"),)
LINDQVIST: Family = (("Victor", date(1949, 12, 2), "M"),)
HADDAD: Family = (("Omar", date(1987, 6, 30), "M"),)
BRANDT: Family = (("Tessa", date(2006, 2, 11), "F"),)


@dataclass(frozen=True, slots=True)
class Household:
    """Everybody, with dates that fit the day on which the data is loaded."""

    today: date

    @property
    def start(self) -> date:
        """Since when they are covered, or take part."""
        return date(self.today.year - 2, 1, 1)

    @property
    def providers(self) -> tuple[Practice, ...]:
        return (self.lakeside, self.doctor, self.riverbend, self.nurse, self.hospital, self.former)

    @property
    def lakeside(self) -> Practice:
        name = "Lakeside Clinic"
        return Practice(LAKESIDE_NPI, LAKESIDE_TIN, name, "group", "261QP2300X", self.start)

    @property
    def doctor(self) -> Practice:
        npi, name = synthetic_npi(1), "Amara Lindholm"
        return Practice(npi, LAKESIDE_TIN, name, "physician", "207Q00000X", self.start)

    @property
    def riverbend(self) -> Practice:
        npi, name = synthetic_npi(2), "Riverbend Family Medicine"
        return Practice(npi, RIVERBEND_TIN, name, "group", "207Q00000X", self.start)

    @property
    def nurse(self) -> Practice:
        """A nurse practitioner: priced as an extender."""
        npi, name = synthetic_npi(3), "Jonah Pettersen"
        return Practice(npi, RIVERBEND_TIN, name, "extender", "363LF0000X", self.start)

    @property
    def hospital(self) -> Practice:
        npi, name = synthetic_npi(4), "Harbor General"
        return Practice(npi, HOSPITAL_TIN, name, "facility", "282N00000X", self.start)

    @property
    def former(self) -> Practice:
        """Takes part no more."""
        npi, ended = synthetic_npi(5), date(self.today.year - 1, 12, 31)
        name = "Old Mill Therapy"
        return Practice(npi, FORMER_TIN, name, "ancillary", "225100000X", self.start, ended)

    @property
    def members(self) -> tuple[Person, ...]:
        medicaid = self._since_start("MEDICAID-ADULT", "medicaid")
        return (
            *_family("M1000001", "Rivera", RIVERA, self._since_start("HMO", "commercial")),
            *_family("M1000002", "Okafor", OKAFOR, medicaid),
            *_family("M1000003", "Walsh", WALSH, self._gold()),
            *_family("M1000004", "Natarajan", NATARAJAN, self._in_grace()),
            *_family("M1000005", "Kim", KIM, medicaid),
            *_family("M1000006", "Lindqvist", LINDQVIST, self._advantage()),
            *_family("M1000007", "Haddad", HADDAD, self._left()),
            *_family("M1000008", "Brandt", BRANDT, self._grown_up()),
        )

    def member(self, member_id: str) -> Person:
        return next(person for person in self.members if person.member_id == member_id)

    def cob(self) -> AddCob:
        """A Medicaid member with an employer's insurance that pays first."""
        return AddCob(
            member_id="M1000005-00",
            carrier="Harbor Mutual",
            policy_number="HM-55501",
            group_number="G-2000",
            holder_name="Dolores Kim",
            relationship="self",
            start=date(self.today.year - 1, 1, 1),
            insurance_type="commercial",
        )

    def _since_start(self, plan: str, business: LineOfBusiness) -> tuple[Span, ...]:
        return (Span(start=self.start, plan=plan, line_of_business=business),)

    def _gold(self) -> tuple[Span, ...]:
        return self._since_start("MARKETPLACE-GOLD", "marketplace")

    def _advantage(self) -> tuple[Span, ...]:
        return self._since_start("ADVANTAGE", "medicare_advantage")

    def _in_grace(self) -> tuple[Span, ...]:
        """Premium paid up to the end of the month before last."""
        last_month = (self.today.replace(day=1) - timedelta(days=1)).replace(day=1)
        bronze = self._since_start("MARKETPLACE-BRONZE", "marketplace")[0]
        return (bronze.model_copy(update={"paid_through": last_month - timedelta(days=1)}),)

    def _left(self) -> tuple[Span, ...]:
        """Covered until three months ago."""
        span = self._since_start("PPO", "commercial")[0]
        return (span.model_copy(update={"end": self.today - timedelta(days=90)}),)

    def _grown_up(self) -> tuple[Span, ...]:
        """Changed from the children's program to the adults' without a gap."""
        change = self.today - timedelta(days=200)
        child = self._since_start("MEDICAID-CHILD", "medicaid")[0]
        adult = Span(
            start=change + timedelta(days=1), plan="MEDICAID-ADULT", line_of_business="medicaid"
        )
        return child.model_copy(update={"end": change}), adult


def _family(
    base: str, last_name: str, people: Family, spans: tuple[Span, ...]
) -> tuple[Person, ...]:
    """The subscriber is -00; who follows has -01, -02 …"""
    return tuple(
        Person(f"{base}-{number:02d}", first, last_name, born, sex, spans)
        for number, (first, born, sex) in enumerate(people)
    )
