"""PR-01, PR-04, PR-05: each kind of request, what it must say, and where it does not belong."""

from datetime import date
from typing import Any

import pytest

from portal_contracts.ids import bucket, is_reference
from portal_contracts.providers.events import MaintenanceRequestSubmitted
from portal_contracts.providers.parts import Participation
from portal_contracts.providers.replies import MaintenanceRequestAccepted
from tests.support.deciding import TIN, codes
from tests.unit.providers.desk import (
    ADDRESS,
    DOCTOR,
    FOREIGN_TIN,
    GROUP,
    NEWCOMER,
    OTHER_TIN,
    SPARE,
    Desk,
    profile,
)

DAY = "2026-04-01"
PO_BOX = {**ADDRESS, "line1": "P.O. Box 12"}
JOIN = {
    "effective_date": DAY,
    "npi": NEWCOMER,
    "name": "Newcomer",
    "specialty": "207Q00000X",
    "license_number": "35.123456",
    "license_state": "OH",
    "service_address": ADDRESS,
}
ADD: dict[str, Any] = {"type": "add_provider", "provider_type": "physician", **JOIN}
EXTENDER: dict[str, Any] = {
    "type": "add_extender",
    "extender_kind": "nurse_practitioner",
    "supervising_npi": DOCTOR,
    **JOIN,
}
DELETE = {
    "type": "delete_provider",
    "npi": DOCTOR,
    "last_day": "2026-03-31",
    "reason": "left_group",
}
BILLING = {"type": "billing_address", "effective_date": DAY, "address": PO_BOX}
SERVICE = {"type": "service_address", "effective_date": DAY, "address": ADDRESS}
PHONE = {"type": "phone_fax", "effective_date": DAY, "phone": "5135550199"}
NAME = {"type": "name", "effective_date": DAY, "name": "New Name", "reason": "correction"}
NPI = {"type": "npi", "effective_date": DAY, "holder": "practitioner", "new_npi": SPARE}
SPECIALTY = {"type": "specialty", "effective_date": DAY, "specialty": "208D00000X"}
EMAIL = {"type": "email", "effective_date": DAY, "email": "desk@example.org"}
LIMITS = {"accepts_new_patients": False, "min_age": 18, "max_age": 65}
RESTRICT = {"type": "restrictions", "effective_date": DAY, "restrictions": LIMITS}
DECEASED = {"type": "deceased", "date_of_death": "2026-02-27"}

GOOD = [
    (GROUP, ADD),
    (GROUP, EXTENDER),
    (GROUP, DELETE),
    (GROUP, BILLING),
    (DOCTOR, SERVICE),
    (DOCTOR, PHONE),
    (GROUP, NAME),
    (DOCTOR, NPI),
    (DOCTOR, SPECIALTY),
    (GROUP, EMAIL),
    (DOCTOR, RESTRICT),
    (DOCTOR, DECEASED),
]


@pytest.mark.parametrize(("npi", "change"), GOOD, ids=[c["type"] for _, c in GOOD])
def test_every_kind_of_request_is_accepted(desk: Desk, npi: str, change: dict[str, Any]) -> None:
    decision = desk.submit(change, npi)
    reply = decision.reply
    assert isinstance(reply, MaintenanceRequestAccepted), reply
    assert is_reference("PMR", reply.number) and reply.number[4:6] == bucket(TIN)
    assert desk.request is not None and desk.request.status == "in_review"
    (submitted,) = desk.announced(MaintenanceRequestSubmitted)
    assert (submitted.kind, submitted.key()) == (change["type"], TIN)
    assert set(desk.timers) == {f"{reply.number}:warn", f"{reply.number}:breach"}


BAD = [
    ("npi check digit", GROUP, {**ADD, "npi": "1234567898"}, {"npi_check_digit": "change.npi"}),
    ("own npi", GROUP, {**ADD, "npi": GROUP}, {"same_npi": "change.npi"}),
    ("already active", GROUP, {**ADD, "npi": DOCTOR}, {"already_active": "change.npi"}),
    (
        "po box to see patients in",
        GROUP,
        {**ADD, "service_address": PO_BOX},
        {"po_box": "change.service_address.line1"},
    ),
    (
        "group not yet active",
        GROUP,
        {**ADD, "effective_date": "2019-12-31"},
        {"too_far_back": "change.effective_date", "group_not_active": "change.effective_date"},
    ),
    (
        "supervisor unknown",
        GROUP,
        {**EXTENDER, "supervising_npi": SPARE},
        {"supervisor_not_active": "change.supervising_npi"},
    ),
    (
        "supervisor is the group",
        GROUP,
        {**EXTENDER, "supervising_npi": GROUP},
        {"supervisor_not_active": "change.supervising_npi"},
    ),
    ("leaver unknown", GROUP, {**DELETE, "npi": SPARE}, {"not_in_group": "change.npi"}),
    (
        "too far ahead",
        GROUP,
        {**DELETE, "last_day": "2027-03-03"},
        {"too_far_ahead": "change.last_day"},
    ),
    ("service po box", DOCTOR, {**SERVICE, "address": PO_BOX}, {"po_box": "change.address.line1"}),
    (
        "neither phone nor fax",
        DOCTOR,
        {"type": "phone_fax", "effective_date": DAY},
        {"phone_or_fax_missing": "change.phone"},
    ),
    ("npi on file", DOCTOR, {**NPI, "new_npi": GROUP}, {"npi_taken": "change.new_npi"}),
    ("not a group", DOCTOR, {**NPI, "holder": "group"}, {"wrong_holder": "change.holder"}),
    (
        "ages crossed",
        DOCTOR,
        {**RESTRICT, "restrictions": {"min_age": 65, "max_age": 18}},
        {"ages_out_of_order": "change.restrictions.max_age"},
    ),
    (
        "died tomorrow",
        DOCTOR,
        {**DECEASED, "date_of_death": "2026-03-03"},
        {"date_in_future": "change.date_of_death"},
    ),
    ("group deceased", GROUP, DECEASED, {"not_a_person": "npi"}),
    ("same specialty", DOCTOR, {**SPECIALTY, "specialty": "207Q00000X"}, {"no_change": "change"}),
    ("no profile", SPARE, EMAIL, {"provider_not_found": "npi"}),
    ("no profile, slip", "1234567898", EMAIL, {"npi_check_digit": "npi"}),
]


