"""Without a running stack each command says so in a sentence, with the way out."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from portal_cli.infra.base import InfraError
from portal_cli.infra.ports import take_port
from portal_cli.services import http_ports, take_ports
from portal_cli.show import counted
from portal_runtime.security.keys import make_demo_keys

PORTAL = Path(sys.executable).parent / "portal"
WAY_OUT = "is it running? `make run` starts everything."
EXAMPLE = Path(__file__).parents[1] / "x12" / "data" / "professional.837"

ASKS = (("lag",), ("topics", "list"), ("doctor",), ("demo",), ("import", "837", EXAMPLE))


@pytest.fixture
def nowhere(tmp_path: Path) -> dict[str, str]:
    """Settings that point to ports at which nobody listens."""
    make_demo_keys(tmp_path)
    kafka, postgres, s3 = (take_port(0, "nobody") for _ in range(3))
    return {
        **os.environ,
        "PORTAL_KAFKA": f"127.0.0.1:{kafka}",
        "PORTAL_POSTGRES": f"postgresql://portal:secret@127.0.0.1:{postgres}",
        "PORTAL_S3_ENDPOINT": f"http://127.0.0.1:{s3}",
        "PORTAL_PRINCIPAL_KEYS": str(tmp_path),
    }


def portal(env: dict[str, str], *words: object) -> tuple[int, str]:
    """Exit code and words. Half a minute is for ever: aiokafka alone would wait for longer."""
    done = subprocess.run(
        [PORTAL, *map(str, words)], env=env, capture_output=True, text=True, timeout=30
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(
    "words",
    [("lag",), ("topics", "list"), ("topics", "create"), ("demo",), ("import", "837", EXAMPLE)],
    ids=lambda words: " ".join(map(str, words[:2])),
)
def test_one_sentence_and_no_trace(nowhere: dict[str, str], words: tuple[object, ...]) -> None:
    code, said = portal(nowhere, *words)
    assert code == 1
    sentence = f"Kafka does not answer at {nowhere['PORTAL_KAFKA']}; {WAY_OUT}"
    assert said.removeprefix("✗ ").splitlines() == [sentence]


def test_another_program_where_kafka_should_be_is_not_taken_for_it(
    nowhere: dict[str, str], subtests: pytest.Subtests
) -> None:
    """Each gives it ten seconds to say that it is a Kafka: all of them at once."""
    with socket.create_server(("127.0.0.1", 0)) as other, ThreadPoolExecutor(len(ASKS)) as threads:
        at = f"127.0.0.1:{other.getsockname()[1]}"
        env = {**nowhere, "PORTAL_KAFKA": at, "PORTAL_INFRA": "external"}
        asked = [threads.submit(portal, env, *words) for words in ASKS]
        for words, ended in zip(ASKS, asked, strict=True):
            with subtests.test(words=words):
                code, said = ended.result()
                assert code == 1
                assert f"answer at {at}" in said.replace("\n", " ")
                assert "running now     kafka" not in said


def test_init_names_the_server_and_no_password(nowhere: dict[str, str]) -> None:
    code, said = portal(nowhere, "init", "--no-keys")
    assert code == 1
    assert said.count("\n") == 1
    assert said.startswith("✗ PostgreSQL at 127.0.0.1:")
    assert WAY_OUT in said
    assert "secret" not in said


def test_doctor_says_it_in_words(nowhere: dict[str, str]) -> None:
    first = take_port(0, "nobody")
    code, said = portal({**nowhere, "PORTAL_HTTP_FIRST_PORT": str(first)}, "doctor", "--ready")
    assert code == 1
    assert f"✗ claims       does not answer on port {first}: connection refused\n" in said
    assert said.endswith("`make run` starts everything.\n")


def test_make_run_on_servers_elsewhere_that_are_down_names_each(
    nowhere: dict[str, str], tmp_path: Path
) -> None:
    env = {**nowhere, "PORTAL_INFRA": "external", "PORTAL_DATA_DIR": str(tmp_path / "data")}
    code, said = portal(env, "up")
    assert code == 1
    assert "Traceback" not in said and "secret" not in said
    assert said.startswith("✗ it cannot start yet:")
    for setting in ("PORTAL_KAFKA", "PORTAL_POSTGRES", "PORTAL_S3_ENDPOINT"):
        assert f"start it, or set {setting}" in " ".join(said.split())


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port that somebody listens at; it is that of the third service."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        monkeypatch.setenv("PORTAL_HTTP_FIRST_PORT", str(port - 2))
        yield port


def test_a_health_port_in_use_is_said_before_anything_starts(taken: int) -> None:
    assert http_ports()["auth"] == taken
    with pytest.raises(InfraError, match=r"taken by .*process .*PORTAL_HTTP_FIRST_PORT"):
        take_ports()


def test_one_is_not_many() -> None:
    assert (counted(1, "row"), counted(0, "row"), counted(2, "row")) == (
        "1 row",
        "0 rows",
        "2 rows",
    )
