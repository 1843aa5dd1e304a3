"""What a client promises, whether over Kafka or in memory."""

import asyncio
from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal_client import NoReply, NotConnected, NotSent, PortalClient, Signer, UnreadableReply
from portal_client.fake import Asked
from portal_client.wire import new_id
from portal_contracts.base import Reply
from portal_contracts.claims.commands import ReadjudicateClaim
from portal_contracts.claims.events import ReadjudicationsOrdered
from portal_contracts.claims.queries import SearchClaims
from portal_contracts.claims.replies import ClaimList
from portal_contracts.common import Done, Parked, Problem, Refused
from portal_contracts.principal import Principal
from tests.conformance.client.conftest import BILLER, Setup
from tests.support.isolation import Isolation

NOTHING_FOUND = ClaimList(claims=(), as_of=datetime(2026, 1, 5, tzinfo=UTC))


def order(number: str = "CLM-1") -> ReadjudicateClaim:
    return ReadjudicateClaim(claim_number=number, cause="staff_request", reference="call 7")


def done(asked: Asked) -> Reply:
    return Done(reference=asked.message.subject())


async def test_a_query_is_answered_with_the_typed_reply(setup: Setup) -> None:
    setup.backend.when(SearchClaims, NOTHING_FOUND)
    assert await setup.client.ask(SearchClaims(limit=7)) == NOTHING_FOUND
    (asked,) = setup.backend.asked
    assert (asked.message, asked.principal) == (SearchClaims(limit=7), BILLER)


@pytest.mark.parametrize(
    "no",
    [
        Refused(problems=(Problem(code="wrong_door", message="Not here.", door="x.y.v1"),)),
        Parked(reference="P-1", message="Ask the help desk."),
    ],
)
async def test_a_business_no_is_returned_not_raised(setup: Setup, no: Reply) -> None:
    setup.backend.when(ReadjudicateClaim, no)
    assert await setup.client.ask(order()) == no


async def test_asking_again_with_the_same_id_gives_the_first_answer(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, lambda _: Done(reference=str(len(setup.backend.asked))))
    again = new_id()
    first = await setup.client.ask(order(), message_id=again)
    assert await setup.client.ask(order(), message_id=again) == first
    assert len(setup.backend.asked) == 1


async def test_the_same_written_anew_gets_the_first_answer(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, lambda _: Done(reference=str(len(setup.backend.asked))))
    again, asked = new_id(), order()
    first = await setup.client.ask(asked, message_id=again)
    anew = b'{ "reference": "call\\u00207", "cause": "staff_request", "claim_number": "CLM-1" }'
    assert await setup.client.ask_raw(asked.TYPE, asked.key(), anew, message_id=again) == first
    assert len(setup.backend.asked) == 1


async def test_the_same_id_asked_twice_at_a_time_is_answered_twice(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, done)
    one = new_id()
    asking = (setup.client.ask(order(), message_id=one) for _ in range(3))
    assert await asyncio.gather(*asking) == [Done(reference="CLM-1")] * 3
    assert len(setup.backend.asked) == 1


async def test_the_same_id_for_something_else_is_refused(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, done)
    one = new_id()
    await setup.client.ask(order("CLM-1"), message_id=one)
    reply = await setup.client.ask(order("CLM-2"), message_id=one)
    assert isinstance(reply, Refused)


async def test_many_questions_at_a_time_each_get_their_own_answer(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, done)
    numbers = [f"CLM-{n}" for n in range(60)]
    replies = await asyncio.gather(*(setup.client.ask(order(n)) for n in numbers))
    assert replies == [Done(reference=n) for n in numbers]


async def test_silence_ends_with_an_error_that_says_how_to_go_on(setup: Setup) -> None:
    one = new_id()
    with pytest.raises(NoReply) as caught:
        await setup.client.ask(order(), timeout=0.3, message_id=one)
    text = str(caught.value)
    assert ReadjudicateClaim.TYPE in text and str(one) in text and "0.3 s" in text
    assert "is safe" in text
    setup.backend.when(SearchClaims, NOTHING_FOUND)
    assert await setup.client.ask(SearchClaims()) == NOTHING_FOUND


