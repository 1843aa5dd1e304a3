"""CB-01 to CB-03: other insurance is added and edited, and two people at once do not collide."""

from datetime import date, timedelta
from typing import Any

import pytest

from eligibility.domain.cob_rules import MAX_POLICIES
from portal_contracts.eligibility.commands import AddCob, EditCob
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobStale
from portal_contracts.ids import bucket, bucket_of_reference, is_reference
from tests.support.deciding import NOW, codes
from tests.unit.eligibility.office import COB, MEMBER, TIN, Office


def added(office: Office, **values: Any) -> CobAdded:
    reply = office.add(**values)
    assert isinstance(reply, CobAdded), reply
    return reply


def test_an_added_policy_is_announced_after_the_member_it_belongs_to(office: Office) -> None:
    reply = added(office, adjust_claims=True)
    snapshot, change = office.announced[-2:]
    assert isinstance(snapshot, MemberChanged) and isinstance(change, CobChanged)
    assert snapshot.cob == (change.after,) and snapshot == office.member.announced()
    assert (change.before, change.adjust_claims) == (None, True)
    assert change.version == snapshot.version == reply.version == 2
    assert change.key() == snapshot.key() == bucket(MEMBER)


def test_its_id_is_a_reference_that_routes_to_the_member(office: Office) -> None:
    reply = added(office)
    assert is_reference("COB", reply.policy_id) and is_reference("CBC", reply.change_id)
    assert bucket_of_reference(reply.policy_id) == bucket(MEMBER)


def test_an_edit_says_what_was_there_before_and_keeps_it(office: Office) -> None:
    first = added(office)
    edited = office.edit(first.policy_id, first.version, end="2025-06-30", adjust_claims=True)
    assert isinstance(edited, CobEdited) and edited.version == 3
    change = office.announced[-1]
    assert isinstance(change, CobChanged) and change.before is not None
    assert (change.before.end, change.after.end) == (None, date(2025, 6, 30))
    on_file = office.member.policies[0]
    assert on_file.policy == change.after and on_file.version == 3
    assert [(past.version, past.policy) for past in on_file.past] == [(2, change.before)]


def test_history_shows_the_latest_first_with_its_time(office: Office) -> None:
    first = added(office)
    version = first.version
    for day in range(1, 4):
        about = {"policy_id": first.policy_id, "expected_version": version}
        content = {**office.member.policies[0].policy.model_dump(exclude={"policy_id"}), **about}
        content["end"] = date(2025, 1, day)
        command = EditCob(member_id=MEMBER, adjust_claims=False, **content)
        edited = office.send(command, now=NOW + timedelta(hours=day))
        assert isinstance(edited, CobEdited)
        version = edited.version
    history = office.member.policies[0].past
    assert [past.version for past in history] == [4, 3, 2]
    assert [past.since for past in history] == [NOW + timedelta(hours=h) for h in (2, 1, 0)]


def test_the_second_of_two_editors_is_shown_what_the_first_one_saved(office: Office) -> None:
    seen = added(office)
    office.edit(seen.policy_id, seen.version, end="2025-06-30")
    before = office.member
    stale = office.edit(seen.policy_id, seen.version, group_number="G-2")
    assert isinstance(stale, CobStale)
    assert codes(stale) == {"changed_meanwhile": "expected_version"}
    assert stale.current == before.policies[0].policy and stale.version == 3
    assert stale.differs == ("group_number", "end")
    assert office.member is before and len(office.events) == 5
    assert isinstance(office.edit(seen.policy_id, stale.version, group_number="G-2"), CobEdited)


def test_a_version_of_the_future_is_no_better_than_an_old_one(office: Office) -> None:
    seen = added(office)
    assert isinstance(office.edit(seen.policy_id, seen.version + 1, end="2025-01-01"), CobStale)


def test_an_edit_of_one_policy_does_not_make_another_one_stale(office: Office) -> None:
    one = added(office)
    two = added(office, policy_number="P-2", insurance_type="medicare")
    office.edit(one.policy_id, one.version, end="2025-06-30")
    same = {"policy_number": "P-2", "insurance_type": "medicare"}
    assert isinstance(office.edit(two.policy_id, two.version, **same, end="2025-01-01"), CobEdited)


def test_sending_what_is_on_file_changes_nothing_whoever_was_first(office: Office) -> None:
    seen = added(office)
    office.edit(seen.policy_id, seen.version, end="2025-06-30")
    again = office.edit(seen.policy_id, seen.version, end="2025-06-30")
    assert again == CobEdited(member_id=MEMBER, policy_id=seen.policy_id, version=3, change_id=None)
    assert len(office.events) == 5


