"""A folder of Synthea's CSV files, as exported or with a prefix, read into memory."""

import csv
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from portal_cli.importing.synthea_codes import CodeSystems

Row = dict[str, str]
PREFIX = "seeds__synthea__"


class NoSuchTable(Exception):
    """A file that the import needs is not in the folder."""


@dataclass(frozen=True, slots=True)
class Synthea:
    """The tables that claims are made of."""

    patients: dict[str, Row]
    transitions: dict[str, list[Row]]
    """By patient."""
    payers: dict[str, Row]
    providers: dict[str, Row]
    organizations: dict[str, Row]
    claims: list[Row]
    charges: dict[str, list[Row]]
    """By claim."""
    encounters: dict[str, Row]
    systems: CodeSystems


def load(folder: Path) -> Synthea:
    """All tables; `NoSuchTable` names the one that is missing."""
    charges = [row for row in table(folder, "claims_transactions") if row["TYPE"] == "CHARGE"]
    return Synthea(
        patients=_by_id(table(folder, "patients")),
        transitions=_grouped(table(folder, "payer_transitions"), "PATIENT"),
        payers=_by_id(table(folder, "payers")),
        providers=_by_id(table(folder, "providers")),
        organizations=_by_id(table(folder, "organizations")),
        claims=table(folder, "claims"),
        charges=_grouped(charges, "CLAIMID"),
        encounters=_by_id(table(folder, "encounters")),
        systems=CodeSystems(
            drugs=frozenset(row["CODE"] for row in table(folder, "medications")),
            shots=frozenset(row["CODE"] for row in table(folder, "immunizations")),
        ),
    )


def table(folder: Path, name: str) -> list[Row]:
    for path in (folder / f"{name}.csv", folder / f"{PREFIX}{name}.csv"):
        if path.exists():
            with path.open(encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))
    raise NoSuchTable(
        f"there is no {name}.csv in {folder}; is it a folder of Synthea's CSV export?"
    )


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["Id"]: row for row in rows}


def _grouped(rows: list[Row], column: str) -> dict[str, list[Row]]:
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row[column], []).append(row)
    return groups


def day_of(moment: str) -> date:
    """The date of '2023-01-27T16:17:47Z'."""
    return date.fromisoformat(moment[:10])


def newest_service(data: Synthea) -> date:
    lines = (line for charges in data.charges.values() for line in charges)
    return max(max(day_of(line["FROMDATE"]), day_of(line["TODATE"])) for line in lines)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Every date moved by the same number of days: ages and intervals stay as they are."""

    days: int = 0

    def day(self, moment: str) -> date:
        return day_of(moment) + timedelta(self.days)

    def iso(self, moment: str) -> str:
        return self.day(moment).isoformat()
