"""The servers of `make run` in containers: a compose project of their own, and only that."""

from __future__ import annotations

from pathlib import Path

import pytest

from portal_cli.clean import clean_data
from portal_cli.infra.base import InfraError, Ports, silent
from portal_cli.infra.docker import DockerInfra, project, remove_data, usable

FAKE = """#!/bin/sh
echo "$@" >> "{log}"
case "$*" in
  *"{broken}"*) echo "no such thing" >&2; exit 1;;
  *config*) echo kafka-image;;
esac
"""


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A `docker` that notes what it is asked, and can do everything."""
    return fake(tmp_path, monkeypatch, broken="nothing")


def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str) -> Path:
    program, log = tmp_path / "bin" / "docker", tmp_path / "log"
    program.parent.mkdir(exist_ok=True)
    program.write_text(FAKE.format(log=log, broken=broken))
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    return log


def compose_calls(log: Path) -> list[str]:
    return [line for line in log.read_text().splitlines() if line.startswith("compose")]


def test_every_call_names_the_project_of_make_run(engine: Path, tmp_path: Path) -> None:
    infra = DockerInfra(tmp_path, Ports(1, 2, 3))
    assert usable()
    infra.start(silent)
    infra.dead()
    infra.stop()
    remove_data(tmp_path)
    config, *calls = compose_calls(engine)
    assert config.startswith("compose -p portal-run ")
    assert len(calls) == 4
    assert all(call.startswith(f"compose -p {project(tmp_path)} ") for call in calls), calls


def test_two_stacks_share_no_project(tmp_path: Path) -> None:
    assert project(tmp_path / "one") != project(tmp_path / "two")


def test_clean_data_removes_the_volumes_of_its_stack_and_no_others(
    engine: Path, tmp_path: Path
) -> None:
    clean_data()
    (removal,) = (call for call in compose_calls(engine) if "down" in call)
    assert f"-p {project(tmp_path / 'data')} " in removal and removal.endswith("down --volumes")


def test_volumes_go_although_an_image_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = fake(tmp_path, monkeypatch, broken="image inspect")
    remove_data(tmp_path)
    assert compose_calls(log)[-1].endswith("down --volumes")


def test_volumes_that_stay_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake(tmp_path, monkeypatch, broken="down --volumes")
    with pytest.raises(InfraError, match="could not remove the volumes:\nno such thing"):
        remove_data(tmp_path)
