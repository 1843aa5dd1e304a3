"""Every file that others published is read without a crash; counts are as known."""

from pathlib import Path

import pytest

from portal_cli.importing.files import Batch, load, parse
from portal_contracts.base import REGISTRY

EVERY_IMSWEB_CLAIM = 1_497


@pytest.fixture(scope="module")
def imsweb(published: Path) -> Batch:
    return load([published / "x12" / "imsweb"])


@pytest.mark.parametrize(
    "folder", ["linuxforhealth", "imsweb", "pyx12", "kartik271", "edi835parser", "covehealth835"]
)
def test_every_file_is_read_or_named(published: Path, folder: str) -> None:
    paths = [path for path in sorted((published / "x12" / folder).iterdir()) if path.is_file()]
    assert paths
    for path in paths:
        batch = parse(path.name, path.read_bytes())
        assert batch.claims or batch.unreadable, path.name
        assert all(part.position and part.reason for _, part in batch.unreadable), path.name


def test_load_files(imsweb: Batch) -> None:
    by_file = [claim.file for claim in imsweb.claims]
    for name, count in (("many_claims", 820), ("multiple_transactions", 624)):
        assert sum(name in file for file in by_file) == count
    assert len(imsweb.claims) == EVERY_IMSWEB_CLAIM


def test_every_claim_of_the_load_files_has_lines_that_do_not_add_up(imsweb: Batch) -> None:
    for claim in imsweb.claims:
        body = claim.message.body
        assert sum(float(line["charge"]) for line in body["lines"]) != float(body["total_charge"])


def test_the_old_version_is_unreadable(published: Path) -> None:
    files = sorted((published / "x12" / "linuxforhealth").glob("*837_004010*"))
    batch = load(files)
    assert len(files) == batch.unreadable_files == 11
    assert not batch.claims
    assert {part.segment for _, part in batch.unreadable} == {"ST"}


def test_the_5010_examples_are_valid_commands(published: Path) -> None:
    """One lacks the name of the other payer (2330B NM1*PR), which the guide wants."""
    batch = load(
        sorted((published / "x12" / "linuxforhealth").glob("*837_005010*")), valid_npis=True
    )
    assert (batch.files, len(batch.claims), batch.unreadable_files) == (22, 23, 0)
    for claim in batch.claims:
        body = claim.message.body
        if claim.file.endswith("demo.cob.example3.A.837"):
            assert "name" not in body["other_payers"][0]
            body["other_payers"][0]["name"] = "ADDED BY THE TEST"
        command = REGISTRY[claim.message.type].model_validate(body)
        assert command.key() == claim.message.key
