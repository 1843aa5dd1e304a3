"""Whom an answer shows is found in the answer, however deep."""

from pydantic import Field

from portal_contracts.base import Model, Query, Reply
from portal_contracts.eligibility.queries import GetMember
from portal_contracts.fields import MemberId, SentMemberId
from portal_runtime.access.shown import members_in, why


class Patient(Model):
    member_id: MemberId
    name: str = ""


class Ward(Model):
    head: str
    patients: tuple[Patient, ...] = ()


class Rounds(Reply):
    asked: SentMemberId = "M0"
    main: Patient | None = None
    wards: tuple[Ward, ...] = ()
    others: tuple[MemberId, ...] = Field((), description="more")
    also: MemberId | None = None


class NoPurpose(Query, type="test.do_the_rounds.v1", answers=(Rounds,)):
    pass


def test_nobody_is_shown_by_what_names_nobody() -> None:
    assert members_in(Rounds()) == set()
    assert members_in(Rounds(wards=(Ward(head="M9"),))) == set()


def test_members_are_found_at_any_depth_once_each() -> None:
    rounds = Rounds(
        main=Patient(member_id="M1"),
        wards=(
            Ward(head="x", patients=(Patient(member_id="M2"), Patient(member_id="M3"))),
            Ward(head="y", patients=(Patient(member_id="M2"),)),
        ),
        others=("M4",),
        also="M5",
    )
    assert members_in(rounds) == {"M1", "M2", "M3", "M4", "M5"}


def test_the_record_says_what_was_asked_and_what_for() -> None:
    assert why(GetMember(member_id="M1", purpose="treatment")) == "get member: treatment"
    assert why(NoPurpose()) == "do the rounds"
