"""One claim of an 837 as the body of a command; what both forms share. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal_contracts.base import Command
from portal_contracts.ids import bucket
from portal_x12 import cob, people
from portal_x12.loops import RawClaim
from portal_x12.values import Body, body, code, money

SIGNED = frozenset("YI")
"""CLM09: release of information signed, or informed consent."""
ASSIGNED = frozenset("AB")
"""CLM07: assignment accepted; B for laboratory services only."""


@dataclass(frozen=True, slots=True)
class Message:
    """A command to publish, as it is: its body may lack anything, and then the service says so."""

    type: str
    key: str
    body: Body
    id: UUID | None = None
    """Where the same message is to take effect once, however often it is sent."""


def about_member(command: type[Command], values: Body) -> Message:
    """Keyed as the contract keys it."""
    return Message(command.TYPE, bucket(values.get("member_id", "")), values)


@dataclass(frozen=True, slots=True)
class Coded:
    """One component group of an HI segment: qualifier, code, and all components."""

    qualifier: str
    code: str
    components: tuple[str, ...]

    def component(self, number: int) -> str:
        return self.components[number - 1] if number <= len(self.components) else ""


def header(claim: RawClaim) -> Body:
    """Fields of both forms, without those of other payers that nothing is known of."""
    clm, loop = claim.clm, claim.header
    return body(
        member_id=people.member_id(claim),
        patient=people.patient(claim),
        insured=people.insured(claim),
        billing=people.billing(claim),
        patient_account=clm.text(1),
        original_claim=loop.value("REF", "F8"),
        total_charge=money(clm.text(2)),
        amount_paid=money(loop.value("AMT", "F5")),
        accept_assignment=_flag(clm.text(7), ASSIGNED),
        signature_on_file=_flag(clm.text(9), SIGNED),
        authorization=loop.value("REF", "G1"),
        other_payers=[cob.other_payer(payer) for payer in claim.other_payers],
    )


def _flag(text: str, meaning_yes: frozenset[str]) -> bool | None:
    return text in meaning_yes if text else None


def coded(claim: RawClaim, *qualifiers: str) -> Iterator[Coded]:
    """The HI codes with these qualifiers, in order of the file.

    A qualifier that stands alone (`HI*BK*8901`, a wrong separator) gives an empty code: the place
    is kept, so that pointers still count right, and the service names the code as missing.
    """
    for segment in claim.header.all("HI"):
        for number in range(1, len(segment.elements) + 1):
            components = segment.parts(number)
            if components[0] in qualifiers:
                text = components[1] if len(components) > 1 else ""
                yield Coded(components[0], code(text), components)


def code_set(codes: list[Coded]) -> str | None:
    """ABK and ABF are ICD-10, BK and BF are ICD-9."""
    if not codes:
        return None
    return "icd10" if any(c.qualifier.startswith("AB") for c in codes) else "icd9"


def modifiers(components: tuple[str, ...]) -> list[str]:
    """Components 3 to 6 of SV101 and SV202."""
    return [code(text) for text in components[2:6] if text]


def frequency(claim: RawClaim) -> str:
    """CLM05-3. Always sent: without it nobody can tell a new claim from a correction."""
    return claim.clm.part(5, 3)


def procedure(components: tuple[str, ...]) -> Any:
    return code(components[1]) if len(components) > 1 else None
