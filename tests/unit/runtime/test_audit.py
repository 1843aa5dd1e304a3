"""A chain of the access log says where it was broken."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from uuid import UUID

import pytest

from portal_runtime.access.access_log import Look, first_link, link
from portal_runtime.access.audit import Audit, Head, Row, audit

ONE, TWO = UUID(int=1), UUID(int=2)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
Log = tuple[list[Row], dict[UUID, Head]]


def look(member: str) -> Look:
    return Look(NOON, "desk", "provider", member, "treatment", UUID(int=9))


def log(*chains: UUID, length: int = 4) -> Log:
    """Chains that are whole, their rows one after the other."""
    rows: list[Row] = []
    heads = {}
    for chain in chains:
        head = first_link(chain)
        for position in range(1, length + 1):
            said = look(f"M{position}")
            head = link(head, chain, position, said)
            rows.append(Row(len(rows) + 1, chain, position, head, said))
        heads[chain] = Head(length, head)
    return rows, heads


def findings(log: Log) -> list[str]:
    return audit(*log).findings


def test_whole_chains_are_not_objected_to_in_whatever_order_their_rows_come() -> None:
    rows, heads = log(ONE, TWO)
    walked = audit(rows[::-1], heads)
    assert (walked.findings, walked.rows, walked.chains) == ([], 8, 2)


def changed(rows: list[Row], _: dict[UUID, Head]) -> None:
    rows[1] = rows[1]._replace(look=look("somebody else"))


def changed_with_its_hash(rows: list[Row], _: dict[UUID, Head]) -> None:
    said = look("somebody else")
    rows[1] = rows[1]._replace(look=said, hash=link(rows[0].hash, ONE, 2, said))


def deleted(rows: list[Row], _: dict[UUID, Head]) -> None:
    del rows[1]


def first_deleted(rows: list[Row], _: dict[UUID, Head]) -> None:
    del rows[0]


def inserted(rows: list[Row], _: dict[UUID, Head]) -> None:
    rows.append(rows[1]._replace(seq=99))


def two_changed_places(rows: list[Row], _: dict[UUID, Head]) -> None:
    rows[1:3] = [rows[2]._replace(position=2), rows[1]._replace(position=3)]


def tail_deleted(rows: list[Row], _: dict[UUID, Head]) -> None:
    del rows[2:]


def last_changed_with_its_hash(rows: list[Row], _: dict[UUID, Head]) -> None:
    said = look("somebody else")
    rows[3] = rows[3]._replace(look=said, hash=link(rows[2].hash, ONE, 4, said))


def all_deleted(rows: list[Row], _: dict[UUID, Head]) -> None:
    rows.clear()


def end_deleted(_: list[Row], heads: dict[UUID, Head]) -> None:
    heads.clear()


def end_put_back(rows: list[Row], heads: dict[UUID, Head]) -> None:
    heads[ONE] = Head(2, rows[1].hash)


@pytest.mark.parametrize(
    ("tamper", "said"),
    [
        (changed, "from row 2 on: this row or the one before it was changed"),
        (changed_with_its_hash, "from row 3 on: this row or the one before it was changed"),
        (deleted, "from row 3 on: 1 before it (position 2 on) were deleted"),
        (first_deleted, "from row 2 on: 1 before it (position 1 on) were deleted"),
        (inserted, "from row 99 on: this row was inserted"),
        (two_changed_places, "from row 3 on: this row or the one before it was changed"),
        (tail_deleted, "at its end: the last 2 rows were deleted"),
        (last_changed_with_its_hash, "what is there was added or changed by hand"),
        (all_deleted, "all of its 4 rows were deleted"),
        (end_deleted, "its end is not on file; 4 rows are there"),
        (end_put_back, "it ends at position 2; what is there was added"),
    ],
)
def test_what_was_tampered_with_is_named(
    tamper: Callable[[list[Row], dict[UUID, Head]], None], said: str
) -> None:
    tampered = log(ONE)
    tamper(*tampered)
    (found,) = findings(tampered)
    assert said in found


def test_another_chain_is_judged_by_itself() -> None:
    rows, heads = log(ONE, TWO)
    del rows[1], rows[4]
    assert [f.split()[1] for f in findings((rows, heads))] == [str(ONE), str(TWO)]


def anchored(before: Log, after: Log) -> list[str]:
    walk = Audit(after[1], anchors=before[1])
    for row in after[0]:
        walk.see(row)
    walk.finish()
    return walk.findings


def test_a_chain_that_went_on_passes_through_where_it_was_anchored() -> None:
    assert anchored(log(ONE, length=2), log(ONE, length=4)) == []


def test_a_tail_that_was_cut_with_its_end_shows_against_the_anchor() -> None:
    assert findings(log(ONE, length=2)) == []
    (found,) = anchored(log(ONE, length=4), log(ONE, length=2))
    assert "had 4 rows once and has 2" in found


def test_a_chain_that_is_gone_altogether_shows_against_the_anchor() -> None:
    (found,) = anchored(log(ONE, TWO), log(ONE))
    assert f"chain {TWO}" in found and "none is left" in found


def test_a_chain_that_was_calculated_anew_shows_against_the_anchor() -> None:
    rows, heads = log(ONE)
    said = look("somebody else")
    head = link(rows[2].hash, ONE, 4, said)
    rows[3], heads[ONE] = rows[3]._replace(look=said, hash=head), Head(4, head)
    assert findings((rows, heads)) == []
    (found,) = anchored(log(ONE), (rows, heads))
    assert "from row 4 on: up to here it was written anew" in found


def test_the_hash_does_not_depend_on_the_time_zone_in_which_a_time_is_told() -> None:
    there = look("M")
    elsewhere = Look(NOON.astimezone(timezone(timedelta(hours=-5))), *_rest(there))
    assert link(b"", ONE, 1, there) == link(b"", ONE, 1, elsewhere)


def test_the_hash_of_a_row_is_what_it_always_was() -> None:
    """Whoever changes how rows are hashed makes every stored chain look broken."""
    expected = "0717bff322d1b4fc80d53f068f7bbc7fe877b2276d82097bfded364cc542ed91"
    assert link(first_link(ONE), ONE, 1, look("M")).hex() == expected


def _rest(said: Look) -> tuple[str, str, str, str, UUID]:
    return said.subject, said.role, said.member_id, said.purpose, said.message_id
