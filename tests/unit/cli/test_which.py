"""Which stack a command means, from whatever folder it is called; and which ones run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer import BadParameter
from typer.testing import CliRunner

from portal_cli import running, which
from portal_cli.doctor_stacks import found_taken, report_ready, report_stacks
from portal_cli.infra.base import ROOT, InfraError
from portal_cli.main import COMMANDS, app
from portal_cli.up import instance_counts

PORTAL = Path(sys.executable).parent / "portal"
SETTINGS = {
    "PORTAL_KAFKA": "127.0.0.1:20100",
    "PORTAL_POSTGRES": "postgresql://portal@127.0.0.1:20101",
    "PORTAL_S3_ENDPOINT": "http://127.0.0.1:20102",
    "PORTAL_KID_ROLES": '{"demo-feed": ["plan_feed"]}',
}
ASKED = """
import json, os
from portal_cli.infra.base import data_dir
from portal_cli.which import settled
from portal_runtime.settings import RuntimeSettings
with settled("lag", None):
    settings = RuntimeSettings()
    print(json.dumps([str(data_dir()), settings.kafka, settings.principal_keys]))
"""

EVERY_HELP = """
import sys
program, *commands = sys.argv[1:]
sys.path[0] = program.rpartition("/")[0]
import contextlib, io, runpy
for command in commands:
    sys.argv = [program, command, "--help"]
    said, code = io.StringIO(), None
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            runpy.run_path(program, run_name="__main__")
        except SystemExit as ended:
            code = ended.code
    print(command, code)
    if code:
        print(said.getvalue(), file=sys.stderr)
"""


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No setting of the machine's, and no other stack; the data folder."""
    for name in filter(lambda name: name.startswith("PORTAL_"), list(os.environ)):
        if name != "PORTAL_OWNERS":
            monkeypatch.delenv(name)
    monkeypatch.setenv("PORTAL_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PORTAL_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


def asked(cwd: Path | str, **env: str) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", ASKED], cwd=cwd, env={**os.environ, **env}, capture_output=True
    )
    answer: list[str] = json.loads(done.stdout)
    return answer


@pytest.mark.parametrize("folder", ["/", "another"])
def test_without_a_setting_it_is_the_checkout_the_command_belongs_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, folder: str
) -> None:
    monkeypatch.delenv("PORTAL_DATA_DIR")
    another = tmp_path / "another"
    (another / "services" / "claims").mkdir(parents=True)
    (another / "docker-compose.yml").touch()
    data, _, keys = asked("/" if folder == "/" else another)
    assert (data, keys) == (str(ROOT / ".data"), str(ROOT / ".data" / "keys"))


def test_a_stack_that_runs_says_where_its_servers_are(alone: Path) -> None:
    assert asked("/")[1] == "127.0.0.1:29092"
    with running.stack_told(alone) as told:
        assert asked("/")[1] == "127.0.0.1:29092", "it is starting"
        told.say(settings=SETTINGS)
        assert asked("/") == [str(alone), "127.0.0.1:20100", str(alone / "keys")]
        assert asked("/", PORTAL_S3_ENDPOINT="http://store")[1] == "127.0.0.1:29092", "all or none"
        assert asked("/", PORTAL_KAFKA="broker:1")[1] == "broker:1"
        assert asked("/", PORTAL_DATA_DIR="/elsewhere")[1] == "127.0.0.1:29092"
    assert asked("/")[1] == "127.0.0.1:29092"


def test_one_port_stands_for_nine() -> None:
    assert asked("/", PORTAL_FIRST_PORT="20300")[1] == "127.0.0.1:20300"
    assert which.from_port("20300")["PORTAL_HTTP_FIRST_PORT"] == "20303"
    for wrong in ("80", "65530", "many"):
        with pytest.raises(InfraError, match="PORTAL_FIRST_PORT="):
            which.from_port(wrong)


def test_the_option_says_the_same_as_the_setting(alone: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    with running.stack_told(other) as told:
        told.say(settings=SETTINGS | {"PORTAL_KAFKA": "127.0.0.1:1"})
        said = CliRunner().invoke(app, ["--data", str(other), "lag"])
    assert "Kafka does not answer at 127.0.0.1:1;" in said.output
    assert os.environ["PORTAL_DATA_DIR"] == str(alone), "only for this command"


@pytest.fixture
def traps(tmp_path: Path) -> Path:
    for name in ("claims", "portal_cli", "documents", "asyncio", "json"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the wrong module')")
    return tmp_path


def test_every_command_starts_in_a_folder_full_of_traps(traps: Path) -> None:
    """All in one process that looks for modules where the program itself does."""
    done = subprocess.run(
        [sys.executable, "-c", EVERY_HELP, PORTAL, *COMMANDS],
        cwd=traps,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.stdout.splitlines() == [f"{command} 0" for command in COMMANDS], done.stderr


def test_the_program_itself_starts_in_a_folder_full_of_traps(traps: Path) -> None:
    done = subprocess.run([PORTAL, "lag", "--help"], cwd=traps, capture_output=True, timeout=30)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_stack_is_seen_as_long_as_it_runs_and_is_the_only_one_of_its_folder(
    alone: Path, tmp_path: Path
) -> None:
    assert running.everywhere() == []
    with running.stack_told(alone), running.stack_told(tmp_path / "other"):
        assert {stack.data for stack in running.everywhere()} == {alone, tmp_path / "other"}
        with pytest.raises(running.Taken), running.stack_told(alone):
            pass
    assert running.everywhere() == []
    assert running.at(alone) is None


def test_doctor_tells_stacks_ports_and_instances(
    alone: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    joined = alone / running.INSTANCES / "claims-1.json"
    with running.stack_told(alone) as told, running.stack_told(tmp_path / "other"):
        told.say(settings=SETTINGS, instances=[("claims", 0, 1), ("auth", 0, 2)])
        with running.told(joined, service="claims", number=1, port=3):
            report_stacks()
            said = capsys.readouterr().out
            assert f"{alone} (this one, process {os.getpid()}" in said
            assert "Kafka 20100, PostgreSQL 20101, S3 20102" in said
            assert "is starting its servers" in said.split(str(tmp_path / "other"))[1]
            assert report_ready() == 3
            listed = capsys.readouterr().out
        for name, port in (("claims", 1), ("auth", 2), ("claims-1", 3)):
            assert f"✗ {name:<12} does not answer on port {port}" in listed
        assert report_ready() == 2, "the one that joined has left"
        taken = found_taken({"Kafka": 20100, "claims": 1})
        assert taken == (
            f"20100 (Kafka), 1 (claims) are taken by the stack in {alone} (process {os.getpid()})"
        )


def test_several_instances_are_asked_for_by_name() -> None:
    assert instance_counts(["claims=2"])["claims"] == 2
    assert instance_counts([])["auth"] == 1
    for wrong in ("claims=0", "claims=9", "claims", "nobody=2"):
        with pytest.raises(BadParameter):
            instance_counts([wrong])
