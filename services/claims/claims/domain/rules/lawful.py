"""CL-21 Which combinations of group, CARC and RARCs may leave the system (2.4)."""

from collections.abc import Iterable
from functools import cache

from claims.domain.rules.load import table
from portal_contracts.claims.outcome import LineOutcome
from portal_contracts.money import cents


@cache
def _reasons() -> dict[str, tuple[frozenset[str], bool]]:
    """CARC -> (groups it goes with, needs a remark that is not an Alert)."""
    return {
        row["code"]: (frozenset(row["groups"].split()), row["needs_remark"] == "Y")
        for row in table("carc")
    }


@cache
def _alerts() -> dict[str, bool]:
    """RARC -> is it an Alert?"""
    return {row["code"]: row["alert"] == "Y" for row in table("rarc")}


def unlawful(group: str, carc: str, rarcs: Iterable[str]) -> str | None:
    """What is wrong with a combination; None when it is lawful."""
    known = _reasons().get(carc)
    remarks = tuple(rarcs)
    if known is None:
        return f"CARC {carc} is not in the table"
    groups, needs_remark = known
    if group not in groups:
        return f"CARC {carc} does not go with group {group}"
    strangers = [remark for remark in remarks if remark not in _alerts()]
    if strangers:
        return f"RARC {strangers[0]} is not in the table"
    if needs_remark and all(_alerts()[remark] for remark in remarks):
        return f"CARC {carc} needs a remark code that is not an Alert"
    return None


def lawful(group: str, carc: str, rarcs: Iterable[str] = ()) -> bool:
    return unlawful(group, carc, rarcs) is None


def is_alert(rarc: str) -> bool:
    return _alerts().get(rarc, False)


def faults(line: LineOutcome) -> list[str]:
    """Everything unlawful or out of balance on a line; the oracle of the tests (CL-18, CL-21)."""
    found = [unlawful(a.group, a.carc, a.rarcs) for a in line.adjustments]
    faults = [fault for fault in found if fault]
    charge = cents(line.charge)
    if charge != cents(line.paid) + sum(cents(a.amount) for a in line.adjustments):
        faults.append("the line does not balance")
    if charge and any(a.carc == "45" and cents(a.amount) >= charge for a in line.adjustments):
        faults.append("CARC 45 takes the whole charge")
    return faults
