"""`portal reconcile`: what it ends with, and what it does not print."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from aiokafka import TopicPartition

from portal_cli.reconcile import CANNOT_TELL, CONSISTENT, GAPS, WAYS_OUT, exit_code, show
from portal_runtime.recovery import report as findings
from portal_runtime.recovery.report import DIFFERENT, FORGOTTEN, LOST, Report

AT = datetime(2026, 11, 25, 14, 0, tzinfo=UTC)


def report(*kinds: str, behind: int = 0) -> Report:
    made = Report("claims")
    for kind in kinds:
        made.note(kind, "claims.commands", "claims.commands/0/7", AT)
    if behind:
        made.behind[TopicPartition("claims.commands", 0)] = behind
    return made


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (report(), CONSISTENT),
        (report(behind=3), GAPS),
        (report(FORGOTTEN), GAPS),
        (report(DIFFERENT), GAPS),
        (report(FORGOTTEN, LOST, behind=3), CANNOT_TELL),
        (report(findings.BEYOND), CANNOT_TELL),
    ],
)
def test_the_exit_code_says_whether_they_agree(found: Report, code: int) -> None:
    assert exit_code(found) == code


def test_every_kind_of_difference_names_a_way_out() -> None:
    kinds = {
        findings.FORGOTTEN,
        findings.LOST,
        findings.BEYOND,
        findings.ANNOUNCED,
        findings.DIFFERENT,
        findings.UNSENT,
        findings.UNPUBLISHED,
    }
    assert set(WAYS_OUT) == kinds


def test_the_earliest_difference_is_shown_first_and_all_places_on_request(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = report(FORGOTTEN)
    found.note(FORGOTTEN, "claims.commands", "claims.commands/1/2", AT.replace(hour=13))
    show(found, positions=True)
    shown = capsys.readouterr().out
    assert "claims.commands/1/2" in shown.split("taken, and forgotten: ")[0]
    assert "taken, and forgotten: claims.commands/0/7" in shown
    assert "--mend" in shown