def test_the_most_recent_primary_comes_first(office: Office) -> None:
    old = added(office, start="2020-01-01", end="2021-12-31", policy_number="OLD")
    secondary = added(office, start="2026-01-01", primary=False, policy_number="SEC")
    recent = added(office, start="2022-01-01", policy_number="NEW")
    shown = [policy.policy.policy_id for policy in office.member.policies]
    assert shown == [recent.policy_id, old.policy_id, secondary.policy_id]


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"end": "2023-12-31"}, {"dates_out_of_order": "end"}),
        ({"insurance_type": "medicaid"}, {"medicaid_pays_last": "primary"}),
        (
            {"insurance_type": "medicaid", "end": "2023-12-31"},
            {"dates_out_of_order": "end", "medicaid_pays_last": "primary"},
        ),
    ],
)
def test_what_cannot_be_is_refused(
    office: Office, wrong: dict[str, Any], problem: dict[str, str]
) -> None:
    assert codes(office.add(**wrong)) == problem
    assert office.member.policies == ()


def test_a_policy_may_last_one_day(office: Office) -> None:
    assert isinstance(office.add(end=COB["start"]), CobAdded)


def test_only_one_primary_of_a_type_on_a_day(office: Office) -> None:
    first = added(office, end="2024-12-31")
    other = {"policy_number": "P-2", "carrier": "Third Mutual"}
    assert codes(office.add(**other, start="2024-12-31")) == {"two_primaries": "start"}
    assert isinstance(office.add(**other, start="2025-01-01"), CobAdded)
    extended = office.edit(first.policy_id, first.version, end="2025-01-01")
    assert codes(extended) == {"two_primaries": "start"}


def test_another_type_or_a_secondary_may_overlap(office: Office) -> None:
    added(office)
    assert isinstance(office.add(policy_number="P-2", primary=False), CobAdded)
    assert isinstance(office.add(policy_number="P-3", insurance_type="medicare"), CobAdded)


def test_the_same_card_twice_leads_to_the_edit_form(office: Office) -> None:
    first = added(office)
    reply = office.add(carrier="OTHER MUTUAL", policy_number="p-1", primary=False)
    assert codes(reply) == {"already_on_file": "policy_number"}
    problem = reply.problems[0]  # type: ignore[attr-defined]
    assert problem.door == EditCob.TYPE and first.policy_id in problem.message


def test_the_same_card_again_after_a_gap_is_a_new_policy(office: Office) -> None:
    added(office, end="2024-06-30")
    assert isinstance(office.add(start="2025-01-01"), CobAdded)


def test_unknown_members_and_policies_are_refused_with_a_way_out(office: Office) -> None:
    reply = office.add(member_id="10000000001")
    assert codes(reply) == {"member_not_found": "member_id"}
    assert "-00" in reply.problems[0].message  # type: ignore[attr-defined]
    assert codes(office.edit("COB-NONE", 1)) == {"policy_not_found": "policy_id"}
    assert codes(Office().edit("COB-NONE", 1)) == {"member_not_found": "member_id"}


def test_what_is_wrong_with_the_form_is_named_with_what_is_on_file(office: Office) -> None:
    policy = office.add(start="2020-01-01")
    assert isinstance(policy, CobAdded)
    backwards = {"start": "2025-01-01", "end": "2024-12-31"}
    assert codes(Office().add(**backwards)).keys() == {"member_not_found", "dates_out_of_order"}
    assert codes(office.edit("COB-NONE", 1, **backwards)).keys() == {
        "policy_not_found",
        "dates_out_of_order",
    }
    stale = office.edit(policy.policy_id, policy.version + 1, **backwards)
    assert isinstance(stale, CobStale)
    assert codes(stale).keys() == {"changed_meanwhile", "dates_out_of_order"}
    pays_last = office.add(primary=True, insurance_type="medicaid")
    assert codes(pays_last).keys() == {"medicaid_pays_last", "already_on_file"}


def test_the_number_of_policies_has_an_end(office: Office) -> None:
    for number in range(MAX_POLICIES):
        added(office, policy_number=f"P-{number}", primary=False)
    assert codes(office.add(policy_number="P-MORE", primary=False)) == {"too_many_policies": None}


def test_a_refusal_that_shows_what_is_on_file_is_a_recorded_look(office: Office) -> None:
    seen = added(office)
    office.add(policy_number="p-1")
    office.edit(seen.policy_id, seen.version + 1, end="2025-01-01")
    office.add(member_id="10000000009-00")
    assert office.looks == [("add cob", MEMBER), ("add cob", MEMBER), ("edit cob", MEMBER)]


def test_who_has_nothing_to_do_with_the_member_changes_no_insurance(office: Office) -> None:
    """CB-02: not even to hear whether there is any."""
    seen = added(office)
    office.relations.clear()
    assert codes(office.add(policy_number="P-2")) == {"no_relation": "member_id"}
    assert codes(office.edit(seen.policy_id, seen.version)) == {"no_relation": "member_id"}
    assert codes(office.edit("COB-NONE", 1)) == {"no_relation": "member_id"}


def test_a_change_says_which_tax_ids_reported_it_and_none_for_the_plan(office: Office) -> None:
    added(office)
    staff = AddCob.model_validate({**COB, "policy_number": "P-2", "primary": False})
    office.relations.clear()
    assert isinstance(office.send(staff, role="plan_staff"), CobAdded)
    changes = [event for event in office.announced if isinstance(event, CobChanged)]
    assert [change.tins for change in changes] == [(TIN,), ()]
