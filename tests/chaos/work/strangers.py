"""Commands about what belongs to somebody else: refused, each, and without any effect."""

from __future__ import annotations

from portal_cli.demo.forms import professional
from portal_contracts.base import Command
from portal_contracts.claims.commands import SubmitRecords
from portal_contracts.documents.commands import OpenDocument, RequestUpload
from portal_contracts.eligibility.commands import AddCob
from portal_contracts.principal import Principal
from tests.chaos.orders import STRANGER, Order, Who
from tests.chaos.work.claims import some_services
from tests.chaos.work.office import CONTACT, KnownClaim, KnownOwner, Office

PASSER_BY = Who(
    Principal(subject="chaos-passer-by", role="provider", tins=frozenset({"789999999"})),
    "demo-provider",
)


def meddle(office: Office) -> Order | None:
    """One of several."""
    match office.random.randrange(5):
        case 0 if office.documents:
            document = office.random.choice(office.documents)
            opening = OpenDocument(document_id=document.document_id, purpose="chaos")
            return _by_another(office, document.who, opening)
        case 1 if office.claims:
            known = office.random.choice(office.claims)
            return _by_another(office, known.who, _void(office, known))
        case 2 if office.claims:
            known = office.random.choice(office.claims)
            records = SubmitRecords(
                claim_number=known.number,
                documents=("DOC-000000000000000",),
                record_type="note",
                contact=CONTACT,
            )
            return _by_another(office, known.who, records)
        case 3 if office.owners:
            return _attach(office, office.random.choice(office.owners))
        case 4:
            return _insure(office)
    return None


def other_than(office: Office, owner: Who) -> Who:
    return office.random.choice([w for w in office.people.providers if w != owner])


def _by_another(office: Office, owner: Who, command: Command) -> Order:
    return Order(command, other_than(office, owner), code=STRANGER)


def _attach(office: Office, known: KnownOwner) -> Order:
    """For the stranger's own Tax ID, so that nothing but the owner is wrong."""
    stranger = other_than(office, known.who)
    upload = RequestUpload(
        owner=known.owner,
        document_type="other",
        file_name="note.txt",
        content_type="text/plain",
        size=1,
        tin=min(stranger.principal.tins),
    )
    return Order(upload, stranger, code=STRANGER)


def _insure(office: Office) -> Order:
    """By a practice that never had to do with any member: others' claims would be taken back."""
    person = office.people.member(office.random)
    cob = AddCob(
        member_id=person.member_id,
        carrier="Nobody's Mutual",
        policy_number=f"NM-{office.next()}",
        holder_name=person.last_name,
        relationship="self",
        start=office.ago(900),
        insurance_type="commercial",
        adjust_claims=True,
    )
    return Order(cob, PASSER_BY, code=STRANGER)


def _void(office: Office, known: KnownClaim) -> Command:
    """In the owner's name, as only the owner may."""
    claim = professional(
        known.person, known.clinic, office.ago(330), f"V{office.next()}", *some_services(office)
    )
    return claim.model_copy(update={"frequency": "8", "original_claim": known.number})
