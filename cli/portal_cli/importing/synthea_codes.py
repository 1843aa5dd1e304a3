"""Codes of Synthea (SNOMED CT, RxNorm, CVX) as codes of the claim forms.

This is a mapping for load tests and demos, not a terminology: no public table maps them one to one.
It keeps what a rule can see. The same code is always the same code here, visits, shots and a few
tests become the codes that the fee schedule prices, and everything else gets a well-formed code
made from the original one: J and four digits for a drug, T and four digits for a procedure, a
letter and four digits for a diagnosis.
"""

from dataclasses import dataclass
from datetime import date
from hashlib import blake2b
from typing import Literal

Kind = Literal["drug", "shot", "visit", "procedure"]

CHECKUPS = frozenset({"162673000", "410620009", "185349003"})
"""General examination, well child visit, check-up."""
PREVENTIVE = (
    (1, "99391"),
    (5, "99392"),
    (12, "99393"),
    (18, "99394"),
    (40, "99395"),
    (65, "99396"),
)
OLDEST = "99397"
"""Preventive visits of known patients, by the age they are for: below the first number."""
VISITS = {
    "185345009": "99213",  # for a symptom
    "185347001": "99213",  # for a problem
    "390906007": "99212",  # follow-up
    "371883000": "99213",  # outpatient procedure
    "698314001": "99214",  # consultation for treatment
    "308335008": "99213",  # patient encounter
    "424441002": "99203",  # first prenatal visit
    "424619006": "99213",  # prenatal visit
    "185389009": "99212",  # follow-up
    "50849002": "99284",  # emergency room
}
PROCEDURES = {
    "73761001": "45378",  # colonoscopy
    "104091002": "85025",  # blood count
    "76601001": "96372",  # injection into a muscle
    "399208008": "71046",  # chest X-ray
    "113091000": "72148",  # MRI of the spine
    "29303009": "93000",  # electrocardiogram
}
SHOTS = {"140": "90686", "113": "90715", "115": "90715"}
ANY_SHOT = "90471"
DIAGNOSIS_LETTERS = "ABCDEFGHIJKLMNPRST"
"""Not O, which looks like zero; not U to Z, which have rules of their own."""


@dataclass(frozen=True, slots=True)
class CodeSystems:
    """Which codes of a data set are drugs and which are vaccines; its other tables say so."""

    drugs: frozenset[str]
    shots: frozenset[str]

    def kind(self, code: str) -> Kind:
        if code in self.drugs:
            return "drug"
        if code in self.shots:
            return "shot"
        return "visit" if code in CHECKUPS or code in VISITS else "procedure"


def procedure(code: str, kind: Kind, birth: date, day: date) -> str:
    """CPT- or HCPCS-shaped code."""
    if code in CHECKUPS:
        age = day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))
        return next((visit for below, visit in PREVENTIVE if age < below), OLDEST)
    match kind:
        case "visit":
            return VISITS[code]
        case "shot":
            return SHOTS.get(code, ANY_SHOT)
        case "drug":
            return f"J{_number(code, 10_000):04d}"
        case _:
            return PROCEDURES.get(code) or f"T{_number(code, 10_000):04d}"


def diagnosis(code: str) -> str:
    """ICD-10-shaped: a letter and four digits."""
    number = _number(code, len(DIAGNOSIS_LETTERS) * 10_000)
    return f"{DIAGNOSIS_LETTERS[number // 10_000]}{number % 10_000:04d}"


def tin(organization: str) -> str:
    """Nine digits, the first one no zero."""
    return str(100_000_000 + _number(organization, 900_000_000))


def _number(text: str, below: int) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest()) % below
