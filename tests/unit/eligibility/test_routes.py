"""The routing table: everything has a route, who may ask, and what is stored for searching."""

from eligibility.main import SERVICE
from eligibility.routes import ROUTES
from eligibility.store import MEMBERS
from portal_contracts.base import REGISTRY, Command, Query
from portal_contracts.eligibility import commands as m
from portal_contracts.ids import bucket
from tests.unit.eligibility.office import COB, MEMBER, PERSON, Office


def test_every_command_and_query_of_the_service_has_a_route() -> None:
    mine = {
        name
        for name, message in REGISTRY.items()
        if message.service() == "eligibility" and issubclass(message, Command | Query)
    }
    asked = {name for name in ROUTES.deciding if name.startswith("eligibility.")}
    assert mine == asked | set(ROUTES.asking)


def test_only_the_feed_enrolls_and_no_operator_edits_other_insurance() -> None:
    assert ROUTES.deciding[m.EnrollMember.TYPE].grants == {"plan_feed": "all"}
    assert ROUTES.deciding[m.ChangeCoverage.TYPE].grants == {"plan_feed": "all"}
    for command in (m.AddCob, m.EditCob):
        grants = {"provider": "own", "plan_staff": "all", "plan_feed": "all"}
        assert ROUTES.deciding[command.TYPE].grants == grants


def test_everything_about_a_member_is_decided_in_one_order() -> None:
    edit = m.EditCob.model_validate({**COB, "policy_id": "COB-1", "expected_version": 1})
    commands = (
        m.EnrollMember.model_validate(PERSON),
        m.ChangeCoverage(member_id=MEMBER),
        m.AddCob.model_validate(COB),
        edit,
    )
    assert {command.key() for command in commands} == {bucket(MEMBER)}
    assert not any(MEMBER in command.subject() for command in commands)


def test_a_member_is_found_by_what_the_columns_hold() -> None:
    office = Office()
    office.enroll(last_name="O'Brien", medicaid_id="M1", case_number="C1")
    born = office.member.date_of_birth
    assert MEMBERS.columns_of(office.member) == ("M1", "C1", "obrien", "ada", born, MEMBER[:-3])


def test_it_listens_to_whoever_says_who_has_to_do_with_a_member() -> None:
    assert SERVICE.routes.topics() == ("auth.events", "claims.events", "eligibility.commands")
    assert [path.name for path in SERVICE.migrations.glob("*.sql")] == ["0001_members.sql"]
