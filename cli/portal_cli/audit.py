"""`portal audit`: was the access log (who looked at which member) tampered with?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from portal_cli.dlq import with_database
from portal_cli.show import console, counted
from portal_contracts.topics import SERVICES
from portal_runtime.access import audit
from portal_runtime.access.audit import Head

app = typer.Typer(no_args_is_help=True, help=__doc__)
Services = Annotated[list[str] | None, typer.Argument(help="Only these; all six if none is named")]
Anchors = dict[str, dict[UUID, Head]]


@app.command()
def verify(
    services: Services = None,
    against: Annotated[
        Path | None, typer.Option(help="What `portal audit heads` printed earlier")
    ] = None,
) -> None:
    """Verify every chain of the access log; exit code 1 if one is broken."""
    anchors = _read(against) if against else {}
    broken = False
    for name in services or SERVICES:
        known = anchors.get(name, {})
        found = with_database(name, lambda c, known=known: audit.verify(c, known))  # type: ignore[misc]
        for finding in found.findings:
            _tell(f"{name}: {finding}.")
        broken = broken or bool(found.findings)
        if not found.findings:
            size = f"{counted(found.rows, 'row')} in {counted(found.chains, 'chain')}"
            _tell(f"{name}: {size}, none broken.")
    if broken:
        raise typer.Exit(1)


@app.command()
def heads(services: Services = None) -> None:
    """Print where every chain ends, one line each. Keep it elsewhere, for `verify --against`."""
    for name in services or SERVICES:
        for chain, head in with_database(name, audit.heads).items():
            line = {"service": name, "chain": str(chain), "length": head.length}
            typer.echo(json.dumps({**line, "head": head.hash.hex()}))


def _read(file: Path) -> Anchors:
    anchors: Anchors = {}
    try:
        for text in file.read_text().splitlines():
            line = json.loads(text)
            head = Head(line["length"], bytes.fromhex(line["head"]))
            anchors.setdefault(line["service"], {})[UUID(line["chain"])] = head
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise typer.BadParameter(
            f"{file} is not what `portal audit heads` printed ({type(error).__name__})"
        ) from None
    return anchors


def _tell(text: str) -> None:
    console.print(text, markup=False, highlight=False, soft_wrap=True)
