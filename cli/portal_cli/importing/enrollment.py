"""`--enroll`: members and providers of the claims made known first. For demos and tests only.

In real life the plan's feed enrolls its members; a claim for somebody unknown is rejected.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from portal_cli.importing.files import SourceClaim
from portal_contracts.claims.commands import SubmitInstitutionalClaim
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.providers.commands import RegisterProvider
from portal_x12.claim import Message, about_member
from portal_x12.values import Body, body, is_day

COVERED_FROM = "1990-01-01"
"""Or 1 January of the first date of service. Always the same, so that enrolling again changes
nothing."""
PLAN = "IMPORT"


@dataclass(slots=True)
class Enrollment:
    """What is published before the claims."""

    members: dict[str, Body] = field(default_factory=dict)
    providers: dict[tuple[str, str], Body] = field(default_factory=dict)
    ambiguous: set[str] = field(default_factory=set)
    """Member IDs that the files use for several persons: the first one is enrolled."""

    def messages(self) -> Iterator[Message]:
        for provider in self.providers.values():
            yield Message(RegisterProvider.TYPE, provider["tin"], provider)
        for member in self.members.values():
            yield about_member(EnrollMember, member)


def enrollment(claims: Iterable[SourceClaim]) -> Enrollment:
    """Members and providers of these claims."""
    found = Enrollment()
    for claim in claims:
        _member(claim.message.body, claim.line_of_business, found)
        for provider in _providers(claim.message):
            found.providers.setdefault((provider["npi"], provider["tin"]), provider)
    return found


def _member(claim: Body, business: str, found: Enrollment) -> None:
    member_id = claim.get("member_id")
    if not member_id:
        return
    person = {name: claim.get("patient", {}).get(name) for name in ("last_name", "date_of_birth")}
    known = found.members.get(member_id)
    if known is None:
        found.members[member_id] = _enrolled(claim, business)
    elif any(known.get(name) != value for name, value in person.items()):
        found.ambiguous.add(member_id)
    else:
        span = known["spans"][0]
        span["start"] = min(span["start"], _covered_from(claim))


def _enrolled(claim: Body, business: str) -> Body:
    patient = claim.get("patient", {})
    return body(
        member_id=claim["member_id"],
        last_name=patient.get("last_name"),
        first_name=patient.get("first_name"),
        date_of_birth=patient.get("date_of_birth"),
        sex=patient.get("sex"),
        spans=[{"start": _covered_from(claim), "plan": PLAN, "line_of_business": business}],
    )


def _covered_from(claim: Body) -> str:
    lines = claim.get("lines", [])
    dates = [claim.get("statement_from"), *(line.get("from_date") for line in lines)]
    first = min((day for day in dates if day and is_day(day)), default=COVERED_FROM)
    return min(COVERED_FROM, f"{first[:4]}-01-01")


def _providers(claim: Message) -> Iterator[Body]:
    """Who is paid, and the persons who treated, at the same Tax ID."""
    billing = claim.body.get("billing", {})
    if not billing.get("npi") or not billing.get("tin"):
        return
    facility = claim.type == SubmitInstitutionalClaim.TYPE
    yield _registered(billing["npi"], billing, "facility" if facility else "group")
    persons = [claim.body.get("rendering"), claim.body.get("attending")]
    persons += [line.get("rendering") for line in claim.body.get("lines", [])]
    for person in filter(None, persons):
        name = f"{person.get('first_name', '')} {person.get('last_name', '')}".strip()
        yield _registered(person["npi"], billing | {"name": name}, "physician")


def _registered(npi: str, billing: Body, kind: str) -> Body:
    taxonomy = billing.get("taxonomy", "")
    return body(
        npi=npi,
        tin=billing["tin"],
        name=billing.get("name") or f"Provider {npi}",
        provider_type=kind,
        specialty=taxonomy if len(taxonomy) == 10 and taxonomy.endswith("X") else None,
        participation=[{"start": "1900-01-01"}],
    )
