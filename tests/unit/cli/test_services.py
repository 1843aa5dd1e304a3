"""A service process: asked for readiness, started again after a crash."""

import json
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from portal_cli import services
from portal_cli.infra.ports import take_port
from portal_cli.services import ServiceProcess, readiness


@contextmanager
def _answering(status: int, body: str) -> Iterator[int]:
    class Page(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Nothing: the test's output is not the place."""

    server = HTTPServer(("127.0.0.1", 0), Page)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.server_port
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_ready_service_has_no_problem() -> None:
    with _answering(200, "{}") as port:
        assert readiness(port) is None


def test_what_keeps_it_from_being_ready_is_said() -> None:
    problems = {"problems": {"database": "no answer within 2 s", "kafka": "no contact"}}
    with _answering(503, json.dumps(problems)) as port:
        assert readiness(port) == "database: no answer within 2 s, kafka: no contact"


def test_another_program_on_its_port_is_not_mistaken_for_it() -> None:
    with _answering(404, "<html>") as port:
        assert readiness(port) == "answers 404: <html>"


def test_one_that_does_not_answer_is_not_ready() -> None:
    port = take_port(0, "nobody")
    assert f"does not answer on port {port}" in (readiness(port) or "")


def test_a_crashed_one_starts_again_later_each_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(services.PACKAGES, "broken", "no_such_package_anywhere")
    service = ServiceProcess("broken", {}, 0, tmp_path)
    said: list[str] = []
    service.start()
    deadline = time.monotonic() + 20
    while len(said) < 2 and time.monotonic() < deadline:
        service.keep_alive(lambda name, word: said.append(word))
        time.sleep(0.05)
    service.stop()
    assert [word.split(" (")[0] for word in said] == [
        "ended by itself with code 1; starts again in 1 s",
        "ended by itself with code 1; starts again in 2 s",
    ]
    # Its log goes on, so that the first reason is not lost.
    assert service.log.read_text().count("Error while finding module specification") == 2


def test_how_it_was_killed_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(services.PACKAGES, "broken", "no_such_package_anywhere")
    service = ServiceProcess("broken", {}, 0, tmp_path)
    said: list[str] = []
    service.start()
    assert service.pid
    os.kill(service.pid, signal.SIGKILL)
    deadline = time.monotonic() + 20
    while not said and time.monotonic() < deadline:
        service.keep_alive(lambda name, word: said.append(word))
        time.sleep(0.01)
    service.stop()
    assert said[0].startswith("was ended by SIGKILL; starts again in 1 s")
