"""The load of the benchmark: members, one billing provider, and 6-line professional claims."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

from aiokafka import AIOKafkaProducer

from portal_client import Signer
from portal_contracts import envelope as e
from portal_contracts import topics
from portal_contracts.base import Event
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.parts import CobPolicy, CoverageSpan
from portal_contracts.principal import Principal
from portal_contracts.providers.events import ProviderChanged
from portal_contracts.providers.parts import Participation
from portal_runtime.wire.encoding import headers, to_json
from portal_runtime.wire.outgoing import Outgoing

MEMBERS = 3000
NPI, TIN = "1234567893", "123456789"
PRINCIPAL = Principal(subject="bench", role="provider", tins=frozenset({TIN}))
CODES = ("99213", "99214", "36415", "85025", "80053", "93000")


def member_id(number: int) -> str:
    return f"BENCH{number:05d}-00"


def members() -> Iterator[MemberChanged]:
    """One in ten has an old, ended other insurance: its dates are looked at and do not matter."""
    for number in range(MEMBERS):
        old = CobPolicy(
            policy_id="COB-1",
            carrier="Old Carrier",
            policy_number="P1",
            holder_name="Holder",
            relationship="self",
            start=date(2020, 1, 1),
            end=date(2021, 1, 1),
            insurance_type="commercial",
        )
        yield MemberChanged(
            member_id=member_id(number),
            version=1,
            last_name="Doe",
            first_name="Jane",
            date_of_birth=date(1980, 1, 1),
            sex="F",
            spans=(
                CoverageSpan(start=date(2025, 1, 1), plan="silver", line_of_business="marketplace"),
            ),
            cob=(old,) if number % 10 == 0 else (),
        )


def provider() -> ProviderChanged:
    return ProviderChanged(
        npi=NPI,
        tin=TIN,
        version=1,
        name="Bench Clinic",
        provider_type="group",
        participation=(Participation(start=date(2020, 1, 1)),),
    )


def claim(number: int, today: date) -> SubmitProfessionalClaim:
    """About 2 KB. Days and accounts vary, so that none is a duplicate of another."""
    day = today - timedelta(days=1 + number // MEMBERS % 300)
    address = {"line1": "1 Main St", "city": "Dayton", "state": "OH", "zip": "45402"}
    return SubmitProfessionalClaim.model_validate(
        {
            "member_id": member_id(number % MEMBERS),
            "patient": {
                "last_name": "Doe",
                "first_name": "Jane",
                "date_of_birth": "1980-01-01",
                "sex": "F",
                "address": address,
            },
            "billing": {
                "npi": NPI,
                "tin": TIN,
                "name": "Bench Clinic",
                "taxonomy": "207Q00000X",
                "address": address,
            },
            "rendering": {"npi": NPI, "last_name": "Adams", "first_name": "Ann"},
            "patient_account": f"PA{number}",
            "diagnoses": ["E119", "I10"],
            "total_charge": "900.00",
            "lines": [
                {
                    "procedure": code,
                    "from_date": day.isoformat(),
                    "to_date": day.isoformat(),
                    "place": "11",
                    "charge": "150.00",
                    "units": "1",
                    "pointers": [1, 2],
                }
                for code in CODES
            ],
        }
    )


@dataclass
class Signed:
    """A command ready for the wire."""

    id: str
    key: bytes
    body: bytes
    headers: list[tuple[str, bytes]]


def signed(command: SubmitProfessionalClaim, signer: Signer, reply_to: str) -> Signed:
    """What a gateway would send."""
    now, mid, key = datetime.now(UTC), str(uuid4()), command.key()
    body = command.model_dump_json().encode()  # as `portal_client` sends it
    token = signer.sign(
        PRINCIPAL,
        message_id=mid,
        type=command.TYPE,
        key=key,
        body=body,
        issued_at=int(now.timestamp()),
        reply_to=reply_to,
    )
    headers = [
        (e.ID, mid.encode()),
        (e.TYPE, command.TYPE.encode()),
        (e.SOURCE, b"/portal/bench"),
        (e.TIME, now.isoformat().encode()),
        (e.REPLY_TO, reply_to.encode()),
        (e.PRINCIPAL, token.encode()),
    ]
    return Signed(mid, key.encode(), body, headers)


async def produce_facts(producer: AIOKafkaProducer, prefix: str) -> None:
    """Announce members and the provider, as the other services would."""
    await produce_events(producer, prefix, (*members(), provider()))


async def produce_events(producer: AIOKafkaProducer, prefix: str, events: Iterable[Event]) -> None:
    for made in (announced(event, prefix) for event in events):
        await producer.send(made.topic, made.value, key=made.key, headers=made.headers)
    await producer.flush()


def announced(event: Event, prefix: str) -> Outgoing:
    """The event as its service announces it."""
    made = headers(
        event.TYPE, event.service(), id=uuid4(), time=datetime.now(UTC), subject=event.subject()
    )
    topic = topics.topic_of(event.TYPE, event.KIND)
    return Outgoing(prefix + topic, event.key().encode(), to_json(event), made)


async def produce_claims(producer: AIOKafkaProducer, topic: str, claims: list[Signed]) -> None:
    for message in claims:
        await producer.send(topic, message.body, key=message.key, headers=message.headers)
    await producer.flush()
