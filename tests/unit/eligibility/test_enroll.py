"""EL-05: the feed makes a member known and keeps it up to date."""

from typing import Any

import pytest

from portal_contracts.eligibility.events import MemberChanged
from portal_contracts.eligibility.replies import MemberEnrolled
from tests.support.deciding import codes
from tests.unit.eligibility.office import MEMBER, SPAN, Office

ADDRESS = {"line1": "1 Main St", "city": "Springfield", "state": "OH", "zip": "45501"}


def test_a_new_member_is_announced_with_coverage(office: Office) -> None:
    assert office.announced == [office.member.announced()]
    event = office.announced[0]
    assert isinstance(event, MemberChanged)
    assert (event.version, event.last_name, event.spans[0].plan) == (1, "Example", "MCD-OH")


def test_the_same_content_again_changes_nothing_and_tells_nobody(office: Office) -> None:
    before = office.member
    assert office.enroll() == MemberEnrolled(member_id=MEMBER, version=1, changed=False)
    assert office.member is before
    assert len(office.events) == 1


@pytest.mark.parametrize(
    "change",
    [
        {"last_name": "Example-Smith"},
        {"phone": "5135550100"},
        {"address": ADDRESS},
        {"medicaid_id": "100200300"},
        {"case_number": "C-77"},
        {"pcp": {"name": "Dr. Example"}},
        {"spans": [{**SPAN, "end": "2025-12-31"}]},
        {"spans": []},
    ],
)
def test_any_difference_is_the_next_version(office: Office, change: dict[str, Any]) -> None:
    reply = office.enroll(**change)
    assert reply == MemberEnrolled(member_id=MEMBER, version=2, changed=True)
    assert office.announced[-1] == office.member.announced()
    assert office.enroll(**change) == MemberEnrolled(member_id=MEMBER, version=2, changed=False)


def test_what_the_feed_leaves_out_is_removed_but_other_insurance_stays(office: Office) -> None:
    office.enroll(phone="5135550100")
    office.add()
    office.enroll()
    assert office.member.details.phone is None
    assert len(office.member.policies) == 1


def test_demographics_that_nobody_else_needs_are_not_published(office: Office) -> None:
    office.enroll(address=ADDRESS, phone="5135550100", medicaid_id="100200300")
    published = office.announced[-1].model_dump_json()
    assert not any(text in published for text in ("Main St", "5135550100", "100200300"))


def test_spans_are_kept_oldest_first(office: Office) -> None:
    later = {**SPAN, "start": "2026-01-01", "plan": "NEW"}
    office.enroll(spans=[later, {**SPAN, "end": "2025-12-31"}])
    assert [span.plan for span in office.member.spans] == ["MCD-OH", "NEW"]


def test_spans_that_overlap_or_run_backwards_are_refused(office: Office) -> None:
    before = office.member
    on_the_last_day = [{**SPAN, "end": "2025-12-31"}, {**SPAN, "start": "2025-12-31"}]
    assert codes(office.enroll(spans=on_the_last_day)) == {"spans_overlap": "spans.1.start"}
    assert codes(office.enroll(spans=[SPAN, {**SPAN, "start": "2030-01-01"}])) == {
        "spans_overlap": "spans.1.start"
    }
    assert codes(office.enroll(spans=[{**SPAN, "end": "2019-12-31"}])) == {
        "dates_out_of_order": "spans.0.end"
    }
    assert office.member is before


def test_a_span_overlaps_every_one_that_lies_in_it(office: Office) -> None:
    inside = [{**SPAN, "start": f"{year}-01-01", "end": f"{year}-12-31"} for year in (2022, 2024)]
    problems = office.enroll(spans=[SPAN, *inside]).problems  # type: ignore[attr-defined]
    assert [(p.code, p.field) for p in problems] == [
        ("spans_overlap", "spans.1.start"),
        ("spans_overlap", "spans.2.start"),
    ]


def test_a_span_that_runs_backwards_hides_no_overlap(office: Office) -> None:
    spans = [{**SPAN, "end": "2019-12-31"}, SPAN, {**SPAN, "start": "2030-01-01"}]
    assert codes(office.enroll(spans=spans)) == {
        "dates_out_of_order": "spans.0.end",
        "spans_overlap": "spans.2.start",
    }


def test_every_problem_is_named_at_once(office: Office) -> None:
    refused = office.enroll(date_of_birth="2026-03-03", spans=[{**SPAN, "end": "2019-12-31"}])
    assert codes(refused) == {
        "date_in_future": "date_of_birth",
        "dates_out_of_order": "spans.0.end",
    }


def test_someone_born_today_can_be_enrolled(office: Office) -> None:
    assert isinstance(office.enroll(date_of_birth="2026-03-02"), MemberEnrolled)
