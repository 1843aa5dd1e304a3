"""Which server, which port: chosen by settings, and refused in words that help."""

import socket
from pathlib import Path

import pytest

from portal_cli.infra import base, choose, docker, objectstore, reaper
from portal_cli.infra.base import InfraError, Ports
from portal_cli.infra.native import NativeInfra
from portal_cli.infra.ports import take_port


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        with pytest.raises(InfraError, match=rf"port {port} for kafka is taken by "):
            take_port(port, "kafka")


def test_port_0_takes_one_outside_the_range_of_outgoing_connections() -> None:
    assert 15000 <= take_port(0, "kafka") < 32000


def test_ports_are_those_where_our_programs_look(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORTAL_KAFKA", "PORTAL_POSTGRES", "PORTAL_S3_ENDPOINT"):
        monkeypatch.delenv(name, raising=False)
    assert Ports.from_env() == Ports(29092, 55432, 29000)
    monkeypatch.setenv("PORTAL_KAFKA", "localhost:19092")
    monkeypatch.setenv("PORTAL_POSTGRES", "postgresql://portal@127.0.0.1:15432")
    assert Ports.from_env() == Ports(19092, 15432, 29000)


def test_a_server_elsewhere_cannot_be_started_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_KAFKA", "kafka.example:9092")
    with pytest.raises(InfraError, match="PORTAL_INFRA=external"):
        Ports.from_env()


@pytest.mark.parametrize(
    ("setting", "endpoint", "minio", "chosen"),
    [
        ("auto", "http://s3.example", "/bin/minio", "endpoint"),
        ("auto", "", "/bin/minio", "minio"),
        ("auto", "", None, "rclone"),
        ("rclone", "", "/bin/minio", "rclone"),
        ("minio", "http://s3.example", "/bin/minio", "minio"),
    ],
)
def test_the_object_store_is_the_best_one_there_is(
    monkeypatch: pytest.MonkeyPatch, setting: str, endpoint: str, minio: str | None, chosen: str
) -> None:
    monkeypatch.setenv("PORTAL_S3", setting)
    monkeypatch.setenv("MINIO_ENDPOINT", endpoint)
    monkeypatch.setattr(objectstore, "minio_program", lambda: minio)
    assert objectstore.choose() == chosen


def test_documents_stay_with_the_store_that_was_begun_with(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """MinIO may be built after the first run; it would find none of its documents."""
    monkeypatch.setenv("PORTAL_S3", "auto")
    monkeypatch.setenv("MINIO_ENDPOINT", "")
    monkeypatch.setattr(objectstore, "minio_program", lambda: "/bin/minio")
    assert objectstore.choose(tmp_path) == "minio"
    (tmp_path / "rclone").mkdir()
    assert objectstore.choose(tmp_path) == "rclone"
    (tmp_path / "minio").mkdir()
    assert objectstore.choose(tmp_path) == "minio"


def test_a_wanted_store_that_is_missing_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_S3", "minio")
    monkeypatch.setattr(objectstore, "minio_program", lambda: None)
    with pytest.raises(InfraError, match="make minio"):
        objectstore.choose()


@pytest.mark.parametrize(("images_there", "mode"), [(True, "docker"), (False, "native")])
def test_auto_takes_docker_only_when_nothing_must_be_fetched(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, images_there: bool, mode: str
) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "auto")
    monkeypatch.setattr(docker, "usable", lambda: images_there)
    assert choose.infrastructure(tmp_path).mode == mode


def test_an_unknown_kind_of_infrastructure_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PORTAL_INFRA", "cloud")
    with pytest.raises(InfraError, match="auto, docker, native or external"):
        choose.infrastructure(tmp_path)


def test_a_start_that_was_interrupted_takes_no_further_step(tmp_path: Path) -> None:
    infra = NativeInfra(tmp_path, Ports())
    infra.stop()
    with pytest.raises(InfraError, match="interrupted"):
        infra.start(base.silent)
    assert set(infra.dead()) >= {"kafka", "postgres"}


def test_only_temporary_directories_are_ever_removed() -> None:
    with pytest.raises(ValueError, match="not a temporary directory"):
        reaper.discard(Path("/etc"))
