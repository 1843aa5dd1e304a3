"""Queries, a part of them about what belongs to somebody else."""

from __future__ import annotations

from portal_contracts.claims.queries import GetClaim, SearchClaims
from portal_contracts.documents.queries import GetDocument
from portal_contracts.eligibility.queries import GetMember
from tests.chaos.orders import QUERY, Order, Who
from tests.chaos.work.office import Office

STRANGER = "stranger"
"""Mark of a query that must not be answered with anything but a refusal."""


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
            others = [w for w in office.people.providers if w != known.who]
            asker = office.random.choice(others)
            return Order(GetClaim(claim_number=known.number), asker, expect=QUERY, code=STRANGER)
        case 3 if office.documents:
            document = office.random.choice(office.documents)
            others = [w for w in office.people.providers if w != document.who]
            asker = office.random.choice(others)
            return Order(
                GetDocument(document_id=document.document_id), asker, expect=QUERY, code=STRANGER
            )
        case 4:
            return Order(SearchClaims(limit=5), _who(office), expect=QUERY)
    return None


def _who(office: Office) -> Who:
    return office.people.clinic(office.random)[1]
