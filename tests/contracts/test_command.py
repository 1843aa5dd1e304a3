"""`portal contracts`: what it writes, what it refuses."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from portal_cli.contracts import app, files, releases

RUNNER = CliRunner()
CLAIM = "claims.submit_professional_claim.v1"


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The generated files in a folder of this test's own, none there yet."""
    monkeypatch.setattr(files, "ROOT", tmp_path)
    monkeypatch.setattr(files, "CONTRACTS", tmp_path)
    monkeypatch.setattr(files, "SCHEMAS", tmp_path / "schemas")
    monkeypatch.setattr(files, "RELEASED", tmp_path / "released")
    monkeypatch.setattr(files, "ASYNCAPI", tmp_path / "asyncapi.json")
    monkeypatch.setattr(files, "GOLDEN", tmp_path / "golden")
    return tmp_path


def portal(*words: str, ok: bool = True) -> str:
    done = RUNNER.invoke(app, list(words))
    assert (done.exit_code == 0) == ok, done.output
    return done.output


def edit(path: Path, name: str, value: object) -> None:
    path.write_text(json.dumps({**json.loads(path.read_text()), name: value}))


def test_check_names_what_is_missing_until_export_has_written_it(elsewhere: Path) -> None:
    assert f"schemas/{CLAIM}.json is out of date: portal contracts export" in portal(
        "check", ok=False
    )
    portal("export")
    portal("check")
    assert (elsewhere / "golden" / CLAIM / "full.json").exists()


def test_edited_and_left_over_files_are_found_and_mended(elsewhere: Path) -> None:
    portal("export")
    edit(elsewhere / "schemas" / f"{CLAIM}.json", "title", "other")
    files.write(elsewhere / "schemas" / "claims.gone.v1.json", "{}")
    assert files.stale() == ["schemas/claims.gone.v1.json", f"schemas/{CLAIM}.json"]
    portal("export")
    assert files.stale() == []


def test_golden_files_change_until_the_message_is_released(elsewhere: Path) -> None:
    portal("export")
    golden = elsewhere / "golden" / CLAIM / "required.json"
    right = golden.read_text()
    edit(golden, "patient_account", "BEFORE")
    portal("export")
    assert golden.read_text() == right
    portal("release", CLAIM)
    edit(golden, "patient_account", "BEFORE")
    portal("export")
    assert "BEFORE" in golden.read_text()


def test_a_broken_message_is_not_released_again(elsewhere: Path) -> None:
    portal("release", CLAIM)
    assert list(releases.released()) == [CLAIM]
    path = elsewhere / "released" / f"{CLAIM}.json"
    edit(path, "required", [])
    assert "is required now and was not before" in portal("check", ok=False)
    assert "make claims.submit_professional_claim.v2" in portal("release", ok=False)
    assert json.loads(path.read_text())["required"] == []


def test_show_prints_a_message_to_start_from() -> None:
    files.messages()[CLAIM].model_validate_json(portal("show", CLAIM))


@pytest.mark.parametrize(
    "words", [("show", "claims.nonsense.v1"), ("release", "claims.nonsense.v1")]
)
def test_an_unknown_type_is_said_in_a_sentence(elsewhere: Path, words: tuple[str, ...]) -> None:
    assert "claims.nonsense.v1 is no message type" in portal(*words, ok=False)


def test_show_prints_all_fields_or_only_those_that_must_be_there() -> None:
    everything, required = (
        json.loads(portal("show", CLAIM, *more)) for more in ((), ("--required",))
    )
    assert required.keys() < everything.keys()
    assert {"member_id", "patient_account", "total_charge"} <= required.keys()
    assert "accident_state" in everything.keys() - required.keys()
