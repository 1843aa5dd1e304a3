"""`portal doctor`: what is there, what is missing, and the command that fixes it."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass

import typer

from portal_cli import running, which
from portal_cli.doctor_stacks import found_taken, report_ready, report_stacks
from portal_cli.infra import account, choose, docker, kafka, objectstore, postgres
from portal_cli.infra.base import (
    InfraError,
    Ports,
    answers,
    cache_dir,
    data_dir,
    place,
    speaks_kafka,
)
from portal_cli.infra.ports import FIRST_PORT, can_bind, free_row
from portal_cli.services import PACKAGES, http_ports
from portal_cli.show import console
from portal_runtime.settings import RuntimeSettings

JAVA_NEEDED = 17
FREE_GB_NEEDED = 2

app = typer.Typer()


@dataclass(frozen=True)
class Check:
    """One line of the report."""

    name: str
    found: str
    mend: str | None = None
    """The command that fixes it; None when all is well."""


@app.command()
def doctor(
    ready: bool = typer.Option(False, "--ready", help="Only ask whether all six services work."),
) -> None:
    """Show what is there, what is missing, and how to fix it."""
    problems = report_ready() if ready else _report(checks())
    raise typer.Exit(1 if problems else 0)


def require() -> None:
    """What a start needs, or an error that says how to get it."""
    missing = [check for check in checks() if check.mend]
    if missing:
        lines = [f"{check.name}: {check.found} — {check.mend}" for check in missing]
        raise InfraError("\n  ".join(("it cannot start yet:", *lines)))


def checks() -> list[Check]:
    """Those that matter for the chosen kind of infrastructure."""
    try:
        mode = choose.mode()
    except InfraError as problem:
        return [Check("infrastructure", str(problem), "unset PORTAL_INFRA")]
    own = {
        "native": (_ports, _java, _kafka, _postgres, _s3),
        "docker": (_ports, _engine, _images),
        "external": (_external_kafka, _external_postgres, _external_s3),
    }[mode]
    return [Check("infrastructure", mode), *(_safe(check) for check in (*own, _disk, _packages))]


def _safe(check: Callable[[], Check]) -> Check:
    """What the servers themselves report missing is the best description."""
    try:
        return check()
    except InfraError as problem:
        found, _, mend = str(problem).partition(": ")
        return Check(check.__name__.strip("_"), found, mend or "see above")


def _java() -> Check:
    java = shutil.which("java")
    answer = subprocess.run([java, "-version"], capture_output=True, text=True) if java else None
    version = re.search(r'"(\d+)', answer.stderr) if answer else None
    if version and int(version[1]) >= JAVA_NEEDED:
        return Check("java", version[1])
    mend = f"apt-get install openjdk-{JAVA_NEEDED}-jre-headless"
    return Check("java", f"{version[1]} is too old" if version else "missing", mend)


def _kafka() -> Check:
    if (cache_dir() / f"kafka-{kafka.version()}").exists():
        return Check("kafka", f"{kafka.version()} in {cache_dir()}")
    if shutil.which("mvn"):
        return Check("kafka", f"{kafka.version()} will be fetched by Maven once")
    return Check("kafka", "not fetched yet, and Maven is missing", "apt-get install maven")


def _postgres() -> Check:
    programs = postgres.find_programs()
    user = account.unprivileged()
    return Check(
        "postgres", f"{programs.directory} ({programs.origin})" + (f" as {user}" * bool(user))
    )


def _s3() -> Check:
    return Check("s3", objectstore.choose(data_dir() / "s3"))


def _engine() -> Check:
    if docker.engine_answers():
        return Check("docker", "the engine answers")
    return Check("docker", "no engine answers", "systemctl start docker, or PORTAL_INFRA=native")


def _images() -> Check:
    if not docker.engine_answers():
        return Check("images", "cannot be looked for without an engine", "see docker")
    if docker.images_there():
        return Check("images", f"of {', '.join(docker.SERVERS)}")
    return Check("images", "not all are there", f"docker compose pull {' '.join(docker.SERVERS)}")


def _ports() -> Check:
    """Whether a start finds them free. Containers that run already are taken as they are."""
    found = Ports.from_env()
    wanted = {"Kafka": found.kafka, "PostgreSQL": found.postgres, "S3": found.s3} | http_ports()
    told = ", ".join(map(str, wanted.values()))
    ours = running.at(data_dir())
    if ours and ours.pid != os.getpid():
        return Check("ports", f"{told}: the stack that runs with {data_dir()} has them")
    if choose.mode() == "docker":
        wanted = http_ports()
    elif os.environ.get("MINIO_ENDPOINT"):
        del wanted["S3"]
    taken = {name: port for name, port in wanted.items() if not can_bind(port)}
    if taken:
        first = free_row(which.PORTS)
        mend = f"stop that, or take nine others: {FIRST_PORT}={first} make run"
        return Check("ports", found_taken(taken), mend)
    return Check("ports", f"{told} are free")


def _external_kafka() -> Check:
    # Of several brokers one that answers is enough.
    addresses = RuntimeSettings().kafka.split(",")
    return _external("kafka", "PORTAL_KAFKA", addresses, speaks_kafka)


def _external_postgres() -> Check:
    return _external("postgres", "PORTAL_POSTGRES", [RuntimeSettings().postgres])


def _external_s3() -> Check:
    return _external("s3", "PORTAL_S3_ENDPOINT", [RuntimeSettings().s3_endpoint])


def _external(
    name: str, setting: str, addresses: list[str], there: Callable[[int, str], bool] = answers
) -> Check:
    """Whether it is there. Host and port only: an address may hold a password."""
    places = [place(address) for address in addresses]
    told = ", ".join(f"{host}:{port}" for host, port in places)
    if any(there(port, host) for host, port in places):
        return Check(name, f"answers at {told}")
    return Check(name, f"does not answer at {told}", f"start it, or set {setting}")


def _disk() -> Check:
    place = data_dir()
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free // 2**30
    if free >= FREE_GB_NEEDED:
        return Check("disk", f"{free} GB free in {place}")
    return Check(
        "disk", f"{free} GB free", "free some space, or set PORTAL_DATA_DIR to another disk"
    )


def _packages() -> Check:
    missing = [name for name in PACKAGES.values() if not _installed(name)]
    if missing:
        return Check("services", f"not installed: {', '.join(missing)}", "make venv")
    return Check("services", "six installed")


def _installed(package: str) -> bool:
    found = importlib.util.find_spec(package)
    return found is not None and importlib.util.find_spec(f"{package}.main") is not None


def _report(found: list[Check]) -> int:
    for check in found:
        mark = "[red]✗[/]" if check.mend else "[green]✓[/]"
        mend = f" — [bold]{check.mend}[/]" if check.mend else ""
        console.print(f"{mark} {check.name:<15} {check.found}{mend}")
    report_stacks()
    return sum(1 for check in found if check.mend)
