"""`portal import` against the running services, as people start it."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import System
from tests.support.services import service_env

PORTAL = Path(sys.executable).parent / "portal"
ROOT = Path(__file__).parents[3]
EXAMPLES = ROOT / "tests" / "unit" / "x12" / "data"
PUBLISHED = ROOT.parent / "shared" / "data"
WRITTEN_FOR = (b"202609", b"202610")
"""Months of the examples. They become the last one, or one day timely filing would deny them."""


async def portal_import(system: System, *words: object) -> tuple[int, str, dict[str, Any]]:
    """Exit code, lines for people, and the figures of a second run for machines."""
    process = await asyncio.create_subprocess_exec(
        PORTAL,
        "import",
        *map(str, words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env={**os.environ, **service_env(system.isolation, system.keys)},
    )
    out, errors = await process.communicate()
    assert process.returncode is not None
    text = out.decode()
    assert text, errors.decode()
    figures = json.loads(text) if "--json" in words else {}
    return process.returncode, text, figures


def example(name: str, folder: Path) -> Path:
    content = (EXAMPLES / f"{name}.837").read_bytes()
    last_month = datetime.now(UTC).replace(day=1) - timedelta(days=1)
    for month in WRITTEN_FOR:
        content = content.replace(month, f"{last_month:%Y%m}".encode())
    path = folder / f"{name}.837"
    path.write_bytes(content)
    return path


async def test_claims_of_files_are_paid_or_rejected_with_reasons(
    system: System, tmp_path: Path
) -> None:
    names = ("professional", "institutional", "cob", "malformed")
    files = [example(name, tmp_path) for name in names]
    code, text, _ = await portal_import(system, "837", *files, "--enroll")
    assert code == 0, text
    lines = {line.split()[1]: line for line in text.splitlines() if ".837:" in line}
    for account in ("ACC-1", "ACC-3", "STAY-1", "COB-1"):
        assert " accepted CLM-" in lines[account], text
        assert " paid, plan pays " in lines[account], text
    assert "ACC-2 rejected" in lines["ACC-2"], "it corrects a claim that nobody knows"
    assert "A7:562:85 npi_check_digit" in lines["BAD-1"]
    assert "claims 7: accepted 4 (paid 4), rejected 3, failed 0" in text
    assert "balanced (charge = paid + adjustments) 4" in text


async def test_a_file_imported_again_takes_effect_once(system: System, tmp_path: Path) -> None:
    path = example("cob", tmp_path)
    path.write_bytes(path.read_bytes().replace(b"COB-1", b"TWICE-1"))
    first, again, anew = [
        (await portal_import(system, "837", path, "--enroll", *options))[1].splitlines()[0]
        for options in ((), (), ("--again",))
    ]
    assert " accepted CLM-" in first
    assert again == first
    assert anew.split()[3] != first.split()[3], "another claim"


async def test_who_is_not_enrolled_is_rejected(system: System, tmp_path: Path) -> None:
    path = example("cob", tmp_path)
    path.write_bytes(path.read_bytes().replace(b"M3000003-00", b"M3999999-00"))
    code, _, figures = await portal_import(system, "837", path, "--json")
    assert code == 0
    assert (figures["claims"], figures["rejected"], figures["failed"]) == (1, 1, 0)
    assert "member_not_found" in figures["reasons"]


async def test_nothing_that_a_file_can_hold_is_left_without_an_answer(
    system: System, tmp_path: Path
) -> None:
    """Control characters, other alphabets, huge elements: refused or accepted, never parked."""
    content = example("professional", tmp_path).read_bytes()
    hostile = [b"\x00", b"\x1f\x7f", "漢字🙂".encode(), b"A" * 20_000, b"'; drop table x; --"]
    for number, bits in enumerate(hostile):
        for place in (b"ACC-1", b"RIVERSIDE FAMILY MEDICINE", b"AUTH77", b"M1000001-00"):
            name = f"{number}-{place[:4].decode()}.837"
            (tmp_path / name).write_bytes(content.replace(place, bits))
    code, text, figures = await portal_import(system, "837", tmp_path, "--json")
    assert code == 0, text
    assert figures["claims"] == 3 * (1 + 4 * len(hostile))
    assert figures["failed"] == 0


@pytest.mark.slow
async def test_the_published_load_files_are_rejected_for_their_sums(system: System) -> None:
    if not PUBLISHED.is_dir():
        pytest.skip("../shared/data is not there: published example files are not tried")
    code, _, figures = await portal_import(system, "837", PUBLISHED / "x12" / "imsweb", "--json")
    assert code == 0
    assert (figures["claims"], figures["rejected"], figures["failed"]) == (1497, 1497, 0)
    assert figures["reasons"]["total_mismatch"] == 1497
    assert figures["reasons"]["npi_check_digit"] >= 1444


@pytest.mark.slow
async def test_the_published_synthea_data_set_balances(system: System) -> None:
    if not PUBLISHED.is_dir():
        pytest.skip("../shared/data is not there: published example files are not tried")
    folder = PUBLISHED / "claims" / "synthea_27pt"
    code, _, figures = await portal_import(system, "synthea", folder, "--json")
    assert code == 0
    assert (figures["claims"], figures["failed"], figures["unbalanced"]) == (1267, 0, [])
    assert figures["balanced"] == figures["accepted"] >= 1260
