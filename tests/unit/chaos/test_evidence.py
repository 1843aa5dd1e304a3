"""What a run leaves behind: all that explains it where it failed, nothing where it held."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_cli.infra import account
from tests.chaos.__main__ import evidence
from tests.chaos.run import PLAN
from tests.chaos.stand import remove


def _run(folder: Path, *, held: bool, keep: bool = False, fails: bool = False) -> list[str]:
    said: list[str] = []
    (folder / PLAN).write_text("the plan")
    with evidence(folder, said.append, keep=keep) as verdict:
        if fails:
            raise TimeoutError("commands of the start are unanswered")
        verdict.held = held
    return said


def test_a_run_that_held_is_tidied_away(tmp_path: Path) -> None:
    assert _run(tmp_path, held=True) == []
    assert not tmp_path.exists()


def test_a_run_that_held_stays_where_that_was_asked_for(tmp_path: Path) -> None:
    _run(tmp_path, held=True, keep=True)
    assert (tmp_path / PLAN).exists()


def test_a_run_that_did_not_hold_keeps_its_plan_and_says_where(tmp_path: Path) -> None:
    (said,) = _run(tmp_path, held=False)
    assert str(tmp_path) in said
    assert PLAN in said
    assert (tmp_path / PLAN).exists()


def test_so_does_one_that_came_to_no_verdict(tmp_path: Path) -> None:
    with pytest.raises(TimeoutError):
        _run(tmp_path, held=True, fails=True)
    assert (tmp_path / PLAN).exists()


def test_a_run_that_was_stopped_proves_nothing_and_keeps_what_it_has(tmp_path: Path) -> None:
    said: list[str] = []
    with evidence(tmp_path, said.append, keep=False) as verdict:
        raise KeyboardInterrupt
    assert verdict.stopped
    assert not verdict.held
    assert said[0] == "stopped; this run proves nothing"
    assert str(tmp_path) in said[1]
    assert tmp_path.exists()


def test_a_run_that_is_stopped_while_it_is_shown_keeps_its_verdict(tmp_path: Path) -> None:
    with evidence(tmp_path, lambda _: None, keep=False) as verdict:
        verdict.reached, verdict.held = True, True
        raise KeyboardInterrupt
    assert verdict.held
    assert not tmp_path.exists()


def test_what_postgresql_kept_elsewhere_goes_with_the_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(account, "OUTSIDE", tmp_path / "outside")
    elsewhere = account.stand_in(tmp_path / "run" / "servers" / "postgres")
    elsewhere.mkdir(parents=True)
    remove(tmp_path / "run")
    assert not elsewhere.exists()
