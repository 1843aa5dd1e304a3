"""What the parts of the load share: chance, people, today, and what was learnt from answers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from portal_cli.demo.people import Person, Practice
from portal_contracts.common import Contact
from portal_contracts.documents.parts import DocumentOwner, OwnerKind
from tests.chaos.orders import Who
from tests.chaos.population import Population

CONTACT = Contact(name="Billing office", phone="6145550142")
REMEMBERED = 4000


class KnownClaim(NamedTuple):
    """A claim of which an answer told."""

    number: str
    status: str
    person: Person
    clinic: Practice
    who: Who


class KnownDocument(NamedTuple):
    """A document that was confirmed."""

    document_id: str
    who: Who
    sha256: str


class KnownOwner(NamedTuple):
    """Something on file that documents may belong to, beside claims and members."""

    owner: DocumentOwner
    clinic: Practice
    who: Who


def _few() -> deque[KnownClaim]:
    return deque(maxlen=REMEMBERED)


@dataclass
class Office:
    """Memory is bounded: what is old is forgotten."""

    random: Random
    people: Population
    today: date
    claims: deque[KnownClaim] = field(default_factory=_few)
    denied: deque[KnownClaim] = field(default_factory=_few)
    owners: deque[KnownOwner] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    documents: deque[KnownDocument] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    serial: int = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def ago(self, most: int) -> date:
        return self.today - timedelta(days=1 + self.random.randrange(most))

    def has(self, kind: OwnerKind, reference: str, clinic: Practice, who: Who) -> None:
        """Remember it as something to send documents for."""
        owner = DocumentOwner(kind=kind, reference=reference)
        self.owners.append(KnownOwner(owner, clinic, who))

    def treating(self, person: Person) -> Who:
        """Somebody with a claim for the member, who may change its other insurance; else staff."""
        recent = (known.who for known in reversed(self.claims) if known.person == person)
        return next(recent, self.people.staff)

    def next(self) -> int:
        self.serial += 1
        return self.serial
