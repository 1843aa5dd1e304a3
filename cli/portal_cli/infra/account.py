"""PostgreSQL refuses to run as root: find an account for it, and a folder that account can
reach."""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
from pathlib import Path

from portal_cli.infra.base import InfraError

# What it may not reach under a closed home directory (a clone in /root) is kept here instead.
OUTSIDE = Path("/var/tmp")


def unprivileged() -> str | None:
    """None when we are an ordinary user ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise InfraError("PostgreSQL needs an account that is not root: adduser --system postgres")


def home_for(wanted: Path, user: str | None) -> Path:
    """The wanted directory, owned by the account, or its stand-in where it can get to."""
    place = wanted if user is None or reachable(wanted.parent) else stand_in(wanted)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user:
        account = pwd.getpwnam(user)
        os.chown(place, account.pw_uid, account.pw_gid)
    return place


def stand_in(wanted: Path) -> Path:
    """Always the same one for the same directory, so that data is found again and removed."""
    return OUTSIDE / f"portal-{_digest(wanted)}"


def copy_for(base: Path, parts: tuple[str, ...], user: str | None) -> Path:
    """The base itself, or a copy of these parts of it where the account can execute them."""
    if user is None or reachable(base):
        return base
    copy = OUTSIDE / f"portal-programs-{_digest(base)}"
    if not copy.exists():
        partial = copy.with_name(f"{copy.name}.{os.getpid()}")
        for part in parts:
            shutil.copytree(base / part, partial / part, symlinks=True)
        partial.chmod(0o755)
        partial.rename(copy)
    return copy


def _digest(path: Path) -> str:
    return hashlib.sha256(str(path).encode()).hexdigest()[:12]


def reachable(path: Path) -> bool:
    """Whether any account may walk down to it."""
    existing = [p for p in (path, *path.parents) if p.exists()]
    return all(stat.S_IMODE(p.stat().st_mode) & stat.S_IXOTH for p in existing)
