"""Queries, a part of them about what belongs to somebody else."""

from __future__ import annotations

from portal_contracts.appeals.queries import SearchCases
from portal_contracts.auth.queries import SearchAuthorizations
from portal_contracts.base import Query
from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.documents.queries import GetDocument, ListDocuments
from portal_contracts.eligibility.queries import GetMember
from portal_contracts.providers.queries import GetProvider
from tests.chaos.orders import OWED, QUERY, STRANGER, Order, Who
from tests.chaos.work.office import Office
from tests.chaos.work.strangers import other_than


def question(office: Office) -> Order | None:
    """One of several."""
    match office.random.randrange(5):
        case 0:
            person = office.people.member(office.random)
            return Order(GetMember(member_id=person.member_id), _who(office), expect=QUERY)
        case 1 if office.claims:
            known = office.random.choice(office.claims)
            return Order(GetClaim(claim_number=known.number), known.who, expect=QUERY)
        case 2 if office.claims:
            known = office.random.choice(office.claims)
            asker = other_than(office, known.who)
            return Order(GetClaim(claim_number=known.number), asker, expect=QUERY, code=STRANGER)
        case 3 if office.documents:
            document = office.random.choice(office.documents)
            asker = other_than(office, document.who)
            return Order(
                GetDocument(document_id=document.document_id), asker, expect=QUERY, code=STRANGER
            )
        case 4:
            return Order(SearchClaims(limit=5), _who(office), expect=QUERY)
    return None


def owed(office: Office) -> list[Order]:
    """To every service, by somebody who may ask it, about what is surely on file."""
    clinic, who = office.people.clinics[0], office.people.providers[0]
    member = office.people.members[0].member_id
    asked: list[tuple[Query, Who]] = [
        (GetMember(member_id=member), who),
        (SearchClaims(limit=5), who),
        (ListDocuments(limit=5), who),
        (SearchAuthorizations(member_id=member), who),
        (SearchCases(), who),
        (GetProvider(npi=clinic.npi, tin=clinic.tin), who),
    ]
    if office.claims:
        asked.append((GetClaim(claim_number=office.claims[0].number), office.claims[0].who))
    return [Order(query, asker, expect=QUERY, code=OWED) for query, asker in asked]


def _who(office: Office) -> Who:
    return office.people.clinic(office.random)[1]
