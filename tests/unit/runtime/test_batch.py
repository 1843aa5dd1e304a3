"""Deciding a batch in memory: whatever repeats, mixes or fails, each message has one effect."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from hashlib import sha256
from types import SimpleNamespace
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from portal_contracts.claims.commands import ReviewCobChange
from portal_contracts.common import Parked, Refused
from portal_contracts.envelope import Envelope
from portal_contracts.ids import bucket
from portal_contracts.principal import Principal
from portal_runtime.deciding.batch import Batch, Seen
from portal_runtime.deciding.journal import JOURNAL, journal_rows
from portal_runtime.deciding.produced import BulkOrder, Produced
from portal_runtime.domain.decision import Context, Decision, Save
from portal_runtime.intake.arrival import Arrival
from portal_runtime.intake.incoming import MAX_BODY
from portal_runtime.routes import Need, on
from portal_runtime.tables import View
from portal_runtime.wire.encoding import derived_id
from tests.support.tally import ROUTES, TALLIES, Add, Remind, Tally

NOW = datetime(2026, 11, 24, tzinfo=UTC)
MESSAGES = st.lists(
    st.tuples(
        st.integers(1, 12),  # id: small, so that some repeat
        st.sampled_from("abc"),
        st.sampled_from([1, 2, -1, 13]),  # -1 is refused, 13 makes the rule raise
    ),
    max_size=40,
)


def arrival(number: int, account: str, amount: int) -> Arrival:
    command = Add(account=account, amount=amount)
    body = command.model_dump_json().encode()
    mid = UUID(int=number)
    record = SimpleNamespace(
        topic="tally.commands", partition=0, offset=0, key=b"", value=body, headers=[], timestamp=0
    )
    return Arrival(
        record,
        mid,
        Envelope(id=mid, type=Add.TYPE, time=NOW, source="test", correlation_id="c"),
        ROUTES.deciding[Add.TYPE],
        command,
        hash=sha256(body).digest(),
    )


def decided(messages: list[tuple[int, str, int]], seen: dict[UUID, Seen] | None = None) -> Batch:
    batch = Batch([arrival(*m) for m in messages], NOW, service="tally")
    for table, keys in batch.needs(batch.arrivals).items():
        batch.view.loaded(table, keys, {})
    assert not list(batch.deciding(seen or {}))
    return batch


@given(MESSAGES)
def test_an_id_takes_effect_once_and_every_message_is_answered(
    messages: list[tuple[int, str, int]],
) -> None:
    batch = decided(messages)
    assert len(batch.answers) == len(messages)
    firsts: dict[int, tuple[str, int]] = {}
    for number, account, amount in messages:
        firsts.setdefault(number, (account, amount))
    good = [(a, n) for a, n in firsts.values() if n in (1, 2)]
    assert len(batch.produced) == len(good)
    expected = Counter[str]()
    for account, amount in good:
        expected[account] += amount
    saved: dict[str, Tally] = batch.changed.get(TALLIES, {})
    assert {a: t.total for a, t in saved.items()} == dict(expected)
    assert len(batch.parked) == sum(n == 13 for _, n in firsts.values())


@given(MESSAGES)
def test_what_repeats_gets_the_first_answer_and_another_body_is_refused(
    messages: list[tuple[int, str, int]],
) -> None:
    batch = decided(messages)
    first: dict[int, tuple[tuple[str, int], bytes]] = {}
    for position, (number, account, amount) in enumerate(messages):
        answer = batch.answers[position]
        if number not in first:
            first[number] = ((account, amount), answer.body)
        elif first[number][0] == (account, amount):
            assert answer.body == first[number][1]
        else:
            assert answer.type == Refused.TYPE and b"id_reused" in answer.body


def _single(batch: Batch) -> list[Produced]:
    """What it sends, where nothing of it is bulk work."""
    assert all(isinstance(made, Produced) for made in batch.produced)
    return [made for made in batch.produced if isinstance(made, Produced)]


@given(MESSAGES)
def test_deciding_again_makes_the_same_ids(messages: list[tuple[int, str, int]]) -> None:
    ids = [made.id for made in _single(decided(messages))]
    assert ids == [made.id for made in _single(decided(messages))]
    assert len(set(ids)) == len(ids)


def test_what_the_inbox_knows_is_not_decided_and_its_batch_is_resumed() -> None:
    before = decided([(1, "a", 1)])
    known = Seen(before.arrivals[0].hash, before.id, before.answers[0])
    again = decided([(1, "a", 1), (2, "a", 1)], {UUID(int=1): known})
    assert again.answers[0] == before.answers[0]
    assert again.resume == {before.id}
    assert [p.cause for p in again.produced] == [str(UUID(int=2))]


def test_a_rule_that_raises_is_answered_as_parked() -> None:
    batch = decided([(1, "a", 13)])
    assert batch.answers[0].type == Parked.TYPE
    assert batch.parked[0].poison == "deciding it failed with RuntimeError"


def test_two_services_make_different_ids_of_one_message() -> None:
    cause = UUID(int=7)
    made = {derived_id(cause, n, s) for n in range(3) for s in ("claims", "appeals")}
    assert len(made) == 6
    assert all(str(UUID(i)) == i for i in made)


def test_commands_that_can_wait_go_where_nobody_queues_behind_them() -> None:
    def order(command: Add, *_: object) -> Decision:
        remind = Remind(account=command.account)
        return Decision(commands=(remind,), reviews=(remind,), bulk=(remind, remind))

    one = arrival(1, "a", 1)
    one.route = on(Add, grants={}, decide=order)
    batch = Batch([one], NOW, service="tally")
    assert not list(batch.deciding({}))
    command, review, bulk = batch.produced
    assert isinstance(command, Produced) and command.topic == "tally.commands"
    assert isinstance(review, Produced) and review.topic == "tally.reviews"
    assert isinstance(bulk, BulkOrder) and bulk.topic == "tally.bulk"
    assert [command.id, review.id, *bulk.ids] == [
        derived_id(UUID(int=1), n, "tally") for n in range(4)
    ]
    assert bulk.bodies == [command.body] * 2
    single, many = journal_rows(batch)
    at = JOURNAL.index("n")
    assert ([row[at] for row in single], [row[at] for row in many]) == ([0, 1], [2])


def test_bulk_commands_of_two_types_are_two_orders_in_their_order() -> None:
    remind, add = Remind(account="a"), Add(account="b", amount=1)
    one = arrival(1, "a", 1)
    one.route = on(Add, grants={}, decide=lambda *_: Decision(bulk=(remind, add, add, remind)))
    batch = Batch([one], NOW, service="tally")
    assert not list(batch.deciding({}))
    orders = [made for made in batch.produced if isinstance(made, BulkOrder)]
    assert len(orders) == len(batch.produced)
    assert [made.type for made in orders] == [Remind.TYPE, Add.TYPE, Remind.TYPE]
    assert [made.subjects for made in orders] == [["a"], ["b", "b"], ["a"]]
    at = JOURNAL.index("n")
    assert [row[at] for row in journal_rows(batch)[1]] == [0, 1, 3]


def test_a_bulk_command_that_is_too_large_parks_what_ordered_it() -> None:
    large = Add(account="a", amount=1, label="l" * (MAX_BODY + 1))
    one = arrival(1, "a", 1)
    one.route = on(Add, grants={}, decide=lambda *_: Decision(bulk=(Remind(account="a"), large)))
    batch = Batch([one], NOW, service="tally")
    assert not list(batch.deciding({}))
    assert batch.parked == [one]
    assert batch.produced == []


def test_a_bulk_command_that_cannot_be_stored_parks_what_ordered_it() -> None:
    """JSON would take the key, and nobody could read it again."""
    one = arrival(1, "a", 1)
    one.route = on(Add, grants={}, decide=lambda *_: Decision(bulk=(Remind(account="a\0b"),)))
    batch = Batch([one], NOW, service="tally")
    assert not list(batch.deciding({}))
    assert batch.parked == [one]
    assert batch.produced == []


def test_what_follows_from_a_message_says_all_that_its_record_needs() -> None:
    review = ReviewCobChange(member_id="M1000001", change_id="change")
    one = arrival(1, "a", 2)
    assert one.envelope is not None
    one.envelope = one.envelope._replace(traceparent=f"00-{'a' * 32}-{'b' * 16}-01")
    one.principal = Principal(subject="alice", role="provider")
    one.route = on(Add, grants={}, decide=lambda *_: Decision(commands=(review,)))
    batch = Batch([one], NOW, service="tally")
    assert not list(batch.deciding({}))
    (made,) = batch.produced
    assert asdict(made) == {
        "id": derived_id(UUID(int=1), 0, "tally"),
        "topic": "claims.commands",
        "key": bucket("M1000001"),
        "type": ReviewCobChange.TYPE,
        "subject": "change",
        "body": review.model_dump_json().encode(),
        "cause": str(UUID(int=1)),
        "correlation": "c",
        "traceparent": made.traceparent,
        "actor": "alice",
    }
    assert made.traceparent.split("-")[1] == "a" * 32


def test_a_need_that_nobody_named_is_an_error_and_not_an_answer() -> None:
    """A neighbour loaded the table, so that the key alone is missing."""
    told: list[object] = []

    def looks_at_another(command: Add, view: View, _: Context) -> Decision:
        tally: Tally | None = view.get(TALLIES, "b")
        told.append(tally)
        return Decision()

    needy, neighbour = arrival(1, "a", 1), arrival(2, "c", 1)
    needy.route = on(
        Add, grants={}, decide=looks_at_another, needs=lambda c, _: ((TALLIES, c.account),)
    )
    batch = Batch([neighbour, needy], NOW, service="tally")
    for table, keys in batch.needs(batch.arrivals).items():
        batch.view.loaded(table, keys, {})
    assert not list(batch.deciding({}))
    assert (told, batch.parked) == ([], [needy])
    assert needy.poison == "deciding it failed: no need names what is looked up in tallies"


def test_what_an_earlier_message_made_is_looked_into_by_a_later_one() -> None:
    """The second needs `a`'s label as a key, and `a` did not exist when the batch was loaded."""

    def follows(command: Add, view: View, _: Context) -> Decision:
        first = view.get(TALLIES, command.account)
        assert first is not None and view.get(TALLIES, first.label) is not None
        return Decision()

    def then(command: Add, view: View, _: Context) -> Iterator[Need]:
        first = view.get(TALLIES, command.account)
        if first is not None:
            yield TALLIES, first.label

    makes, looks = arrival(1, "a", 1), arrival(2, "a", 1)
    made = Save(TALLIES, "a", Tally(account="a", label="deep"))
    makes.route = on(Add, grants={}, decide=lambda *_: Decision(saves=(made,)))
    looks.route = on(
        Add, grants={}, decide=follows, needs=lambda c, _: ((TALLIES, c.account),), then=then
    )
    batch = Batch([makes, looks], NOW, service="tally")
    for table, keys in batch.needs(batch.arrivals).items():
        batch.view.loaded(table, keys, {})
    assert batch.second_needs(batch.arrivals) == {}
    asked = []
    for missing in batch.deciding({}):
        asked.append(missing)
        batch.view.loaded(TALLIES, missing[TALLIES], {"deep": Tally(account="deep")})
    assert asked == [{TALLIES: {"deep"}}]
    assert batch.parked == []


def test_whom_a_reply_names_is_put_on_record_for_who_asked() -> None:
    one, own = arrival(1, "a", 1), arrival(2, "b", 1)
    one.principal = Principal(subject="alice", role="provider")
    batch = Batch([one, own], NOW, service="tally")
    for table, keys in batch.needs(batch.arrivals).items():
        batch.view.loaded(table, keys, {})
    assert not list(batch.deciding({}))
    (look,) = batch.looks
    assert (look.subject, look.role, look.member_id) == ("alice", "provider", "a")
    assert (look.purpose, look.message_id) == ("add", UUID(int=1))
