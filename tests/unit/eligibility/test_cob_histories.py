"""Whatever is added and edited, in any order, by whomever: properties of every history."""

from datetime import date, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from eligibility.domain.cob_rules import check, fit_problems
from eligibility.domain.member import KEPT_VERSIONS, Member, evolve
from portal_contracts.eligibility.events import CobChanged, MemberChanged
from portal_contracts.eligibility.replies import CobAdded, CobEdited, CobStale
from tests.support.deciding import NOW
from tests.unit.eligibility.office import SPAN, Office

DAYS = st.dates(date(2023, 1, 1), date(2023, 12, 31))
CONTENT = st.fixed_dictionaries(
    {
        "policy_number": st.sampled_from(["P-1", "P-2", "P-3"]),
        "start": DAYS,
        "end": st.none() | DAYS,
        "insurance_type": st.sampled_from(["commercial", "medicare", "medicaid"]),
        "primary": st.booleans(),
        "adjust_claims": st.booleans(),
    }
)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("add"), CONTENT),
        # Which policy (of those that exist), how many versions behind the editor is.
        st.tuples(st.just("edit"), st.tuples(st.integers(0, 9), st.integers(0, 2), CONTENT)),
        st.tuples(st.just("end"), st.sampled_from(["2024-01-01", None])),
        st.tuples(
            st.just("enroll"), st.sampled_from([[], [SPAN], [{**SPAN, "end": "2024-01-01"}]])
        ),
    ),
    max_size=25,
)


def play(office: Office, kind: str, given_: Any) -> Any:
    """One step; returns the reply."""
    if kind == "add":
        return office.add(**given_)
    if kind == "enroll":
        return office.enroll(spans=given_)
    if kind == "end":
        return office.change(end=[{"start": SPAN["start"], "end": given_}])
    which, behind, content = given_
    policies = office.member.policies
    if not policies:
        return office.edit("COB-NONE", 1, **content)
    on_file = policies[which % len(policies)]
    return office.edit(on_file.policy.policy_id, max(1, on_file.version - behind), **content)


def replayed(office: Office) -> Member:
    """The member made from nothing but the published events."""
    member: Member | None = None
    for event, at in office.events:
        assert isinstance(event, MemberChanged | CobChanged)
        member = evolve(member, event, at)
    assert member is not None
    return member


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_versions_rise_by_one_with_every_change_and_never_otherwise(steps: list[Any]) -> None:
    office = Office()
    office.enroll()
    for kind, given_ in steps:
        before, told = office.member, len(office.events)
        reply = play(office, kind, given_)
        changed = isinstance(reply, CobAdded) or bool(getattr(reply, "change_id", None))
        changed = changed or bool(getattr(reply, "changed", False))
        assert office.member.version == before.version + changed
        assert (office.member is before) == (not changed)
        assert (len(office.events) > told) == changed
    versions = [e.version for e in office.announced if isinstance(e, MemberChanged)]
    assert versions == list(range(1, office.member.version + 1))


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_replaying_the_events_gives_the_member_and_its_history(steps: list[Any]) -> None:
    office = Office()
    office.enroll()
    for kind, given_ in steps:
        play(office, kind, given_)
    assert replayed(office) == office.member


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_an_edit_goes_through_only_on_the_version_on_file(steps: list[Any]) -> None:
    office = Office()
    office.enroll()
    for kind, given_ in steps:
        seen = {p.policy.policy_id: p for p in office.member.policies}
        reply = play(office, kind, given_)
        if isinstance(reply, CobEdited) and reply.change_id is not None:
            assert given_[1] == 0 or seen[reply.policy_id].version == 1
        if isinstance(reply, CobStale):
            assert {p.policy.policy_id: p for p in office.member.policies} == seen
            assert reply.current == seen[reply.current.policy_id].policy


@settings(max_examples=100, deadline=None)
@given(STEPS)
def test_what_is_on_file_is_always_lawful_and_in_order(steps: list[Any]) -> None:
    office = Office()
    office.enroll()
    for kind, given_ in steps:
        play(office, kind, given_)
    policies = [p.policy for p in office.member.policies]
    for policy in policies:
        others = [p for p in policies if p is not policy]
        assert [*check(policy), *fit_problems(policy, others)] == []
    primaries = [p.start for p in policies if p.primary]
    assert primaries == sorted(primaries, reverse=True)
    assert [p.primary for p in policies] == sorted((p.primary for p in policies), reverse=True)
    for on_file in office.member.policies:
        versions = [on_file.version, *(past.version for past in on_file.past)]
        assert versions == sorted(set(versions), reverse=True)


def test_replay_of_a_long_history_of_one_policy() -> None:
    office = Office()
    office.enroll()
    added = office.add()
    assert isinstance(added, CobAdded)
    version = added.version
    for days in range(30):
        end = (NOW + timedelta(days=days)).date()
        edited = office.edit(added.policy_id, version, end=end)
        assert isinstance(edited, CobEdited)
        version = edited.version
    past = [old.version for old in office.member.policies[0].past]
    assert past == list(range(version - 1, version - 1 - KEPT_VERSIONS, -1))
    assert replayed(office) == office.member
