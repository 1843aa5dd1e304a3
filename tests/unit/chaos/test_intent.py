"""The intent log: what is read back is what was written, also after a crash of the driver."""

from __future__ import annotations

from pathlib import Path

from tests.chaos.intent import IntentLog, read
from tests.chaos.orders import ANSWERED, Copy


def _copy(n: int) -> Copy:
    return Copy(
        n,
        f"id-{n}",
        "t",
        "claims.commands",
        b"K",
        b"{}",
        [],
        ANSWERED,
        tin="1",
        print="p",
        who="r/s",
    )


def _written(path: Path) -> None:
    log = IntentLog(path)
    log.sent([_copy(1), _copy(2), _copy(3)])
    log.acked(4, 10, [_copy(1), _copy(3)])
    log.answered([("id-1", "claims.claim_accepted.v1")])
    log.fact(clock=60.0, moved=1.0)
    log.close()


def test_places_follow_from_the_first_offset(tmp_path: Path) -> None:
    _written(tmp_path / "log")
    intent = read(tmp_path / "log")
    assert [s.place for s in intent.sent] == [
        ("claims.commands", 4, 10),
        ("claims.commands", -1, -1),
        ("claims.commands", 4, 11),
    ]
    assert [s.acked for s in intent.sent] == [True, False, True]
    assert {(s.tin, s.asked, s.print, s.who) for s in intent.sent} == {("1", True, "p", "r/s")}
    assert intent.answered == 1
    assert intent.facts[0]["clock"] == 60.0


def test_it_is_on_its_way_to_the_disk_before_anything_is_sent(tmp_path: Path) -> None:
    log = IntentLog(tmp_path / "log")
    log.sent([_copy(1)])
    assert len(read(tmp_path / "log").sent) == 1
    log.close()


def test_a_line_that_a_crash_cut_off_is_passed_over(tmp_path: Path) -> None:
    _written(tmp_path / "log")
    with (tmp_path / "log").open("a") as file:
        file.write('{"sent":[[4,"id')
    assert len(read(tmp_path / "log").sent) == 3


def test_no_body_and_no_header_is_kept(tmp_path: Path) -> None:
    log = IntentLog(tmp_path / "log")
    secret = Copy(1, "i", "t", "x", b"K", b"Jane Doe", [("principal", b"token")], ANSWERED)
    log.sent([secret])
    log.close()
    text = (tmp_path / "log").read_text()
    assert "Jane" not in text and "token" not in text
