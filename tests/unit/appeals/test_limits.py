"""DI-04: until when."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from appeals.domain.claim import MemberCoverage
from appeals.domain.limits import TimeLimits
from appeals.settings import AppealsSettings
from portal_contracts.appeals.replies import CaseReceived
from portal_contracts.common import Refused
from portal_contracts.eligibility.parts import CoverageSpan
from portal_runtime.domain.days import long_date
from tests.support.deciding import NOW, problem
from tests.unit.appeals.desk import Desk, claim

GENERAL = [
    {"why": "d", "kind": "dispute", "days": 365},
    {"why": "a", "kind": "appeal", "days": 365},
]


def limits(*special: dict[str, Any]) -> TimeLimits:
    return TimeLimits.model_validate({"version": "t", "limits": [*special, *GENERAL]})


def after(days: int, *denied: str) -> Desk:
    """A claim adjudicated so many days ago."""
    return Desk(claim=claim(*denied, adjudicated_at=NOW - timedelta(days=days)))


@pytest.mark.parametrize(
    ("days", "denied", "kind", "in_time"),
    [
        (0, "22 MA04", "dispute", True),
        (90, "22 MA04", "dispute", True),
        (91, "22 MA04", "dispute", False),
        (365, "96", "dispute", True),
        (366, "96", "dispute", False),
        (91, "96", "dispute", True),
        (365, "96", "appeal", True),
        (366, "96", "appeal", False),
    ],
)
def test_the_last_day_is_in_time_and_the_next_is_not(
    days: int, denied: str, kind: str, in_time: bool
) -> None:
    desk = after(days, denied)
    decision = getattr(desk, kind)()
    if in_time:
        assert isinstance(decision.reply, CaseReceived)
        return
    found = problem(decision)
    assert (found.code, found.field) == ("too_late", "claim_number")
    assert long_date((NOW - timedelta(days=1)).date()) in found.message
    assert not desk.cases


def test_who_is_late_with_a_second_dispute_is_told_both() -> None:
    desk = Desk()
    desk.dispute()
    again = desk.dispute(now=NOW + timedelta(days=400)).reply
    assert isinstance(again, Refused)
    assert [problem.code for problem in again.problems] == ["too_late", "already_open"]


def test_one_line_denied_for_cob_is_enough() -> None:
    assert problem(after(91, "96 N130", "22 MA04").dispute()).code == "too_late"


def test_the_time_counts_from_the_latest_adjudication_to_the_end_of_the_plans_day() -> None:
    """Adjudicated on the evening of January 31 in New York, which is February 1 in UTC."""
    adjudicated = datetime(2026, 2, 1, 3, 0, tzinfo=UTC)
    last, over = datetime(2026, 5, 2, 3, 59, tzinfo=UTC), datetime(2026, 5, 2, 4, 0, tzinfo=UTC)
    desk = Desk(claim=claim("22", adjudicated_at=adjudicated))
    assert "May 1, 2026" in problem(desk.dispute(now=over)).message
    assert isinstance(desk.dispute(now=last).reply, CaseReceived)
    (case,) = desk.cases.values()
    assert case.last_day == date(2026, 5, 1)


def test_limits_by_line_of_business_and_category_are_data() -> None:
    spans = (
        CoverageSpan(
            start=date(2025, 1, 1),
            end=date(2026, 1, 31),
            plan="A",
            line_of_business="medicaid",
        ),
        CoverageSpan(start=date(2026, 2, 1), plan="B", line_of_business="marketplace"),
    )
    known = limits(
        {
            "why": "x",
            "kind": "appeal",
            "categories": ["coding"],
            "lines_of_business": ["medicaid"],
            "days": 30,
        }
    )
    desk = after(31, "96")
    desk.coverage = MemberCoverage(version=1, spans=spans)
    assert problem(desk.appeal("coding", limits=known)).code == "too_late"
    assert isinstance(desk.appeal("coverage", limits=known).reply, CaseReceived)
    later = after(31, "96")
    assert later.claim is not None
    later.claim = later.claim.model_copy(update={"service_from": date(2026, 2, 1)})
    later.coverage = desk.coverage
    assert isinstance(later.appeal("coding", limits=known).reply, CaseReceived)
    unknown = after(31, "96")
    assert isinstance(unknown.appeal("coding", limits=known).reply, CaseReceived)


def test_the_first_limit_that_holds_counts() -> None:
    known = limits(
        {"why": "x", "kind": "dispute", "carcs": ["96"], "days": 30},
        {"why": "y", "kind": "dispute", "carcs": ["96", "22"], "days": 60},
    )
    assert known.days("dispute", "full_denial", None, ["96"]) == 30
    assert known.days("dispute", "full_denial", None, ["22"]) == 60
    assert known.days("dispute", "full_denial", None, []) == 365
    assert known.days("appeal", "other", None, ["96"]) == 365


@pytest.mark.parametrize("kind", ["dispute", "appeal"])
def test_limits_that_leave_a_case_without_answer_do_not_load(kind: str) -> None:
    left = [limit for limit in GENERAL if limit["kind"] != kind]
    with pytest.raises(ValidationError):
        TimeLimits.model_validate({"version": "t", "limits": left})


def test_a_wrong_file_stops_the_start(tmp_path: Any) -> None:
    wrong = tmp_path / "limits.json"
    wrong.write_text('{"version": "t", "limits": []}')
    with pytest.raises(ValidationError):
        AppealsSettings(appeals_time_limits=wrong)


def test_the_plans_words_are_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_APPEALS_MAIL_ADDRESS", "Box 1")
    monkeypatch.setenv("PORTAL_APPEALS_FAX", "555")
    terms = AppealsSettings().terms
    assert (terms.mail_address, terms.fax) == ("Box 1", "555")
    assert terms.limits.days("dispute", "full_denial", None, ["22"]) == 90
