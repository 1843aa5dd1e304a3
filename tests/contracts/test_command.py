"""`python -m tools.contracts`: what it writes, what it refuses."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tools.contracts import files
from tools.contracts.command import app
from tools.contracts.printing import WIDTH, text

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
    monkeypatch.setattr(files, "PROBLEMS", tmp_path / "problems.md")
    monkeypatch.setattr(files, "GOLDEN", tmp_path / "golden")
    return tmp_path


def run(*words: str, ok: bool = True) -> str:
    done = RUNNER.invoke(app, list(words))
    assert (done.exit_code == 0) == ok, done.output
    return done.output


def edit(path: Path, value: object, *way: str) -> None:
    """Set what lies at the end of the way through a JSON file."""
    data = json.loads(path.read_text())
    place: Any = data
    for step in way[:-1]:
        place = place[step]
    place[way[-1]] = value
    path.write_text(text(data))


def test_check_names_what_is_missing_until_export_has_written_it(elsewhere: Path) -> None:
    said = run("check", ok=False)
    assert "schemas/claims.json is out of date: make contracts" in said
    assert "golden/claims.json is out of date: make contracts" in said
    assert "schemas/claims.json written" in run("export")
    assert run("export") == ""
    run("check")
    assert {"full", "required"} == json.loads((elsewhere / "golden/claims.json").read_text())[
        CLAIM
    ].keys()


def test_edited_and_left_over_files_are_found_and_mended(elsewhere: Path) -> None:
    run("export")
    edit(elsewhere / "schemas" / "claims.json", "other", "$defs", CLAIM, "title")
    for left_over in ("schemas/claims.gone.v1.json", "golden/claims.gone.v1/full.json"):
        files.write(elsewhere / left_over, "{}")
    assert files.stale() == [
        "golden/claims.gone.v1/full.json",
        "schemas/claims.gone.v1.json",
        "schemas/claims.json",
    ]
    run("export")
    assert files.stale() == []


def test_golden_examples_change_until_the_message_is_released(elsewhere: Path) -> None:
    run("export")
    golden = elsewhere / "golden" / "claims.json"
    right = golden.read_text()
    edit(golden, "BEFORE", CLAIM, "required", "patient_account")
    run("export")
    assert golden.read_text() == right
    run("release", CLAIM)
    edit(golden, "BEFORE", CLAIM, "required", "patient_account")
    run("export")
    assert "BEFORE" in golden.read_text()
    run("check")


def test_golden_examples_of_a_released_message_that_is_gone_are_kept(elsewhere: Path) -> None:
    run("release", CLAIM)
    golden, released = elsewhere / "golden" / "claims.json", elsewhere / "released" / "claims.json"
    edit(golden, {"full": {"was": 1}}, "claims.gone.v1")
    edit(released, json.loads(released.read_text())[CLAIM], "claims.gone.v1")
    run("export")
    assert files.golden()["claims.gone.v1"] == {"full": {"was": 1}}
    assert "claims.gone.v1: it was released and is gone" in run("check", ok=False)


def test_a_broken_message_is_not_released_again(elsewhere: Path) -> None:
    run("release", CLAIM)
    assert list(files.released()) == [CLAIM]
    path = elsewhere / "released" / "claims.json"
    edit(path, [], CLAIM, "required")
    assert "is required now and was not before" in run("check", ok=False)
    assert "make claims.submit_professional_claim.v2" in run("release", ok=False)
    assert files.released()[CLAIM]["required"] == []


def test_one_more_release_keeps_what_was_released_before(elsewhere: Path) -> None:
    run("release", CLAIM)
    before = files.released()[CLAIM]
    run("release", "claims.get_claim.v1", "auth.get_authorization.v1")
    assert files.released()[CLAIM] == before
    assert list(files.released()) == ["auth.get_authorization.v1", "claims.get_claim.v1", CLAIM]


def test_show_prints_a_message_to_start_from() -> None:
    files.messages()[CLAIM].model_validate_json(run("show", CLAIM))


@pytest.mark.parametrize(
    "words", [("show", "claims.nonsense.v1"), ("release", "claims.nonsense.v1")]
)
def test_an_unknown_type_is_said_in_a_sentence(elsewhere: Path, words: tuple[str, ...]) -> None:
    assert "claims.nonsense.v1 is no message type" in run(*words, ok=False)


def test_show_prints_all_fields_or_only_those_that_must_be_there() -> None:
    everything, required = (json.loads(run("show", CLAIM, *more)) for more in ((), ("--required",)))
    assert required.keys() < everything.keys()
    assert {"member_id", "patient_account", "total_charge"} <= required.keys()
    assert "accident_state" in everything.keys() - required.keys()


def test_what_fits_on_a_line_is_on_one_and_all_of_it_is_there() -> None:
    data = {"short": [1, {"a": None}], "long": {f"field {n}": "x" * n for n in range(30)}, "e": []}
    made = text({"inside": [data]})
    assert json.loads(made) == {"inside": [data]}
    assert '      "short": [1, {"a": null}],\n' in made
    assert max(map(len, made.splitlines())) <= WIDTH
    just, over = ({"a": ["x" * (WIDTH - 11 + more)]} for more in (0, 1))
    assert (text(just).count("\n"), text(over).count("\n")) == (1, 5)


def test_a_space_that_looks_like_another_is_written_as_its_number() -> None:
    assert text("a\u00a0b") == '"a\\u00a0b"\n'
