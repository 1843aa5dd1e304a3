"""What the parts of the load share: chance, people, today, and what was learnt from answers."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from portal_cli.demo.people import Person, Practice
from portal_contracts.common import Contact
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
    documents: deque[KnownDocument] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    serial: int = 0

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def ago(self, most: int) -> date:
        return self.today - timedelta(days=1 + self.random.randrange(most))

    def next(self) -> int:
        self.serial += 1
        return self.serial