@pytest.mark.parametrize(
    ("npi", "change", "expected"), [b[1:] for b in BAD], ids=[b[0] for b in BAD]
)
def test_what_is_wrong_is_named_with_its_field(
    desk: Desk, npi: str, change: dict[str, Any], expected: dict[str, str]
) -> None:
    assert codes(desk.submit(change, npi)) == expected
    assert desk.request is None and not desk.events and not desk.timers


def test_all_problems_come_at_once(desk: Desk) -> None:
    change = {**EXTENDER, "npi": "1234567898", "supervising_npi": SPARE, "service_address": PO_BOX}
    assert set(codes(desk.submit(change))) == {"npi_check_digit", "po_box", "supervisor_not_active"}


@pytest.mark.parametrize(
    ("kind", "code", "sentence"),
    [
        (
            "tax_id_change",
            "tax_id_change_elsewhere",
            "New Health Partner Contract form: https://plan.example/contract",
        ),
        ("close_practice", "closing_elsewhere", "Market Contracting team: 1-800-555-0142"),
    ],
)
def test_a_wrong_door_says_where_to_go(desk: Desk, kind: str, code: str, sentence: str) -> None:
    decision = desk.submit({"type": kind})
    assert codes(decision) == {code: "change.type"}
    assert sentence in decision.reply.problems[0].message  # type: ignore[union-attr]


def test_another_ones_tax_id_is_refused_before_anything_is_told(desk: Desk) -> None:
    assert codes(desk.submit(EMAIL, SPARE, tins=(FOREIGN_TIN,))) == {"not_your_tax_id": "tin"}


def test_a_provider_new_to_the_plan_is_credentialed_in_ninety_business_days(desk: Desk) -> None:
    reply = desk.submit(ADD).reply
    assert isinstance(reply, MaintenanceRequestAccepted)
    assert reply.onboarding and reply.clock.basis == "business_days"
    assert reply.clock.allowance == 90


def test_a_provider_known_elsewhere_joins_within_thirty_days(desk: Desk) -> None:
    desk.elsewhere[NEWCOMER] = (FOREIGN_TIN,)
    reply = desk.submit(EXTENDER).reply
    assert isinstance(reply, MaintenanceRequestAccepted)
    assert not reply.onboarding and reply.clock.due_date == date(2026, 4, 1)
    assert reply.other_tins == ()  # somebody else's Tax ID is not told


def test_the_askers_other_tax_ids_are_offered(desk: Desk) -> None:
    desk.elsewhere[DOCTOR] = (OTHER_TIN, FOREIGN_TIN)
    reply = desk.submit(PHONE, DOCTOR, tins=(TIN, OTHER_TIN)).reply
    assert isinstance(reply, MaintenanceRequestAccepted)
    assert reply.other_tins == (OTHER_TIN,)


def test_a_profile_at_another_own_tax_id_is_pointed_at(desk: Desk) -> None:
    desk.elsewhere[SPARE] = (OTHER_TIN, FOREIGN_TIN)
    decision = desk.submit(EMAIL, SPARE, tins=(TIN, OTHER_TIN))
    message = decision.reply.problems[0].message  # type: ignore[union-attr]
    assert OTHER_TIN in message and FOREIGN_TIN not in message


def test_who_has_left_may_join_again(desk: Desk) -> None:
    left = (Participation(start=date(2020, 1, 1), end=date(2025, 1, 31)),)
    desk.profiles[NEWCOMER] = profile(NEWCOMER, participation=left)
    reply = desk.submit(ADD).reply
    assert isinstance(reply, MaintenanceRequestAccepted) and not reply.onboarding


def test_deciding_the_same_message_again_gives_the_same_number(desk: Desk) -> None:
    first, second = desk.submit(PHONE, DOCTOR), Desk().submit(PHONE, DOCTOR)
    assert first == second
