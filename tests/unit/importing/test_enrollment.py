"""`--enroll`: members and providers of the files, as commands of the plan's feed."""

from datetime import date
from typing import Any

from portal_cli.importing.enrollment import COVERED_FROM, Enrollment, enrollment
from portal_contracts.claims.commands import SubmitProfessionalClaim
from portal_contracts.eligibility.commands import EnrollMember
from portal_contracts.providers.commands import RegisterProvider


def _of(found: Enrollment, command: type[Any]) -> list[Any]:
    chosen = [message for message in found.messages() if message.type == command.TYPE]
    commands = [command.model_validate(message.body) for message in chosen]
    assert [message.key for message in chosen] == [one.key() for one in commands]
    return commands


def test_members_are_enrolled_as_the_claims_name_them(example: Any) -> None:
    claims = example("professional").claims
    members = {member.member_id: member for member in _of(enrollment(claims), EnrollMember)}
    for claim in claims:
        command = SubmitProfessionalClaim.model_validate(claim.message.body)
        member = members[command.member_id]
        assert member.date_of_birth == command.patient.date_of_birth
        assert member.sex == command.patient.sex
        (span,) = member.spans
        assert all(span.includes(line.from_date) for line in command.lines)
        assert span.line_of_business == "medicaid", "SBR09 says MC"


def test_billing_and_treating_providers_are_registered(example: Any) -> None:
    providers = _of(enrollment(example("professional").claims), RegisterProvider)
    shown = {(one.npi, one.tin, one.provider_type) for one in providers}
    assert shown == {
        ("1234567893", "311234567", "group"),
        ("1932104098", "311234567", "physician"),
        ("1235600834", "311234567", "physician"),
    }
    (group, *_) = providers
    assert (group.name, group.specialty) == ("RIVERSIDE FAMILY MEDICINE", "207Q00000X")
    assert group.participation[0].includes(date(1996, 9, 11))


def test_a_hospital_is_a_facility(example: Any) -> None:
    first, second = _of(enrollment(example("institutional").claims), RegisterProvider)
    assert (first.provider_type, second.npi) == ("facility", "1999999984")


def test_coverage_begins_before_an_old_service(example: Any) -> None:
    claims = example("professional").claims[:1] * 2
    claims[0].message.body["lines"][0]["from_date"] = "1985-06-01"
    (member,) = _of(enrollment(claims), EnrollMember)
    assert member.spans[0].start == date(1985, 1, 1)


def test_the_same_files_give_the_same_enrollment(example: Any) -> None:
    """So that enrolling again changes nothing."""
    one, other = (enrollment(example("cob").claims) for _ in range(2))
    assert list(one.messages()) == list(other.messages())
    assert next(iter(one.members.values()))["spans"][0]["start"] == COVERED_FROM


def test_an_id_of_two_persons_is_reported_and_the_first_one_enrolled(example: Any) -> None:
    first = example("cob").claims[0]
    second = example("cob").claims[0]
    second.message.body["patient"]["date_of_birth"] = "1999-01-01"
    found = enrollment([first, second])
    assert found.ambiguous == {"M3000003-00"}
    (member,) = _of(found, EnrollMember)
    assert member.date_of_birth == date(1970, 1, 1)


def test_what_a_claim_does_not_have_is_not_made_up(example: Any) -> None:
    found = enrollment(example("malformed").claims)
    assert set(found.members) == {"M5000005"}
    assert "date_of_birth" not in found.members["M5000005"]
    assert [message.type for message in enrollment(example("no_header").claims).messages()] == []
