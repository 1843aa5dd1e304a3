"""What to try next, where an option of the import would have made a difference."""

from collections.abc import Iterator
from dataclasses import dataclass

from portal_cli.importing.report import Totals
from portal_cli.show import counted


@dataclass(frozen=True, slots=True)
class Options:
    """Those that were given."""

    enroll: bool = False
    map_npis: bool = False
    shift: bool = False
    again: bool = False


def hints(totals: Totals, given: Options) -> Iterator[str]:
    """For people who try files of others: test files are full of unknown members and old dates."""
    reasons = totals.reasons
    if wrong := 0 if given.map_npis else reasons["npi_check_digit"]:
        yield f"{_rejected(wrong)} for check digits of NPIs: `--map-npis` maps NPIs to valid ones"
    if unknown := 0 if given.enroll else reasons["member_not_found"]:
        yield f"{_rejected(unknown)} for unknown members: `--enroll` makes those of the files known"
    if totals.too_late and totals.too_late == totals.results["accepted"] and not given.shift:
        yield (
            "every accepted claim was denied as filed too late (CO-29): `--shift` moves all dates, "
            "the newest service to a week ago"
        )
    if totals.claims and not given.again:
        yield (
            "the same file imported again, by the same name and with the same options, gets these "
            "same answers; `--again` sends its claims as new ones"
        )


def _rejected(number: int) -> str:
    return f"{counted(number, 'claim')} {'was' if number == 1 else 'were'} rejected"
