"""Coverage spans end, begin, open again and are paid for, one by one."""

from datetime import date

from portal_contracts.eligibility.replies import CoverageChanged
from tests.support.deciding import codes
from tests.unit.eligibility.office import MEMBER, SPAN, Office

NEXT = {"start": "2026-01-01", "plan": "MKT-OH", "line_of_business": "marketplace"}
END = {"start": "2020-01-01", "end": "2025-12-31"}


def spans(office: Office) -> list[tuple[date, date | None]]:
    return [(span.start, span.end) for span in office.member.spans]


def test_a_member_changes_plan_in_one_command(office: Office) -> None:
    reply = office.change(end=[END], add=[NEXT])
    assert reply == CoverageChanged(member_id=MEMBER, version=2, changed=True)
    first = (date(2020, 1, 1), date(2025, 12, 31))
    assert spans(office) == [first, (date(2026, 1, 1), None)]
    assert office.announced[-1] == office.member.announced()


def test_what_the_change_does_not_speak_of_stays(office: Office) -> None:
    office.enroll(phone="5135550100", medicaid_id="M100")
    office.add()
    before = office.member
    office.change(end=[END])
    kept = {"spans": office.member.spans, "version": 4}
    assert office.member == before.model_copy(update=kept)


def test_the_same_change_again_changes_nothing(office: Office) -> None:
    office.change(end=[END], add=[NEXT])
    again = office.change(end=[END], add=[NEXT])
    assert again == CoverageChanged(member_id=MEMBER, version=2, changed=False)
    assert len(office.events) == 2


def test_a_new_span_over_another_one_is_refused_and_nothing_happens(office: Office) -> None:
    before = office.member
    assert codes(office.change(add=[NEXT])) == {"spans_overlap": "add.0.start"}
    assert codes(office.change(add=[{**SPAN, "plan": "OTHER"}])) == {"spans_overlap": "add.0.start"}
    assert office.member is before


def test_new_spans_must_not_overlap_each_other(office: Office) -> None:
    add = [NEXT, {**NEXT, "start": "2026-06-01"}]
    assert codes(office.change(end=[END], add=add)) == {"spans_overlap": "add.1.start"}


def test_an_ended_span_opens_again_unless_another_one_follows(office: Office) -> None:
    office.change(end=[END])
    office.change(end=[{"start": "2020-01-01", "end": None}])
    assert spans(office) == [(date(2020, 1, 1), None)]
    office.change(end=[END], add=[NEXT])
    assert codes(office.change(end=[{"start": "2020-01-01"}])) == {"spans_overlap": "end"}


def test_a_span_that_never_took_effect_is_removed(office: Office) -> None:
    office.change(end=[{"start": "2020-01-01", "end": "2019-12-31"}])
    assert office.member.spans == ()


def test_a_span_may_last_one_day(office: Office) -> None:
    office.change(end=[{"start": "2020-01-01", "end": "2020-01-01"}])
    assert spans(office) == [(date(2020, 1, 1), date(2020, 1, 1))]


def test_problems_of_all_parts_are_named_at_once(office: Office) -> None:
    refused = office.change(
        end=[{"start": "2020-01-01", "end": "2019-12-30"}],
        paid=[{"start": "2021-01-01", "paid_through": "2021-01-31"}],
    )
    assert codes(refused) == {
        "span_ends_before_start": "end.0.end",
        "span_not_found": "paid.0.start",
    }


def test_what_follows_from_another_problem_is_not_told(office: Office) -> None:
    """Whether the new span overlaps depends on the end that is wrong; the payment is for it."""
    refused = office.change(
        end=[{"start": "2020-01-01", "end": "2015-12-31"}],
        add=[NEXT],
        paid=[{"start": NEXT["start"], "paid_through": "2026-01-31"}],
    )
    assert codes(refused) == {"span_ends_before_start": "end.0.end"}


def test_a_span_that_ends_early_does_not_hide_what_is_wrong_with_the_others(office: Office) -> None:
    backwards = {**NEXT, "start": "2019-01-01", "end": "2018-01-01"}
    refused = office.change(add=[backwards, NEXT])
    assert codes(refused) == {"dates_out_of_order": "add.0.end", "spans_overlap": "add.1.start"}


def test_a_paid_premium_moves_the_grace_period(office: Office) -> None:
    office.change(paid=[{"start": "2020-01-01", "paid_through": "2026-02-28"}])
    assert office.member.spans[0].paid_through == date(2026, 2, 28)
    office.change(paid=[{"start": "2020-01-01", "paid_through": None}])
    assert office.member.spans[0].paid_through is None


def test_nobody_unknown_is_covered() -> None:
    assert codes(Office().change(add=[NEXT])) == {"member_not_found": "member_id"}
    both = Office().change(end=[{"start": "2020-01-01", "end": "2015-12-31"}])
    assert codes(both).keys() == {"member_not_found", "span_ends_before_start"}
