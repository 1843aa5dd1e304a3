"""Moments become days, and days are counted, in `portal_runtime.domain.days`, not in services."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
SERVICES = sorted(ROOT.glob("services/*/*"))
MODULES = sorted(path for service in SERVICES for path in service.rglob("*.py"))
STATEMENTS = sorted(path for service in SERVICES for path in service.rglob("*.sql"))
CALLS = {"astimezone", "combine", "monthrange", "fromordinal", "fromtimestamp", "ZoneInfo"}
LONG = {"days", "weeks"}
PARTS = {"year", "month", "day", "hour", "tzinfo"}
SQL = re.compile(r"\binterval\b|\bcurrent_date\b|\bnow\(\)|\bat time zone\b|::timestamptz\s*::date")
"""The database has a clock and a time zone of its own."""


def counted_by_hand(source: str) -> Iterator[str]:
    """Every expression that makes a day of a moment or counts days."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call() if _counts(node):
                yield ast.unparse(node)
            case ast.Attribute(attr="days", value=ast.BinOp(op=ast.Sub())):
                yield ast.unparse(node)
            case ast.Constant(value=str() as text):
                yield from SQL.findall(text.lower())


def _counts(call: ast.Call) -> bool:
    name, given = _name(call.func), {keyword.arg for keyword in call.keywords}
    match name:
        case "timedelta":  # days by their name, or as the first value
            return bool(call.args) or not given.isdisjoint(LONG)
        case "replace":
            return not given.isdisjoint(PARTS)
        case "date":  # `.date()` of a moment, not the class
            return isinstance(call.func, ast.Attribute)
    return name in CALLS


def _name(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


@pytest.mark.parametrize(
    "source",
    [
        *("now + timedelta(days=30)", "now + timedelta(30)", "timedelta(weeks=1)"),
        *("now.astimezone(zone)", "now.date()", "ctx.now.astimezone(UTC).date()"),
        *("datetime.combine(day, time.min, zone)", "(received - last).days <= 365"),
        *("day.replace(month=2)", "monthrange(2026, 2)[1]", "ZoneInfo('UTC')"),
        *('"""select 1 where at > now() - interval \'25 months\'"""',),
    ],
)
def test_counting_by_hand_is_seen(source: str) -> None:
    assert list(counted_by_hand(source))


@pytest.mark.parametrize(
    "source",
    [
        *("date(2026, 1, 1)", "now + timedelta(seconds=30)", "text.replace('a', 'b')"),
        *("limit.days", "calendar.due_day(day, 30)", "day.toordinal()", '"known now"'),
    ],
)
def test_what_is_no_counting_of_days_is_let_be(source: str) -> None:
    assert not list(counted_by_hand(source))


def test_there_are_files_to_check() -> None:
    assert len(SERVICES) >= 6 and len(MODULES) > 100 and STATEMENTS


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT / "services")))
def test_a_service_counts_no_days_by_hand(path: Path) -> None:
    assert list(counted_by_hand(path.read_text())) == []


@pytest.mark.parametrize("path", STATEMENTS, ids=lambda p: str(p.relative_to(ROOT / "services")))
def test_a_migration_counts_no_days_by_hand(path: Path) -> None:
    assert SQL.findall(path.read_text().lower()) == []
