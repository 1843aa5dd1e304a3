"""A server process of ours: its output goes to a file, and it is certain to end."""

from __future__ import annotations

import contextlib
import os
import pwd
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypedDict

from portal_cli.infra import reaper
from portal_cli.infra.base import InfraError


class Child:
    """Started in a session of its own, so that Ctrl-C reaches us only and we stop it in order."""

    def __init__(
        self,
        name: str,
        argv: Sequence[str],
        log: Path,
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        stop_signal: int = signal.SIGTERM,
        cwd: Path = Path("/"),
    ) -> None:
        self.name = name
        self.argv = list(argv)
        self.log = log
        self._env = dict(env or {})
        self._user = user
        self._stop_signal = stop_signal
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, append: bool = False) -> None:
        """Returns at once; the log starts empty so that its words are about this start only."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        env = {**os.environ, **self._env, **reaper.mark()}
        with self.log.open("ab" if append else "wb") as output:
            self._process = subprocess.Popen(
                self.argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=self._cwd,
                start_new_session=True,
                **as_user(self._user),
            )
        reaper.watch(self._process.pid, self._stop_signal)

    @property
    def pid(self) -> int | None:
        return self._process.pid if self._process else None

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def code(self) -> int | None:
        """How it ended: its exit code, or minus the signal; None while it lives or was stopped."""
        return self._process.poll() if self._process else None

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        """Until ready; raises with the end of the log when it dies or takes too long."""
        deadline = time.monotonic() + seconds
        while not ready():
            if not self.alive:
                raise InfraError(f"{self.name} ended while starting:\n{self.tail()}")
            if time.monotonic() > deadline:
                raise InfraError(f"{self.name} is not ready after {seconds:.0f} s:\n{self.tail()}")
            time.sleep(0.05)

    def said(self, words: str) -> bool:
        """Whether its log has these words already."""
        return self.log.exists() and words in self.log.read_text(errors="replace")

    def tail(self, lines: int = 12) -> str:
        """The end of its log, for an error message."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:]) + f"\n(all of it: {self.log})"

    def ask_to_stop(self) -> None:
        self._send(self._stop_signal)

    def stop(self, seconds: float = 15) -> None:
        """Ask, wait, then insist."""
        self.ask_to_stop()
        if self._process:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                self.stop_now()
        self._forget()

    def stop_now(self) -> None:
        """As a crash would."""
        self._send(signal.SIGKILL)
        if self._process:
            self._process.wait()
        self._forget()

    def _send(self, number: int) -> None:
        if self.alive and self._process:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def _forget(self) -> None:
        if self._process:
            reaper.forget(self._process.pid)
            self._process = None


class AsUser(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def as_user(user: str | None) -> AsUser:
    """Arguments for `subprocess` that run a program as this account (we are root then)."""
    if user is None:
        return {}
    account = pwd.getpwnam(user)
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
