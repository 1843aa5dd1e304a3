"""Folders of rule sets: those that come with the product, cut and priced as a test wants them."""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

from claims.domain.rules.load import RULES

PARTS = {
    "business": "business_2025.json",
    "benefits": "benefits_2025.json",
    "edits": "edits_2025.json",
    "prices": "prices_2025.json",
    "fees": "fees_2026.csv",
}


def folder_of(folder: Path, *rule_sets: dict[str, Any]) -> Path:
    """A folder with these rule sets instead of the product's, and the parts that it has."""
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("rule_set_*"))
    for values in rule_sets:
        data = {"effective_from": None, "effective_to": None, "published_on": "2024-01-01"}
        text = json.dumps({**data, **PARTS, **values}, default=date.isoformat)
        (folder / f"rule_set_{values['version']}.json").write_text(text)
    return folder


def fees(folder: Path, name: str, percent: int) -> str:
    """A fee schedule in the folder: the product's of 2026, times so many percent."""
    with (folder / PARTS["fees"]).open(newline="") as file:
        rows = list(csv.DictReader(file))
    with (folder / name).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        for row in rows:
            amounts = {n: int(row[n]) * percent // 100 for n in ("office_cents", "facility_cents")}
            writer.writerow({**row, **amounts})
    return name
