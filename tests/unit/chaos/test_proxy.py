"""The TCP proxy: clear, cut, deaf one way, truncating, lying; on the loopback, nothing else."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest

from portal_cli.infra.ports import take_port
from tests.chaos.proxy import Proxies


@pytest.fixture
def echo() -> Iterator[int]:
    """A server that says everything back."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            while True:
                try:
                    conn, _ = server.accept()
                except OSError:
                    return
                threading.Thread(target=_back, args=(conn,), daemon=True).start()

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


def _back(conn: socket.socket) -> None:
    try:
        while data := conn.recv(65536):
            conn.sendall(data)
    except OSError:
        return


@pytest.fixture
def route(echo: int) -> Iterator[tuple[Proxies, int]]:
    port = take_port(0, "proxy")
    proxies = Proxies({"it": (port, echo)})
    yield proxies, port
    proxies.stop()


def _said_back(conn: socket.socket, text: bytes, seconds: float = 5) -> bytes:
    conn.settimeout(seconds)
    try:
        conn.sendall(text)
        return conn.recv(65536)
    except TimeoutError:
        return b"(silence)"
    except OSError:
        return b""


def _connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=5)


def test_on_a_clear_day_bytes_go_through(route: tuple[Proxies, int]) -> None:
    with _connect(route[1]) as conn:
        assert _said_back(conn, b"hello") == b"hello"


def test_their_end_is_silent_whoever_is_connected(
    capfd: pytest.CaptureFixture[str], echo: int
) -> None:
    port = take_port(0, "proxy")
    proxies = Proxies({"it": (port, echo)})
    with _connect(port) as conn:
        assert _said_back(conn, b"hello") == b"hello"
        proxies.stop()
    assert capfd.readouterr().err == ""


def _refused(port: int) -> bool:
    """A new connection is reset at once, or as soon as it says something."""
    try:
        with _connect(port) as conn:
            return _said_back(conn, b"hello") == b""
    except (ConnectionResetError, BrokenPipeError):
        return True


def test_a_cut_resets_what_stands_and_refuses_what_comes(route: tuple[Proxies, int]) -> None:
    proxies, port = route
    with _connect(port) as conn:
        assert _said_back(conn, b"hello") == b"hello"
        proxies.tell("it", cut=True)
        conn.settimeout(5)
        with pytest.raises(ConnectionResetError):
            conn.recv(10)
    assert _refused(port)
    assert proxies.done("it") == {"cut off": 1, "refused": 1}
    proxies.tell("it")
    assert proxies.done("it") == {}
    with _connect(port) as conn:
        assert _said_back(conn, b"hello") == b"hello"


@pytest.mark.parametrize("way", ["up", "down"])
def test_deaf_keeps_what_was_said_until_it_heals(route: tuple[Proxies, int], way: str) -> None:
    proxies, port = route
    with _connect(port) as conn:
        assert _said_back(conn, b"one") == b"one"
        proxies.tell("it", deaf=way)
        proxies.tell("it", deaf=way)
        assert proxies.done("it") == {}
        assert _said_back(conn, b"two", 0.5) == b"(silence)"
        assert proxies.done("it") == {"kept back": 1}
        proxies.tell("it")
        conn.settimeout(5)
        assert conn.recv(10) == b"two"


def test_truncated_answers_end_in_the_middle(route: tuple[Proxies, int]) -> None:
    proxies, port = route
    proxies.tell("it", truncate=1.0)
    with _connect(port) as conn:
        conn.settimeout(5)
        conn.sendall(b"12345678")
        got = b""
        try:
            while piece := conn.recv(100):
                got += piece
        except ConnectionError:
            pass
        assert len(got) < 8
    assert proxies.done("it") == {"truncated": 1}


def test_a_lying_store_changes_checksums_and_nothing_else(route: tuple[Proxies, int]) -> None:
    proxies, port = route
    tag = b"0123456789abcdef" * 2
    answer = b'HTTP/1.1 200 OK\r\nETag: "' + tag + b'"\r\nContent-Length: 32\r\n\r\n' + tag
    proxies.tell("it", wrong_etags=True)
    with _connect(port) as conn:
        assert _said_back(conn, b"no header") == b"no header"
        assert not any(proxies.done("it").values())
        assert _said_back(conn, answer) == answer.replace(tag, tag[::-1], 1)
        assert proxies.done("it") == {"altered": 1}


def test_what_is_slow_or_reset_is_counted_and_silence_is_not(route: tuple[Proxies, int]) -> None:
    proxies, port = route
    with _connect(port) as conn:
        assert _said_back(conn, b"one") == b"one"
        proxies.tell("it", delay=0.01)
        assert proxies.done("it") == {}
        assert _said_back(conn, b"two") == b"two"
        assert proxies.done("it") == {"delayed": 2}
        proxies.tell("it", resets=1.0)
        assert _said_back(conn, b"three") == b""
        assert proxies.done("it") == {"reset": 1}


def test_it_ends_when_its_owner_is_gone(route: tuple[Proxies, int]) -> None:
    proxies, _ = route
    assert proxies.alive
    proxies.stop()
    assert not proxies.alive