async def test_a_raw_body_is_sent_as_it_is_and_judged_by_the_service(setup: Setup) -> None:
    reply = await setup.client.ask_raw(ReadjudicateClaim.TYPE, "k", b'{"claim_number": "C"}')
    assert isinstance(reply, Refused)
    assert {problem.field for problem in reply.problems} == {"cause", "reference"}
    assert isinstance(await setup.client.ask_raw("claims.nonsense.v1", "k", b"{}"), Refused)


async def test_acting_for_somebody_else_shows_in_the_principal(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, done)
    staff = Principal(subject="staff-1", role="plan_staff")
    await setup.client.acting_as(staff).ask(order())
    await setup.client.ask(order())
    assert [asked.principal for asked in setup.backend.asked] == [staff, BILLER]


async def test_followers_see_events_from_when_they_start(setup: Setup) -> None:
    before, after = (
        ReadjudicationsOrdered(change_id=name, claims=("CLM-1",)) for name in ("before", "after")
    )
    await setup.client.publish(before)
    async with setup.client.events("claims") as events:
        sent = await setup.client.publish(after)
        happened = await asyncio.wait_for(anext(events), 10)
    assert (happened.message, happened.envelope.id) == (after, sent)
    async with setup.client.events("claims", start="beginning") as events:
        seen = {(await asyncio.wait_for(anext(events), 10)).message for _ in range(2)}
    assert seen == {before, after}


async def test_a_command_can_be_published_without_waiting(setup: Setup) -> None:
    setup.backend.when(ReadjudicateClaim, done)
    sent = await setup.client.publish(order())
    async with asyncio.timeout(10):
        while not setup.backend.asked:
            await asyncio.sleep(0.01)
    assert setup.backend.asked[0].id == sent


async def test_an_answer_that_is_no_reply_is_an_error_at_once(real: Setup) -> None:
    event = ReadjudicationsOrdered(change_id="x", claims=())
    real.backend.when(ReadjudicateClaim, lambda _: event)  # type: ignore[arg-type,return-value]
    with pytest.raises(UnreadableReply, match="which is no reply"):
        await real.client.ask(order())


async def test_a_missing_broker_or_topic_is_said_in_a_sentence(isolation: Isolation) -> None:
    signer = Signer(Ed25519PrivateKey.generate(), "k")
    nowhere = PortalClient("127.0.0.1:1", principal=BILLER, signer=signer)
    with pytest.raises(NotConnected, match=r"Kafka does not answer at 127\.0\.0\.1:1"):
        await nowhere.__aenter__()
    no_topics = PortalClient(
        isolation.infra.kafka, principal=BILLER, signer=signer, topic_prefix=isolation.topic_prefix
    )
    with pytest.raises(NotConnected, match="there is no reply topic"):
        await no_topics.__aenter__()
    with pytest.raises(NotConnected, match="inside `async with`"):
        await no_topics.ask(order())


async def test_what_kafka_does_not_take_is_said_with_the_way_out(real: Setup) -> None:
    with pytest.raises(NotSent, match=r"larger than 1 MB.*Sending it again with message_id="):
        await real.client.ask_raw(ReadjudicateClaim.TYPE, "k", b" " * 2_000_000)


async def test_a_closed_client_says_so_to_those_who_wait_and_those_who_ask_later(
    isolation: Isolation,
) -> None:
    await isolation.make_topics()
    signer = Signer(Ed25519PrivateKey.generate(), "k")
    client = PortalClient(
        isolation.infra.kafka, principal=BILLER, signer=signer, topic_prefix=isolation.topic_prefix
    )
    async with client:
        waiting = asyncio.create_task(client.ask(order()))
        await asyncio.sleep(0.2)
    with pytest.raises(NotConnected, match="closed while an answer was outstanding"):
        await waiting
    with pytest.raises(NotConnected):
        await client.ask(order())


async def test_more_questions_than_the_limit_wait_for_the_others(isolation: Isolation) -> None:
    await isolation.make_topics()
    signer = Signer(Ed25519PrivateKey.generate(), "k")
    client = PortalClient(
        isolation.infra.kafka,
        principal=BILLER,
        signer=signer,
        topic_prefix=isolation.topic_prefix,
        max_pending=2,
    )
    async with client:
        began = asyncio.get_running_loop().time()
        asking = (client.ask(order(), timeout=0.5) for _ in range(4))
        answers = await asyncio.gather(*asking, return_exceptions=True)
        took = asyncio.get_running_loop().time() - began
    assert all(isinstance(answer, NoReply) for answer in answers)
    assert took >= 1.0, "two at a time, each for half a second"
