"""AU-01, AU-02: asking for an authorization."""

from datetime import date, timedelta
from typing import Any

import pytest

from portal_contracts.all import load_all
from portal_contracts.auth.commands import RequestAuthorization
from portal_contracts.auth.events import AuthorizationRequested
from portal_contracts.auth.replies import AuthorizationReceived
from portal_contracts.common import Refused
from portal_contracts.ids import bucket, bucket_of_reference, is_reference
from portal_contracts.shape_errors import partial
from prior_auth.domain import request
from tests.support.deciding import NOW, codes, words
from tests.unit.auth.desk import (
    FOREIGN_TIN,
    FORM,
    LINE,
    MEMBER,
    START,
    UM_PHONE,
    Desk,
    context,
    form,
    member,
    policy,
)

DAY = timedelta(days=1)


def test_a_request_gets_a_number_and_waits_for_its_decision() -> None:
    reply = Desk().request().reply
    assert isinstance(reply, AuthorizationReceived)
    assert (reply.status, reply.received_at) == ("pending", NOW)
    assert is_reference("AUTH", reply.authorization_number)


def test_the_number_routes_to_the_partition_of_the_member() -> None:
    reply = Desk().request().reply
    assert isinstance(reply, AuthorizationReceived)
    assert bucket_of_reference(reply.authorization_number) == bucket(MEMBER) == form().key()


def test_everything_asked_for_is_announced() -> None:
    desk = Desk()
    requested, snapshot = desk.request(urgency="expedited").events
    assert isinstance(requested, AuthorizationRequested)
    assert (requested.urgency, requested.received_at) == ("expedited", NOW)
    assert [line.units for line in requested.lines] == [4, 12]
    assert desk.snapshots() == [snapshot]
    assert [(x.number, x.decision, x.approved_units) for x in desk.snapshots()[0].lines] == [
        (1, "pending", 0),
        (2, "pending", 0),
    ]


def test_other_insurance_is_a_matter_for_the_phone() -> None:
    """Whatever else is wrong: the form ends at this answer."""
    outcome = request.request(
        form(other_insurance=True, servicing={"npi": "1234567890"}), None, context()
    )
    assert codes(outcome.decision) == {"call_um": "other_insurance"}
    assert UM_PHONE in words(outcome.decision)


@pytest.mark.parametrize(
    ("other", "contradicts"),
    [
        ({}, True),
        ({"start": START}, True),
        ({"start": START + DAY}, False),
        ({"end": START}, True),
        ({"end": START - DAY}, False),
        ({"primary": False}, False),
        ({"insurance_type": "medicare"}, True),
        ({"insurance_type": "medicaid"}, False),
        ({"insurance_type": "auto"}, False),
        ({"insurance_type": "workers_comp"}, False),
    ],
)
def test_no_other_insurance_is_checked_against_cob_on_file(
    other: dict[str, Any], contradicts: bool
) -> None:
    decision = request.request(form(), member(policy(**other)), context()).decision
    if contradicts:
        assert codes(decision) == {"cob_on_file": "other_insurance"}
        assert UM_PHONE in words(decision)
        assert isinstance(decision.reply, Refused)
        assert decision.reply.problems[0].door in load_all()
        assert "Other Health" not in words(decision)  # whose insurance it is, COB's page tells
        assert decision.looked_at == (MEMBER,)  # that there is one, this tells
    else:
        assert isinstance(decision.reply, AuthorizationReceived)
        assert decision.looked_at == ()


def test_cob_on_the_start_of_a_later_line_counts_too() -> None:
    later = {**LINE, "start": "2026-06-01", "end": "2026-06-02"}
    decision = request.request(
        form(lines=[LINE, later]), member(policy(start=date(2026, 5, 1))), context()
    ).decision
    assert codes(decision) == {"cob_on_file": "other_insurance"}
    assert "June 1, 2026" in words(decision)


def test_only_for_ones_own_tax_ids() -> None:
    decision = request.request(form(tin=FOREIGN_TIN), member(), context()).decision
    assert codes(decision) == {"not_your_tax_id": "tin"}


def test_all_problems_at_once() -> None:
    command = form(
        servicing={"npi": "1234567890"},
        ordering={"npi": "1999999980"},
        lines=[LINE, {**LINE, "end": START - DAY}],
    )
    reply = request.request(command, None, context()).decision.reply
    assert isinstance(reply, Refused)
    assert [(p.code, p.field) for p in reply.problems] == [
        ("member_not_found", "member_id"),
        ("npi_check_digit", "servicing.npi"),
        ("npi_check_digit", "ordering.npi"),
        ("dates_out_of_order", "lines.1.end"),
    ]


def test_rules_look_at_what_could_be_read_of_a_misshapen_form() -> None:
    data = {
        **FORM,
        "tin": "12",
        "servicing": {"npi": "1234567890"},
        "lines": [{"procedure": "27447", "units": 0, "start": "2026-04-02", "end": "2026-04-01"}],
    }
    del data["ordering"]
    problems = request.check(partial(RequestAuthorization, data), NOW.date(), context().settings)
    assert [(p.code, p.field) for p in problems] == [
        ("npi_check_digit", "servicing.npi"),
        ("dates_out_of_order", "lines.0.end"),
    ]


def test_deciding_again_gives_the_same_number() -> None:
    first, again = Desk().request(), Desk().request()
    assert first == again
